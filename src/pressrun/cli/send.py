"""``publish email`` without ``--dry-run``: the plan is carried out, issue by issue."""

from collections.abc import Sequence
from contextlib import suppress

import click

from pressrun.cli import exits, show
from pressrun.cli.world import World
from pressrun.deliver import plan as planning
from pressrun.deliver.ledger import open_ledger
from pressrun.deliver.ledger.contract import Ledger
from pressrun.deliver.plan import Action, Item, Plan
from pressrun.deliver.run import Ready, Run
from pressrun.deliver.send import Desk, Outcome, Result
from pressrun.model import Post, Publication

VISIBLE = (Action.HELD, Action.WAIT)
OUT = frozenset({Result.SENT, Result.ACCEPTED, Result.SCHEDULED, Result.DRAFTED})
ASKS = frozenset({Result.HELD, Result.UNSURE})


def run(world: World, publication: Publication, posts: Sequence[Post], late: Sequence[str]) -> int:
    """Carry out the plan while holding the ledger; return the exit code."""
    ledger = open_ledger(publication, world.environ)
    with ledger.run():
        plan = planning.make(publication, posts, ledger.read(), world.now(), late)
        show.items(plan.of(*VISIBLE))
        held = bool(plan.of(Action.HELD))
        if not plan.pending:
            click.echo("Nothing to send.")
            return exits.NEEDS_A_PERSON if held else exits.DONE
        outcomes = _carry_out(world, publication, posts, ledger, plan)
    done = {outcome.key for outcome in outcomes}
    with suppress(OSError):
        show.items([item for item in plan.of(Action.NEXT) if item.key not in done])
        click.echo(_summary(outcomes))
    return _exit_code([outcome.result for outcome in outcomes], held=held)


def _carry_out(
    world: World, publication: Publication, posts: Sequence[Post], ledger: Ledger, plan: Plan
) -> list[Outcome]:
    """Bring rendering, provider and ledger together, now that there is work for them."""
    from pressrun.cli.compose import Composer

    composer = Composer(publication, posts)
    provider = world.provider(publication)

    def prepare(post: Post, newsletter: str) -> Ready:
        composed = composer.compose(post, newsletter)
        with suppress(OSError):
            show.findings(composed.findings)
        return composed.ready

    sends = publication.email.mode == "send"
    desk = Desk(ledger, provider, world.run, world.now, world.sleep, sends)
    outcomes = []
    for item, outcome in Run(desk, provider.account(), prepare).carry_out(plan):
        outcomes.append(outcome)
        with suppress(OSError):  # a full disk under our output must not end a run half-way
            _tell(item, outcome, provider.name)
    return outcomes


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
