"""A ledger in memory, as durable as a test wants it, and hooks to fail or cut in at any moment."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Literal

from pressrun.deliver.ledger import jsonl, kept, marker
from pressrun.deliver.ledger.changes import additions, demand_unchanged
from pressrun.deliver.ledger.contract import Entry, Ledger
from pressrun.deliver.steps import History, Step
from pressrun.errors import LedgerAbsent, LedgerError
from support import canary

Moment = Literal["exists", "create", "read", "append", "appended"]
Hook = Callable[[Moment, Sequence[Entry]], None]


class Crash(BaseException):
    """The process died here: nothing but ``finally`` sees it, as with a kernel freeing locks."""


@dataclass
class Disk:
    """What outlives a process: the files by name (None before there is a ledger) and the lock.

    ``sent`` are the files that are kept, by name; ``moved`` is where the ledger has moved to.
    ``swapping`` is held while lines are compared and written.
    """

    files: dict[str, bytes] | None = field(default_factory=dict)
    sent: dict[str, bytes] = field(default_factory=dict)
    moved: str = ""
    held: bool = False
    swapping: threading.Lock = field(default_factory=threading.Lock)


def nothing(moment: Moment, entries: Sequence[Entry]) -> None:
    """Let every operation pass."""


@dataclass
class MemoryLedger(Ledger):
    """A ledger on a ``Disk``.

    ``hook`` is called with the moment and the entries concerned: before everything, and with
    "appended" once the lines are durable. It may raise (LedgerError: refused or unreachable;
    LedgerError on "appended": the answer was lost; Crash: the process died) or write through
    another ledger on the same disk. Not ``exclusive``: run() excludes nobody, as on two machines.
    """

    disk: Disk = field(default_factory=Disk)
    hook: Hook = nothing
    exclusive: bool = True
    holding: bool = False

    @classmethod
    def absent(cls) -> "MemoryLedger":
        """Return a ledger that nobody has created yet."""
        return cls(Disk(None))

    def another(self, *, same_machine: bool = True) -> "MemoryLedger":
        """Return what a second process sees: the same disk, no hook."""
        return MemoryLedger(self.disk, exclusive=same_machine)

    def steps(self, key: str) -> list[Step]:
        """Return the steps on the disk, whatever the hook says."""
        data = (self.disk.files or {}).get(jsonl.file_name(key), b"")
        return [line.step for line in jsonl.decode(key, data, key).lines]

    def exists(self) -> bool:
        self.hook("exists", ())
        marker.demand_usable(marker.FORMAT, self.disk.moved, self.where())
        return self.disk.files is not None

    def create(self) -> None:
        self.hook("create", ())
        if self.disk.files is None:
            self.disk.files = {}
        self._files()

    def read(self) -> Mapping[str, History]:
        self.hook("read", ())
        return jsonl.decode_all(self._files(), str)

    def append(self, entries: Sequence[Entry]) -> None:
        self.hook("append", entries)
        with self.disk.swapping:
            files = self._files()
            new = additions(jsonl.decode_all(files, str), entries)
            self.disk.sent |= kept.named(entries)
            for key, lines in new.items():
                name = jsonl.file_name(key)
                files[name] = jsonl.whole(files.get(name, b"")) + jsonl.encode(lines)
        canary.search("the ledger", *new.values(), *kept.named(entries).values())
        self.hook("appended", entries)

    def kept(self, key: str) -> Mapping[str, bytes]:
        jsonl.file_name(key)
        return self.all_kept().get(key, {})

    def all_kept(self) -> Mapping[str, Mapping[str, bytes]]:
        self.hook("read", ())
        self._files()
        return kept.by_key(self.disk.sent)

    @contextmanager
    def run(self) -> Iterator[None]:
        if self.holding or not self.exclusive:
            yield
            return
        if self.disk.held:
            raise LedgerError.of("another run holds the ledger.", self.where())
        self.disk.held = self.holding = True
        try:
            yield
        finally:
            self.disk.held = self.holding = False

    def retire(self, moved: str, histories: Mapping[str, History]) -> None:
        demand_unchanged(self.read(), histories)
        self.disk.moved = moved

    def where(self) -> str:
        return "memory"

    def identity(self) -> str:
        return str(id(self.disk))

    def _files(self) -> dict[str, bytes]:
        if self.disk.files is None:
            raise LedgerAbsent.of("there is no ledger.", self.where(), "Run publish baseline.")
        marker.demand_usable(marker.FORMAT, self.disk.moved, self.where())
        return self.disk.files


class Passing(Ledger):
    """A ledger that hands everything on to another one: for those that change a part of it."""

    def __init__(self, inner: Ledger) -> None:
        self.inner = inner

    def exists(self) -> bool:
        return self.inner.exists()

    def create(self) -> None:
        self.inner.create()

    def read(self) -> Mapping[str, History]:
        return self.inner.read()

    def append(self, entries: Sequence[Entry]) -> None:
        self.inner.append(entries)

    def kept(self, key: str) -> Mapping[str, bytes]:
        return self.inner.kept(key)

    def all_kept(self) -> Mapping[str, Mapping[str, bytes]]:
        return self.inner.all_kept()

    def run(self) -> AbstractContextManager[None]:
        return self.inner.run()

    def retire(self, moved: str, histories: Mapping[str, History]) -> None:
        self.inner.retire(moved, histories)

    def where(self) -> str:
        return self.inner.where()

    def identity(self) -> str:
        return self.inner.identity()


def fail_at(number: int, error: BaseException, moment: Moment = "append") -> Hook:
    """Return a hook that raises ``error`` at the ``number``-th time that ``moment`` comes."""
    seen = 0

    def hook(now: Moment, entries: Sequence[Entry]) -> None:
        nonlocal seen
        seen += now == moment
        if now == moment and seen == number:
            raise error

    return hook
