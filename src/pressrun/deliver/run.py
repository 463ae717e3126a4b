"""One run of ``publish email``: first what left us earlier, then what is due, oldest first.

The conformance suite drives this very code over fake wires and ledgers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pressrun.deliver.plan import Action, Item, Plan, body_digest
from pressrun.deliver.providers.contract import Provider
from pressrun.deliver.send import Desk, Outcome, Result, Trail, deliver, settle
from pressrun.errors import PressrunError
from pressrun.model import Issue, Post

# What counts against max_issues_per_run. An issue that did not go out never blocks another one.
USES_A_SLOT = frozenset(
    {Result.SENT, Result.ACCEPTED, Result.SCHEDULED, Result.DRAFTED, Result.UNSURE}
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A rendered issue, and why it must not go out; nothing where it may."""

    issue: Issue
    held: str = ""


Prepare = Callable[[Post, str], Ready]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run works with: ``prepare`` renders a post for a newsletter when its turn comes."""

    desk: Desk
    account: str
    prepare: Prepare

    def carry_out(self, plan: Plan) -> Iterator[tuple[Item, Outcome]]:
        """Work through the plan, issue by issue; each outcome is final when it is yielded."""
        for item in plan.of(Action.CHECK):
            yield item, self._settle(item)
        slots = plan.limit
        for item in plan.due:
            if slots == 0:
                return
            outcome = self._deliver(item)
            slots -= outcome.result in USES_A_SLOT
            yield item, outcome

    def _settle(self, item: Item) -> Outcome:
        trail = self._trail(item)
        if elsewhere := self._elsewhere(item):
            return trail.outcome(Result.HELD, elsewhere)
        post = item.post
        if post is None:
            return settle(trail)
        return settle(trail, lambda: self.prepare(post, item.newsletter).issue)

    def _deliver(self, item: Item) -> Outcome:
        trail = self._trail(item)
        assert item.post is not None  # noqa: S101 - only a post can be due
        if elsewhere := self._elsewhere(item):
            return trail.outcome(Result.HELD, elsewhere)
        try:
            ready = self.prepare(item.post, item.newsletter)
        except PressrunError as error:
            return trail.outcome(Result.FAILED, f"not sent: {error}")
        if reason := unfit(ready, self.desk.provider):
            return trail.outcome(Result.HELD, reason)
        return deliver(ready.issue, trail)

    def _elsewhere(self, item: Item) -> str:
        """Say where an issue was begun, when that is not where this run would continue it."""
        ours = (self.desk.provider.name, self.account)
        begun = item.history.begun_at
        if begun in {ours, ("", "")} or item.history.taken_back:
            return ""
        there, here = (f"{name} ({account})" for name, account in (begun, ours))
        return f"it was begun at {there}, publish.yml now says {here}"

    def _trail(self, item: Item) -> Trail:
        facts = {
            "newsletter": item.newsletter,
            "provider": self.desk.provider.name,
            "account": self.account,
        }
        if item.post:
            digest = body_digest(item.post)
            facts |= {"post": item.post.id, "title": item.post.title, "body": digest}
        return Trail(self.desk, item.history, facts)


def unfit(ready: Ready, provider: Provider) -> str:
    """Say why an issue cannot go out as it is; empty when it can."""
    if ready.held:
        return ready.held
    if lacking := provider.lacking(ready.issue.message):
        names = ", ".join(lacking)
        return f"{provider.name} has no tag for {names}: set it in publish.yml or leave it out"
    return ""
