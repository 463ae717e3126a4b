"""The compare in every store's compare-and-swap: whether lines may follow what is there now."""

from collections.abc import Mapping, Sequence

from pressrun.deliver.ledger.contract import Entry
from pressrun.deliver.steps import History, Line
from pressrun.errors import Overtaken


def additions(now: Mapping[str, History], entries: Sequence[Entry]) -> dict[str, list[Line]]:
    """Return the lines that ``entries`` add to each issue, when all of them may be added.

    Overtaken when an issue has more or fewer lines than its writer knew, LedgerDamaged when a step
    may not follow the last one. Several entries of one issue count on from each other.
    """
    after: dict[str, History] = {}
    lines: dict[str, list[Line]] = {}
    for entry in entries:
        history = after.get(entry.key) or now.get(entry.key) or History(entry.key)
        if len(history.lines) != entry.after:
            raise _overtaken(entry, history)
        after[entry.key] = history.then(entry.line)
        lines.setdefault(entry.key, []).append(entry.line)
    return lines


def demand_unchanged(now: Mapping[str, History], last: Mapping[str, History]) -> None:
    """Raise Overtaken when the histories are no longer what they were ``last``."""
    if now != last:
        what = "Another run has written to the ledger meanwhile; it is where it was."
        raise Overtaken.of(what, mend="Do the same again.")


def landed(now: Mapping[str, History], entries: Sequence[Entry]) -> bool:
    """Say whether our lines are where we wanted them; their run id makes them unmistakable."""
    return all(
        now.get(entry.key, History(entry.key)).lines[entry.after : entry.after + 1] == (entry.line,)
        for entry in entries
    )


def _overtaken(entry: Entry, history: History) -> Overtaken:
    there = f"{len(history.lines)} lines instead of {entry.after}"
    by = f", the last one by run {history.lines[-1].run}" if history.lines else ""
    return Overtaken.of(
        f"Another run has written to issue {entry.key}: {there}{by}.",
        mend="This run leaves the issue alone. Run publish status to see what the other one did.",
    )
