"""A whole run in one small file: while nothing has changed, there is nothing to read or write."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pressrun.cache import FOLDER
from pressrun.cache.stamps import Seen, look, of_file, of_program

FILE = "feed.json"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a run read and wrote, relative to the publication, and what it had to say.

    ``until`` is the time in seconds at which the next post comes or goes by itself.
    """

    inputs: Sequence[str]
    outputs: Sequence[str]
    until: float | None
    said: Mapping[str, Any]


def recall(root: Path, now: float) -> Snapshot | None:
    """Find the last run where it would do the same ``now``, in seconds; else None."""
    kept = _kept(root)
    if kept is None:
        return None
    snapshot, seen, written = kept
    over = snapshot.until is not None and now >= snapshot.until
    if over or written != _written(root, snapshot.outputs):
        return None
    return snapshot if seen == _digest(look(_under(root, snapshot.inputs))) else None


def take(root: Path, inputs: Iterable[str]) -> Seen:
    """Look at what a run is going to read."""
    return look(_under(root, inputs))


def keep(root: Path, snapshot: Snapshot, seen: Seen, at: int) -> None:
    """Keep ``snapshot`` of a run that took ``seen`` ``at`` this time, in nanoseconds.

    Nothing is kept where an input is too young to be known again by its stamp, and where the disk
    is full or may not be written: the next run is slower, no more.
    """
    path = root / FOLDER / FILE
    if not seen.settled(at):
        path.unlink(missing_ok=True)
        return
    content = [
        [snapshot.inputs, snapshot.outputs, snapshot.until, snapshot.said],
        _digest(seen),
        _written(root, snapshot.outputs),
    ]
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(content), encoding="utf-8")
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)


def _kept(root: Path) -> tuple[Snapshot, str, Any] | None:
    try:
        written = (root / FOLDER / FILE).read_text(encoding="utf-8")
        (inputs, outputs, until, said), seen, stamps = json.loads(written)
        return Snapshot(list(inputs), list(outputs), until, dict(said)), seen, stamps
    except (OSError, ValueError, TypeError):
        return None


def _digest(seen: Seen) -> str:
    return f"{seen.digest} {of_program()}"


def _under(root: Path, names: Iterable[str]) -> list[str]:
    return [f"{root}/{name}" for name in names]


def _written(root: Path, outputs: Iterable[str]) -> list[list[int] | None]:
    stamps = (of_file(path) for path in _under(root, outputs))
    return [list(stamp) if stamp else None for stamp in stamps]
