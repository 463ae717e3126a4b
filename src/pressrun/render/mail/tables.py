"""Tables that are wider than a phone: they scroll within a box of their own.

The width is estimated, because only the reader's client knows its letters: a column needs its
longest word, and gets room for a few words a line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from markdown_it.token import Token

from pressrun.render.mail_body import WIDTH
from pressrun.render.raw import Loss
from pressrun.render.text.wrap import width

RULE = "wide-table"

# Pixels: a letter of a table's type on average, and what stands around the words of a cell.
_LETTER = 7.5
_PADDING = 13
_PHONE = 335
_COMFORTABLE = 18  # letters in a line of a cell


@dataclass(frozen=True, slots=True)
class _Table:
    start: int
    end: int
    head: list[str]
    columns: list[list[str]]

    def pixels(self, comfortable: int) -> int:
        """Estimate the width at which no line has to hold less than ``comfortable`` letters."""
        letters = [max(_letters(cell, comfortable) for cell in cells) for cells in self.columns]
        return round(sum(letters) * _LETTER + len(letters) * _PADDING)


def wrap(tokens: Sequence[Token], title: str, losses: list[Loss]) -> list[Token]:
    """Put each table that no phone can hold in a box that scrolls; ``title`` is its last name."""
    around: dict[int, Token] = {}
    for table in _tables(tokens):
        if (least := table.pixels(0)) <= _PHONE:
            continue
        opening = tokens[table.start]
        opening.attrSet("width", str(min(table.pixels(_COMFORTABLE), WIDTH)))
        label = ", ".join(filter(None, table.head)) or title
        around[table.start] = _html(f'<div class="mail-scroll" aria-label="{escape(label)}">\n')
        around[table.end] = _html("</div>\n")
        losses.append(_loss(opening.map[0] if opening.map else 0, len(table.columns), least))
    return list(_surrounded(tokens, around))


def _surrounded(tokens: Sequence[Token], around: dict[int, Token]) -> Iterator[Token]:
    for at, token in enumerate(tokens):
        if at in around and token.nesting > 0:
            yield around[at]
        yield token
        if at in around and token.nesting < 0:
            yield around[at]


def _tables(tokens: Sequence[Token]) -> Iterator[_Table]:
    start, rows = 0, [[""]]
    for at, token in enumerate(tokens):
        if token.type == "table_open":
            start, rows = at, []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in {"th_open", "td_open"}:
            rows[-1].append(_words(tokens[at + 1]))
        elif token.type == "table_close":
            yield _Table(start, at, rows[0], [list(column) for column in zip(*rows, strict=False)])


def _words(inline: Token) -> str:
    """Give what a cell shows; the addresses of its links take no room."""
    children = inline.children or []
    return "".join("" if part.type == "html_inline" else part.content or " " for part in children)


def _letters(cell: str, comfortable: int) -> int:
    longest = max(map(width, cell.split()), default=0)
    return max(longest, min(width(cell), comfortable))


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content)


def _loss(line: int, columns: int, least: int) -> Loss:
    return Loss(
        line,
        f"the table of {columns} columns needs about {least} pixels and a phone has {_PHONE}, so "
        "it scrolls sideways, which Gmail and Outlook on Android do not always do",
        "Use fewer columns or shorter words, or make a list of it.",
        RULE,
    )
