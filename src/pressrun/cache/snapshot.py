"""A whole run in one small file: while nothing has changed, there is nothing to read or write."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pressrun.cache import FOLDER
from pressrun.cache.stamps import Seen, look, of_file, of_program

FILE = "feed.json"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a run read and wrote, relative to the publication, and what it had to say.

    ``measured`` are files that it only measured, or looked for in vain. It was made ``at`` that
    time, in seconds, and at ``until`` the next post comes or goes by itself.
    """

    inputs: Sequence[str]
    measured: Sequence[str]
    outputs: Sequence[str]
    at: float
    until: float | None
    said: Mapping[str, Any]


def recall(root: Path, now: float) -> Snapshot | None:
    """Find the last run where it would do the same ``now``, in seconds; else None."""
    kept = _kept(root)
    if kept is None:
        return None
    snapshot, seen, stamps = kept
    set_back = now < snapshot.at  # a post that is there may not be out yet
    over = snapshot.until is not None and now >= snapshot.until
    if set_back or over or stamps != _stamps(root, [*snapshot.measured, *snapshot.outputs]):
        return None
    return snapshot if seen == take(root, snapshot.inputs).digest else None


def take(root: Path, inputs: Iterable[str]) -> Seen:
    """Look at what a run is going to read."""
    return look(_under(root, inputs))


def keep(root: Path, snapshot: Snapshot, seen: Seen, at: int) -> None:
    """Keep ``snapshot`` of a run that took ``seen`` ``at`` this time, in nanoseconds.

    Nothing is kept where a file is too young to be known again by its stamp, and where the disk is
    full or may not be written: the next run is slower, no more.
    """
    path = root / FOLDER / FILE
    fresh = path.with_suffix(f".{os.getpid()}")
    measured = filter(None, map(of_file, _under(root, snapshot.measured)))
    with suppress(OSError):
        if not (seen.settled(at) and all(stamp.settled(at) for stamp in measured)):
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(_written(root, snapshot, seen))
        fresh.replace(path)
        return
    with suppress(OSError):
        fresh.unlink(missing_ok=True)


def _written(root: Path, snapshot: Snapshot, seen: Seen) -> bytes:
    stamps = _stamps(root, [*snapshot.measured, *snapshot.outputs])
    told = [getattr(snapshot, each.name) for each in fields(Snapshot)]
    content = json.dumps([told, seen.digest, stamps]).encode()
    return _seal(content) + content


def _kept(root: Path) -> tuple[Snapshot, str, Any] | None:
    """Read the file where it is whole and this very program wrote it: then nothing in it is odd."""
    try:
        seal, content = _parted((root / FOLDER / FILE).read_bytes())
    except OSError:
        return None
    if seal != _seal(content):
        return None
    told, seen, stamps = json.loads(content)
    return Snapshot(*told), seen, stamps


def _parted(written: bytes) -> tuple[bytes, bytes]:
    first, newline, rest = written.partition(b"\n")
    return first + newline, rest


def _seal(content: bytes) -> bytes:
    return hashlib.sha256(of_program().encode() + content).hexdigest().encode() + b"\n"


def _under(root: Path, names: Iterable[str]) -> list[str]:
    return [f"{root}/{name}" for name in names]


def _stamps(root: Path, names: Iterable[str]) -> list[list[int] | None]:
    stamps = map(of_file, _under(root, names))
    return [list(stamp) if stamp else None for stamp in stamps]
