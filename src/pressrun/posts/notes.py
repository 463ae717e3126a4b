"""Problems of posts: raised where a value is read, collected with the line it stands on."""

from collections.abc import Callable
from typing import TypeVar

from pressrun.errors import PostError, Problem

T = TypeVar("T")


class Wrong(Exception):
    """A value that cannot be used; ``what`` follows the name of its key, ``mend`` is a sentence."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


class Notes:
    """Everything that is wrong with one file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def add(self, line: int, what: str, mend: str = "") -> None:
        """Note one problem."""
        self.problems.append(Problem(what, f"{self.path}:{line}", mend))

    def attempt(self, line: int, name: str, make: Callable[[], T], otherwise: T) -> T:
        """Return what ``make`` gives; where it raises Wrong, note that and go on."""
        try:
            return make()
        except Wrong as wrong:
            self.add(line, f"{name} {wrong.what}", wrong.mend)
            return otherwise


def raise_sorted(problems: list[Problem]) -> None:
    """Raise one PostError with all ``problems`` by file and line; nothing when there are none."""
    PostError.raise_if_any(sorted(problems, key=_place))


def _place(problem: Problem) -> tuple[str, int, str]:
    path, _, line = problem.where.rpartition(":")
    return (path, int(line), problem.what) if line.isdecimal() else (problem.where, 0, problem.what)
