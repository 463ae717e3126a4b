"""Tables that are wider than a phone: they scroll within a box of their own.

The width is estimated, because only the reader's client knows its letters: a column needs its
longest word, and gets room for a few words a line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest

from markdown_it.token import Token

from pressrun.render.mail import html_tables
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
    head: list[str]
    columns: list[list[str]]

    @property
    def least(self) -> int:
        """Estimate the width without which a word would be broken."""
        return self._pixels(0)

    @property
    def readable(self) -> int:
        """Estimate the width at which a line holds a few words."""
        return min(self._pixels(_COMFORTABLE), WIDTH)

    def named(self, title: str) -> str:
        """Write the start tag of a box around it; ``title`` is its last name."""
        label = ", ".join(filter(None, self.head)) or title
        return f'<div class="mail-scroll" aria-label="{escape(label)}">'

    def _pixels(self, comfortable: int) -> int:
        letters = [max(_letters(cell, comfortable) for cell in cells) for cells in self.columns]
        return round(sum(letters) * _LETTER + len(letters) * _PADDING)


def wrap(tokens: Sequence[Token], title: str, losses: list[Loss]) -> list[Token]:
    """Put each table that no phone can hold in a box that scrolls; ``title`` is its last name."""
    around: dict[int, Token] = {}
    for start, end, table in _tables(tokens):
        if table.least <= _PHONE:
            continue
        opening = tokens[start]
        opening.attrSet("width", str(table.readable))
        around[start] = _html(f"{table.named(title)}\n")
        around[end] = _html("</div>\n")
        losses.append(_loss(opening, table))
    kept: list[Token] = []
    for at, token in enumerate(tokens):
        if token.type == "html_block":
            kept += _with_box(token, title, losses)
        elif at in around and token.nesting > 0:
            kept += [around[at], token]
        elif at in around:
            kept += [token, around[at]]
        else:
            kept.append(token)
    return kept


def _with_box(token: Token, title: str, losses: list[Loss]) -> list[Token]:
    """Give a block of HTML, in a box if it is a table that no phone can hold."""
    written = html_tables.read(token.content)
    if not written:
        return [token]
    columns = [list(column) for column in zip_longest(*written.rows, fillvalue="")]
    table = _Table(written.head, columns)
    if table.least <= _PHONE:
        return [token]
    token.content = html_tables.with_width(token.content, table.readable)
    losses.append(_loss(token, table))
    return [_html(f"{table.named(title)}\n"), token, _html("</div>\n")]


def _tables(tokens: Sequence[Token]) -> Iterator[tuple[int, int, _Table]]:
    """Give each table of Markdown with the places of its first and its last token."""
    start, rows = 0, [[""]]
    for at, token in enumerate(tokens):
        if token.type == "table_open":
            start, rows = at, []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in {"th_open", "td_open"}:
            rows[-1].append(_words(tokens[at + 1]))
        elif token.type == "table_close":
            columns = [list(column) for column in zip(*rows, strict=False)]
            yield start, at, _Table(rows[0], columns)


def _words(inline: Token) -> str:
    """Give what a cell shows; the addresses of its links take no room."""
    children = inline.children or []
    return "".join("" if part.type == "html_inline" else part.content or " " for part in children)


def _letters(cell: str, comfortable: int) -> int:
    longest = max(map(width, cell.split()), default=0)
    return max(longest, min(width(cell), comfortable))


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content)


def _loss(opening: Token, table: _Table) -> Loss:
    return Loss(
        opening.map[0] if opening.map else 0,
        f"the table of {len(table.columns)} columns needs about {table.least} pixels and a phone"
        f" has {_PHONE}, so it scrolls sideways, which Gmail and Outlook on Android do not always"
        " do",
        "Use fewer columns or shorter words, or make a list of it.",
        RULE,
    )
