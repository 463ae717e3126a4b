"""The feeds of a publication: RSS 2.0, Atom and JSON Feed, with the same items in each."""

from collections.abc import Mapping

from pressrun.publication import Publication
from pressrun.render.feeds import json_feed, xml
from pressrun.render.feeds.channel import Entry, Item, channel, described
from pressrun.render.feeds.selection import PODCAST, Feed

__all__ = ["Entry", "build", "described"]


def build(publication: Publication, feed: Feed, items: Mapping[str, Item]) -> dict[str, bytes]:
    """Make the files of one feed, of posts that ``described`` told of; file name -> bytes."""
    shown = channel(publication, feed, items)
    if feed.kind == PODCAST and publication.feeds.podcast:
        return {"podcast.xml": xml.podcast(shown, publication.feeds.podcast, "podcast.xml")}
    return {
        "feed.xml": xml.rss(shown, "feed.xml"),
        "atom.xml": xml.atom(shown, "atom.xml"),
        "feed.json": json_feed.build(shown, "feed.json"),
    }
