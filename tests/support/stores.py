"""Every store of the ledger, as one shape for the tests that all of them must pass."""

import itertools
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from pressrun.deliver.ledger.contract import Ledger
from pressrun.deliver.ledger.file import FileLedger
from pressrun.deliver.ledger.git import GitLedger
from support.git_remote import GitRemote
from support.ledgers import Disk, MemoryLedger
from support.mishaps import Place
from support.postgres import PASSWORD, Cluster


class Store(ABC):
    """A place for one ledger, which does not exist at first.

    ``places`` are where mishaps can hit its own connection, by name.
    """

    places: Mapping[str, Place] = MappingProxyType({})

    def plain(self) -> "Store":
        """Return the same store as somebody else sees it, whom no mishap hits."""
        return self

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Let go of what stands between us and the store, once it is not used any more."""

    @abstractmethod
    def open(self) -> Ledger:
        """Return the ledger as a new process sees it; for git: on a new machine."""

    @abstractmethod
    def raw(self, name: str) -> bytes:
        """Return a file as the store holds it."""

    @abstractmethod
    def put(self, name: str, content: bytes) -> None:
        """Replace a file behind the ledger's back."""


class MemoryStore(Store):
    """A store that lives as long as its test. Not ``exclusive``: no lock, as on two machines."""

    def __init__(self, *, exclusive: bool = True) -> None:
        self.disk = Disk(None)
        self.exclusive = exclusive

    def open(self) -> Ledger:
        return MemoryLedger(self.disk, exclusive=self.exclusive)

    def raw(self, name: str) -> bytes:
        return (self.disk.files or {})[name]

    def put(self, name: str, content: bytes) -> None:
        self.disk.files = {**(self.disk.files or {}), name: content}


class FileStore(Store):
    """A folder on this machine."""

    def __init__(self, root: Path) -> None:
        self.folder = root / ".publish" / "ledger"

    def open(self) -> Ledger:
        return FileLedger(self.folder, publication="notes", persistent=False, ci=False)

    def raw(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def put(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)


class GitStore(Store):
    """A real remote on the disk; every ``open`` has a new folder, as a CI job has."""

    def __init__(self, parent: Path) -> None:
        self.parent = parent
        self.remote = GitRemote.make(parent)
        self.numbers = itertools.count()

    def open(self) -> Ledger:
        root = self.parent / f"machine-{next(self.numbers)}"
        return self.open_at(root)

    def open_at(self, root: Path, **environ: str) -> GitLedger:
        """Return the ledger as the machine with the publication in ``root`` sees it."""
        root.mkdir(exist_ok=True)
        remote = self.remote
        return GitLedger(
            root,
            str(remote.folder),
            remote.branch,
            remote.environ | environ,
            publication="notes",
            sleep=lambda _: None,
        )

    def raw(self, name: str) -> bytes:
        return self.remote.git("show", f"{self.remote.branch}:{name}")

    def put(self, name: str, content: bytes) -> None:
        self.remote.put(name, content)


class PostgresStore(Store):
    """A schema of its own on a real server; ``raw`` and ``put`` show an issue's rows as lines."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.schema = cluster.schema()

    def open(self) -> Ledger:
        return self.open_at(self.cluster.url(self.schema))

    def open_at(
        self,
        url: str,
        publication: str = "notes",
        sleep: Callable[[float], None] = time.sleep,
        password: str = PASSWORD,
    ) -> Ledger:
        """Return the ledger of a publication as whoever uses this address sees it."""
        from pressrun.deliver.ledger.postgres import PostgresLedger
        from pressrun.deliver.ledger.postgres_address import address

        place = address(url, "PGPASSWORD", {"PGPASSWORD": password})
        return PostgresLedger(place, publication=publication, sleep=sleep)

    def raw(self, name: str) -> bytes:
        select = "SELECT line::text FROM pressrun_line WHERE key = %s ORDER BY seq"
        rows = self.execute(select, name.removesuffix(".jsonl"))
        return "".join(f"{line}\n" for (line,) in rows).encode()

    def put(self, name: str, content: bytes) -> None:
        key = name.removesuffix(".jsonl")
        self.execute("DELETE FROM pressrun_line WHERE key = %s", key)
        for number, text in enumerate(content.decode().splitlines(), start=1):
            self.insert(key, number, text)

    def insert(self, key: str, number: int, text: str) -> None:
        """Add a line behind the ledger's back."""
        insert = "INSERT INTO pressrun_line VALUES ('notes', %s, %s, %s)"
        self.execute(insert, key, number, text)

    def execute(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Run a statement in the schema as its owner."""
        return self.cluster.execute(statement, self.schema, *values)
