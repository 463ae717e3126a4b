"""A branch of a git remote as a place where files change by compare-and-swap.

The push is the compare-and-swap: it is never forced, so the server takes a commit only on top of
the one that we have seen. When the answer to a push is unclear, ``git ls-remote`` decides.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pressrun.deliver.ledger.git_clone import Broken, Clone
from pressrun.deliver.ledger.git_command import Answer, Git
from pressrun.deliver.ledger.git_remote import ASKPASS, Login, address, login
from pressrun.deliver.ledger.lock import Lock
from pressrun.deliver.ledger.talk import redacted
from pressrun.errors import LedgerError

# Seconds to wait before each try of a push. They are few: whoever loses them all may run again.
_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)
_NOT_FOUND = 2  # of git ls-remote --exit-code: the server answered, and has no such branch

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The branch at one moment; ``head`` is None where the remote has no such branch.

    ``files`` are those in its topmost folder.
    """

    head: str | None
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Change:
    """Files to put into the next commit, path to content; ``at`` is its time."""

    files: Mapping[str, bytes]
    message: str
    at: datetime


class Branch:
    """``name`` of ``remote``: a remote's name in the repository around ``root``, a URL or a path.

    ``where`` names it for a person. The time-out is that of each call of git, in seconds.
    """

    def __init__(
        self,
        root: Path,
        remote: str,
        name: str,
        environ: Mapping[str, str],
        *,
        sleep: Callable[[float], None] = time.sleep,
        timeout: float = 60.0,
    ) -> None:
        self.where = f"branch {name} of {redacted(remote)}"
        self._cache = root.absolute() / ".publish" / "cache"
        self._root = root
        self._remote = remote
        self._name = name
        self._environ = environ
        self._sleep = sleep
        self._plain_git = Git(self._cache, environ, timeout=timeout)
        self._lock = Lock(self._cache / "ledger.git.lock", self.where, wait=True)

    def look(self) -> Snapshot:
        """Return the branch as the remote has it now; LedgerError when that cannot be known."""
        with self._lock.hold():
            return self._on_clone(self._look)

    def look_into(
        self, folder: str, wanted: Callable[[str], bool]
    ) -> tuple[Snapshot, Mapping[str, bytes]]:
        """Return the branch as it is now, and the wanted files of one of its folders."""

        def both() -> tuple[Snapshot, Mapping[str, bytes]]:
            now = self._look()
            return now, self._clone.files_in(now.head, folder, wanted) if now.head else {}

        with self._lock.hold():
            return self._on_clone(both)

    def swap(self, change: Callable[[Snapshot, bool], Change | None]) -> None:
        """Push what ``change`` makes of the branch, again for each state it turns out to be in.

        ``change`` returns None when nothing is to be done; its second argument says that a push
        was tried, so that its lines may be there already. What it raises ends the attempt.
        LedgerError when nothing was written, or when that cannot be known.
        """
        with self._lock.hold():
            said = ""
            for number, pause in enumerate(_PAUSES):
                self._sleep(pause)
                commit = self._commit(change, tried=number > 0)
                if commit is None:
                    return
                pushed = self._clone.push(self._login.url, commit, self._name)
                if pushed.code == 0 or self._head() == commit:
                    return
                said = pushed.talk
                self._clone.discard()  # the fault may be its
            if self._commit(change, tried=True) is not None:
                raise self._not_written(said)

    def _commit(self, change: Callable[[Snapshot, bool], Change | None], tried: bool) -> str | None:
        def commit() -> str | None:
            now = self._look()
            made = change(now, tried)
            if made is None:
                return None
            return self._clone.commit(now.head, made.files, made.message, made.at)

        return self._on_clone(commit)

    def _look(self) -> Snapshot:
        head = self._head()
        if head is None:
            return Snapshot(None, {})
        if not self._clone.has(head):
            head = self._fetched()
        return Snapshot(head, self._clone.files(head))

    def _head(self) -> str | None:
        ref = f"refs/heads/{self._name}"
        answer = self._git.call("ls-remote", "--exit-code", self._login.url, ref)
        if answer.code not in {0, _NOT_FOUND}:
            raise self._unreachable(answer)
        lines = (line.split("\t") for line in answer.out.decode().splitlines())
        return next((commit for commit, name in lines if name == ref), None)

    def _fetched(self) -> str:
        """Fetch the branch, which may have moved on, and return its head."""
        answer = self._clone.fetch(self._login.url, self._name)
        if answer.code:
            self._clone.rebuild()
            answer = self._clone.fetch(self._login.url, self._name)
        if answer.code:
            raise self._unreachable(answer)
        return self._clone.fetched()

    def _on_clone(self, work: Callable[[], _T]) -> _T:
        """Do ``work``; where it finds the clone broken, do it once more on a new one."""
        try:
            self._clone.ensure()
            return work()
        except (Broken, OSError):
            pass
        try:
            self._clone.rebuild()
            return work()
        except (Broken, OSError) as error:
            what = f"git does not work in .publish/cache/: {error}."
            raise LedgerError.of(what, self.where) from error

    @cached_property
    def _login(self) -> Login:
        found = address(self._root, self._remote, self._plain_git)
        return login(found, self._environ, self._cache / "askpass")

    @cached_property
    def _git(self) -> Git:
        askpass = self._cache / "askpass"
        askpass.write_text(ASKPASS)
        askpass.chmod(0o700)
        return self._login.equip(self._plain_git)

    @cached_property
    def _clone(self) -> Clone:
        return Clone(self._cache / "ledger.git", self._git)

    def _unreachable(self, answer: Answer) -> LedgerError:
        return LedgerError.of(
            f"The ledger cannot be reached: {answer.talk}.",
            self.where,
            "Check the remote and the login; a CI job needs PUBLISH_GIT_TOKEN or GITHUB_TOKEN.",
        )

    def _not_written(self, said: str) -> LedgerError:
        return LedgerError.of(
            f"The ledger was not written: {said}.",
            self.where,
            "Check that the login may push there; on GitHub the job needs `contents: write`.",
        )
