"""``publish feed``: posts become feeds."""

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pressrun.cache import snapshot
from pressrun.cache.stamps import Seen
from pressrun.cli.world import World

if TYPE_CHECKING:
    from pressrun.model import Post
    from pressrun.publication import Publication


@click.command("feed")
@click.option("--no-cache", is_flag=True, help="Read and render everything again.")
@click.pass_obj
def command(world: World, *, no_cache: bool) -> None:
    """Write the RSS, Atom and JSON feeds.

    A feed whose bytes did not change is not touched, so that its date still means something to
    readers' caches.
    """
    started = time.perf_counter()
    known = None if no_cache else snapshot.recall(world.root, world.now().timestamp())
    said = known.said if known else _made(world, cached=not no_cache)
    for line in said["findings"]:
        click.echo(line, err=True)
    click.echo(f"{said['summary']} {time.perf_counter() - started:.2f} s")


def _made(world: World, *, cached: bool) -> Mapping[str, list[str] | str]:
    from pressrun import config, posts
    from pressrun.cache.bodies import Bodies
    from pressrun.cache.stamps import look, of_program
    from pressrun.cli import rendering
    from pressrun.cli.files import write
    from pressrun.cli.progress import watched
    from pressrun.posts.select import for_feed

    now = world.now()
    ns = int(now.timestamp() * 1e9)
    publication = config.load(world.root)
    inputs = ["publish.yml", publication.posts.folder]
    seen = snapshot.take(world.root, inputs) if cached else Seen("", 0)
    written = posts.outline(
        publication, cores=world.cores, watch=lambda items: watched("Reading posts", items)
    )
    chosen = [post for post in written if for_feed(post, now).outcome == "in"]
    newest = chosen[: publication.feeds.items]
    context = of_program() + look([str(world.root / "publish.yml")]).digest
    cache = Bodies(world.root, context) if cached else None
    bodies = rendering.begin(newest, publication, cores=world.cores, cache=cache, now=ns)
    from pressrun.render import feeds

    got = bodies()
    entries = [feeds.Entry(post, got[post.path]) for post in newest]
    files = feeds.build(publication, entries)
    findings = [str(one) for entry in entries for one in entry.body.findings]
    folder = publication.root / publication.feeds.folder
    changed = [name for name, content in files.items() if write(folder / name, content)]
    said = {
        "findings": findings,
        "summary": _summary(publication, files, [], len(newest), len(written)),
    }
    if cached:
        outputs = [f"{publication.feeds.folder}/{name}" for name in files]
        snapshot.keep(
            world.root, snapshot.Snapshot(inputs, outputs, _until(written, now), said), seen, ns
        )
    return {**said, "summary": _summary(publication, files, changed, len(newest), len(written))}


def _until(written: "list[Post]", now: datetime) -> float | None:
    times = [t for post in written for t in (post.published, post.expires) if t]
    later = [t.timestamp() for t in times if t.timestamp() > now.timestamp()]
    return min(later, default=None)


def _summary(
    publication: "Publication",
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
