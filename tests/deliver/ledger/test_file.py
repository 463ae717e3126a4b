"""What only the ledger in files has to stand."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from pressrun.deliver.ledger import open_ledger
from pressrun.deliver.ledger.file import FileLedger
from pressrun.deliver.ledger.lock import Lock
from pressrun.deliver.steps import Step
from pressrun.errors import LedgerAbsent, LedgerDamaged, LedgerError, UsageError
from pressrun.publication import LedgerChoice
from support.lines import entry
from support.publications import settings
from support.stores import FileStore

HOLDER = """
import sys, time
from pathlib import Path
from pressrun.deliver.ledger.file import FileLedger
with FileLedger(Path(sys.argv[1]), publication="notes", persistent=False, ci=False).run():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def store(tmp_path):
    made = FileStore(tmp_path)
    made.open().create()
    return made


@pytest.fixture
def holder(store):
    """Start a second process that holds the ledger."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, store.folder], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_second_run_is_refused_while_the_first_one_lives(store, holder):
    with pytest.raises(LedgerError, match="Another run"), store.open().run():
        pass
    with pytest.raises(LedgerError, match="Another run"):
        store.open().append([entry("a")])
    assert store.open().read() == {}


def test_killed_run_holds_nothing(store, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (store.folder / ".lock").exists()
    with store.open().run():
        store.open()


def test_lock_file_alone_means_nothing(store):
    (store.folder / ".lock").write_text("1234\n")
    with store.open().run():
        pass


def test_lock_that_is_a_link_is_not_followed(store, tmp_path):
    (store.folder / ".lock").unlink()
    (store.folder / ".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LedgerError, match="cannot be locked") as caught, store.open().run():
        pass
    (problem,) = caught.value.problems
    assert (problem.where, "mend the folder's permissions" in problem.mend) == (
        store.open().where(),
        True,
    )


def test_whoever_waited_for_a_deleted_lock_takes_the_new_one(tmp_path):
    path = tmp_path / "lock"
    first, second = Lock(path, "here"), Lock(path, "here", wait=True)
    seen = []

    def wait() -> None:
        with second.hold():
            seen.append("holds")
            with pytest.raises(LedgerError), Lock(path, "here").hold():
                seen.append("so does another one")

    with first.hold():
        waiter = threading.Thread(target=wait)
        waiter.start()
        waiter.join(0.2)
        path.unlink()
        path.touch()
    waiter.join(5)
    assert seen == ["holds"]


@pytest.mark.parametrize("kept", [0, 1, 30, -2, -1])
def test_line_that_never_reached_the_disk_is_written_again(store, kept):
    ledger = store.open()
    ledger.append([entry("a")])
    before = store.raw("a.jsonl")
    ledger.append([entry("a", 1, Step.DRAFTED)])
    after = store.raw("a.jsonl")
    store.put("a.jsonl", before + after[len(before) :][:kept])
    assert len(store.open().read()["a"].lines) == 1
    store.open().append([entry("a", 1, Step.DRAFTED)])
    assert store.raw("a.jsonl") == after


def test_line_and_name_are_flushed_before_append_returns(store, monkeypatch):
    flushed = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    store.open().append([entry("a")])
    wanted = [store.folder / "a.jsonl", store.folder]
    assert flushed == [path.stat().st_ino for path in wanted]


@pytest.mark.parametrize("marker", [None, b"", b'{"format": 1'])
def test_half_made_ledger_is_absent_and_can_be_made(tmp_path, marker):
    store = FileStore(tmp_path)
    store.folder.mkdir(parents=True)
    if marker is not None:
        store.put("ledger.json", marker)
    assert not store.open().exists()
    with pytest.raises(LedgerAbsent):
        store.open().read()
    store.open().create()
    assert store.open().exists()
    assert {path.name for path in store.folder.iterdir()} == {".lock", "ledger.json"}


def test_issues_without_a_marker_are_damage_and_not_an_absent_ledger(store):
    store.open().append([entry("a")])
    (store.folder / "ledger.json").unlink()
    for act in (store.open().exists, store.open().read, store.open().create):
        with pytest.raises(LedgerDamaged, match=r"ledger\.json: .* marker is gone"):
            act()


@pytest.mark.parametrize("marker", [b"{}\n", b"[]\n", b"1\n", b"?\n"])
def test_marker_that_is_not_ours_is_damage(store, marker):
    store.put("ledger.json", marker)
    with pytest.raises(LedgerDamaged) as caught:
        store.open().exists()
    assert str(caught.value) == (
        f"{store.open().where()}/ledger.json: This is not the marker of a ledger. "
        "Put back what Pressrun wrote."
    )


def test_changed_publication_id_does_not_make_all_posts_new(store):
    other = FileLedger(store.folder, publication="news", persistent=False, ci=False)
    where = f"^{store.open().where()}/ledger.json: "
    belongs = f'{where}The ledger belongs to publication "notes", not "news". Put the id in'
    with pytest.raises(LedgerError, match=belongs):
        other.read()


def test_ledger_of_a_newer_format_is_not_touched(store):
    store.put("ledger.json", b'{"format": 2, "publication": "notes"}\n')
    with pytest.raises(LedgerError, match="newer Pressrun"):
        store.open().append([entry("a")])


def test_disk_that_fails_is_an_error_and_shows_no_path(store):
    (store.folder / "a.jsonl").mkdir()
    with pytest.raises(LedgerError, match="cannot be read or written") as caught:
        store.open().append([entry("a")])
    assert str(store.folder.parent.parent) not in str(caught.value)


def test_link_to_nowhere_in_the_place_of_an_issue_is_no_new_issue(store, tmp_path):
    store.open().append([entry("a")])
    (store.folder / "a.jsonl").unlink()
    (store.folder / "a.jsonl").symlink_to(tmp_path / "nowhere")
    with pytest.raises(LedgerError, match="cannot be read"):
        store.open().read()


def test_link_in_the_place_of_an_issue_is_not_written_through(store, tmp_path):
    (tmp_path / "elsewhere").touch()
    (store.folder / "a.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LedgerError):
        store.open().append([entry("a")])
    assert (tmp_path / "elsewhere").read_bytes() == b""


def in_ci(tmp_path, *, persistent=False, ci="true"):
    choice = LedgerChoice(persistent=persistent)
    return open_ledger(settings(root=tmp_path, ledger=choice), {"CI": ci}, time.sleep)


def test_disk_of_a_ci_job_is_refused_for_writing_and_may_be_read(tmp_path, store):
    ledger = in_ci(tmp_path)
    assert ledger.exists()
    assert ledger.read() == {}
    with pytest.raises(UsageError, match="`ledger: git`, or `persistent: true`"), ledger.run():
        pass
    with pytest.raises(UsageError):
        ledger.append([entry("a")])
    with pytest.raises(UsageError):
        ledger.create()


@pytest.mark.parametrize("ci", ["", "false", "0"])
def test_ci_that_is_off_is_no_ci(tmp_path, store, ci):
    with in_ci(tmp_path, ci=ci).run():
        pass


def test_persistent_disk_may_be_written_in_ci(tmp_path, store):
    ledger = in_ci(tmp_path, persistent=True)
    with ledger.run():
        ledger.append([entry("a")])
    assert list(ledger.read()) == ["a"]
    assert ledger.where() == ".publish/ledger"
