"""After each test, everything that it has written or raised is searched for secrets."""

import logging
from collections.abc import Callable
from fnmatch import fnmatch
from typing import Any

import pytest

from support import canary

MARK = (
    "holds_secret(*places, because): a secret may be in these places (patterns of paths below "
    "tmp_path, or names such as output), for a reason"
)
# Libraries that are given our secrets: somebody who looks for a fault turns on all that they log.
TALKATIVE = ("urllib3", "requests", "psycopg")


class Capture:
    """A fixture of pytest's that captures output; whatever is read from it is searched."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def readouterr(self) -> Any:
        """Read as from the inner one."""
        said = self._inner.readouterr()
        canary.search("output", *said)
        return said

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Raises:
    """What ``pytest.raises`` returns; the exception that it catches is searched."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __enter__(self) -> Any:
        return self._inner.__enter__()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        caught: bool = self._inner.__exit__(kind, error, trace)
        if caught and error:
            canary.search_error(error)
        return caught


def raises(inner: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Do as ``pytest.raises`` does."""
    made = inner(*arguments, **options)
    if hasattr(made, "__enter__"):
        return Raises(made)
    canary.search_error(made.value)
    return made


@pytest.fixture
def capsys(capsys):
    return Capture(capsys)


@pytest.fixture
def capfd(capfd):
    return Capture(capfd)


def pytest_configure(config):
    config.addinivalue_line("markers", MARK)
    for library in TALKATIVE:
        logging.getLogger(library).setLevel(logging.DEBUG)
    inner = pytest.raises
    pytest.raises = lambda *arguments, **options: raises(inner, *arguments, **options)
    config.add_cleanup(lambda: setattr(pytest, "raises", inner))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    canary.start()
    for mark in item.iter_markers("holds_secret"):
        if not (mark.args and mark.kwargs.get("because")):
            pytest.fail("holds_secret lacks its places, or because=", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    try:
        _search(item, call, report)
    except Exception as error:  # noqa: BLE001 - else pytest itself would stop here
        canary.WATCH.found.append(("what could not be searched", repr(error)))
    found = _unexpected(item)
    if found and report.passed:
        report.outcome, report.longrepr = "failed", found
    elif found:
        report.sections.append(("Secrets", found))
    return report


def _search(item, call, report):
    """Search what lies about when a test has ended, why it has, and in the end what it printed."""
    if call.when == "teardown":
        canary.search("output", *(text for _, text in report.sections))
    if call.when != "call":
        return
    if call.excinfo and not isinstance(call.excinfo.value, AssertionError | pytest.fail.Exception):
        canary.search_error(call.excinfo.value)
    if folder := item.funcargs.get("tmp_path"):
        canary.search_files(folder)
    canary.search_places()


def _unexpected(item):
    """Say where a secret is that must not be there, a line each."""
    found, canary.WATCH.found = canary.WATCH.found, []
    may_hold = [pattern for mark in item.iter_markers("holds_secret") for pattern in mark.args]
    return "\n".join(
        f"a secret is in {place}: {words}"
        for place, words in dict.fromkeys(found)
        if not any(fnmatch(place, pattern) for pattern in may_hold)
    )
