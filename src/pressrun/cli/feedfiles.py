"""From the posts to the bytes of all feeds; nothing is written yet."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from pressrun import posts
from pressrun.cache import stamps
from pressrun.cli import rendering
from pressrun.cli.progress import watched
from pressrun.cli.world import World
from pressrun.model import Body, Finding, Post
from pressrun.parallel import in_halves
from pressrun.posts.select import in_feeds
from pressrun.publication import Publication
from pressrun.render import feeds
from pressrun.render.feeds import ids
from pressrun.render.feeds.channel import WORTH_A_PROCESS, Item, folder_url
from pressrun.render.feeds.selection import Feed, select, shown, unknown_names
from pressrun.render.site_files import places

if TYPE_CHECKING:
    from pressrun.cache.bodies import Bodies


@dataclass(frozen=True, slots=True)
class Made:
    """All files by their path below the feeds' folder, and what there is to know of them.

    ``addresses`` are those of files that people subscribe to; ``ids`` gives the path of the post
    behind each id; ``measured`` are the places where files of enclosures were looked for; ``until``
    is the moment at which a post comes or goes by itself.
    """

    files: Mapping[str, bytes]
    addresses: Mapping[str, str]
    ids: Mapping[str, str]
    findings: Sequence[Finding]
    feeds: Sequence[Feed]
    shown: Sequence[Post]
    total: int
    measured: Sequence[str]
    until: datetime | None


def make(publication: Publication, world: World, *, cached: bool) -> Made:
    """Make every feed. PostError with all that is wrong with any post."""
    now = world.now()
    with rendering.standby(publication, world.cores) as helper:
        written = posts.outline(
            publication, cores=world.cores, watch=lambda items: watched("Reading posts", items)
        )
        planned = select(publication, in_feeds(written, now))
        wanted = shown(planned)
        bodies = _rendered(wanted, publication, helper, world, cached=cached)
    entries = [feeds.Entry(post, bodies[post.path]) for post in wanted]
    found = feeds.described(publication, entries, cores=world.cores)
    return Made(
        files=_built(publication, planned, found, world.cores),
        addresses=_addresses(publication, planned),
        ids={ids.of_post(publication.feeds, post.id): post.path for post in wanted},
        findings=[
            *unknown_names(publication, written),
            *(finding for post in wanted for finding in bodies[post.path].findings),
        ],
        feeds=planned,
        shown=wanted,
        total=len(written),
        measured=_measured(publication, wanted),
        until=_until(written, now),
    )


def _rendered(
    wanted: Sequence[Post],
    publication: Publication,
    helper: rendering.Helper,
    world: World,
    *,
    cached: bool,
) -> Mapping[str, Body]:
    cache = _cache(publication) if cached else None
    now = stamps.nanoseconds(world.now())
    finish = rendering.begin(wanted, publication, helper, cores=world.cores, cache=cache, now=now)
    # Takes as long as another process needs to get ready and render a few posts.
    import_module("pressrun.render.feeds.xml")
    import_module("pressrun.cli.feedpages")
    return finish()


def _cache(publication: Publication) -> "Bodies":
    """Open the cache for all that a body is made of: its post, publish.yml, and the program."""
    from pressrun.cache.bodies import Bodies

    configuration = hashlib.sha256(repr(publication).encode(errors="replace"))
    return Bodies(publication.root, f"{configuration.hexdigest()} {stamps.of_program()}")


def _built(
    publication: Publication, planned: Sequence[Feed], items: Mapping[str, Item], cores: int
) -> dict[str, bytes]:
    from pressrun.cli.feedpages import pages, styled

    wanted = [(feed, name) for feed in planned for name in feeds.names(feed)]
    many = sum(len(feed.posts) for feed in planned) > WORTH_A_PROCESS

    def build(some: Iterable[tuple[Feed, str]]) -> list[tuple[str, bytes]]:
        return [
            (path, styled(path, feeds.build(publication, feed, name, items)))
            for feed, name in some
            for path in [_path(feed, name)]
        ]

    built = in_halves(build, wanted, count=cores if many else 1)
    return {**dict(built), **pages(publication, planned, planned[0].posts)}


def _addresses(publication: Publication, planned: Iterable[Feed]) -> dict[str, str]:
    """Give the address of each file that changes with every post; an archive's pages do not."""
    return {
        _path(feed, name): folder_url(publication, feed.path) + name
        for feed in planned
        if not feed.page
        for name in feeds.names(feed)
    }


def _path(feed: Feed, name: str) -> str:
    return f"{feed.path}/{name}" if feed.path else name


def _measured(publication: Publication, wanted: Iterable[Post]) -> list[str]:
    return [
        place
        for post in wanted
        if post.enclosure
        for place in places(publication, post, post.enclosure.url)
    ]


def _until(written: Iterable[Post], now: datetime) -> datetime | None:
    moments = (each for post in written for each in (post.published, post.expires) if each)
    return min((each for each in moments if each > now), default=None)
