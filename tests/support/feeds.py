"""The feed of all entries, from end to end, for tests."""

from collections.abc import Sequence

from pressrun.publication import Publication
from pressrun.render import feeds
from pressrun.render.feeds.channel import Channel
from pressrun.render.feeds.channel import channel as describe
from pressrun.render.feeds.selection import select


def build(publication: Publication, entries: Sequence[feeds.Entry]) -> dict[str, bytes]:
    """Make all files of all feeds of ``entries``, which come newest first; path -> bytes."""
    items = feeds.described(publication, entries)
    planned = select(publication, [entry.post for entry in entries])
    return {
        f"{feed.path}/{name}".lstrip("/"): feeds.build(publication, feed, name, items)
        for feed in planned
        for name in feeds.names(feed)
    }


def channel(publication: Publication, entries: Sequence[feeds.Entry]) -> Channel:
    """Describe the feed of all ``entries``."""
    everything, *_ = select(publication, [entry.post for entry in entries])
    return describe(publication, everything, feeds.described(publication, entries))
