"""What stands deeper than the parser goes: markdown-it drops it without a word."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it.token import Token

from pressrun.render.raw import Loss

# Nobody writes so deep by hand, and what nests without a bound exhausts a parser's stack.
DEEPEST = 50

_CONTAINERS = {"blockquote_open", "list_item_open", "footnote_open"}


def find(tokens: Sequence[Token]) -> Iterator[Loss]:
    """Yield a loss for each container at the bottom that the parser left empty."""
    for opening, after in pairwise(tokens):
        bottom = opening.type in _CONTAINERS and opening.level >= DEEPEST - 1
        if bottom and after.nesting < 0 and opening.map:
            yield Loss(
                opening.map[0],
                f"what is nested deeper than {DEEPEST} levels is left out",
                "Use fewer levels of quotes and lists.",
            )
