"""A ledger that has moved is closed for ever, in every store."""

import pytest

from pressrun.deliver.steps import Step
from pressrun.errors import LedgerMoved, Overtaken
from support.git_remote import wrapper
from support.lines import entry, holding
from support.require import require
from support.stores import FileStore, GitStore, PostgresStore
from support.tcp_proxy import once, proxy


def everything(ledger):
    return (
        ledger.exists,
        ledger.create,
        ledger.read,
        ledger.all_kept,
        lambda: ledger.kept("a"),
        lambda: ledger.append([]),
        lambda: ledger.append([entry("a", 1, Step.DRAFTED)]),
        lambda: ledger.retire("elsewhere", {}),
    )


def is_closed(store, moved: str) -> None:
    for act in everything(store.open()):
        with pytest.raises(LedgerMoved, match=f"must say `ledger: {moved}`") as caught:
            act()
        assert caught.value.exit_code == 2


def test_a_ledger_that_has_moved_says_where_to_and_nothing_else(store, ledger):
    ledger.append([holding("a", eml=b"x")])
    ledger.retire("git", ledger.read())
    is_closed(store, "git")


def test_whoever_had_it_open_notices(store, ledger):
    ledger.append([entry("a")])
    other = store.open()
    other.read()
    ledger.retire("postgresql://press@db.example/x", ledger.read())
    with pytest.raises(LedgerMoved):
        other.append([entry("a", 1, Step.DRAFTED)])


def test_an_empty_one_can_move_too(store, ledger):
    ledger.retire("file", {})
    is_closed(store, "file")


def test_a_ledger_that_somebody_wrote_to_meanwhile_stays_open(store, ledger):
    ledger.append([entry("a")])
    known = ledger.read()
    store.open().append([entry("a", 1, Step.DRAFTED)])
    with pytest.raises(Overtaken, match="written to the ledger meanwhile"):
        ledger.retire("git", known)
    assert len(store.open().read()["a"].lines) == 2


def test_two_ledgers_are_told_apart(store, ledger):
    ledger.append([entry("a")])
    assert store.open().identity() == ledger.identity()


def test_stores_of_one_kind_are_told_apart(tmp_path, postgres):
    require("git")
    pairs = [
        (FileStore(tmp_path / "one"), FileStore(tmp_path / "two")),
        (GitStore(tmp_path / "three"), GitStore(tmp_path / "four")),
        (PostgresStore(postgres), PostgresStore(postgres)),
    ]
    for number, (one, two) in enumerate(pairs):
        for store in (one, two):
            store.open().create()
        one.open().append([entry(f"a-{number}")])
        assert one.open().identity() != two.open().identity()


def test_closing_whose_push_was_not_answered_counts(tmp_path):
    require("git")
    store = GitStore(tmp_path)
    store.open().create()
    store.open().append([entry("a")])
    script = 'case " $* " in *" push "*) $REAL "$@"; exit 1 ;; *) exec $REAL "$@" ;; esac'
    ledger = store.open_at(tmp_path / "job", PATH=wrapper(tmp_path / "bin", script))
    ledger.retire("file", ledger.read())
    is_closed(store, "file")


@pytest.mark.parametrize("fate", ["drop", "lose"])
def test_closing_whose_commit_was_not_answered_counts(postgres, fate):
    store = PostgresStore(postgres)
    store.open().create()
    store.open().append([entry("a")])
    known = store.open().read()
    with proxy(("127.0.0.1", postgres.port)) as line:
        line.fate = once(fate, lambda _, data: b"COMMIT" in data)
        url = postgres.url(store.schema, port=line.port)
        store.open_at(url, sleep=lambda _: None).retire("file", known)
    is_closed(store, "file")
