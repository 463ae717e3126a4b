"""``publish feed``: posts become feeds."""

import time
from collections.abc import Mapping
from pathlib import Path

import click

from pressrun import config, posts
from pressrun.cli import ping, show
from pressrun.cli.files import write
from pressrun.cli.world import World
from pressrun.model import Post
from pressrun.posts.select import for_feed
from pressrun.publication import Publication


@click.command("feed")
@click.option("--ping", "pings", is_flag=True, help="Tell hubs of each feed that changed.")
@click.pass_obj
def command(world: World, pings: bool) -> None:
    """Write the RSS, Atom and JSON feeds.

    A feed whose bytes did not change is not touched, so that its date still means something to
    readers' caches.
    """
    started = time.perf_counter()
    publication = config.load(world.root)
    if pings:
        ping.check(publication.feeds)
    written = posts.load(publication)
    chosen = [post for post in written if for_feed(post, world.now()).outcome == "in"]
    newest = chosen[: publication.feeds.items]
    files = _render(publication, newest)
    folder = publication.root / publication.feeds.folder
    changed = [name for name, content in files.items() if write(folder / name, content)]
    click.echo(_summary(publication, files, changed, len(newest), len(written)), nl=False)
    click.echo(f" {time.perf_counter() - started:.2f} s")
    if pings:
        _ping(publication, changed, world)


def _render(publication: Publication, newest: list[Post]) -> dict[str, bytes]:
    from pressrun.render import feeds, markdown

    entries = [feeds.Entry(post, markdown.render(post, publication.site)) for post in newest]
    show.findings((one for entry in entries for one in entry.body.findings), err=True)
    return feeds.build(publication, entries)


def _ping(publication: Publication, changed: list[str], world: World) -> None:
    from pressrun.render.feeds.channel import folder_url

    addresses = [folder_url(publication) + name for name in changed]
    for line in ping.send(publication.feeds, addresses, world):
        click.echo(line, err=True)


def _summary(
    publication: Publication,
    files: Mapping[str, bytes],
    changed: list[str],
    shown: int,
    total: int,
) -> str:
    paths = "  ".join(str(Path(publication.feeds.folder) / name) for name in files)
    return f"{paths}: {shown} of {total} posts; {_changes(changed, len(files))}."


def _changes(changed: list[str], total: int) -> str:
    if not changed:
        return "nothing changed"
    if len(changed) == total:
        return "all changed" if total > 1 else f"{changed[0]} changed"
    return f"{' and '.join(changed)} changed, the {_others(total - len(changed))} did not"


def _others(count: int) -> str:
    return "others" if count > 1 else "other"
