"""Elements that feedgen has no words for, hung in by extensions of our own."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from pressrun.render.feeds.channel import Channel, Item
from pressrun.render.feeds.plain import looks_like_html
from pressrun.render.pictures import MEDIA_TYPES

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_SOURCE = "http://source.scripting.com/"
_HISTORY = "http://purl.org/syndication/history/1.0"
_NAMESPACES = {"media": _MEDIA, "source": _SOURCE, "fh": _HISTORY}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def namespaces(channel: Channel, *, rss: bool) -> dict[str, str]:
    """Name what the items of a feed use, and no more: the validator warns of what it knows not."""
    covers = any(item.cover for item in channel.items)
    written = rss and any(item.markdown for item in channel.items)
    used = {"media": covers, "source": written, "fh": channel.is_archive}
    return {name: _NAMESPACES[name] for name, is_used in used.items() if is_used}


def add(parent: Any, name: str, text: str = "", /, **attributes: str) -> Any:
    """Add an element to ``parent``; attributes without a value are left out."""
    filled = {key: value for key, value in attributes.items() if value}
    element = etree.SubElement(parent, name, filled)
    element.text = text or None
    return element


class OfFeed(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """What a feed as a whole needs."""

    namespaces: Mapping[str, str]
    links: Sequence[tuple[str, str]]
    is_archive: bool

    def extend_ns(self) -> dict[str, str]:
        """Declare what entries use."""
        return dict(self.namespaces)

    def extend_rss(self, root: Any) -> Any:
        """Point to hubs and archives, which feedgen does in Atom only."""
        link = root[0].find(f"{{{_ATOM}}}link")
        if self.is_archive:
            link.addnext(etree.Element(f"{{{_HISTORY}}}archive"))
        for relation, address in reversed(self.links):
            link.addnext(etree.Element(f"{{{_ATOM}}}link", href=address, rel=relation))
        return root

    def extend_atom(self, feed: Any) -> Any:
        """Say that a page is one of an archive, and declare texts that look like HTML.

        Not of the oldest: the validator misses a link to another page there, and to the next one
        there is none, so that it never changes.
        """
        if self.is_archive and "prev-archive" in dict(self.links):
            feed.find("link").addprevious(etree.Element(f"{{{_HISTORY}}}archive"))
        return _declare_html(feed)


class OfEntry(BaseEntryExtension):  # type: ignore[misc]
    """What an entry needs."""

    item: Item
    channel: Channel

    def extend_rss(self, element: Any) -> Any:
        """Add to an item of RSS."""
        item = self.item
        if item.language != self.channel.language:
            add(element, f"{{{_DC}}}language", item.language)
        if item.updated > item.published:
            # RSS itself has no word for it.
            add(element, f"{{{_ATOM}}}updated", item.updated.isoformat())
        if file := item.enclosure:
            add(element, "enclosure", url=file.url, length=str(file.length), type=file.type)
        if item.markdown:
            add(element, f"{{{_SOURCE}}}markdown", item.markdown)
        _picture(element, item)
        return element

    def extend_atom(self, element: Any) -> Any:
        """Add to an entry of Atom."""
        if self.item.language != self.channel.language:
            element.set(_XML_LANG, self.item.language)
        if file := self.item.enclosure:
            # Through feedgen, links of entries lose every attribute but href.
            said = {"type": file.type, "length": str(file.length), "title": file.title}
            add(element, "link", rel="enclosure", href=file.url, **said)
        _picture(element, self.item)
        return _declare_html(element)


def _picture(element: Any, item: Item) -> None:
    """Add the cover in Media RSS, without the group that feedgen's own extension puts around it.

    Mail providers and some readers print ``media:content`` beside the post, so a cover that the
    post shows is a thumbnail: for lists, and never printed.
    """
    cover = item.cover
    if cover is None:
        return
    sizes = {"width": str(cover.width or ""), "height": str(cover.height or "")}
    if item.cover_shown:
        add(element, f"{{{_MEDIA}}}thumbnail", url=cover.url, **sizes)
        return
    suffix = PurePosixPath(urlsplit(cover.url).path).suffix.lower()
    kind = {"medium": "image", "type": MEDIA_TYPES.get(suffix, "")}
    content = add(element, f"{{{_MEDIA}}}content", url=cover.url, **kind, **sizes)
    if cover.alt and looks_like_html(cover.alt):
        add(content, f"{{{_MEDIA}}}description", escape(cover.alt, quote=False), type="html")
    elif cover.alt:
        add(content, f"{{{_MEDIA}}}description", cover.alt, type="plain")


def _declare_html(element: Any) -> Any:
    """Leave no text of Atom that looks like HTML without a word on what it is."""
    for name in ("title", "subtitle", "summary"):
        text = element.find(name)
        if text is not None and looks_like_html(text.text or ""):
            text.text = escape(text.text, quote=False)
            text.set("type", "html")
    return element
