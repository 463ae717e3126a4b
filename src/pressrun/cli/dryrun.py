"""``publish email --dry-run``: the run with its hands tied, and what it has to show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pressrun.cli import artifacts, exits
from pressrun.cli.compose import Composed, Composer
from pressrun.cli.files import write
from pressrun.cli.send import make_plan
from pressrun.cli.world import World
from pressrun.deliver import saved
from pressrun.deliver.orders import Orders
from pressrun.deliver.plan import WORKS, Action, Item, Plan
from pressrun.deliver.providers.contract import Provider
from pressrun.deliver.rails import Rails
from pressrun.deliver.steps import History
from pressrun.errors import LedgerError, PostError, UsageError, WireError
from pressrun.model import Post
from pressrun.publication import Publication
from pressrun.render.email import Inline


@dataclass(frozen=True, slots=True)
class Shown:
    """An issue that was rendered, and where its preview lies (relative to the publication)."""

    composed: Composed
    preview: Path


@dataclass(frozen=True, slots=True)
class View:
    """Everything a dry run found out.

    ``readers`` has, by newsletter, how many readers an issue would reach, or why nobody asked.
    ``sample`` is the key of the issue that is shown only because nothing is due.
    """

    publication: Publication
    plan: Plan
    shown: Mapping[str, Shown]
    provider: Provider
    readers: Mapping[str, int | str]
    notices: tuple[str, ...]
    sample: str = ""


def look(
    world: World,
    publication: Publication,
    posts: Sequence[Post],
    wanted: Sequence[Post],
    orders: Orders,
    *,
    inline: Inline | None = None,
) -> View:
    """Plan, render what is due or asked for, and write it to build/email/; send nothing."""
    histories, notices = _histories(world, publication)
    plan = make_plan(world, publication, posts, histories, orders)
    provider = world.provider(publication, offline=True)
    rails = Rails(publication, provider, histories or {}, world.look, orders)
    readers = {name: _readers(rails, name) for name in publication.newsletters}
    render = partial(_render, publication, Composer(publication, posts, provider, inline), provider)
    plan, due = _render_due(plan, render, rails, readers)
    others, sample = _asked_for(plan, wanted) if wanted or due else _newest(plan)
    shown = due | {item.key: render(item) for item in others if item.key not in due}
    return View(publication, plan, shown, provider, readers, notices, sample)


def save(view: View, orders: Orders, file: Path) -> None:
    """Write the plan that was shown, for ``--plan``; the provider must have been asked for it."""
    try:
        account = view.provider.account()
    except WireError as error:
        what = f"a plan that can be carried out names the account at {view.provider.name}. {error}"
        raise UsageError.of(what, mend="Save the plan where the secret is set.") from None
    due = [item for item in view.plan.items if item.action in WORKS]
    rendered = [(item, view.shown[item.key].composed.issue) for item in due]
    plan = saved.save(view.publication, view.provider.name, account, orders, rendered)
    write(file, plan.encode())


def exit_code(view: View, *, detailed: bool) -> int:
    """Return 4 when something is held; with ``detailed`` 10 when a run would have work to do."""
    if view.plan.of(Action.HELD):
        return exits.NEEDS_A_PERSON
    return exits.CHANGES_PENDING if detailed and view.plan.pending else exits.DONE


def _histories(
    world: World, publication: Publication
) -> tuple[dict[str, History] | None, tuple[str, ...]]:
    """Read the ledger. A dry run may go on without one: it sends nothing."""
    ledger = world.ledger(publication)
    try:
        if ledger.exists():
            return dict(ledger.read()), ()
    except LedgerError as error:
        return None, (f"{error} Planned without it.",)
    mend = "publish baseline creates it and marks what is due now as not to be mailed."
    return None, (f"There is no ledger yet ({ledger.where()}): {mend}",)


def _render_due(
    plan: Plan, render: Callable[[Item], Shown], rails: Rails, readers: Mapping[str, int | str]
) -> tuple[Plan, dict[str, Shown]]:
    """Render what is due and stop what must not go out, until nothing moves up any more."""
    shown: dict[str, Shown] = {}
    stops: dict[str, tuple[Action, str]] = {}
    while fresh := [item for item in plan.of(*WORKS) if item.key not in shown]:
        for item in fresh:
            try:
                shown[item.key] = render(item)
            except PostError as error:
                stops[item.key] = (Action.HELD, str(error))
                continue
            count = readers[item.newsletter]
            known = count if isinstance(count, int) else None
            if stop := rails.stop(item, shown[item.key].composed.ready, known):
                stops[item.key] = (stop.action, stop.note)
        plan = plan.holding(stops)
    return plan, shown


def _asked_for(plan: Plan, wanted: Sequence[Post]) -> tuple[list[Item], str]:
    ids = {post.id for post in wanted}
    return [item for item in plan.items if item.post and item.post.id in ids], ""


def _newest(plan: Plan) -> tuple[list[Item], str]:
    """Choose the newest post that is no draft, so that there is always an email to look at."""
    with_post = [item for item in plan.items if item.post]
    if not with_post:
        return [], ""
    newest = max(with_post, key=_readiness)
    return [newest], newest.key


def _readiness(item: Item) -> tuple[bool, float, str]:
    assert item.post is not None  # noqa: S101 - chosen among those with a post
    return not item.post.draft, item.post.published.timestamp(), item.key


def _render(publication: Publication, composer: Composer, provider: Provider, item: Item) -> Shown:
    assert item.post is not None  # noqa: S101 - chosen among those with a post
    composed = composer.compose(item.post, item.newsletter)
    composed = replace(composed, issue=replace(composed.issue, key=item.key))
    preview = artifacts.write_issue(
        publication.root, item.post, composed.issue, provider, item.errand
    )
    return Shown(composed, preview.relative_to(publication.root))


def _readers(rails: Rails, newsletter: str) -> int | str:
    try:
        count = rails.readers(newsletter)
    except WireError as error:
        return f"not asked, {error}".rstrip(".")
    return "" if count is None else count
