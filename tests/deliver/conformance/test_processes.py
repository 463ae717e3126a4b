"""Real processes, killed and doubled: a few of the worlds here, all of them in benchmarks/."""

import itertools

import pytest

from deliver.conformance import processes
from support.require import require

# Every so many-th step of a run.
STRIDE = 4


@pytest.fixture(params=["file", "git", "postgres"])
def store(request) -> str:
    if request.param == "git":
        require("git")
    return request.param


@pytest.fixture
def opened(request, store, tmp_path):
    """Return what opens a new office."""
    server = request.getfixturevalue("postgres") if store == "postgres" else None
    numbers = itertools.count()
    return lambda: processes.site(tmp_path / str(next(numbers)), store, server)


def sound(records, least: int) -> None:
    records = list(records)
    assert len(records) >= least
    assert [f"{one}: {one.wrong}" for one in records if one.wrong or one.stray] == []


def test_killed_processes_leave_one_copy_or_a_question(store, opened):
    sound(processes.killed(store, opened, STRIDE), 6)


def test_two_processes_send_one_copy(opened):
    sound(processes.doubled(opened, STRIDE), 4)


@pytest.mark.parametrize("store", ["file"], indirect=True)
def test_lost_disk_with_the_ledger_on_it_stops_everything(opened):
    records = list(processes.disk_lost(opened, STRIDE))
    assert len(records) > 1
    assert all(record.asked for record in records), "it went on without a ledger"
    assert [record.wrong for record in records if record.wrong] == []
