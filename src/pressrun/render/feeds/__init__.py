"""The feeds of a publication: RSS 2.0, Atom and JSON Feed, with the same items in each."""

from collections.abc import Mapping

from pressrun.publication import Publication
from pressrun.render.feeds.channel import Entry, Item, channel, described
from pressrun.render.feeds.selection import PODCAST, Feed

__all__ = ["Entry", "build", "described", "names"]


def names(feed: Feed) -> tuple[str, ...]:
    """Name the files of a feed."""
    return ("podcast.xml",) if feed.kind == PODCAST else ("feed.xml", "atom.xml", "feed.json")


def build(publication: Publication, feed: Feed, name: str, items: Mapping[str, Item]) -> bytes:
    """Make one of the files of a feed, of posts that ``described`` told of."""
    from pressrun.render.feeds import json_feed, xml

    shown = channel(publication, feed, items)
    if feed.kind == PODCAST and publication.feeds.podcast:
        return xml.podcast(shown, publication.feeds.podcast, name)
    return {"feed.xml": xml.rss, "atom.xml": xml.atom, "feed.json": json_feed.build}[name](
        shown, name
    )
