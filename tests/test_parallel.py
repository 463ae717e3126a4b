"""Work in a second process gives what it gives in one."""

import os
import signal
import sys
import time

import pytest

from pressrun.errors import PostError, Problem
from pressrun.parallel import Standby, beside, cores, in_halves

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")
both = pytest.mark.parametrize("count", [1, 2])


def test_there_is_a_core():
    assert cores() >= 1


@both
@pytest.mark.parametrize("items", [[], [1], [1, 2, 3], list(range(10_000))])
def test_halves_come_back_in_order(items, count):
    assert in_halves(lambda some: [n * n for n in some], items, count=count) == [
        n * n for n in items
    ]


def test_the_other_half_is_done_by_another_process():
    assert len(set(in_halves(lambda some: [os.getpid() for _ in some], [1, 2], count=2))) == 2


@both
def test_an_error_of_ours_is_raised_where_the_answer_is_wanted(count):
    def work():
        raise PostError(Problem("it is bad.", "posts/a.md:1", "Mend it."), Problem("so is this."))

    answer = beside(work, count=count)
    with pytest.raises(PostError) as caught:
        answer()
    assert str(caught.value) == "posts/a.md:1: it is bad. Mend it.\nso is this."


def test_the_work_of_a_process_that_was_killed_is_done_here():
    here = os.getpid()

    def work():
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "done"

    assert beside(work, count=2)() == "done"


def test_a_bug_shows_itself_in_the_first_process():
    answer = beside(lambda: int("x"), count=2)
    with pytest.raises(ValueError, match="invalid literal"):
        answer()


def test_more_than_a_pipe_holds_comes_through():
    assert beside(lambda: "x" * 5_000_000, count=2)() == "x" * 5_000_000


def test_who_stands_by_is_ready_before_it_is_asked(tmp_path):
    ready = tmp_path / "ready"
    with Standby(ready.touch, lambda text: (text.upper(), os.getpid()), count=2) as helper:
        answer, process = helper.ask("x" * 200_000)()
    assert ready.exists()
    assert (answer, process != os.getpid()) == ("X" * 200_000, True)


def test_with_one_core_nobody_stands_by(tmp_path):
    ready = tmp_path / "ready"
    with Standby(ready.touch, lambda _: os.getpid(), count=1) as helper:
        assert helper.ask("")() == os.getpid()
    assert not ready.exists()


@pytest.mark.parametrize("prepare", [list, lambda: os.kill(os.getpid(), signal.SIGKILL)])
def test_who_is_never_asked_goes_away(prepare):
    with Standby(prepare, lambda _: None, count=2) as helper:
        process = helper._child
    with pytest.raises(ChildProcessError):
        os.waitpid(process, os.WNOHANG)


def test_who_died_before_it_was_asked_is_not_missed():
    with Standby(lambda: os.kill(os.getpid(), signal.SIGKILL), len, count=2) as helper:
        time.sleep(0.1)
        assert helper.ask([1] * 100_000)() == 100_000
