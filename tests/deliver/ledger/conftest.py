"""Every store of the ledger, for the tests that all of them must pass."""

import pytest

from support.require import require
from support.stores import FileStore, GitStore, MemoryStore


@pytest.fixture(params=["memory", "file", "git"])
def store(request, tmp_path):
    if request.param == "git":
        require("git")
        return GitStore(tmp_path)
    return FileStore(tmp_path) if request.param == "file" else MemoryStore()


@pytest.fixture
def ledger(store):
    made = store.open()
    made.create()
    return made
