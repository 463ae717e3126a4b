"""Move a ledger to another store: line by line as it is, and closed behind us.

Whatever interrupts a move, it may be repeated. Until the old ledger is closed, it is the one that
counts; from then on nobody can go on with it by mistake.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pressrun.deliver.ledger.contract import Entry, Ledger
from pressrun.deliver.steps import History
from pressrun.errors import LedgerError, LedgerMoved, UsageError

# Issues that are written at once: in git each time is a push.
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Moved:
    """What the new ledger holds: issues, their lines, and issues of which a message is kept."""

    issues: int
    lines: int
    kept: int


def move(old: Ledger, new: Ledger, moved: str) -> Moved:
    """Copy everything from ``old`` to ``new``, read it back, and close ``old``.

    ``moved`` is what publish.yml must say of the new one. UsageError where both are one ledger;
    LedgerError where the new one holds anything but the beginning of the old one.
    """
    with old.run():
        histories = old.read()
        if _is_there(new) and new.identity() == old.identity():
            what = "This is the ledger that publish.yml names already."
            raise UsageError.of(what, new.where(), "Name another store.")
        with new.run():
            new.create()
            kept = {key: files for key, files in old.all_kept().items() if key in histories}
            _copy(histories, kept, new)
            _demand_equal(histories, kept, new)
            old.retire(moved, histories)
    lines = sum(len(history.lines) for history in histories.values())
    return Moved(len(histories), lines, len(kept))


def _is_there(new: Ledger) -> bool:
    try:
        return new.exists()
    except LedgerMoved:
        what = "A ledger that has moved was there before, and stays closed."
        mend = "Delete it: the folder, the branch, or its rows. Or name another place."
        raise UsageError.of(what, new.where(), mend) from None


def _copy(
    histories: Mapping[str, History], kept: Mapping[str, Mapping[str, bytes]], new: Ledger
) -> None:
    there = new.read()
    _demand_beginning(histories, there, new)
    todo = [key for key, history in histories.items() if history != there.get(key)]
    for start in range(0, len(todo), _BATCH):
        keys = todo[start : start + _BATCH]
        new.append([entry for key in keys for entry in _entries(histories[key], there, kept)])


def _entries(
    history: History, there: Mapping[str, History], kept: Mapping[str, Mapping[str, bytes]]
) -> list[Entry]:
    """Return the lines that are missing there; what is kept of the issue goes with them all."""
    begun = len(there[history.key].lines) if history.key in there else 0
    files = kept.get(history.key, {})
    lines = history.lines[begun:]
    return [Entry(history.key, number, line, files) for number, line in enumerate(lines, begun)]


def _demand_beginning(
    histories: Mapping[str, History], there: Mapping[str, History], new: Ledger
) -> None:
    for key, history in there.items():
        lines = histories[key].lines if key in histories else ()
        if lines[: len(history.lines)] != history.lines:
            raise LedgerError.of(
                f"There is another ledger already: issue {key} has a history of its own there.",
                new.where(),
                "Name an empty place, or take away what is there.",
            )


def _demand_equal(
    histories: Mapping[str, History], kept: Mapping[str, Mapping[str, bytes]], new: Ledger
) -> None:
    if new.read() != histories or new.all_kept() != kept:
        raise LedgerError.of(
            "What was written there is not what was read here; nothing has moved.",
            new.where(),
            "Take away what is there, and move again.",
        )
