"""What every store of the ledger promises. One test suite holds all of them to it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from pressrun.deliver.steps import History, Line


@dataclass(frozen=True, slots=True)
class Entry:
    """A line to append to the issue ``key``, whose history had ``after`` lines when it was read.

    ``files`` are kept with it (suffix such as "eml" to content), in the place of earlier ones of
    the same issue and suffix.
    """

    key: str
    after: int
    line: Line
    files: Mapping[str, bytes] = field(default_factory=dict)


class Ledger(ABC):
    """The durable record of what was promised, sent and left unsure: append-only, one list a key.

    Absent and unreachable differ: what cannot be reached raises LedgerError, never looks empty.
    """

    @abstractmethod
    def exists(self) -> bool:
        """Say whether somebody has created the ledger. LedgerError when that cannot be known."""

    @abstractmethod
    def create(self) -> None:
        """Create an empty ledger; do nothing where there is one."""

    @abstractmethod
    def read(self) -> Mapping[str, History]:
        """Return the histories of all issues as they are now.

        LedgerAbsent when nobody has created the ledger, LedgerDamaged when it holds anything that
        we did not write, LedgerError when it cannot be reached.
        """

    @abstractmethod
    def append(self, entries: Sequence[Entry]) -> None:
        """Append lines, durably and by compare-and-swap: when this returns, they outlive a crash.

        Overtaken when an issue's history has no longer ``after`` lines: then nothing of that issue
        was written. LedgerError when the outcome is not known; the caller must then stop.
        The files of an entry are durable no later than its line.
        """

    @abstractmethod
    def kept(self, key: str) -> Mapping[str, bytes]:
        """Return the files kept for an issue, suffix to content; empty where there are none.

        Raises what ``read`` raises.
        """

    @abstractmethod
    def all_kept(self) -> Mapping[str, Mapping[str, bytes]]:
        """Return the files kept for all issues: key to suffix to content."""

    @abstractmethod
    def run(self) -> AbstractContextManager[None]:
        """Hold the ledger for a run that writes. LedgerError when another run holds it."""

    @abstractmethod
    def retire(self, moved: str, histories: Mapping[str, History]) -> None:
        """Write the final mark: ``moved`` is what publish.yml must say of the new ledger.

        From then on everything that reads or writes raises LedgerMoved with that. Overtaken when
        the ledger holds anything but ``histories`` now.
        """

    @abstractmethod
    def where(self) -> str:
        """Name the place for a person: a folder, a branch and its remote, a database."""

    @abstractmethod
    def identity(self) -> str:
        """Return what two ledgers that exist have in common only if they are one and the same."""
