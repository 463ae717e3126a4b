"""What the feed validator would say of an OPML file; it takes every text in one for HTML.

https://github.com/w3c/feedvalidator/blob/main/src/feedvalidator/opml.py
"""

import re
from collections.abc import Iterator
from typing import Any

from html5lib.html5parser import HTMLParser, ParseError
from lxml import etree

from support.feed_rules import RFC822, URI

OUTLINE = """category created description htmlUrl isBreakpoint isComment language text title type
    url version xmlUrl"""
HEAD = "title dateCreated dateModified ownerName ownerEmail ownerId"


def messages(raw: bytes) -> list[str]:
    """List what the validator would say."""
    try:
        root = etree.fromstring(raw)
    except etree.XMLSyntaxError as error:
        return [f"SAXError: {error}"]
    return [*_document(root), *(each for one in root.iter("outline") for each in _outline(one))]


def _document(root: Any) -> Iterator[str]:
    if root.get("version") not in {"1.0", "1.1", "2.0"}:
        yield f"InvalidOPMLVersion: {root.get('version')}"
    yield from (f"MissingElement: {name}" for name in ("head", "body") if root.find(name) is None)
    if root.find("body/outline") is None:
        yield "MissingElement: outline"
    for element in root.iterfind("head/*"):
        if element.tag not in HEAD.split():
            yield f"UndefinedElement: {element.tag}"
        if element.tag.startswith("date") and not RFC822.fullmatch(element.text or ""):
            yield f"InvalidRFC2822Date: {element.text}"
        if element.tag in {"title", "ownerName"}:
            yield from _html(element.text or "")


def _outline(outline: Any) -> Iterator[str]:
    known = set(OUTLINE.split())
    yield from (f"UnexpectedAttribute: {name}" for name in outline.attrib if name not in known)
    if "text" not in outline.attrib:
        yield "MissingAttribute: text"
    if (outline.text or "").strip():
        yield f"UnexpectedText: {outline.text}"
    if outline.get("type", "").lower() == "rss":
        needed = {"xmlUrl": "MissingXmlURL", "title": "MissingTitleAttr"}
        yield from (f"{needed[name]}: {name}" for name in set(needed) - set(outline.attrib))
    elif "type" not in outline.attrib and {"xmlUrl", "htmlUrl", "title"} & set(outline.attrib):
        yield "MissingOutlineType: type"
    if outline.get("version", "RSS2") not in {"RSS", "RSS1", "RSS2", "scriptingNews"}:
        yield f"InvalidOutlineVersion: {outline.get('version')}"
    for name in ("htmlUrl", "xmlUrl", "url"):
        if name in outline.attrib and not URI.fullmatch(outline.get(name)):
            yield f"InvalidFullLink: {outline.get(name)}"
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", outline.get("language", "en")):
        yield f"InvalidLanguage: {outline.get('language')}"
    for name in ("text", "title", "description"):
        yield from _html(outline.get(name, ""))


def _html(text: str) -> Iterator[str]:
    try:
        HTMLParser(strict=True).parseFragment(text)
    except ParseError as error:
        yield f"NotHtml: {error} {text!r}"
