"""``publish email`` without ``--dry-run``: the plan is carried out, issue by issue."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache

import click

from pressrun.cli import exits, show
from pressrun.cli.world import World
from pressrun.deliver import planner
from pressrun.deliver.ledger.contract import Ledger
from pressrun.deliver.orders import Orders
from pressrun.deliver.plan import Action, Item, Plan
from pressrun.deliver.providers import check_pictures, time_step
from pressrun.deliver.rails import Rails, Ready
from pressrun.deliver.run import Run
from pressrun.deliver.steps import History, Step
from pressrun.deliver.trail import Desk, Outcome, Result
from pressrun.model import Post
from pressrun.publication import Publication

OUT = frozenset({Result.SENT, Result.ACCEPTED, Result.SCHEDULED, Result.DRAFTED})
ASKS = frozenset({Result.HELD, Result.UNSURE})
WENT = frozenset({Result.SENT, Result.ACCEPTED})

Told = list[tuple[Item, Outcome]]


def run(world: World, publication: Publication, posts: Sequence[Post], orders: Orders) -> int:
    """Carry out the plan while holding the ledger; return the exit code."""
    ledger = world.ledger(publication)
    with ledger.run():
        histories = ledger.read()
        plan = make_plan(world, publication, posts, histories, orders)
        idle = [item for item in plan.of(Action.HELD, Action.WAIT) if not item.asks]
        show.items(idle)
        held = any(item.action is Action.HELD for item in idle)
        if not plan.pending:
            click.echo("Nothing to send.")
            return exits.NEEDS_A_PERSON if held else exits.DONE
        runner = prepare(world, publication, posts, ledger, histories=histories, orders=orders)
        told = tell_all(runner, runner.take_back(plan))
        if told:
            plan = make_plan(world, publication, posts, ledger.read(), orders)
        told += tell_all(runner, runner.carry_out(plan))
    with suppress(OSError):
        done = {outcome.key for _, outcome in told}
        show.items([item for item in plan.of(Action.NEXT) if item.key not in done])
    return close(told, held=held)


def make_plan(
    world: World,
    publication: Publication,
    posts: Sequence[Post],
    histories: Mapping[str, History] | None,
    orders: Orders,
) -> Plan:
    """Plan what this world's time and the chosen provider allow."""
    check_pictures(publication)
    step = time_step(publication)
    return planner.make(publication, posts, histories, world.now(), orders, step=step)


def prepare(
    world: World,
    publication: Publication,
    posts: Sequence[Post],
    ledger: Ledger,
    *,
    histories: Mapping[str, History],
    orders: Orders,
    plan: str = "",
) -> Run:
    """Bring rendering, provider and ledger together, now that there is work for them."""
    from pressrun.cli.compose import Composer

    provider = world.provider(publication)
    composer = Composer(publication, posts, provider)

    @cache
    def ready(path: str, newsletter: str) -> Ready:
        post = next(post for post in posts if post.path == path)
        composed = composer.compose(post, newsletter)
        with suppress(OSError):
            show.findings(composed.findings)
        return composed.ready

    rails = Rails(publication, provider, histories, world.look, orders)
    desk = Desk(ledger, provider, world.run, world.now, world.sleep, provider.account(), plan)
    return Run(desk, rails, lambda post, newsletter: ready(post.path, newsletter))


def tell_all(runner: Run, done: Iterable[tuple[Item, Outcome]]) -> Told:
    """Say what becomes of each issue as it happens; return the issues with their outcomes."""
    told = []
    for item, outcome in done:
        told.append((item, outcome))
        with suppress(OSError):  # a full disk under our output must not end a run half-way
            _tell(item, outcome, runner.desk.provider.name)
    return told


def close(told: Told, *, held: bool = False) -> int:
    """Sum the run up; return its exit code. ``held``: an issue that it did not touch waits."""
    fresh = [outcome.result for item, outcome in told if not _was_counted(item, outcome)]
    known = [outcome.result for item, outcome in told if _was_counted(item, outcome)]
    with suppress(OSError):
        click.echo(_summary(fresh, known))
    return _exit_code(fresh, held=held)


def _was_counted(item: Item, outcome: Outcome) -> bool:
    """Whether an earlier run has counted the issue as sent, as the provider had accepted it."""
    return item.history.step is Step.ACCEPTED and outcome.result in WENT


def _tell(item: Item, outcome: Outcome, provider: str) -> None:
    campaign = f"campaign {outcome.campaign}" if outcome.campaign else ""
    note = ", ".join(part for part in (campaign, outcome.note) if part)
    show.table([show.Row(outcome.result, item.title, note)])
    if outcome.result is Result.UNSURE:
        name = item.post.slug if item.post else item.key
        place = f"campaign {outcome.campaign} at {provider}" if outcome.campaign else provider
        click.echo(f"           Nothing is sent again by itself. Look at {place}, then say")
        click.echo(f"           publish resolve {name} --sent   or   --not-sent   --because TEXT")


def _summary(fresh: Sequence[Result], known: Sequence[Result]) -> str:
    sent = sum(result in WENT for result in fresh)
    parts = [f"Sent {show.Counted(sent, 'issue')}"]
    counts = {
        "confirmed": known.count(Result.SENT),
        "still on its way": known.count(Result.ACCEPTED),
    }
    others = {
        "scheduled": Result.SCHEDULED,
        "taken back": Result.UNSCHEDULED,
        "drafted": Result.DRAFTED,
        "waiting": Result.WAITS,
        "failed": Result.FAILED,
        "held": Result.HELD,
        "in doubt": Result.UNSURE,
        "left to another run": Result.OVERTAKEN,
    }
    counts |= {what: fresh.count(result) for what, result in others.items()}
    parts += [f"{count} {what}" for what, count in counts.items() if count]
    return ", ".join(parts) + "."


def _exit_code(results: Sequence[Result], *, held: bool) -> int:
    if held or any(result in ASKS for result in results):
        return exits.NEEDS_A_PERSON
    if Result.FAILED not in results:
        return exits.DONE
    return exits.PARTLY_SENT if any(result in OUT for result in results) else exits.FAILED
