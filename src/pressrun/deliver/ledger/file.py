"""The ledger of one machine: a folder with one file an issue, flushed to the disk line by line."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pressrun.deliver.ledger import jsonl, kept, marker
from pressrun.deliver.ledger.changes import additions, demand_unchanged
from pressrun.deliver.ledger.contract import Entry, Ledger
from pressrun.deliver.ledger.lock import Lock
from pressrun.deliver.steps import History, Line
from pressrun.errors import LedgerAbsent, LedgerDamaged, LedgerError, UsageError


class FileLedger(Ledger):
    """A ledger in ``folder``, which the publication's root calls ``.publish/ledger``.

    ``ci`` says that this is a job on a machine that dies with it: then writing is a UsageError
    unless the disk is ``persistent``. Reading is always allowed.
    """

    def __init__(self, folder: Path, *, publication: str, persistent: bool, ci: bool) -> None:
        self._folder = folder
        self._sent = folder / kept.FOLDER
        self._publication = publication
        self._forgetful = ci and not persistent
        self._where = "/".join(folder.parts[-2:])
        self._lock = Lock(folder / ".lock", self._where)

    def exists(self) -> bool:
        with self._readable():
            return self._is_marked()

    def create(self) -> None:
        with self.run(), self._readable():
            if not self._is_marked():
                self._mark()

    def read(self) -> Mapping[str, History]:
        with self._readable():
            self._demand_marker()
            return self._histories()

    def append(self, entries: Sequence[Entry]) -> None:
        with self.run(), self._readable():
            self._demand_marker()
            now = {key: self._history(key) for key in dict.fromkeys(e.key for e in entries)}
            new = additions(now, entries)
            self._keep(kept.named(entries))
            for key, lines in new.items():
                self._write(key, lines)
            _sync(self._folder)

    def kept(self, key: str) -> Mapping[str, bytes]:
        jsonl.file_name(key)
        return self._kept(lambda name: kept.key_of(name) == key).get(key, {})

    def all_kept(self) -> Mapping[str, Mapping[str, bytes]]:
        return self._kept(lambda name: bool(kept.key_of(name)))

    @contextmanager
    def run(self) -> Iterator[None]:
        if self._forgetful:
            raise UsageError.of(
                "CI is set, and a ledger in files does not outlive the disk of a CI job.",
                "publish.yml",
                "Write `ledger: git`, or `persistent: true` below `ledger:` if the disk stays.",
            )
        with self._lock.hold():
            yield

    def retire(self, moved: str, histories: Mapping[str, History]) -> None:
        with self.run(), self._readable():
            self._demand_marker()
            demand_unchanged(self._histories(), histories)
            self._mark(moved)

    def where(self) -> str:
        return self._where

    def identity(self) -> str:
        return str(self._folder.resolve())

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LedgerError.of(
                f"The ledger cannot be read or written: {error.strerror}.",
                self._where,
                "Make room, or mend the folder's permissions; then run again.",
            ) from error

    def _is_marked(self) -> bool:
        if marker.found(self._bytes(marker.NAME), self._publication, self._place(marker.NAME)):
            return True
        if self._histories() or self._sent.is_dir():
            what = "The ledger holds issues, but its marker is gone."
            mend = "Restore the whole folder from a backup; until then nothing is sent."
            raise LedgerDamaged.of(what, self._place(marker.NAME), mend)
        return False

    def _demand_marker(self) -> None:
        if not self._is_marked():
            what = "This publication has no ledger yet."
            raise LedgerAbsent.of(what, self._where, "Make one with `publish baseline`.")

    def _histories(self) -> dict[str, History]:
        files = self._folder.iterdir() if self._folder.is_dir() else ()
        # What is listed must be read: a link to nowhere is a history that we cannot see.
        there = {one.name: one.read_bytes() for one in files if one.suffix == jsonl.SUFFIX}
        return jsonl.decode_all(there, self._place)

    def _history(self, key: str) -> History:
        name = jsonl.file_name(key)
        return jsonl.decode(key, self._bytes(name), self._place(name))

    def _bytes(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return b""

    def _kept(self, wanted: Callable[[str], bool]) -> dict[str, dict[str, bytes]]:
        with self._readable():
            self._demand_marker()
            files = self._sent.iterdir() if self._sent.is_dir() else ()
            return kept.by_key({one.name: one.read_bytes() for one in files if wanted(one.name)})

    def _place(self, name: str) -> str:
        return f"{self._where}/{name}"

    def _keep(self, files: Mapping[str, bytes]) -> None:
        """Put files into the folder of what was sent; each is there whole or not at all."""
        if not files:
            return
        if not self._sent.is_dir():
            self._sent.mkdir()
            _sync(self._folder)
        for name, content in files.items():
            _put(self._sent / name, content)
        _sync(self._sent)

    def _write(self, key: str, lines: Sequence[Line]) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        path = self._folder / jsonl.file_name(key)
        with open(os.open(path, flags, 0o644), "r+b") as file:  # noqa: PTH123 - a descriptor
            end = len(jsonl.whole(file.read()))
            file.truncate(end)
            file.seek(end)
            file.write(jsonl.encode(lines))
            file.flush()
            os.fsync(file.fileno())

    def _mark(self, moved: str = "") -> None:
        """Put the marker there whole or not at all, and the folders above it too."""
        _put(self._folder / marker.NAME, marker.encode(self._publication, moved))
        for folder in (self._folder, *list(self._folder.parents)[:2]):
            _sync(folder)


def _put(path: Path, content: bytes) -> None:
    """Put a file there, flushed to the disk, in one step; its name is durable after ``_sync``."""
    new = path.with_name(f"{path.name}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with open(os.open(new, flags, 0o644), "wb") as file:  # noqa: PTH123 - a descriptor
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _sync(folder: Path) -> None:
    """Flush a folder: a new file's name is durable only then."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
