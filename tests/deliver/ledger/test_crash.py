"""Real processes, killed at each step of their way to the disk or the remote."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from pressrun.deliver.steps import Step
from pressrun.errors import LedgerError
from support.git_remote import wrapper
from support.lines import entry
from support.require import require
from support.stores import FileStore, GitStore, PostgresStore
from support.tcp_proxy import Fate, proxy

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

POSTGRES_WRITER = """
import sys
from pressrun.deliver.ledger.postgres import PostgresLedger
from pressrun.deliver.ledger.postgres_address import address
from support.lines import holding
from support.postgres import PASSWORD

ledger = PostgresLedger(address(sys.argv[1], "PW", {"PW": PASSWORD}), publication="notes")
ledger.create()
ledger.append([holding(key, eml=b"Subject: Hello", json=b"{}") for key in "ab"])
"""

POSTGRES_HOLDER = """
import sys, time
from pressrun.deliver.ledger.postgres import PostgresLedger
from pressrun.deliver.ledger.postgres_address import address
from support.postgres import PASSWORD

with PostgresLedger(address(sys.argv[1], "PW", {"PW": PASSWORD}), publication="notes").run():
    print("held", flush=True)
    time.sleep(60)
"""


def run(script: str, *arguments: object, **environ: str) -> int:
    with start(script, *arguments, **environ) as process:
        return process.wait(60)


def start(script: str, *arguments: object, **environ: str) -> subprocess.Popen[str]:
    environ |= {"PYTHONPATH": ":".join(filter(None, sys.path))}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)


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


def test_postgres_writer_killed_after_any_message(postgres):
    for number in range(1, 60):
        store = PostgresStore(postgres)
        with proxy(("127.0.0.1", postgres.port)) as line:
            started: Future[subprocess.Popen[str]] = Future()
            line.fate = killing(started, number)
            url = postgres.url(store.schema, port=line.port, more="&sslmode=disable")
            with start(POSTGRES_WRITER, url) as writer:
                started.set_result(writer)
                writer.wait(60)
        if writer.returncode == 0:
            break
        postgres.wait_for_sessions()  # what was on its way to the disk is there, or never will be
        goes_on(store)
    assert 15 < number < 59


def killing(process: Future[subprocess.Popen[str]], number: int) -> Callable[[int, bytes], Fate]:
    """Kill the process once its ``number``-th message is on its way: it never sees the answer."""

    def kill(now: int, data: bytes) -> Fate:
        if now != number:
            return "pass"
        process.result().kill()
        return "cut"

    return kill


def test_postgres_lock_is_freed_by_a_kill(postgres):
    store = PostgresStore(postgres)
    with start(POSTGRES_HOLDER, postgres.url(store.schema)) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LedgerError, match="Another run"), store.open().run():
            pass
        holder.kill()
    postgres.wait_for_sessions()
    with store.open().run():
        pass
