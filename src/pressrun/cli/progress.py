"""A bar for work that takes longer than a person waits without wondering."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 1.0  # seconds
REFRESH = 0.1  # seconds


def watched(label: str, items: Sequence[T]) -> Iterable[T]:
    """Give ``items`` one after the other, with a bar on stderr while that takes over a second.

    Only on a terminal; elsewhere nothing is shown.
    """
    return _with_bar(label, items) if sys.stderr and sys.stderr.isatty() else items


def _with_bar(label: str, items: Sequence[T]) -> Iterator[T]:
    started = time.perf_counter()
    waiting = iter(enumerate(items))
    for at, item in waiting:
        yield item
        if time.perf_counter() - started > PATIENCE:
            yield from _drawn(label, waiting, at + 1, len(items))


def _drawn(label: str, rest: Iterator[tuple[int, T]], done: int, total: int) -> Iterator[T]:
    from rich.console import Console
    from rich.progress import Progress

    # Without a thread of its own: we may fork.
    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as progress:
        task = progress.add_task(label, total=total, completed=done)
        shown = 0.0
        for at, item in rest:
            if time.perf_counter() - shown > REFRESH:
                shown = time.perf_counter()
                progress.update(task, completed=at, refresh=True)
            yield item
