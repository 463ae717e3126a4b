"""Lines of a given width, as terminals and mail clients count it: a wide character takes two."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# A line must not begin with the first or end with the second.
# https://www.w3.org/TR/jlreq/#prohibition_rules_for_line_start_end
_NO_START = frozenset(
    "、。，．・：；？！」』）］｝】〕〉》〟’”ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々…"
)
_NO_END = frozenset("「『（［｛【〔〈《〝‘“")


def width(text: str) -> int:
    """Count the columns that ``text`` takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def fill(text: str, columns: int) -> list[str]:
    """Break ``text`` at spaces and between wide characters; a newline in it stays a line's end.

    A word longer than the line, such as an address, is never broken.
    """
    return [line for segment in text.split("\n") for line in _fill(segment, columns)]


def _fill(segment: str, columns: int) -> list[str]:
    lines: list[str] = []
    line: list[str] = []
    used = 0
    for glue, atom, size in _atoms(segment):
        if line and used + len(glue) + size > columns:
            lines.append("".join(line))
            line, used = [], 0
        line += [glue, atom] if line else [atom]
        used += size + (len(glue) if used else 0)
    return [*lines, "".join(line)] if line else lines


def _atoms(segment: str) -> Iterator[tuple[str, str, int]]:
    """Yield what must stay together, with what joins it to the one before, and its width."""
    for word in filter(None, segment.replace("\t", " ").split(" ")):
        if word.isascii():
            yield " ", word, len(word)
            continue
        glue = " "
        for part in _parts(word):
            yield glue, part, width(part)
            glue = ""


def _parts(word: str) -> Iterator[str]:
    if "://" in word:
        yield word
        return
    start = 0
    for at in range(1, len(word)):
        if _may_break(word[at - 1], word[at]):
            yield word[start:at]
            start = at
    yield word[start:]


def _may_break(before: str, after: str) -> bool:
    wide = _columns(before) == 2 or _columns(after) == 2  # noqa: PLR2004
    return wide and _columns(after) > 0 and after not in _NO_START and before not in _NO_END


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
