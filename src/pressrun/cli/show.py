"""How plans, outcomes and findings look: a table on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from pressrun.deliver.plan import Item
    from pressrun.model import Finding

COLOURS = {
    "ok": "green",
    "note": "dim",
    "warning": "yellow",
    "error": "bold red",
    "send": "green",
    "schedule": "green",
    "unschedule": "yellow",
    "unscheduled": "yellow",
    "draft": "green",
    "sent": "green",
    "accepted": "green",
    "scheduled": "green",
    "drafted": "green",
    "held": "yellow",
    "UNSURE": "bold red",
    "failed": "red",
    "off": "dim",
    "older": "dim",
    "never": "dim",
}


class Row(NamedTuple):
    """One issue: what happens to it, its title, why, and figures such as its size."""

    word: str
    title: str
    note: str
    figures: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A number with its noun: ``1 issue``, ``3 issues``."""

    number: int
    noun: str

    def __str__(self) -> str:
        return f"{self.number:,} {self.noun}{'' if self.number == 1 else 's'}"


def table(rows: Sequence[Row]) -> None:
    """Print one line an issue, aligned; on a terminal in colour and wrapped in its columns."""
    if not rows:
        return
    if sys.stdout and sys.stdout.isatty():
        _drawn(rows)
        return
    width = max(len(row.title) for row in rows)
    for row in rows:
        line = f"  {row.word:<8} {row.title:<{width}}   {row.note}"
        click.echo(f"{line}   {row.figures}" if row.figures else line)


def items(planned: Iterable["Item"]) -> None:
    """Print issues as the plan has them."""
    table([Row(item.action, item.title, item.note) for item in planned])


def findings(found: Iterable["Finding"], *, err: bool = False) -> None:
    """Print findings, a line each, in the form that editors and CI jobs can follow."""
    for one in found:
        click.echo(str(one), err=err)


def size(count: int) -> str:
    """Write a number of bytes as mail programs do: 48 kB is 48,000 bytes."""
    return f"{max(1, round(count / 1000))} kB"


def _drawn(rows: Sequence[Row]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    for row in rows:
        style = COLOURS.get(row.word, "")
        cells = (
            Text(f"  {row.word:<8}", style=style),
            Text(row.title),
            Text(row.note, style="dim"),
        )
        grid.add_row(*cells, Text(row.figures))
    Console(highlight=False).print(grid)
