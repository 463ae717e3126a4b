"""The compare in every store's compare-and-swap: whether lines may follow what is there now."""

from collections.abc import Mapping, Sequence

from pressrun.deliver.ledger.contract import Entry
from pressrun.deliver.steps import History
from pressrun.errors import Overtaken, Problem


def changed(now: Mapping[str, History], entries: Sequence[Entry]) -> dict[str, History]:
    """Return the histories that ``entries`` make out of those of ``now``; only the changed ones.

    Overtaken when an issue has more or fewer lines than its writer knew, LedgerDamaged when a step
    may not follow the last one. Several entries of one issue count on from each other.
    """
    after: dict[str, History] = {}
    for entry in entries:
        history = after.get(entry.key) or now.get(entry.key) or History(entry.key)
        if len(history.lines) != entry.after:
            raise overtaken(entry, history)
        after[entry.key] = history.then(entry.line)
    return after


def overtaken(entry: Entry, history: History) -> Overtaken:
    """Say who wrote the line that ``entry`` was to be."""
    there = f"{len(history.lines)} lines instead of {entry.after}"
    by = f", the last one by run {history.lines[-1].run}" if history.lines else ""
    problem = Problem(
        f"another run has written to issue {entry.key}: {there}{by}.",
        mend="This run leaves the issue alone. Run publish status to see what the other one did.",
    )
    return Overtaken(problem)
