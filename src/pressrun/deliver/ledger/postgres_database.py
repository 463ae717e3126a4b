"""Transactions on a PostgreSQL database, each of which is known to have happened or not.

When the answer to a COMMIT is lost, the work is done once more on a new connection: it begins with
a row lock, which the lost transaction holds until it has ended in either way, and then looks
whether its effect is there.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, TypeVar

import psycopg
from psycopg import errors

from pressrun.deliver.ledger.postgres_address import Address
from pressrun.deliver.ledger.talk import talk
from pressrun.errors import LedgerDamaged, LedgerError, Overtaken

Cursor = psycopg.Cursor[tuple[Any, ...]]
_Connection = psycopg.Connection[tuple[Any, ...]]
_T = TypeVar("_T")

# Seconds to wait before each try of a transaction; a server that restarts is back after a few.
_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)

# They hold for one transaction, since a pooler may give the next one another session. A transaction
# that stays idle is one whose client has vanished: it must not keep its lock.
_SETTINGS = """
SELECT set_config('statement_timeout', '30s', true),
       set_config('idle_in_transaction_session_timeout', '30s', true),
       set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                  WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)
"""
_NOT_OURS = (
    errors.UndefinedTable,
    errors.UndefinedColumn,
    errors.UndefinedFunction,
    errors.DatatypeMismatch,
    errors.WrongObjectType,
)
# https://www.postgresql.org/docs/current/errcodes-appendix.html: the server has ended the session.
_ENDED = ("08", "57P", "25P03")


class _Broken(Exception):
    """The connection broke; ``committing`` when COMMIT was on its way."""

    def __init__(self, said: str, *, committing: bool = False) -> None:
        super().__init__(said)
        self.committing = committing


class _NoConnection(Exception):
    """None could be made."""


class _Taken(_NoConnection):
    """Another session has the lock that a connection needs."""


class Database:
    """The database at ``address``; each transaction has a connection, or all of a ``hold`` one."""

    def __init__(self, address: Address, sleep: Callable[[float], None] = time.sleep) -> None:
        self.name = address.name
        self._address = address
        self._sleep = sleep
        self._lock: int | None = None
        self._holding: _Connection | None = None

    def transact(self, work: Callable[[Cursor, bool], _T]) -> _T:
        """Do ``work`` in a transaction, anew when the connection breaks, and return its result.

        Its second argument says that it was tried before, so that its effect may be there already.
        What it raises rolls back. LedgerError when nothing was written, or when that is not known.
        """
        failure: Exception | None = None
        unclear = False
        for number, pause in enumerate(_PAUSES):
            self._sleep(pause)
            try:
                with self._connected() as connection:
                    return self._attempt(connection, work, tried=number > 0)
            except _Broken as broken:
                failure, unclear = broken, unclear or broken.committing
            except _NoConnection as error:
                if number == 0:
                    raise self._refusal(error) from None
                failure = error
        raise self._unclear(failure) if unclear else self._refusal(failure)

    @contextmanager
    def hold(self, lock: int) -> Iterator[None]:
        """Hold a lock that dies with our connection. LedgerError when somebody else holds it."""
        if self._lock is not None:
            yield
            return
        try:
            self._holding = self._locked(lock)
        except _NoConnection as error:
            raise self._refusal(error) from None
        self._lock = lock
        try:
            yield
        finally:
            self._lock = None
            _release(self._holding, lock)

    @contextmanager
    def _connected(self) -> Iterator[_Connection]:
        if self._lock is None or self._holding is None:
            with closing(self._connect()) as connection:
                yield connection
            return
        if self._holding.closed:
            self._holding = self._locked(self._lock)
        yield self._holding

    def _locked(self, lock: int) -> _Connection:
        connection = self._connect()
        try:
            found = connection.execute("SELECT pg_try_advisory_lock(%s)", [lock]).fetchone()
            connection.commit()
        except psycopg.Error as error:
            connection.close()
            raise _NoConnection(self._said(error)) from None
        if not found or not found[0]:
            connection.close()
            raise _Taken
        return connection

    def _connect(self) -> _Connection:
        try:
            # Prepared statements would be lost behind a pooler.
            return psycopg.connect(self._address.conninfo, prepare_threshold=None)
        except psycopg.Error as error:
            raise _NoConnection(self._said(error)) from None

    def _attempt(
        self, connection: _Connection, work: Callable[[Cursor, bool], _T], *, tried: bool
    ) -> _T:
        try:
            with connection.cursor() as cursor:
                cursor.execute(_SETTINGS)
                result = work(cursor, tried)
        except BaseException as error:
            with suppress(psycopg.Error):
                connection.rollback()
            if isinstance(error, psycopg.Error):
                raise self._failure(connection, error) from None
            raise
        try:
            connection.commit()
        except psycopg.Error as error:
            connection.close()
            raise _Broken(self._said(error), committing=True) from None
        return result

    def _failure(self, connection: _Connection, error: psycopg.Error) -> Exception:
        """Return what an error before COMMIT means: nothing was written."""
        said = self._said(error)
        if connection.closed or (error.sqlstate or "").startswith(_ENDED):
            connection.close()
            return _Broken(said)
        if isinstance(error, errors.UniqueViolation):
            return Overtaken.of(f"Another run has written to the same issue: {said}.", self.name)
        if isinstance(error, _NOT_OURS):
            what = f"The ledger's tables are not as Pressrun made them: {said}."
            return LedgerDamaged.of(what, self.name, "Put them back, or restore the database.")
        return LedgerError.of(
            f"The ledger cannot be read or written: {said}.",
            self.name,
            "Check what the role may do there, and the server's room and settings.",
        )

    def _said(self, error: psycopg.Error) -> str:
        return talk(error.diag.message_primary or str(error), self._address.secrets)

    def _refusal(self, failure: Exception | None) -> LedgerError:
        if isinstance(failure, _Taken):
            what = "Another run holds the ledger."
            return LedgerError.of(what, self.name, "Wait until it has ended.")
        return LedgerError.of(
            f"The ledger cannot be reached: {failure}.",
            self.name,
            "Check the address in publish.yml, the server, and the variable with the password; "
            "a server with a certificate of your own needs ?sslrootcert=FILE in the address.",
        )

    def _unclear(self, failure: Exception | None) -> LedgerError:
        return LedgerError.of(
            f"The ledger did not say whether it has written the last line: {failure}.",
            self.name,
            "Run again when the server is back; what was written is found then.",
        )


def _release(connection: _Connection, lock: int) -> None:
    """Free the lock now: the server may take its time to see that a connection has ended."""
    with closing(connection), suppress(psycopg.Error):
        connection.execute("SELECT pg_advisory_unlock(%s)", [lock])
