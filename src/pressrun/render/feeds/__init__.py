"""The three feeds of a publication: RSS 2.0, Atom and JSON Feed, with the same items in each."""

from collections.abc import Sequence

from pressrun.publication import Publication
from pressrun.render.feeds import json_feed, xml
from pressrun.render.feeds.channel import Entry, channel

__all__ = ["Entry", "build"]


def build(publication: Publication, entries: Sequence[Entry]) -> dict[str, bytes]:
    """Make every feed of ``entries``, which come newest first; file name -> bytes."""
    described = channel(publication, entries)
    feeds = {
        "feed.xml": xml.rss(described, "feed.xml"),
        "atom.xml": xml.atom(described, "atom.xml"),
        "feed.json": json_feed.build(described, "feed.json"),
    }
    if show := described.podcast:
        feeds["podcast.xml"] = xml.podcast(described, show, "podcast.xml")
    return feeds
