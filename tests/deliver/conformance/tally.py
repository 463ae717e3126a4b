"""Count what came of many worlds, as a table that a person can read."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from deliver.conformance.trials import Record

HEAD = ("provider", "ledger", "what goes wrong", "worlds", "sent", "twice", "lost", "asked", "left")


@dataclass
class Tally:
    """The worlds of one provider and one store of the ledger, in which ``what`` goes wrong.

    ``left`` counts those in which a draft lies there that nobody will look at again: it harms
    nobody. One mishap leaves none; a second one can hit the deletion.
    """

    provider: str
    ledger: str
    what: str
    worlds: int = 0
    sent: int = 0
    twice: int = 0
    lost: int = 0
    left: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def count(self, records: Iterable[Record]) -> "Tally":
        """Add these worlds."""
        for record in records:
            self.worlds += 1
            self.sent += record.sent
            self.twice += record.sent > 1
            self.lost += "lost" in record.wrong
            self.left += record.stray
            self.wrong += [f"{record}: {problem}" for problem in record.wrong]
            if record.asked:
                where = _without_number(record)
                self.asked[where] = self.asked.get(where, 0) + 1
        return self

    @property
    def row(self) -> tuple[str, ...]:
        """Return the cells of the table."""
        asked = sum(self.asked.values())
        numbers = (self.worlds, self.sent, self.twice, self.lost, asked, self.left)
        return (self.provider, self.ledger, self.what, *(f"{number:,}" for number in numbers))


def table(tallies: Sequence[Tally]) -> str:
    """Lay the tallies out in Markdown."""
    rows = [HEAD, *(one.row for one in tallies)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [_line(row, widths) for row in rows]
    rule = [("-" * width if at < 3 else "-" * (width - 1) + ":") for at, width in enumerate(widths)]
    return "\n".join([lines[0], _line(rule, widths), *lines[1:]])


def totals(tallies: Sequence[Tally]) -> str:
    """Sum everything up in a sentence; one send is wanted in each world."""
    names = ("worlds", "sent", "twice", "lost", "left")
    worlds, sent, twice, lost, left = (sum(getattr(one, n) for one in tallies) for n in names)
    asked = sum(sum(one.asked.values()) for one in tallies)
    return (
        f"{worlds:,} worlds: {worlds:,} sends wanted, {sent:,} made before anybody was asked, "
        f"{twice:,} duplicates, {lost:,} losses, {asked:,} times a person was asked, "
        f"{left:,} drafts left behind."
    )


def questions(tallies: Sequence[Tally]) -> Iterator[str]:
    """Yield, for each provider, what a person had to be asked after."""
    for provider in dict.fromkeys(one.provider for one in tallies):
        cases: dict[str, int] = {}
        for one in tallies:
            if one.provider == provider:
                for where, times in one.asked.items():
                    cases[where] = cases.get(where, 0) + times
        yield f"{provider}: " + ("nobody is asked" if not cases else "")
        yield from (f"  {where} ({times})" for where, times in sorted(cases.items()))


def _without_number(record: Record) -> str:
    return re.sub(r" at (\S+(?: command)?) \d+ \(([^)]*)\)", r": \2", str(record))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell.ljust(width) if at < 3 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join(padded)} |"
