"""What was sent, kept beside the ledger: the same in every store."""

import pytest

from pressrun.deliver.ledger.contract import Entry
from pressrun.deliver.steps import Step
from pressrun.errors import LedgerAbsent, LedgerDamaged, LedgerError, Overtaken
from support.git_remote import wrapper
from support.lines import entry, holding
from support.require import require
from support.stores import FileStore, GitStore, Store

EML = b"Subject: Hello\r\n\r\n\xc3\xbc \0 no newline at the end"


def kept(store: Store) -> dict[str, dict[str, bytes]]:
    return {key: dict(files) for key, files in store.open().all_kept().items()}


def test_files_come_back_byte_for_byte(store, ledger):
    ledger.append([entry("a")])
    ledger.append([holding("a", 1, Step.DRAFTED, eml=EML, json=b"{}\n", empty=b"")])
    assert store.open().kept("a") == {"eml": EML, "json": b"{}\n", "empty": b""}
    assert [line.step for line in store.open().read()["a"].lines] == ["claim", "drafted"]


def test_no_files_are_kept_for_an_issue_without_any(store, ledger):
    ledger.append([entry("a"), holding("a-b", eml=EML)])
    assert store.open().kept("a") == {}
    assert store.open().kept("never-heard-of") == {}
    assert kept(store) == {"a-b": {"eml": EML}}


def test_later_files_take_the_place_of_earlier_ones(store, ledger):
    ledger.append([holding("a", eml=b"first", json=b"1")])
    ledger.append([entry("a", 1)])
    assert kept(store) == {"a": {"eml": b"first", "json": b"1"}}
    ledger.append([holding("a", 2, eml=b"second"), holding("a", 3, eml=b"third")])
    assert kept(store) == {"a": {"eml": b"third", "json": b"1"}}


def test_files_of_many_issues_go_in_at_once(store, ledger):
    ledger.append([holding(f"a-{number}", eml=b"%d" % number) for number in range(30)])
    ledger.append([holding("b", eml=EML)])
    assert len(kept(store)) == 31
    assert store.open().kept("a-7") == {"eml": b"7"}


def test_overtaken_writer_replaces_nothing(store, ledger):
    ledger.append([holding("a", eml=b"theirs")])
    with pytest.raises(Overtaken):
        store.open().append([entry("b"), holding("a", 0, eml=b"ours")])
    assert kept(store) == {"a": {"eml": b"theirs"}}


def test_line_that_may_not_follow_keeps_its_files_out(store, ledger):
    ledger.append([entry("a")])
    with pytest.raises(LedgerDamaged):
        ledger.append([holding("a", 1, Step.SENDING, eml=EML)])
    assert kept(store) == {}


@pytest.mark.parametrize("suffix", ["", "EML", "e/ml", "../x", "eml.new", "e1", "eml\n"])
def test_suffix_that_could_leave_the_folder_is_refused(store, ledger, suffix):
    with pytest.raises(LedgerError):
        ledger.append([Entry("a", 0, entry("a").line, {suffix: EML})])
    assert store.open().read() == {}
    assert kept(store) == {}


def test_key_that_could_leave_the_folder_is_refused(store, ledger):
    for key in ("../a", "a/b", "", ".lock", "A", "a\n", "a" * 200):
        with pytest.raises(LedgerError):
            ledger.append([holding(key, eml=EML)])
        with pytest.raises(LedgerError):
            ledger.kept(key)
    assert kept(store) == {}


def test_without_a_ledger_nothing_is_kept(store):
    with pytest.raises(LedgerAbsent):
        store.open().kept("a")
    with pytest.raises(LedgerAbsent):
        store.open().all_kept()
    with pytest.raises(LedgerAbsent):
        store.open().append([holding("a", eml=EML)])
    assert not store.open().exists()


def test_file_ledger_has_a_folder_of_what_was_sent(tmp_path):
    store = FileStore(tmp_path)
    store.open().create()
    store.open().append([holding("a", eml=EML, json=b"{}")])
    sent = store.folder / "sent"
    assert {path.name for path in sent.iterdir()} == {"a.eml", "a.json"}
    assert (sent / "a.eml").read_bytes() == EML


def test_files_that_are_not_ours_are_left_out_and_left_alone(tmp_path):
    store = FileStore(tmp_path)
    store.open().create()
    store.open().append([holding("a", eml=EML)])
    for name in (".DS_Store", "a.eml.new", "Copy of a.eml", "a"):
        (store.folder / "sent" / name).write_bytes(b"?")
    store.open().append([holding("b", eml=EML)])
    assert set(kept(store)) == {"a", "b"}
    assert (store.folder / "sent" / "Copy of a.eml").read_bytes() == b"?"


def test_kept_files_without_a_marker_are_damage_and_not_an_absent_ledger(tmp_path):
    store = FileStore(tmp_path)
    store.open().create()
    store.open().append([holding("a", eml=EML)])
    (store.folder / "ledger.json").unlink()
    (store.folder / "a.jsonl").unlink()
    with pytest.raises(LedgerDamaged, match="marker is gone"):
        store.open().exists()


def test_link_in_the_folder_of_what_was_sent_is_replaced_and_not_followed(tmp_path):
    store = FileStore(tmp_path)
    store.open().create()
    store.open().append([holding("a", eml=EML)])
    (tmp_path / "elsewhere").write_bytes(b"precious")
    (store.folder / "sent" / "a.eml").unlink()
    (store.folder / "sent" / "a.eml").symlink_to(tmp_path / "elsewhere")
    store.open().append([holding("a", 1, eml=b"new")])
    assert (tmp_path / "elsewhere").read_bytes() == b"precious"
    assert store.open().kept("a") == {"eml": b"new"}


@pytest.fixture
def git(tmp_path):
    require("git")
    made = GitStore(tmp_path)
    made.open().create()
    return made


def test_branch_has_the_files_in_the_commit_of_their_line(git):
    git.open().append([entry("a")])
    git.open().append([holding("a", 1, Step.DRAFTED, eml=EML)])
    assert git.remote.subjects()[0] == "a: drafted [skip ci]"
    changed = git.remote.git("diff-tree", "-r", "--name-only", "--no-commit-id", git.remote.head())
    assert changed.decode().split() == ["a.jsonl", "sent/a.eml"]
    git.remote.git("fsck", "--strict")


def test_reading_histories_reads_no_kept_file(git):
    git.open().append([holding("a", eml=EML)])
    blob = git.remote.git("rev-parse", f"{git.remote.head()}:sent/a.eml").decode().strip()
    asked = git.parent / "asked"
    listen = f'case " $* " in *" cat-file --batch "*) tee -a {asked} | $REAL "$@"; exit ;; esac'
    path = wrapper(git.parent / "bin", f'{listen}\nexec $REAL "$@"')
    ledger = git.open_at(git.parent / "job", PATH=path)
    ledger.read()
    assert asked.exists()
    assert blob not in asked.read_text()
    ledger.all_kept()
    assert blob in asked.read_text()


def test_other_things_in_the_folder_stay_on_the_branch(git):
    git.remote.put("sent/Notes.md", b"By hand.\n")
    git.open().append([holding("a", eml=EML)])
    assert git.raw("sent/Notes.md") == b"By hand.\n"
    assert kept(git) == {"a": {"eml": EML}}


def test_file_in_the_place_of_the_folder_is_not_lost(git):
    git.remote.put("sent", b"By hand.\n")
    assert kept(git) == {}
    git.open().append([entry("a")])
    with pytest.raises(LedgerDamaged, match="publish-ledger:sent"):
        git.open().append([holding("a", 1, eml=EML)])
    assert git.raw("sent") == b"By hand.\n"
