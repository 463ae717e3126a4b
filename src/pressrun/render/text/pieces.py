"""The words of clean HTML, for the parts of a post that were written in HTML."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from pressrun.render.text.notes import Notes
from pressrun.render.text.table import Table

# Inline elements that mean something even without their look.
BEFORE = {"br": "\n", "sup": "^", "del": "~~", "s": "~~", "strike": "~~", "q": "“"}
AFTER = {"del": "~~", "s": "~~", "strike": "~~", "q": "”"}

MEDIA = frozenset({"audio", "img", "video"})

_BLOCK_TAGS = """address article aside blockquote caption dd details div dl dt figcaption figure
    footer h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table td th tr
    ul"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_GRID = frozenset({"table", "td", "th", "tr"})
_BLANKS = re.compile("[ \t]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, lines of code to be left as they are, or a table."""

    text: str
    code: bool = False
    table: Table | None = None


@dataclass(slots=True)
class _Grid:
    """The cells of a table that has begun.

    ``first`` and ``cell`` are the places of the first and of the latest cell among the pieces.
    ``plain`` says that each cell has a place of its own and that words can fill it.
    """

    first: int = 0
    cell: int = 0
    rows: list[list[str]] = field(default_factory=list)
    headed: bool = True
    plain: bool = True

    def begin_cell(self, tag: str, given: Mapping[str, str], place: int) -> None:
        self.cell = place
        self.first = place if self.rows in ([], [[]]) else self.first
        self.headed = self.headed and (len(self.rows) > 1 or tag == "th")
        self.plain = self.plain and bool(self.rows) and not given.keys() & {"colspan", "rowspan"}

    def end_cell(self, within: Sequence[Piece]) -> None:
        self.plain = self.plain and bool(self.rows) and not any(piece.code for piece in within)
        if self.rows:
            self.rows[-1].append(" ".join(piece.text.replace("\n", " ") for piece in within))

    def table(self) -> Table | None:
        """Give the table; None for one that is only there to lay out a page."""
        lengths = {len(row) for row in self.rows}
        columns = max(lengths, default=0)
        if not self.plain or len(lengths) != 1 or columns < 2:  # noqa: PLR2004 - else it is a list
            return None
        head, rows = (self.rows[0], self.rows[1:]) if self.headed else ([""] * columns, self.rows)
        return Table(head, rows, ["left"] * columns)


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
        self._grids: list[_Grid] = []

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
        elif tag in _GRID:
            self._begin(tag, found)
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
        elif tag in {"td", "th"} and self._grids:
            grid = self._grids[-1]
            grid.end_cell(self.pieces[grid.cell :])
        elif tag == "table" and self._grids:
            self._end_table(self._grids.pop())
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())
        else:
            self._text.append(AFTER.get(tag, ""))

    def handle_data(self, data: str) -> None:
        self._text.append(data if self._code else data.replace("\n", " "))

    def _begin(self, tag: str, given: Mapping[str, str]) -> None:
        place = len(self.pieces)
        if tag == "table":
            for around in self._grids:
                around.plain = False
            self._grids.append(_Grid())
        elif tag == "tr" and self._grids:
            self._grids[-1].rows.append([])
        elif self._grids:
            self._grids[-1].begin_cell(tag, given, place)

    def _end_table(self, grid: _Grid) -> None:
        """Put the table in the place of its cells; what stands before them is its caption."""
        if table := grid.table():
            words = "\n\n".join(cell for row in grid.rows for cell in row if cell)
            self.pieces[grid.first :] = [Piece(words, table=table)]

    def _end_link(self, start: int, href: str) -> None:
        label = "".join(self._text[start:])
        if self._notes:
            self._text[start:] = [self._notes.mark(label, href)]


def _collapse(text: str) -> str:
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in text.split("\n")).strip()
