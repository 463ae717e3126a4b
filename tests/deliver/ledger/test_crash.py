"""Real processes, killed at each step of their way to the disk or the remote."""

import subprocess
import sys

import pytest

from pressrun.deliver.steps import Step
from support.git_remote import wrapper
from support.lines import entry
from support.require import require
from support.stores import FileStore, GitStore

FILES = {"eml": b"Subject: Hello", "json": b"{}"}

# Dies at the n-th flush, before or after it.
FILE_WRITER = """
import os, signal, sys
from pathlib import Path
from pressrun.deliver.ledger.file import FileLedger
from support.lines import holding

count, fsync = 0, os.fsync

def dying(descriptor):
    global count
    count += 1
    if count == int(sys.argv[2]) and sys.argv[3] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(descriptor)
    if count == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

os.fsync = dying
ledger = FileLedger(Path(sys.argv[1]), publication="notes", persistent=False, ci=False)
ledger.create()
ledger.append([holding(key, eml=b"Subject: Hello", json=b"{}") for key in "ab"])
"""

GIT_WRITER = """
import os, sys
from pathlib import Path
from pressrun.deliver.ledger.git import GitLedger
from support.lines import holding

ledger = GitLedger(
    Path(sys.argv[1]), sys.argv[2], "publish-ledger", dict(os.environ), publication="notes"
)
ledger.create()
ledger.append([holding(key, eml=b"Subject: Hello", json=b"{}") for key in "ab"])
"""


def run(script: str, *arguments: object, **environ: str) -> int:
    environ |= {"PYTHONPATH": ":".join(filter(None, sys.path))}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, env=environ, check=False, timeout=60).returncode


def goes_on(store) -> None:
    """Check that whoever comes next can finish the work, and that nothing is there twice."""
    ledger = store.open()
    ledger.create()
    before = ledger.read()
    assert all(ledger.kept(key) == FILES for key in before), "a line came before its files"
    assert all(
        content in FILES.values()
        for kept in ledger.all_kept().values()
        for content in kept.values()
    )
    ledger.append([entry(key) for key in ("a", "b") if key not in before])
    ledger.append([entry("a", 1, Step.DRAFTED)])
    assert [len(history.lines) for history in ledger.read().values()] == [2, 1]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_file_writer_killed_at_any_flush(tmp_path, moment):
    for number in range(1, 20):
        store = FileStore(tmp_path / str(number))
        store.folder.parent.parent.mkdir()
        if run(FILE_WRITER, store.folder, number, moment) == 0:
            break
        goes_on(store)
    assert number == 14  # the marker and 3 folders; the new folder, 4 files in it; 2 issues


def test_git_writer_killed_after_any_command(tmp_path):
    require("git")
    for number in range(1, 60):
        parent = tmp_path / str(number)
        parent.mkdir()
        store = GitStore(parent)
        die = f"[ $(wc -l < {parent}/log) -eq {number} ] && kill -9 $PPID && exit 1"
        script = f'echo >> {parent}/log\n$REAL "$@"\ncode=$?\n{die}\nexit $code'
        environ = store.remote.environ | {"PATH": wrapper(parent / "bin", script)}
        job = parent / "job"
        job.mkdir()
        if run(GIT_WRITER, job, store.remote.folder, **environ) == 0:
            break
        assert store.open_at(job).exists() == bool(store.remote.head())
        goes_on(store)
    assert number > 15
