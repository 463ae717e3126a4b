"""A database that is cut off, restarted and killed at every step."""

import signal
import threading
from contextlib import suppress

import pytest

from pressrun.deliver.steps import Step
from pressrun.errors import LedgerError, Overtaken
from support.lines import entry, holding
from support.postgres import OUR_SESSIONS
from support.stores import PostgresStore
from support.tcp_proxy import once, passing, proxy


@pytest.fixture
def store(postgres):
    made = PostgresStore(postgres)
    made.open().create()
    return made


@pytest.fixture
def line(postgres):
    """Return a proxy before the server."""
    with proxy(("127.0.0.1", postgres.port)) as made:
        yield made


@pytest.fixture
def restartable(postgres):
    yield postgres
    if not postgres.process:
        postgres.start()


def through(store, line, sleep=lambda _: None):
    url = store.cluster.url(store.schema, port=line.port, more="&sslmode=disable")
    return store.open_at(url, sleep=sleep)


def committing(number: int, data: bytes) -> bool:
    return b"COMMIT" in data


def commit_slowly(store, seconds: float) -> None:
    store.execute(
        f"""
        CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON pressrun_line
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slowly()
        """
    )


def runs(store) -> dict[str, list[str]]:
    read = store.open().read()
    return {key: [line.run for line in history.lines] for key, history in read.items()}


@pytest.mark.parametrize("fate", ["drop", "cut", "lose"])
def test_commit_whose_answer_was_lost_counts_once(store, line, fate):
    line.fate = once(fate, committing)
    through(store, line).append([holding("a", eml=b"x"), entry("b")])
    assert runs(store) == {"a": ["run-a"], "b": ["run-a"]}
    assert store.open().kept("a") == {"eml": b"x"}


@pytest.mark.parametrize("fate", ["drop", "cut", "lose"])
def test_connection_may_be_cut_at_every_step(store, line, fate):
    written = []
    for number in range(1, 30):
        key = f"{fate}-{number}"
        line.seen.clear()
        line.fate = once(fate, lambda now, _, wanted=number: now == wanted)
        with suppress(LedgerError):
            through(store, line).append([holding(key, eml=b"x")])
            written.append(key)
        assert (key in runs(store)) == (key in written)
        if len(line.seen) < number:
            break
    assert 6 < number < 29
    assert len(written) > 5, "a login is tried once, everything after it again"


def test_commit_that_is_still_at_work_is_waited_for(store, line):
    commit_slowly(store, 0.7)
    line.fate = once("cut", committing)
    through(store, line).append([entry("a")])
    assert runs(store) == {"a": ["run-a"]}
    assert sum(committing(0, data) for data in line.seen) == 2, "it did not find its line"


def test_server_that_ends_our_session_at_work_writes_once(store, line):
    def ends(number, data):
        if b"INSERT" in data:
            line.fate = once("pass", committing)
            store.cluster.end_sessions()
        return "pass"

    line.fate = ends
    through(store, line).append([entry("a")])
    assert runs(store) == {"a": ["run-a"]}


def test_server_that_ends_our_session_in_its_commit_writes_once(store, line):
    commit_slowly(store, 600)

    def later(seconds):
        if seconds == 0.5:
            store.execute("DROP TRIGGER slowly ON pressrun_line")

    def ends(number, data):
        if committing(number, data):
            line.fate = passing
            ending.start()
        return "pass"

    def end_in_commit():
        store.cluster.wait_until(f"EXISTS (SELECT {OUR_SESSIONS} AND wait_event = 'PgSleep')")
        store.cluster.end_sessions()

    ending = threading.Thread(target=end_in_commit)
    line.fate = ends
    through(store, line, sleep=later).append([entry("a")])
    ending.join()
    assert runs(store) == {"a": ["run-a"]}


def test_lost_commit_and_a_line_of_another_run_on_top_still_counts_once(store, line):
    def on_top(seconds):
        if seconds == 0.5:
            store.open().append([entry("a", 1, Step.DRAFTED, run="run-b")])

    line.fate = once("lose", committing)
    through(store, line, sleep=on_top).append([entry("a")])
    assert runs(store) == {"a": ["run-a", "run-b"]}


def test_commit_that_got_nowhere_and_another_run_before_us_is_overtaken(store, line):
    def cut_in(seconds):
        if seconds == 0.5:
            store.open().append([entry("a", run="run-b")])

    line.fate = once("drop", committing)
    with pytest.raises(Overtaken, match="run-b"):
        through(store, line, sleep=cut_in).append([entry("a")])
    assert runs(store) == {"a": ["run-b"]}


@pytest.mark.parametrize(("fate", "written"), [("lose", ["a"]), ("drop", [])])
def test_what_cannot_be_found_out_is_an_error_and_no_guess(store, line, fate, written):
    def loses(number, data):
        if not committing(number, data):
            return "pass"
        line.open = False
        return fate

    line.fate = loses
    with pytest.raises(LedgerError, match="did not say whether") as caught:
        through(store, line).append([entry("a")])
    assert type(caught.value) is LedgerError
    assert list(runs(store)) == written


def test_read_is_repeated_and_a_broken_one_is_no_empty_ledger(store, line):
    store.open().append([entry("a")])
    line.fate = once("lose", lambda _, data: b"SELECT key" in data)
    assert list(through(store, line).read()) == ["a"]
    line.fate = lambda _, data: "drop" if b"SELECT key" in data else "pass"
    with pytest.raises(LedgerError, match="cannot be reached"):
        through(store, line).read()


def test_login_is_tried_once_only(store, line):
    line.open = False
    with pytest.raises(LedgerError, match="cannot be reached"):
        through(store, line, sleep=lambda s: pytest.fail("waited") if s else None).exists()


def test_run_goes_on_after_the_server_crashed_between_its_lines(store, restartable):
    ledger = store.open()
    with ledger.run():
        ledger.append([holding("a", eml=b"x")])
        restartable.stop(signal.SIGQUIT)
        restartable.start()
        assert ledger.kept("a") == {"eml": b"x"}
        ledger.append([entry("a", 1, Step.DRAFTED)])
        with pytest.raises(LedgerError, match="Another run"), store.open().run():
            pass
    assert runs(store) == {"a": ["run-a", "run-a"]}


def test_server_that_restarts_is_waited_for(store, restartable):
    ledger = store.open_at(
        store.cluster.url(store.schema), sleep=lambda seconds: seconds == 1 and restartable.start()
    )
    with ledger.run():
        ledger.append([entry("a")])
        restartable.stop(signal.SIGQUIT)
        ledger.append([entry("a", 1, Step.DRAFTED)])
    assert runs(store) == {"a": ["run-a", "run-a"]}


def test_server_that_is_gone_is_unreachable_and_not_absent(store, restartable):
    ledger = store.open_at(store.cluster.url(store.schema), sleep=lambda _: None)
    with ledger.run():
        restartable.stop()
        with pytest.raises(LedgerError, match="cannot be reached") as caught:
            ledger.append([entry("a")])
        assert type(caught.value) is LedgerError
    for act in (ledger.exists, ledger.read, ledger.create, ledger.run().__enter__):
        with pytest.raises(LedgerError, match=r"cannot be reached: .*refused") as caught:
            act()
        assert type(caught.value) is LedgerError


def test_next_run_need_not_wait_until_the_server_sees_that_we_are_gone(store, line):
    seen = threading.Event()
    line.fate = lambda _, data: seen.wait(60) and "pass" if data.startswith(b"X") else "pass"
    with through(store, line).run():
        pass
    try:
        with store.open().run():
            pass
    finally:
        seen.set()


def test_lock_that_the_server_took_away_is_taken_again(store):
    ledger = store.open()
    with ledger.run():
        store.cluster.end_sessions()
        ledger.append([entry("a")])
        with pytest.raises(LedgerError, match="Another run"), store.open().run():
            pass


def test_run_that_lost_its_lock_to_another_one_stops(store):
    ledger = store.open_at(store.cluster.url(store.schema), sleep=lambda _: None)
    with ledger.run():
        store.cluster.end_sessions()
        with store.open().run(), pytest.raises(LedgerError, match="Another run holds the ledger"):
            ledger.append([entry("a")])
        ledger.append([entry("a")])
    assert runs(store) == {"a": ["run-a"]}
