"""What tells without reading it that a file is the one that was read before."""

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

# A file that is changed twice within the clock's tick keeps its stamp. Git's remedy: what is that
# young is read again. https://git-scm.com/docs/racy-git
YOUNG_NS = 2_000_000_000

_INSTALLED = re.compile(r"(?:site|dist)-packages/?$")


class Stamp(NamedTuple):
    """Size in bytes, time of the last change in nanoseconds, and the number on the disk."""

    size: int
    changed: int
    inode: int

    def settled(self, at: int) -> bool:
        """Whether it can be trusted, having been taken ``at`` this time in nanoseconds."""
        return at - self.changed > YOUNG_NS


class Seen(NamedTuple):
    """A number of files as they were at one moment: a digest of their names and stamps."""

    digest: str
    youngest: int

    def settled(self, at: int) -> bool:
        """Whether it can be trusted, having been taken ``at`` this time in nanoseconds."""
        return at - self.youngest > YOUNG_NS


def nanoseconds(moment: datetime) -> int:
    """Give a moment as stamps count time."""
    return int(moment.timestamp() * 1_000_000) * 1000


def of_file(path: str) -> Stamp | None:
    """Take the stamp of a file; None where there is none."""
    try:
        return _stamp(os.stat(path))  # noqa: PTH116 - a Path costs more than the call
    except (OSError, ValueError):  # a name that no file can have
        return None


def look(paths: Iterable[str]) -> Seen:
    """Look at files, and at all that is below folders but for hidden names."""
    digest = hashlib.sha256()
    youngest = 0
    for path in paths:
        for name, stamp in _below(path):
            digest.update(f"{name}\0{stamp}\n".encode(errors="surrogateescape"))
            youngest = max(youngest, stamp.changed if stamp else 0)
    return Seen(digest.hexdigest(), youngest)


def of_program() -> str:
    """Name what does the work: this interpreter, our own code, and what else is installed.

    An installation changes the time of the folder that it writes to.
    """
    digest = hashlib.sha256(sys.version.encode())
    digest.update(look([os.path.dirname(os.path.dirname(__file__))]).digest.encode())  # noqa: PTH120
    for folder in filter(_INSTALLED.search, sys.path):
        digest.update(f"{of_file(folder)}\n".encode())
    return digest.hexdigest()


def _below(path: str) -> Iterator[tuple[str, Stamp | None]]:
    """Yield path and stamp of a file, or of each file below a folder, in the order of names."""
    try:
        with os.scandir(path) as entries:
            listed = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError:  # a file, or nothing
        yield path, of_file(path)
        return
    listed.sort(key=lambda entry: entry.name)
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path)
        else:
            yield entry.path, _of_entry(entry)


def _of_entry(entry: os.DirEntry[str]) -> Stamp | None:
    try:
        return _stamp(entry.stat())
    except OSError:  # a link that leads nowhere
        return None


def _stamp(status: os.stat_result) -> Stamp:
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)
