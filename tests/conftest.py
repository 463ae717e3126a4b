"""What holds for all tests."""

import pytest
from hypothesis import settings

pytest_plugins = ["support.canary_hooks", "pytester"]

# No deadline: CI machines are slow at times. Few examples: the whole suite runs on every change.
settings.register_profile("house", deadline=None, max_examples=50)
settings.load_profile("house")


@pytest.fixture(scope="session")
def postgres():
    """Run a PostgreSQL server for the tests that ask for one."""
    from support.postgres import cluster

    with cluster() as made:
        yield made


@pytest.fixture(scope="session")
def browser():
    """Run Chromium for the tests that ask for one."""
    from support.browser import browser

    with browser() as started:
        yield started


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Make a certificate for 127.0.0.1 that nobody vouches for."""
    from support import tls

    return tls.certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")
