"""``publish email`` without ``--dry-run``: the plan is carried out, issue by issue."""

from collections.abc import Callable, Sequence

import click

from pressrun.cli import exits, show
from pressrun.cli.world import World
from pressrun.deliver import plan as planning
from pressrun.deliver.ledger import open_ledger
from pressrun.deliver.ledger.contract import Ledger
from pressrun.deliver.plan import Action, Item, Plan
from pressrun.deliver.send import Desk, Outcome, Result, Trail, deliver, settle
from pressrun.errors import PressrunError
from pressrun.model import Issue, Post, Publication

VISIBLE = (Action.HELD, Action.NEXT, Action.WAIT)
OUT = frozenset({Result.SENT, Result.ACCEPTED, Result.SCHEDULED, Result.DRAFTED})
ASKS = frozenset({Result.HELD, Result.UNSURE})


def run(world: World, publication: Publication, posts: Sequence[Post], late: Sequence[str]) -> int:
    """Carry out the plan while holding the ledger; return the exit code."""
    ledger = open_ledger(publication, world.environ)
    with ledger.run():
        plan = planning.make(publication, posts, ledger.read(), world.now(), late)
        show.table([show.Row(item.action, item.title, item.note) for item in plan.of(*VISIBLE)])
        held = bool(plan.of(Action.HELD))
        if not plan.pending:
            click.echo("Nothing to send.")
            return exits.NEEDS_A_PERSON if held else exits.DONE
        outcomes = _Run(world, publication, posts, ledger).carry_out(plan)
    click.echo(_summary(outcomes))
    return _exit_code([outcome.result for outcome in outcomes], held=held)


class _Run:
    """The rendering and the provider of one run, brought together when there is work."""

    def __init__(
        self, world: World, publication: Publication, posts: Sequence[Post], ledger: Ledger
    ) -> None:
        from pressrun.cli.compose import Composer
        from pressrun.deliver.providers import connect

        self.publication = publication
        self.composer = Composer(publication, posts)
        self.provider = connect(
            publication,
            world.environ,
            transport=world.transport,
            clock=world.now,
            sleep=world.sleep,
        )
        self.account = self.provider.account()
        sends = publication.email.mode == "send"
        self.desk = Desk(ledger, self.provider, world.run, world.now, world.sleep, sends)

    def carry_out(self, plan: Plan) -> list[Outcome]:
        """Ask about what left us in earlier runs, then work on what is due."""
        items = [*plan.of(Action.CHECK), *plan.of(Action.SEND, Action.DRAFT)]
        return [self._one(item) for item in items]

    def _one(self, item: Item) -> Outcome:
        trail = Trail(self.desk, item.history, self._facts(item))
        try:
            outcome = self._work(item, trail)
        except PressrunError as error:
            outcome = trail.outcome(Result.FAILED, f"not sent: {error}")
        _tell(item, outcome, self.provider.name)
        return outcome

    def _work(self, item: Item, trail: Trail) -> Outcome:
        if reason := self._elsewhere(item):
            return trail.outcome(Result.HELD, reason)
        if item.action is Action.CHECK:
            return settle(trail, self._issue(item))
        assert item.post is not None  # noqa: S101 - only a post can be due
        composed = self.composer.compose(item.post, item.newsletter)
        show.findings(composed.findings)
        if composed.errors:
            return trail.outcome(Result.HELD, show.held_by(composed.errors))
        if lacking := self.provider.lacking(composed.issue.message):
            return trail.outcome(Result.HELD, show.no_tag(self.provider.name, lacking))
        return deliver(composed.issue, trail)

    def _issue(self, item: Item) -> Callable[[], Issue] | None:
        post = item.post
        if post is None:
            return None
        return lambda: self.composer.compose(post, item.newsletter).issue

    def _elsewhere(self, item: Item) -> str:
        """Say where an issue was begun, when that is not where this run would continue it."""
        ours = (self.provider.name, self.account)
        begun = [(line.provider, line.account) for line in item.history.lines if line.provider]
        if not begun or begun[-1] == ours:
            return ""
        there, here = (f"{name} ({account})" for name, account in (begun[-1], ours))
        return f"it was begun at {there}, publish.yml now says {here}"

    def _facts(self, item: Item) -> dict[str, str]:
        facts = {
            "newsletter": item.newsletter,
            "provider": self.provider.name,
            "account": self.account,
        }
        if item.post:
            digest = planning.body_digest(item.post)
            facts |= {"post": item.post.id, "title": item.post.title, "body": digest}
        return facts


def _tell(item: Item, outcome: Outcome, provider: str) -> None:
    campaign = f"campaign {outcome.campaign}" if outcome.campaign else ""
    note = ", ".join(part for part in (campaign, outcome.note) if part)
    show.table([show.Row(outcome.result, item.title, note)])
    if outcome.result is Result.UNSURE:
        name = item.post.slug if item.post else item.key
        place = f"campaign {outcome.campaign} at {provider}" if outcome.campaign else provider
        click.echo(f"           Nothing is sent again by itself. Look at {place}, then say")
        click.echo(f"           publish resolve {name} --sent   or   --not-sent   --because TEXT")


def _summary(outcomes: Sequence[Outcome]) -> str:
    results = [outcome.result for outcome in outcomes]
    sent = sum(result in OUT - {Result.DRAFTED} for result in results)
    parts = [f"Sent {show.Counted(sent, 'issue')}"]
    others = {
        "drafted": sum(result is Result.DRAFTED for result in results),
        "failed": sum(result is Result.FAILED for result in results),
        "held": sum(result is Result.HELD for result in results),
        "in doubt": sum(result is Result.UNSURE for result in results),
        "left to another run": sum(result is Result.OVERTAKEN for result in results),
    }
    parts += [f"{count} {what}" for what, count in others.items() if count]
    return ", ".join(parts) + "."


def _exit_code(results: Sequence[Result], *, held: bool) -> int:
    if held or any(result in ASKS for result in results):
        return exits.NEEDS_A_PERSON
    if Result.FAILED not in results:
        return exits.DONE
    return exits.PARTLY_SENT if any(result in OUT for result in results) else exits.FAILED
