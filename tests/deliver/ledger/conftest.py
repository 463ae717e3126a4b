"""Every store of the ledger, for the tests that all of them must pass."""

import pytest

from support.require import require
from support.stores import FileStore, GitStore, MemoryStore, PostgresStore


@pytest.fixture(params=["memory", "file", "git", "postgres"])
def store(request, tmp_path):
    match request.param:
        case "git":
            require("git")
            return GitStore(tmp_path)
        case "postgres":
            return PostgresStore(request.getfixturevalue("postgres"))
        case "file":
            return FileStore(tmp_path)
    return MemoryStore()


@pytest.fixture
def ledger(store):
    made = store.open()
    made.create()
    return made
