"""What ``publish stats`` has to say: to a person in columns, to a machine as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import click

from pressrun.cli import show, statstable
from pressrun.deliver.figures import Reading, sent
from pressrun.publication import Publication


@dataclass(frozen=True, slots=True)
class View:
    """What there is to show, the newest first; ``account`` is empty where nobody was asked.

    ``name`` is what a person asked for, empty for all. ``total`` issues went out, ``pending`` more
    may have since the ledger was written. ``unique``: opens and clicks are readers.
    """

    publication: Publication
    name: str
    total: int
    pending: int
    account: str = ""
    unique: bool = False
    readings: tuple[Reading, ...] = ()

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.publication.provider.name


def for_people(view: View) -> None:
    """Print a line for each issue, and what there is to know about the numbers."""
    if view.readings:
        click.echo(f"{view.publication.site.title} -> {view.provider} ({view.account})\n")
        figures = [reading.figures for reading in view.readings]
        columns = statstable.columns(figures, unique=view.unique)
        statstable.table(list(_rows(view)), columns)
        click.echo("")
        for remark in _on_numbers(view, columns):
            click.echo(remark)
    for remark in _on_issues(view):
        click.echo(remark)


def for_machines(view: View) -> None:
    """Print everything as one JSON object; null is what the provider does not tell."""
    content = {
        "publication": view.publication.id,
        "provider": view.provider,
        "account": view.account or None,
        "unique_opens": view.unique,
        "total": view.total,
        "pending": view.pending,
        "issues": [_described(reading) for reading in view.readings],
    }
    click.echo(json.dumps(content, indent=2, ensure_ascii=False))


def _rows(view: View) -> Iterator[statstable.Row]:
    zone = view.publication.site.timezone
    newsletters = {reading.history.newsletter for reading in view.readings}
    for reading in view.readings:
        history = reading.history
        title = history.title or history.post or history.key
        if len(newsletters) > 1:
            title = f"{title} ({history.newsletter})"
        day = f"{sent(history).astimezone(zone):%Y-%m-%d}"
        yield statstable.Row(day, title, reading.note, reading.failed)


def _on_numbers(view: View, columns: Sequence[statstable.Column]) -> Iterator[str]:
    cells = [
        cell
        for column in columns
        for cell, reading in zip(column.cells, view.readings, strict=True)
        if not reading.note
    ]
    if any(cell.number == statstable.UNTOLD for cell in cells):
        yield f'A "{statstable.UNTOLD}" is a number that {view.provider} does not tell.'
    if not view.unique and {"opens", "clicks"} & {column.name for column in columns}:
        yield f"At {view.provider}, opens and clicks may count one reader several times."


def _on_issues(view: View) -> Iterator[str]:
    shown = len(view.readings)
    counted = show.Counted(view.total, "issue")
    if not shown:
        yield f"Nothing{view.name and f' of {view.name}'} has gone out yet."
    elif shown < view.total:
        yield f"The newest {shown} of {counted}; --all shows all of them."
    else:
        yield f"{counted}."
    if failed := sum(reading.failed for reading in view.readings):
        yield f"The figures of {show.Counted(failed, 'issue')} could not be read."
    if view.pending:
        pending = show.Counted(view.pending, "issue")
        yield f"{pending} may have gone out since the last run: publish email finds out."


def _described(reading: Reading) -> dict[str, Any]:
    history = reading.history
    provider, account = history.begun_at
    return {
        "key": history.key,
        "newsletter": history.newsletter,
        "post": history.post,
        "title": history.title,
        "sent": sent(history).isoformat(),
        "provider": provider,
        "account": account,
        "campaign": history.campaign or None,
        "figures": asdict(reading.figures),
        "note": reading.note,
        "failed": reading.failed,
    }
