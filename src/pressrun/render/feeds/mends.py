"""What feedgen 1.0.0 does wrong by default, mended in one place, each with its reason.

https://feedgen.kiesow.be/ and https://github.com/lkiesow/python-feedgen/blob/main/feedgen/

Not needed here, and good to know: links of Atom entries lose every attribute but href, so an entry
has only its alternate link, which needs no more; ``content(type="CDATA")`` and ``type="xhtml"``
break, so content is always "html"; strings as dates are guessed at, so dates are datetimes in UTC;
each date in RSS switches the locale of the process for a moment, so one thread builds feeds.
"""

import re
from collections.abc import Iterable
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from pressrun.model import Author, Image
from pressrun.render.feeds.channel import Channel, Item

_MEDIA = "http://search.yahoo.com/mrss/"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TITLE = re.compile(rb"(?<=<title>)[^<]*(?=</title>)")


def generator(channel: Channel, self_url: str, media_type: str) -> FeedGenerator:
    """Start a feed with all that feedgen would otherwise fill in by itself."""
    feed = FeedGenerator()
    feed.id(channel.id)
    feed.title(channel.title)
    # Sets the feed's language and Atom's xml:lang.
    feed.language(channel.language)
    # Else both are the clock's, with microseconds, and no two runs give the same bytes.
    feed.updated(channel.updated)
    # RSS takes the last link of any kind for the site's, so "self" comes first.
    feed.link(href=self_url, rel="self", type=media_type)
    feed.link(href=channel.url, rel="alternate", type="text/html")
    # Else it names itself. We name no version: a new release must not touch every feed.
    feed.generator("Pressrun")
    # Its own address of the specification is http:// and redirects.
    feed.docs("https://www.rssboard.org/rss-specification")
    return feed


def extend(feed: FeedGenerator) -> None:
    """Load the extensions that entries use; they reach only entries that are added later."""
    feed.load_extension("dc", atom=False)
    feed.register_extension("extras", BaseExtension, _Extras)


def add_entry(feed: FeedGenerator) -> FeedEntry:
    """Add an entry at the end: the default turns the feed round."""
    return feed.add_entry(order="append")


def identify(entry: FeedEntry, item: Item) -> None:
    """Set the id of both formats; a guid that is the post's address is a permanent link."""
    entry.guid(item.id, permalink=item.id == item.url)


def summary_and_content(entry: FeedEntry, summary: str, item: Item) -> None:
    """Set both, in this order: content alone, or content first, lands in RSS's description.

    RSS reads a summary as HTML, Atom as plain text, so the caller gives the right one. Without a
    type Atom shows HTML as text.
    """
    if summary:
        entry.summary(summary)
    if item.content:
        entry.content(item.content, type="html")


def creators(entry: FeedEntry, authors: Iterable[Author]) -> None:
    """Name each author in RSS: its own <author> takes only addresses of mailboxes, and one."""
    if names := [author.name for author in authors]:
        entry.dc.dc_creator(names)


def authors(target: FeedGenerator | FeedEntry, named: Iterable[Author], channel: Channel) -> None:
    """Name the authors in Atom, which demands one, in the feed and, for some readers, per entry."""
    people = [
        {"name": author.name} | ({"uri": author.url} if author.url else {}) for author in named
    ]
    target.author(people or [{"name": channel.title}])


def extras(entry: FeedEntry, item: Item, channel: Channel) -> None:
    """Add what feedgen has no words for: the cover, and a language other than the feed's."""
    entry.extras.cover = item.cover
    entry.extras.language = item.language if item.language != channel.language else ""


def titles_in_hex(rss: bytes) -> bytes:
    """Write & and < in titles as the RSS Profile wants them: some readers decode titles twice.

    https://www.rssboard.org/rss-profile#data-types-characterdata
    """
    return _TITLE.sub(
        lambda title: title.group().replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;"), rss
    )


class _Extras(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    """A picture in Media RSS, without the group that feedgen's own extension puts around it."""

    cover: Image | None = None
    language: str = ""

    def extend_rss(self, item: Any) -> Any:
        if self.language:
            etree.SubElement(
                item, "{http://purl.org/dc/elements/1.1/}language"
            ).text = self.language
        return self._picture(item)

    def extend_atom(self, entry: Any) -> Any:
        if self.language:
            entry.set(_XML_LANG, self.language)
        return self._picture(entry)

    def _picture(self, entry: Any) -> Any:
        if not self.cover:
            return entry
        sizes = {"width": self.cover.width, "height": self.cover.height}
        content = etree.SubElement(
            entry,
            f"{{{_MEDIA}}}content",
            {"url": self.cover.url, "medium": "image"}
            | {name: str(size) for name, size in sizes.items() if size},
            nsmap={"media": _MEDIA},
        )
        if self.cover.alt:
            etree.SubElement(
                content, f"{{{_MEDIA}}}description", type="plain"
            ).text = self.cover.alt
        return entry
