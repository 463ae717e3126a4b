"""Issues and their figures in columns: plain lines, on a terminal as it has room."""

import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import click

from pressrun.model import Figures

UNTOLD = "-"
DATE, GAP = 10, "  "
NOTE = 40  # the least width in which a sentence can be read
# The least width of titles where shares stand beside their numbers, and where they stand below.
BESIDE, BELOW = 24, 12

# By their names in Figures. Opens and clicks are shares only where each reader counts once.
REACTIONS: Mapping[str, str] = {"opens": "opens", "clicks": "clicks"}
REST: Mapping[str, str] = {"unsubscribes": "unsubs", "bounces": "bounces", "complaints": "spam"}


class Row(NamedTuple):
    """An issue; ``note`` stands in the place of figures."""

    day: str
    title: str
    note: str
    failed: bool


class Cell(NamedTuple):
    """A number, and its share of another one."""

    number: str
    share: str = ""


class Column(NamedTuple):
    """One figure, of every issue."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def told(self) -> bool:
        """Whether the provider tells it of any issue."""
        return any(cell.number != UNTOLD for cell in self.cells)

    def lines(self, *, stacked: bool) -> list[tuple[str, ...]]:
        """Return the lines of the name, then those of each cell, all of one width."""
        share = max(len(cell.share) for cell in self.cells)
        lines: list[tuple[str, ...]] = [(self.name, "") if stacked else (self.name,)]
        for cell in self.cells:
            beside = f"{cell.number} {cell.share:>{share}}" if share else cell.number
            lines.append(cell if stacked else (beside,))
        width = max(len(line) for cell in lines for line in cell)
        return [tuple(f"{line:>{width}}" for line in cell) for cell in lines]


def columns(figures: Sequence[Figures], *, unique: bool) -> list[Column]:
    """Return the columns that the provider tells anything for; ``unique``: opens are readers."""
    delivered = Column("delivered", tuple(map(_delivered, figures)))
    recipients = Column("recipients", tuple(Cell(_number(one.recipients)) for one in figures))
    found = [delivered if delivered.told else recipients]
    for field, name in {**REACTIONS, **REST}.items():
        shares = unique or field in REST
        found.append(Column(name, tuple(_cell(one, field, shares=shares) for one in figures)))
    return [column for column in found if column.told]


def table(rows: Sequence[Row], shown: Sequence[Column]) -> None:
    """Print a line for each issue, under a heading."""
    if not (sys.stdout.isatty() and _drawn(rows, shown)):
        _listed(rows, shown)


def _delivered(figures: Figures) -> Cell:
    whole = figures.recipients
    return Cell(_number(figures.delivered), "" if whole is None else f"of {_number(whole)}")


def _cell(figures: Figures, field: str, *, shares: bool) -> Cell:
    number: int | None = getattr(figures, field)
    recipients = figures.recipients or 0
    reached = figures.delivered or recipients - (figures.bounces or 0)
    whole = recipients if field == "bounces" else reached
    return Cell(_number(number), _share(number or 0, whole) if shares else "")


def _number(count: int | None) -> str:
    return UNTOLD if count is None else f"{count:,}"


def _share(part: int, whole: int) -> str:
    """Write a share as 43%, 8.5% or 0.25%; empty where it says nothing."""
    if not 0 < part <= whole:
        return ""
    percent = 100 * part / whole
    places = (percent < 10) + (percent < 1)  # noqa: PLR2004
    return f"{percent:.{places}f}%"


def _blocks(shown: Sequence[Column], count: int, *, stacked: bool) -> list[str]:
    """Put columns side by side: the heading, then the text of each of ``count`` issues."""
    if not shown:
        return [""] * (count + 1)
    lines = zip(*(column.lines(stacked=stacked) for column in shown), strict=True)
    return ["\n".join(map(GAP.join, zip(*row, strict=True))).rstrip() for row in lines]


def _listed(rows: Sequence[Row], shown: Sequence[Column]) -> None:
    """Print plain lines, however long they are."""
    head, *blocks = _blocks(shown, len(rows), stacked=False)
    width = max(len(row.title) for row in rows)
    click.echo(f"{'sent':<{DATE}}{GAP}{'title':<{width}}{GAP}{head}".rstrip())
    for row, block in zip(rows, blocks, strict=True):
        click.echo(f"{row.day}{GAP}{row.title:<{width}}{GAP}{row.note or block}")


def _drawn(rows: Sequence[Row], shown: Sequence[Column]) -> bool:
    """Draw the table as wide as the terminal; False where it is too narrow for that."""
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    longest = max(cell_len(row.title) for row in rows)
    for stacked, least in ((False, BESIDE), (True, BELOW)):
        head, *blocks = _blocks(shown, len(rows), stacked=stacked)
        needed = max(len(head), NOTE if any(row.note for row in rows) else 0)
        room = console.width - DATE - 2 * len(GAP) - needed
        if room >= min(longest, least):
            break
    else:
        return False
    title = min(longest, room)
    grid = Table.grid(padding=(0, len(GAP)))
    for width in (DATE, title, needed + room - title):
        grid.add_column(width=width)
    grid.add_row(*(Text(one, style="dim") for one in ("sent", "title", head)))
    for row, block in zip(rows, blocks, strict=True):
        note = Text(row.note, style="red" if row.failed else "yellow")
        grid.add_row(row.day, Text(row.title), note if row.note else Text(block))
    console.print(grid)
    return True
