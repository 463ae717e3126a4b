"""One run of ``publish email``: first what left us earlier, then what is due, oldest first.

The conformance suite drives this very code over fake wires and ledgers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from pressrun.deliver.plan import Action, Item, Plan, body_digest
from pressrun.deliver.rails import Rails, Ready
from pressrun.deliver.send import deliver
from pressrun.deliver.settle import settle, take_back
from pressrun.deliver.trail import Desk, Outcome, Result, Trail
from pressrun.errors import PressrunError
from pressrun.model import Post

# What counts against max_issues_per_run. An issue that did not go out never blocks another one.
USES_A_SLOT = frozenset(
    {Result.SENT, Result.ACCEPTED, Result.SCHEDULED, Result.DRAFTED, Result.UNSURE}
)

Prepare = Callable[[Post, str], Ready]
Done = Iterator[tuple[Item, Outcome]]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run works with: ``prepare`` renders a post for a newsletter when its turn comes."""

    desk: Desk
    rails: Rails
    prepare: Prepare

    def take_back(self, plan: Plan) -> Done:
        """Take back from the provider's scheduler what a person ordered; then plan afresh."""
        for item in plan.of(Action.UNSCHEDULE):
            trail = self._trail(item)
            elsewhere = self._elsewhere(item)
            yield item, trail.outcome(Result.HELD, elsewhere) if elsewhere else take_back(trail)

    def carry_out(self, plan: Plan) -> Done:
        """Work through the plan, issue by issue; each outcome is final when it is yielded."""
        for item in plan.asked:
            yield item, self._settle(item)
        gone: list[str] = []
        for item in plan.due:
            if plan.limits.reached(gone, item.newsletter):
                continue
            outcome = self._deliver(item)
            gone += [item.newsletter] if outcome.result in USES_A_SLOT else []
            yield item, outcome

    def _settle(self, item: Item) -> Outcome:
        trail = self._trail(item)
        if elsewhere := self._elsewhere(item):
            return trail.outcome(Result.HELD, elsewhere)
        if item.post is None:
            return _still_held(item, settle(trail))
        rendered = cache(lambda: self.ready(item))
        outcome = _still_held(item, settle(trail, lambda: rendered().issue))
        waits = item.action is Action.DRAFTED and outcome.result is Result.DRAFTED
        if waits and not item.history.kept and self._outdated(item, rendered):
            return self._deliver(replace(item, errand=replace(item.errand, send=False)))
        return outcome

    def _outdated(self, item: Item, rendered: Callable[[], Ready]) -> bool:
        """Whether a draft that waits for a person would look different if it were made now."""
        try:
            return rendered().issue.digest != item.history.digest
        except PressrunError:
            return False

    def ready(self, item: Item) -> Ready:
        """Render an item's issue, under the item's own key."""
        assert item.post is not None  # noqa: S101 - asked only where there is one
        ready = self.prepare(item.post, item.newsletter)
        return replace(ready, issue=replace(ready.issue, key=item.key))

    def _deliver(self, item: Item) -> Outcome:
        trail = self._trail(item)
        if elsewhere := self._elsewhere(item):
            return trail.outcome(Result.HELD, elsewhere)
        try:
            ready = self.ready(item)
            readers = self.rails.readers(item.newsletter) if item.errand.send else None
            stop = self.rails.stop(item, ready, readers)
        except PressrunError as error:
            return trail.outcome(Result.FAILED, f"not sent: {error}")
        if stop:
            return trail.outcome(Result(stop.action), stop.note)
        return deliver(ready.issue, trail, readers="" if readers is None else str(readers))

    def _elsewhere(self, item: Item) -> str:
        """Say where an issue was begun, when that is not where this run would continue it."""
        if item.history.taken_back:
            return ""
        return item.history.elsewhere(self.desk.provider.name, self.desk.account)

    def _trail(self, item: Item) -> Trail:
        about = {"newsletter": item.newsletter}
        if item.newsletter in self.rails.publication.newsletters:
            about["audience"] = self.rails.publication.newsletters[item.newsletter].audience
        if item.post:
            digest = body_digest(item.post)
            about |= {"post": item.post.id, "title": item.post.title, "body": digest}
        return Trail(self.desk, item.history, about, item.errand)


def _still_held(item: Item, outcome: Outcome) -> Outcome:
    """Keep saying what is wrong with an issue that still waits to go out by itself."""
    if item.action is Action.HELD and outcome.result is Result.SCHEDULED:
        return replace(outcome, result=Result.HELD, note=item.note)
    return outcome
