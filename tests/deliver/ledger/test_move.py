"""From any store to any other, whatever interrupts it."""

import itertools
from collections.abc import Callable

import pytest

from pressrun.deliver.ledger.contract import Ledger
from pressrun.deliver.ledger.move import Moved, move
from pressrun.deliver.steps import Step
from pressrun.errors import LedgerDamaged, LedgerError, LedgerMoved, UsageError
from support.ledgers import Crash, Passing
from support.lines import entry, holding
from support.require import require
from support.stores import FileStore, GitStore, MemoryStore, PostgresStore, Store

NUMBERS = itertools.count()
LINES = [
    holding("a", eml=b"old", json=b"{}"),
    holding("a", 1, Step.DRAFTED, eml=b"Subject: A\0", json=b"{}"),
    entry("a", 2, Step.SENDING),
    entry("b", 0, Step.BASELINE),
    holding("c-r2", 0, eml=b"Subject: C"),
]


def make(kind: str, request) -> Store:
    """Make a place of its own of this kind."""
    folder = request.getfixturevalue("tmp_path") / f"place-{next(NUMBERS)}"
    match kind:
        case "git":
            require("git")
            return GitStore(folder)
        case "postgres":
            return Database(request.getfixturevalue("postgres"))
        case "file":
            return FileStore(folder)
    return MemoryStore()


class Database(PostgresStore):
    """A database of its own, since a run's lock counts for all schemas of one."""

    def open(self) -> Ledger:
        name = f"database_{self.schema}"
        if not self.execute("SELECT 1 FROM pg_database WHERE datname = %s", name):
            self.execute(f"CREATE DATABASE {name}")
        return self.open_at(f"postgresql://press@127.0.0.1:{self.cluster.port}/{name}")


def filled(store: Store) -> Store:
    store.open().create()
    store.open().append(LINES)
    return store


def contents(ledger: Ledger):
    return ledger.read(), ledger.all_kept()


def has_moved(old: Store, new: Store, before) -> None:
    assert contents(new.open()) == before
    with pytest.raises(LedgerMoved, match="`ledger: there`"):
        old.open().read()
    new.open().append([entry("c-r2", 1, Step.DRAFTED)])


KINDS = ["file", "git", "postgres"]


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("source", KINDS)
def test_everything_moves_as_it_is(request, source, target):
    old, new = filled(make(source, request)), make(target, request)
    before = contents(old.open())
    assert move(old.open(), new.open(), "there") == Moved(issues=3, lines=5, kept=2)
    has_moved(old, new, before)


def test_many_issues_move_in_parts(request):
    old, new = filled(MemoryStore()), make("git", request)
    old.open().append([holding(f"post-{number}", eml=b"x") for number in range(70)])
    before = contents(old.open())
    assert move(old.open(), new.open(), "there").issues == 73
    assert len(new.remote.subjects()) == 1 + 2
    has_moved(old, new, before)


class Fragile(Passing):
    """A ledger whose process dies before the n-th call to either of two, or after it."""

    def __init__(self, ledger: Ledger, calls: "Calls") -> None:
        super().__init__(ledger)
        for name in (
            "exists",
            "create",
            "read",
            "append",
            "kept",
            "all_kept",
            "retire",
            "identity",
        ):
            setattr(self, name, calls.dying(getattr(ledger, name)))


class Calls:
    """Counts calls, and dies at the one that is wanted."""

    def __init__(self, wanted: int, moment: str) -> None:
        self.wanted = wanted
        self.moment = moment
        self.count = 0

    def dying(self, call: Callable):
        def counted(*arguments):
            self.count += 1
            if self.count == self.wanted and self.moment == "before":
                raise Crash
            result = call(*arguments)
            if self.count == self.wanted:
                raise Crash
            return result

        return counted


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("memory", "memory"),
        *(("memory", kind) for kind in KINDS),
        *((kind, "memory") for kind in KINDS),
    ],
)
def test_move_that_was_interrupted_may_be_made_again(request, source, target, moment):
    for number in range(1, 30):
        old, new = filled(make(source, request)), make(target, request)
        before = contents(old.open())
        calls = Calls(number, moment)
        try:
            move(Fragile(old.open(), calls), Fragile(new.open(), calls), "there")
        except Crash:
            goes_on(old, new, before)
        has_moved(old, new, before)
        if calls.count < number:
            break
    assert 9 < number < 29


def goes_on(old: Store, new: Store, before) -> None:
    """Either the old ledger counts, and whoever moves it finishes; or it is closed already."""
    try:
        assert contents(old.open()) == before
    except LedgerMoved:
        return
    move(old.open(), new.open(), "there")


@pytest.mark.parametrize("target", ["memory", *KINDS])
def test_line_that_was_written_after_an_interrupted_move_comes_along(request, target):
    old, new = filled(make("memory", request)), make(target, request)
    with pytest.raises(Crash):
        move(Fragile(old.open(), Calls(99, "")), Dying(new.open()), "there")
    old.open().append([holding("c-r2", 1, Step.DRAFTED, eml=b"Subject: C2"), entry("d")])
    before = contents(old.open())
    move(old.open(), new.open(), "there")
    assert contents(new.open()) == before


class Dying(Fragile):
    """A ledger whose process dies once everything has been copied to it."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger, Calls(99, ""))

        def append(entries):
            ledger.append(entries)
            raise Crash

        self.append = append


@pytest.mark.parametrize("target", ["memory", *KINDS])
def test_place_with_another_history_is_left_alone(request, target):
    old, new = filled(make("memory", request)), make(target, request)
    new.open().create()
    new.open().append([entry("a", run="run-b")])
    there = contents(new.open())
    with pytest.raises(LedgerError, match="another ledger already: issue a") as caught:
        move(old.open(), new.open(), "there")
    assert caught.value.problems[0].where == new.open().where()
    assert contents(new.open()) == there
    assert len(old.open().read()) == 3


def test_place_with_an_issue_more_is_left_alone(request):
    old, new = filled(make("memory", request)), make("memory", request)
    new.open().create()
    new.open().append([entry("z")])
    with pytest.raises(LedgerError, match="issue z"):
        move(old.open(), new.open(), "there")


@pytest.mark.parametrize("kind", ["memory", *KINDS])
def test_moving_to_where_it_is_changes_nothing(request, kind):
    store = filled(make(kind, request))
    before = contents(store.open())
    with pytest.raises(UsageError, match="names already") as caught:
        move(store.open(), store.open(), "there")
    assert caught.value.problems[0].where == store.open().where()
    assert contents(store.open()) == before


def test_place_that_a_ledger_has_left_stays_closed(request):
    old, new = filled(make("file", request)), make("memory", request)
    move(old.open(), new.open(), "there")
    with pytest.raises(UsageError, match=r"stays closed.*Delete it"):
        move(new.open(), old.open(), "back")
    assert len(new.open().read()) == 3


@pytest.mark.parametrize("held", ["old", "new"])
def test_ledger_that_is_at_work_is_not_moved(request, held):
    places = {"old": filled(make("file", request)), "new": make("file", request)}
    with (
        places[held].open().run(),
        pytest.raises(LedgerError) as caught,
    ):
        move(places["old"].open(), places["new"].open(), "there")
    assert str(caught.value) == (
        f"{places[held].open().where()}: Another run holds the ledger. Wait until it has ended."
    )
    assert len(places["old"].open().read()) == 3


def test_damaged_ledger_is_not_moved(request):
    old, new = filled(make("file", request)), make("file", request)
    old.put("a.jsonl", b"[]\n")
    with pytest.raises(LedgerDamaged):
        move(old.open(), new.open(), "there")
    assert not new.open().exists()


def test_run_elsewhere_that_writes_meanwhile_keeps_the_old_ledger_open(request):
    """On git no lock holds off another machine."""
    old, new = filled(make("git", request)), make("memory", request)

    class Slow(Fragile):
        def run(self):
            self.retire = lambda *a: (
                old.open().append([entry("d")]),
                self.inner.retire(*a),
            )
            return self.inner.run()

    with pytest.raises(LedgerError, match="meanwhile"):
        move(Slow(old.open(), Calls(99, "")), new.open(), "there")
    assert set(old.open().read()) == {"a", "b", "c-r2", "d"}
    before = contents(old.open())
    move(old.open(), new.open(), "there")
    has_moved(old, new, before)


def test_copy_that_reads_back_otherwise_closes_nothing(request):
    old, new = filled(make("memory", request)), make("memory", request)

    class Forgetful(Fragile):
        def __init__(self, ledger):
            super().__init__(ledger, Calls(99, ""))
            self.append = lambda entries: ledger.append(entries[:1])

    with pytest.raises(LedgerError, match="nothing has moved") as caught:
        move(old.open(), Forgetful(new.open()), "there")
    assert caught.value.problems[0].where == new.open().where()
    assert caught.value.problems[0].mend == "Take away what is there, and move again."
    assert len(old.open().read()) == 3
