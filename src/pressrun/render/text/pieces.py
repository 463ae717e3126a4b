"""The words of clean HTML, for the parts of a post that were written in HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from pressrun.render.text.notes import Notes

# Inline elements that mean something even without their look.
BEFORE = {"br": "\n", "sup": "^", "del": "~~", "s": "~~", "strike": "~~", "q": "“"}
AFTER = {"del": "~~", "s": "~~", "strike": "~~", "q": "”"}

MEDIA = frozenset({"audio", "img", "video"})

_BLOCK_TAGS = """address article aside blockquote caption dd details div dl dt figcaption figure
    footer h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table td th tr
    ul"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_BLANKS = re.compile("[ \t]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, or lines of code to be left as they are."""

    text: str
    code: bool = False


def image(alt: str, source: str, notes: Notes | None) -> str:
    """Stand in for a picture: ``[Image: a chart] [2]``."""
    name = f"[Image: {alt}]" if alt else "[Image]"
    return name if source.startswith("data:") or not notes else notes.mark(name, source)


def media(tag: str, found: Mapping[str, str], notes: Notes | None) -> str:
    """Stand in for a picture, a film or a sound; empty for what is a part of one."""
    source = found.get("src", "")
    if tag == "img" and found.get("class") == "mail-thumbnail":
        return found.get("alt", "")
    if tag == "img":
        return image(found.get("alt", ""), source or "#", notes)
    name = f"[{tag.capitalize()}]" if source else ""
    return notes.mark(name, source) if name and notes else name


def pieces(html: str, notes: Notes | None) -> list[Piece]:
    """Split clean HTML into paragraphs; links are numbered in ``notes`` where it is given."""
    reader = _Reader(notes)
    reader.feed(html)
    reader.close()
    reader.flush()
    return reader.pieces


class _Reader(HTMLParser):
    def __init__(self, notes: Notes | None) -> None:
        super().__init__()
        self.pieces: list[Piece] = []
        self._notes = notes
        self._text: list[str] = []
        self._links: list[tuple[int, str]] = []
        self._code = 0

    def flush(self) -> None:
        raw = "".join(self._text)
        self._text.clear()
        text = raw.strip("\n") if self._code else _collapse(raw)
        if text.strip().strip("-"):
            self.pieces.append(Piece(text, code=bool(self._code)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self.flush()
        if tag == "pre":
            self._code += 1
        elif tag == "a":
            self._links.append((len(self._text), found.get("href", "#")))
        elif tag in MEDIA:
            self._text.append(media(tag, found, self._notes))
        else:
            self._text.append({"li": "- "}.get(tag, BEFORE.get(tag, "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.flush()
        if tag == "pre":
            self._code = max(0, self._code - 1)
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())
        else:
            self._text.append(AFTER.get(tag, ""))

    def handle_data(self, data: str) -> None:
        self._text.append(data if self._code else data.replace("\n", " "))

    def _end_link(self, start: int, href: str) -> None:
        label = "".join(self._text[start:])
        if self._notes:
            self._text[start:] = [self._notes.mark(label, href)]


def _collapse(text: str) -> str:
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in text.split("\n")).strip()
