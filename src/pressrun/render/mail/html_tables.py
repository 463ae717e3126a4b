"""Tables that were written as HTML: what their cells say, where that can be told for certain."""

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

from pressrun.render.html import TAGS
from pressrun.render.raw import attributes

_TABLE = re.compile(
    r"""\s*(<table\b(?:[^<>"']|"[^"]*"|'[^']*')*>)(.*)</table\s*>\s*""", re.DOTALL | re.IGNORECASE
)
_COMMENT = re.compile("<[!?]")  # where browsers see its end is a long story
_VOID = frozenset({"br", "col", "hr", "img", "source", "wbr"})
_SECTIONS = frozenset({"tbody", "tfoot", "thead"})
# Whatever else stands there, words too, a browser puts before the table.
_STANDS_IN = {
    "": frozenset({"table"}),
    "table": frozenset({"caption", "col", "colgroup", "tr"}) | _SECTIONS,
    "colgroup": frozenset({"col"}),
    **dict.fromkeys(_SECTIONS, frozenset({"tr"})),
    "tr": frozenset({"td", "th"}),
}
_IN_CELLS = TAGS.difference(*_STANDS_IN.values())
_COLUMNS = re.compile(r"[1-9][0-9]?")


@dataclass(frozen=True, slots=True)
class HtmlTable:
    """The words of the cells; ``head`` is the first row if that holds headings, else empty."""

    head: list[str]
    rows: list[list[str]]


def read(html: str) -> HtmlTable | None:
    """Read a table; None unless it is all there is, and the column of each cell is plain.

    So one in which another stands or a comment, in which a cell is of several rows, or in which an
    end tag is missing is none.
    """
    if not _TABLE.fullmatch(html) or _COMMENT.search(html):
        return None
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.odd or reader.open or not reader.columns:
        return None
    rows = [
        [" ".join(cell.split()) for at, cell in enumerate(row) if at in reader.columns]
        for row in reader.rows
    ]
    return HtmlTable(rows[0] if reader.headed else [], rows)


def with_width(html: str, pixels: int) -> str:
    """Write a table that was read with a width, before its style and whatever else it has."""
    found = _TABLE.fullmatch(html)
    if not found:
        return html
    given = {name: value for name, value in attributes(found[1]).items() if name != "width"}
    style = {"style": given.pop("style")} if "style" in given else {}
    ordered = {"width": str(pixels), **style, **given}
    written = "".join(f' {name}="{escape(value)}"' for name, value in ordered.items())
    # The lines of what follows stay what they were.
    above = "\n" * found[1].count("\n")
    return f"<table{written}>{above}{found[2]}</table>"


class _Reader(HTMLParser):
    """Collects cells, row by row; ``odd`` says that browsers may see another table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.columns: set[int] = set()  # in which a cell of one column stands
        self.headed = True
        self.odd = False
        self._in_column = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = _STANDS_IN.get(self._within, _IN_CELLS)
        self.odd = self.odd or tag not in here or (tag == "table" and bool(self.rows))
        if tag in _VOID:
            return
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and not self.odd:
            self.headed = self.headed and (len(self.rows) > 1 or tag == "th")
            self._begin_cell(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
            self._in_column = self._in_column and tag not in {"td", "th"}
        else:
            self.odd = True

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.odd = self.odd or tag not in _VOID  # to browsers <b/> is a <b>
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.odd = self.odd or (self._within in _STANDS_IN and bool(data.strip()))
        if self._in_column and not self.odd:
            self.rows[-1][-1] += data

    @property
    def _within(self) -> str:
        return self.open[-1] if self.open else ""

    def _begin_cell(self, given: dict[str, str | None]) -> None:
        span = given.get("colspan") or "1"
        if given.get("rowspan", "1") != "1" or not _COLUMNS.fullmatch(span):
            self.odd = True
            return
        self.rows[-1] += [""] * int(span)
        # What stands above several columns has the width of all, and makes none of them wider.
        self._in_column = span == "1"
        if self._in_column:
            self.columns.add(len(self.rows[-1]) - 1)
