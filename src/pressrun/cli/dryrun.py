"""``publish email --dry-run``: the run with its hands tied, and what it has to show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pressrun.cli import artifacts, exits, show
from pressrun.cli.compose import Composed, Composer
from pressrun.cli.world import World
from pressrun.deliver import plan as planning
from pressrun.deliver.ledger import open_ledger
from pressrun.deliver.plan import WORKS, Action, Item, Plan
from pressrun.deliver.providers import connect
from pressrun.deliver.providers.contract import Audiences, Provider
from pressrun.deliver.steps import History
from pressrun.errors import LedgerError, WireError
from pressrun.model import Post, Publication


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
    late: Sequence[str],
) -> View:
    """Plan, render what is due or asked for, and write it to build/email/; send nothing."""
    histories, notices = _histories(world, publication)
    plan = planning.make(publication, posts, histories, world.now(), late)
    provider = connect(
        publication,
        world.environ,
        transport=world.transport,
        clock=world.now,
        sleep=world.sleep,
        offline=True,
    )
    chosen, sample = _choose(plan, wanted)
    composer = Composer(publication, posts)
    shown = {item.key: _render(publication, item, composer, provider) for item in chosen}
    plan = Plan(tuple(_hold(item, shown, provider) for item in plan.items))
    readers = {
        name: _readers(provider, newsletter.audience)
        for name, newsletter in publication.newsletters.items()
    }
    return View(publication, plan, shown, provider, readers, notices, sample)


def exit_code(view: View, *, detailed: bool) -> int:
    """Return 4 when something is held; with ``detailed`` 10 when a run would have work to do."""
    if view.plan.of(Action.HELD):
        return exits.NEEDS_A_PERSON
    return exits.CHANGES_PENDING if detailed and view.plan.pending else exits.DONE


def _histories(
    world: World, publication: Publication
) -> tuple[dict[str, History] | None, tuple[str, ...]]:
    """Read the ledger. A dry run may go on without one: it sends nothing."""
    ledger = open_ledger(publication, world.environ)
    try:
        if ledger.exists():
            return dict(ledger.read()), ()
    except LedgerError as error:
        return None, (f"{error} Planned without it.",)
    mend = "publish baseline creates it and marks what is due now as not to be mailed."
    return None, (f"There is no ledger yet ({ledger.where()}): {mend}",)


def _choose(plan: Plan, wanted: Sequence[Post]) -> tuple[list[Item], str]:
    """Choose what is rendered: what was asked for and is due, else the newest post."""
    ids = {post.id for post in wanted}
    with_post = [item for item in plan.items if item.post]
    chosen = [item for item in with_post if item.action in WORKS or _is_one_of(item, ids)]
    if chosen or not with_post:
        return chosen, ""
    newest = max(with_post, key=_readiness)
    return [newest], newest.key


def _is_one_of(item: Item, ids: set[str]) -> bool:
    return item.post is not None and item.post.id in ids


def _readiness(item: Item) -> tuple[bool, float, str]:
    assert item.post is not None  # noqa: S101 - chosen among those with a post
    return not item.post.draft, item.post.published.timestamp(), item.key


def _render(publication: Publication, item: Item, composer: Composer, provider: Provider) -> Shown:
    assert item.post is not None  # noqa: S101 - chosen among those with a post
    composed = composer.compose(item.post, item.newsletter)
    sends = publication.email.mode == "send"
    preview = artifacts.write_issue(
        publication.root, item.post, composed.issue, provider, sends=sends
    )
    return Shown(composed, preview.relative_to(publication.root))


def _hold(item: Item, shown: Mapping[str, Shown], provider: Provider) -> Item:
    """Hold a due issue whose message has an error, or a placeholder that nobody can fill."""
    if item.action not in WORKS or item.key not in shown:
        return item
    composed = shown[item.key].composed
    if composed.errors:
        return replace(item, action=Action.HELD, note=show.held_by(composed.errors))
    if lacking := provider.lacking(composed.issue.message):
        return replace(item, action=Action.HELD, note=show.no_tag(provider.name, lacking))
    return item


def _readers(provider: Provider, audience: str) -> int | str:
    if not isinstance(provider, Audiences):
        return ""
    try:
        return provider.readers(audience)
    except WireError as error:
        return f"not asked, {error}".rstrip(".")
