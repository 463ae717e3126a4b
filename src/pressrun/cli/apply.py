"""``publish email --plan``: what a saved plan says is done exactly, or not at all."""

from collections.abc import Sequence
from pathlib import Path

from pressrun.cli import send
from pressrun.cli.world import World
from pressrun.deliver.saved import Saved
from pressrun.errors import PlanStale, UsageError
from pressrun.model import Post
from pressrun.publication import Publication


def run(world: World, publication: Publication, posts: Sequence[Post], file: Path) -> int:
    """Carry out the plan in ``file``. PlanStale, with every reason, when something has moved."""
    saved, where = Saved.decode(_content(file), str(file)), str(file)
    ledger = world.ledger(publication)
    with ledger.run():
        histories = ledger.read()
        plan = send.make_plan(world, publication, posts, histories, saved.orders)
        runner = send.prepare(
            world,
            publication,
            posts,
            ledger,
            histories=histories,
            orders=saved.orders,
            plan=saved.id,
        )
        saved.fits(publication, runner.desk.provider.name, runner.desk.account, where)
        items = {item.key: item for item in plan.unlimited}
        planned = [items[step.key] for step in saved.steps if step.key in items]
        issues = {item.key: runner.ready(item).issue for item in planned if item.post}
        PlanStale.raise_if_any(saved.moved(items, issues, where))
        done = {step.key for step in saved.steps if saved.is_done(step, items[step.key].history)}
        chosen = plan.only(step.key for step in saved.steps if step.key not in done)
        told = send.tell_all(runner, runner.carry_out(chosen))
    return send.close(told)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        mend = "Make one: publish email --dry-run --save-plan FILE"
        raise UsageError.of(
            f"the plan cannot be read: {error.strerror}.", str(file), mend
        ) from None
