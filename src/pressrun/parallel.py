"""A second process for half of the work, where there is a second core.

It is forked: what has been imported and read is there already, and only results travel back. That
costs some milliseconds, a tenth of what a pool of fresh interpreters takes to start.
"""

import os
import pickle
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Generic, Self, TypeVar

from pressrun.errors import PressrunError

_OUR_PERCENT = 53  # what comes back has to be unpacked too

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Say how many cores this process may use; 1 where a fork is not safe."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def beside(work: Callable[[], R], *, count: int) -> Callable[[], R]:
    """Begin ``work`` in a process of its own; the returned function waits for what it gives.

    ``count`` is how many cores there are: with one, the work is done when it is asked for. So it is
    where the other process dies. A PressrunError of the work is raised where it is asked for.
    """
    if count < 2:  # noqa: PLR2004 - one for each process
        return work
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work_and_end(work, writing)
    os.close(writing)
    return lambda: _answer(child, reading, work)


class Standby(Generic[T, R]):
    """A process that gets ready for ``work`` while this one finds out what there is to do.

    It ends with the ``with`` block, whether it was asked or not.
    """

    def __init__(
        self, prepare: Callable[[], object], work: Callable[[T], R], *, count: int
    ) -> None:
        self._work = work
        self._child = 0
        if count < 2:  # noqa: PLR2004 - one for each process
            return
        asked, self._asking = os.pipe()
        self._reading, answering = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(self._asking)
            os.close(self._reading)
            _stand_by(prepare, work, asked, answering)
        os.close(asked)
        os.close(answering)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child:
            os.close(self._asking)
            os.close(self._reading)
            os.waitpid(self._child, 0)
            self._child = 0

    def ask(self, what: T) -> Callable[[], R]:
        """Let the process do its work, once; the returned function waits for what it gives."""
        if not self._child:
            return lambda: self._work(what)
        child, self._child = self._child, 0
        with suppress(BrokenPipeError), os.fdopen(self._asking, "wb") as pipe:
            pickle.dump(what, pipe, pickle.HIGHEST_PROTOCOL)
        return lambda: _answer(child, self._reading, lambda: self._work(what))


def in_halves(
    work: Callable[[Iterable[T]], list[R]],
    items: Sequence[T],
    *,
    count: int,
    watch: Callable[[Sequence[T]], Iterable[T]] = iter,
) -> list[R]:
    """Let ``work`` turn ``items`` into as many results, half of them beside the other half.

    What is done in this process goes through ``watch``, which may show how far that is.
    """
    middle = len(items) * _OUR_PERCENT // 100 if count > 1 else len(items)
    rest = beside(lambda: work(items[middle:]), count=count)
    return work(watch(items[:middle])) + rest()


def _work_and_end(work: Callable[[], object], writing: int) -> None:
    """Write a pickle of what ``work`` gives, and end the process without another word."""
    try:
        answer = (True, work())
    except PressrunError as error:
        answer = (False, error)
    except BaseException:  # noqa: BLE001 - the other process does the work again, and meets it too
        os._exit(1)
    with os.fdopen(writing, "wb") as pipe:
        pickle.dump(answer, pipe, pickle.HIGHEST_PROTOCOL)
    os._exit(0)


def _stand_by(
    prepare: Callable[[], object], work: Callable[[T], object], asked: int, answering: int
) -> None:
    """Get ready, wait for a question, and end the process with the answer."""
    try:
        prepare()
        with os.fdopen(asked, "rb") as pipe:
            question = pipe.read()
        if not question:
            os._exit(0)
        what = pickle.loads(question)  # noqa: S301 - from our own process
    except BaseException:  # noqa: BLE001 - as in _work_and_end
        os._exit(1)
    _work_and_end(lambda: work(what), answering)


def _answer(child: int, reading: int, work: Callable[[], R]) -> R:
    with os.fdopen(reading, "rb") as pipe:
        written = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        return work()
    fine, result = pickle.loads(written)  # noqa: S301 - from our own process
    if not fine:
        raise result
    return result  # type: ignore[no-any-return]  # what work() gives
