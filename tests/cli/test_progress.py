"""The bar for work that takes long: on a terminal, after a second, and nowhere else."""

import os
import pty
import subprocess
import sys

import pytest

WORK = """\
import time
from pressrun.cli.progress import watched
print(sum(time.sleep({pause}) or item for item in watched("Reading posts", range(5))))
"""


@pytest.fixture
def terminal():
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)


def work(pause, stderr):
    code = WORK.format(pause=pause)
    environ = {**os.environ, "TERM": "xterm"}
    return subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=stderr, env=environ, check=True
    )


def shown(terminal, pause):
    ours, theirs = terminal
    said = work(pause, theirs)
    os.write(theirs, b".")  # else there may be nothing to read
    os.close(theirs)
    assert said.stdout == b"10\n"
    return os.read(ours, 100_000).decode()


def test_long_work_shows_a_bar_on_a_terminal(terminal):
    assert "Reading posts" in shown(terminal, 0.4)


def test_short_work_shows_none(terminal):
    assert shown(terminal, 0) == "."


def test_nothing_is_shown_where_there_is_no_terminal():
    assert work(0.4, subprocess.PIPE).stderr == b""
