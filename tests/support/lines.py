"""Lines and entries of a ledger for tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pressrun.deliver.ledger.contract import Entry
from pressrun.deliver.steps import Line, Step

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def line(step: Step = Step.CLAIM, run: str = "run-a", **fields: Any) -> Line:
    """Make a line of a run at 2026-11-23 08:00 UTC."""
    return Line(step, run, fields.pop("at", AT), **fields)


def entry(key: str, after: int = 0, step: Step = Step.CLAIM, run: str = "run-a") -> Entry:
    """Make an entry; each later line of an issue is a minute later."""
    return Entry(key, after, line(step, run, at=AT + timedelta(minutes=after)))


def holding(key: str, after: int = 0, step: Step = Step.CLAIM, **files: bytes) -> Entry:
    """Make an entry that keeps files with its line."""
    return replace(entry(key, after, step), files=files)
