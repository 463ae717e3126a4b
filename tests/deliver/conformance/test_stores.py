"""One provider with each real store of the ledger, whose own connections fail too."""

import itertools

import pytest

from deliver.conformance import trials
from deliver.conformance.cases import CASES
from deliver.conformance.worlds import World
from support.require import require
from support.stores import FileStore
from support.tcp_proxy import proxy
from support.troubled_stores import TroubledGit, TroubledPostgres


@pytest.fixture
def folder(tmp_path):
    """Return a new folder each time."""
    numbers = itertools.count()

    def make():
        made = tmp_path / str(next(numbers))
        made.mkdir()
        return made

    return make


@pytest.fixture
def rig(tmp_path):
    return CASES["buttondown"](tmp_path)


def sound(records, least: int) -> None:
    records = list(records)
    assert len(records) >= least
    assert [f"{one}: {one.wrong}" for one in records if one.wrong or one.stray] == []


def test_one_mishap_on_the_way_to_the_disk(rig, folder):
    make = lambda: World(rig.again(), FileStore(folder()))  # noqa: E731
    sound(trials.single(make, but={"request"}), 25)


def test_one_mishap_on_the_way_to_the_remote(rig, folder):
    require("git")
    make = lambda: World(rig.again(), TroubledGit(folder()))  # noqa: E731
    sound(trials.single(make, but={"request"}), 60)


def test_one_mishap_on_the_way_to_the_database(rig, postgres):
    with proxy(("127.0.0.1", postgres.port)) as line:
        make = lambda: World(rig.again(), TroubledPostgres(postgres, line))  # noqa: E731
        sound(trials.single(make, but={"request"}), 200)
