"""The ledger of jobs whose disks die: the same files on a git branch of their own.

A line counts once it is pushed, and the push comes before the provider is called.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pressrun.deliver.ledger import jsonl, kept, marker
from pressrun.deliver.ledger.changes import additions, demand_unchanged, landed
from pressrun.deliver.ledger.contract import Entry, Ledger
from pressrun.deliver.ledger.git_branch import Branch, Change, Snapshot
from pressrun.deliver.ledger.lock import Lock
from pressrun.deliver.steps import History, Line
from pressrun.errors import LedgerAbsent, LedgerDamaged

# An empty ledger has no time: two runs that create one at once then make the same commit.
_NO_TIME = datetime.fromtimestamp(0, UTC)


class GitLedger(Ledger):
    """A ledger on ``branch`` of ``remote``: a remote's name in the repository at root, or a URL.

    ``environ`` may hold a token for https: PUBLISH_GIT_TOKEN, or GITHUB_TOKEN for GitHub's server.
    """

    def __init__(
        self,
        root: Path,
        remote: str,
        branch: str,
        environ: Mapping[str, str],
        *,
        publication: str,
        sleep: Callable[[float], None] = time.sleep,
        timeout: float = 60.0,
    ) -> None:
        self._publication = publication
        self._branch_name = branch
        self._branch = Branch(root, remote, branch, environ, sleep=sleep, timeout=timeout)
        # Each branch has a lock of its own, so that a ledger can move from one to another.
        name = hashlib.sha256(f"{branch} {remote}".encode()).hexdigest()[:12]
        self._lock = Lock(root / ".publish" / "cache" / f"ledger-{name}.lock", self._branch.where)

    def exists(self) -> bool:
        return self._is_ours(self._branch.look())

    def create(self) -> None:
        def change(now: Snapshot, _: bool) -> Change | None:
            if self._is_ours(now):
                return None
            files = {marker.NAME: marker.encode(self._publication)}
            return Change(files, "Create the ledger [skip ci]\n", _NO_TIME)

        self._branch.swap(change)

    def read(self) -> Mapping[str, History]:
        return self._histories(self._branch.look())

    def append(self, entries: Sequence[Entry]) -> None:
        def change(now: Snapshot, tried: bool) -> Change | None:
            histories = self._histories(now)
            if not entries or (tried and landed(histories, entries)):
                return None
            return self._appending(now, additions(histories, entries), kept.named(entries))

        self._branch.swap(change)

    def kept(self, key: str) -> Mapping[str, bytes]:
        jsonl.file_name(key)
        return self._kept(lambda name: kept.key_of(name) == key).get(key, {})

    def all_kept(self) -> Mapping[str, Mapping[str, bytes]]:
        return self._kept(lambda name: bool(kept.key_of(name)))

    @contextmanager
    def run(self) -> Iterator[None]:
        with self._lock.hold():
            yield

    def retire(self, moved: str, histories: Mapping[str, History]) -> None:
        mark = marker.encode(self._publication, moved)

        def change(now: Snapshot, tried: bool) -> Change | None:
            if tried and now.files.get(marker.NAME) == mark:
                return None
            demand_unchanged(self._histories(now), histories)
            times = (line.at for history in histories.values() for line in history.lines)
            at = max(times, default=_NO_TIME)
            return Change({marker.NAME: mark}, "The ledger has moved [skip ci]\n", at)

        self._branch.swap(change)

    def where(self) -> str:
        return self._branch.where

    def identity(self) -> str:
        return f"commit {self._branch.look().head}"

    def _histories(self, now: Snapshot) -> dict[str, History]:
        self._demand(now)
        return jsonl.decode_all(now.files, self._place)

    def _kept(self, wanted: Callable[[str], bool]) -> dict[str, dict[str, bytes]]:
        now, files = self._branch.look_into(kept.FOLDER, wanted)
        self._demand(now)
        return kept.by_key(files)

    def _appending(
        self, now: Snapshot, lines: Mapping[str, Sequence[Line]], files: Mapping[str, bytes]
    ) -> Change:
        if files and kept.FOLDER in now.files:
            what = "A file stands where the folder of what was sent must be."
            raise LedgerDamaged.of(what, self._place(kept.FOLDER), "Rename it on the branch.")
        names = {jsonl.file_name(key): jsonl.encode(new) for key, new in lines.items()}
        whole = {name: jsonl.whole(now.files.get(name, b"")) + new for name, new in names.items()}
        sent = {f"{kept.FOLDER}/{name}": content for name, content in files.items()}
        added = [line for new in lines.values() for line in new]
        return Change(whole | sent, _message(lines), max(line.at for line in added))

    def _demand(self, now: Snapshot) -> None:
        if not self._is_ours(now):
            what = "This publication has no ledger yet."
            raise LedgerAbsent.of(what, self.where(), "Make one with `publish baseline`.")

    def _is_ours(self, now: Snapshot) -> bool:
        """Say whether the branch is there; LedgerDamaged when it holds anything but a ledger."""
        if now.head is None:
            return False
        mark = now.files.get(marker.NAME, b"")
        if marker.found(mark, self._publication, self._place(marker.NAME)):
            return True
        raise LedgerDamaged.of(
            "The branch is there, but it holds no ledger of ours.",
            self.where(),
            "Name another branch below `ledger:` in publish.yml, or restore this one.",
        )

    def _place(self, name: str) -> str:
        return f"{self._branch_name}:{name}"


def _message(lines: Mapping[str, Sequence[Line]]) -> str:
    steps = ", ".join(sorted({line.step for new in lines.values() for line in new}))
    about = next(iter(lines)) if len(lines) == 1 else f"{len(lines)} issues"
    return f"{about}: {steps} [skip ci]\n"
