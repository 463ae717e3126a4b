"""The ledger of teams with several hosts: tables of a PostgreSQL database.

The compare-and-swap is a transaction that locks the publication's row, compares, and inserts lines
under the primary key (publication, key, seq): two that insert the same line cannot both commit.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from pressrun.deliver.ledger import jsonl, kept
from pressrun.deliver.ledger.changes import additions, demand_unchanged, landed
from pressrun.deliver.ledger.contract import Entry, Ledger
from pressrun.deliver.ledger.postgres_address import Address
from pressrun.deliver.ledger.postgres_database import Database
from pressrun.deliver.ledger.postgres_tables import Tables
from pressrun.deliver.steps import History
from pressrun.errors import LedgerAbsent

_T = TypeVar("_T")


class PostgresLedger(Ledger):
    """The ledger of ``publication`` in the database at ``address``, which may hold others too."""

    def __init__(
        self,
        address: Address,
        *,
        publication: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._publication = publication
        self._database = Database(address, sleep)

    def exists(self) -> bool:
        return self._transact(lambda tables, _: tables.marked())

    def create(self) -> None:
        self._transact(lambda tables, _: tables.create())

    def read(self) -> Mapping[str, History]:
        def work(tables: Tables, _: bool) -> Mapping[str, History]:
            _demand_marker(tables)
            return tables.histories()

        return self._transact(work)

    def append(self, entries: Sequence[Entry]) -> None:
        keys = list(dict.fromkeys(entry.key for entry in entries))
        for key in keys:
            jsonl.file_name(key)
        files = kept.named(entries)

        def work(tables: Tables, tried: bool) -> None:
            _demand_marker(tables, lock=True)
            now = tables.histories(keys)
            if tried and landed(now, entries):
                return
            tables.add(now, additions(now, entries))
            tables.keep(files)

        self._transact(work)

    def kept(self, key: str) -> Mapping[str, bytes]:
        jsonl.file_name(key)
        return self._kept(key).get(key, {})

    def all_kept(self) -> Mapping[str, Mapping[str, bytes]]:
        return self._kept(None)

    @contextmanager
    def run(self) -> Iterator[None]:
        with self._database.hold(_lock_number(self._publication)):
            yield

    def retire(self, moved: str, histories: Mapping[str, History]) -> None:
        def work(tables: Tables, tried: bool) -> None:
            if tried and tables.moved() == moved:
                return
            _demand_marker(tables, lock=True)
            demand_unchanged(tables.histories(), histories)
            tables.move(moved)

        self._transact(work)

    def where(self) -> str:
        return self._database.name

    def identity(self) -> str:
        return self._transact(lambda tables, _: tables.identity())

    def _kept(self, key: str | None) -> dict[str, dict[str, bytes]]:
        def work(tables: Tables, _: bool) -> dict[str, dict[str, bytes]]:
            _demand_marker(tables)
            return tables.kept(key)

        return self._transact(work)

    def _transact(self, work: Callable[[Tables, bool], _T]) -> _T:
        return self._database.transact(
            lambda cursor, tried: work(Tables(cursor, self._publication, self.where()), tried)
        )


def _demand_marker(tables: Tables, *, lock: bool = False) -> None:
    if not tables.marked(lock=lock):
        what = "This publication has no ledger yet."
        raise LedgerAbsent.of(what, tables.where, "Make one with `publish baseline`.")


def _lock_number(publication: str) -> int:
    """Return the number of a publication's advisory lock: 64 bits, as PostgreSQL has them."""
    digest = hashlib.sha256(f"pressrun run {publication}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
