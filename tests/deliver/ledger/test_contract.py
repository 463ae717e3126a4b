"""What every store of the ledger must do, whatever it is made of."""

import threading
from datetime import UTC, datetime

import pytest

from pressrun.deliver.ledger.contract import Entry
from pressrun.deliver.steps import Line, Step
from pressrun.errors import LedgerAbsent, LedgerDamaged, LedgerError, Overtaken, PressrunError
from support.lines import AT, entry
from support.stores import Store

# A database writes a line whole or not at all, and takes nothing that is no JSON.
IN_FILES = pytest.mark.parametrize("store", ["memory", "file", "git"], indirect=True)


def steps(store: Store, key: str) -> list[str]:
    return [str(line.step) for line in store.open().read()[key].lines]


def test_is_absent_until_created(store):
    ledger = store.open()
    assert not ledger.exists()
    with pytest.raises(LedgerAbsent, match="publish baseline") as caught:
        ledger.read()
    assert caught.value.problems[0].where == ledger.where()
    with pytest.raises(LedgerAbsent):
        ledger.append([entry("a")])
    assert not store.open().exists()


def test_created_is_empty_and_not_absent(store, ledger):
    assert ledger.exists()
    assert store.open().exists()
    assert store.open().read() == {}


def test_creating_again_changes_nothing(store, ledger):
    ledger.append([entry("a")])
    store.open().create()
    assert steps(store, "a") == ["claim"]


def test_what_was_appended_is_read_by_others_in_order(store, ledger):
    ledger.append([entry("a")])
    ledger.append([entry("b")])
    ledger.append([entry("a", 1, Step.DRAFTED)])
    ledger.append([entry("a", 2, Step.SENDING), entry("a", 3, Step.SENT)])
    assert steps(store, "a") == ["claim", "drafted", "sending", "sent"]
    assert steps(store, "b") == ["claim"]


def test_every_field_of_a_line_comes_back(store, ledger):
    title = 'Zwölf "Boxkämpfer" \\ 走る\u2028 \x07 🖨️'
    line = Line(
        step=Step.CLAIM,
        run="0f" * 8,
        at=datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
        newsletter="main",
        post="notes/hello",
        title=title,
        body="b" * 64,
        digest="d" * 64,
        provider="buttondown",
        account="ada@example.org",
        campaign="em_4f2a",
        because="she said so",
    )
    ledger.append([Entry("a", 0, line)])
    assert store.open().read()["a"].lines == (line,)


def test_nothing_is_appended_for_no_entries(store, ledger):
    ledger.append([])
    assert store.open().read() == {}


def test_stale_writer_is_overtaken_and_told_by_whom(store, ledger):
    ledger.append([entry("a")])
    with pytest.raises(Overtaken, match="run-a"):
        store.open().append([entry("a", 0, run="run-b")])
    with pytest.raises(Overtaken, match="1 lines instead of 2"):
        store.open().append([entry("a", 2, Step.DRAFTED, run="run-b")])
    assert store.open().read()["a"].lines == (entry("a").line,)


def test_one_stale_entry_keeps_its_whole_batch_out(store, ledger):
    ledger.append([entry("b")])
    with pytest.raises(Overtaken):
        store.open().append([entry("a", run="run-b"), entry("b", run="run-b")])
    assert list(store.open().read()) == ["b"]


def test_step_that_may_not_follow_is_refused(store, ledger):
    ledger.append([entry("a")])
    with pytest.raises(LedgerDamaged, match="sending"):
        ledger.append([entry("a", 1, Step.SENDING)])
    assert steps(store, "a") == ["claim"]


def test_two_writers_may_write_to_different_issues(store, ledger):
    one, two = store.open(), store.open()
    one.read()
    two.read()
    one.append([entry("a", run="one")])
    two.append([entry("b", run="two")])
    one.append([entry("a", 1, Step.DRAFTED, run="one")])
    assert steps(store, "a") == ["claim", "drafted"]
    assert steps(store, "b") == ["claim"]


def test_two_claims_of_one_issue_at_once_have_one_winner(store, ledger):
    outcomes = at_once(store, "a", "a")
    assert sorted(outcomes) in (["Overtaken", "won"], ["LedgerError", "won"])
    assert steps(store, "a") == ["claim"]


def test_claims_of_different_issues_at_once_are_never_lost(store, ledger):
    outcomes = at_once(store, "a", "b")
    written = store.open().read()
    assert outcomes.count("won") == len(written) >= 1


def at_once(store: Store, *keys: str) -> list[str]:
    barrier = threading.Barrier(len(keys))
    outcomes = []

    def claim(number: int, key: str) -> None:
        mine = store.open()
        barrier.wait()
        try:
            mine.append([entry(key, run=f"run-{number}")])
            outcomes.append("won")
        except PressrunError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=claim, args=each) for each in enumerate(keys)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_hundred_baselines_go_in_at_once(store, ledger):
    ledger.append([entry(f"post-{number}", step=Step.BASELINE) for number in range(200)])
    histories = store.open().read()
    assert len(histories) == 200
    assert all(history.settled for history in histories.values())


def test_run_lets_its_own_ledger_write(store, ledger):
    with ledger.run():
        ledger.append([entry("a")])
        ledger.create()
        with ledger.run():
            ledger.append([entry("a", 1, Step.DRAFTED)])
    with ledger.run():
        assert steps(store, "a") == ["claim", "drafted"]


def test_key_that_could_leave_the_folder_is_refused(store, ledger):
    for key in ("../a", "a/b", "", ".lock", "A", "a\n", "a" * 200):
        with pytest.raises(LedgerError):
            ledger.append([entry(key)])
    assert store.open().read() == {}


@IN_FILES
def test_last_line_without_newline_never_happened(store, ledger):
    ledger.append([entry("a")])
    whole = store.raw("a.jsonl")
    store.put("a.jsonl", whole + whole[:-1])
    assert steps(store, "a") == ["claim"]
    store.open().append([entry("a", 1, Step.DRAFTED)])
    assert steps(store, "a") == ["claim", "drafted"]
    assert store.raw("a.jsonl").startswith(whole)


@IN_FILES
@pytest.mark.parametrize("torn", [b"", b"{", b"\0" * 100, b'{"step":"claim","run":"x"}'])
def test_file_without_a_whole_line_never_happened(store, ledger, torn):
    store.put("a.jsonl", torn)
    assert store.open().read() == {}
    store.open().append([entry("a")])
    assert steps(store, "a") == ["claim"]
    assert store.raw("a.jsonl").endswith(b'Z"}\n')


AT_TEXT = AT.isoformat().encode()
NO_JSON = {
    "an empty line": b"\n",
    "bytes": b"\xff\xfe\n",
    "not JSON": b"<<<<<<< HEAD\n",
    "deep nesting": b"[" * 100_000 + b"\n",
}
DAMAGE = {
    "not an object": b"[]\n",
    "an unknown step": b'{"step":"mailed","run":"x","at":"%s"}\n' % AT_TEXT,
    "an unknown field": b'{"step":"claim","run":"x","at":"%s","to":"all"}\n' % AT_TEXT,
    "no run": b'{"step":"claim","at":"%s"}\n' % AT_TEXT,
    "no text": b'{"step":"claim","run":1,"at":"%s"}\n' % AT_TEXT,
    "a name twice": b'{"step":"sent","step":"claim","run":"x","at":"%s"}\n' % AT_TEXT,
    "a time without zone": b'{"step":"claim","run":"x","at":"2026-11-23T08:00:00"}\n',
    "no time": b'{"step":"claim","run":"x","at":"yesterday"}\n',
    "a step out of order": b'{"step":"sent","run":"x","at":"%s"}\n' % AT_TEXT * 2,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_names_the_line_and_stops_everything(store, ledger, damage):
    ledger.append([entry("a"), entry("b")])
    store.put("a.jsonl", store.raw("a.jsonl") + damage + b"{}\n")
    other = store.open()
    named = r"\ba(\.jsonl)?:[23]: .*Nothing is sent"
    with pytest.raises(LedgerDamaged, match=named):
        other.read()
    with pytest.raises(LedgerDamaged, match=named):
        other.append([entry("a", 1, Step.DRAFTED)])


@IN_FILES
@pytest.mark.parametrize("damage", NO_JSON.values(), ids=NO_JSON.keys())
def test_line_that_is_no_json_is_damage_too(store, ledger, damage):
    test_damage_names_the_line_and_stops_everything(store, ledger, damage)


def test_all_damaged_issues_are_named(store, ledger):
    store.put("a.jsonl", b"[]\n")
    store.put("b.jsonl", b"[]\n")
    with pytest.raises(LedgerDamaged) as caught:
        store.open().read()
    assert len(caught.value.problems) == 2


def test_history_under_a_name_that_is_not_ours_is_damage(store, ledger):
    store.put("Copy of a.jsonl", b"{}\n")
    with pytest.raises(LedgerDamaged, match=r"Copy of a\b.*Nothing is sent"):
        store.open().read()


@IN_FILES
def test_other_files_are_left_alone(store, ledger):
    store.put("README.txt", b"Do not touch.\n")
    store.open().append([entry("a")])
    assert store.raw("README.txt") == b"Do not touch.\n"


def test_it_says_where_it_is(store):
    assert store.open().where()
