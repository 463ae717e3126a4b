"""A lock that dies with its process: flock on a file, whose existence alone means nothing."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pressrun.errors import LedgerError


class Lock:
    """A lock on the file ``path``, shared by all processes of one machine.

    Held again by its own holder it does nothing. ``where`` names the ledger for a person.
    """

    def __init__(self, path: Path, where: str, *, wait: bool = False) -> None:
        self._path = path
        self._where = where
        self._wait = wait
        self._held = False

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the lock; LedgerError when another process does and we are not to wait."""
        if self._held:
            yield
            return
        descriptor = self._acquire()
        self._held = True
        try:
            yield
        finally:
            self._held = False
            os.close(descriptor)

    def _acquire(self) -> int:
        while True:
            descriptor = self._open()
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if self._wait else fcntl.LOCK_NB))
            except OSError as error:
                os.close(descriptor)
                raise self._refusal(error) from None
            if self._is_current(descriptor):
                return descriptor
            os.close(descriptor)

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        except OSError as error:
            raise self._refusal(error) from None

    def _is_current(self, descriptor: int) -> bool:
        """Say whether the file we locked is still the one that others would open."""
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False

    def _refusal(self, error: OSError) -> LedgerError:
        if not isinstance(error, BlockingIOError):
            return LedgerError.of(
                f"The ledger cannot be locked: {error.strerror}.",
                self._where,
                "Make room, mend the folder's permissions, or move away what is in its place.",
            )
        return LedgerError.of(
            "Another run holds the ledger.", self._where, "Wait until it has ended."
        )
