"""TOML front matter, as Hugo and Zola have it, as the same values with lines as YAML gives.

``tomllib`` tells no lines, so the keys are looked for in the text once more. Dates become text in
the form that we read dates in: what is written in YAML and in TOML reads equal.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from pressrun.errors import PressrunError, Problem
from pressrun.strict_yaml import MAX_DEPTH, UNPRINTABLE, Value, forbidden

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_NAME = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_LINE = re.compile(
    rf"^[ \t]*(?:\[\[?[ \t]*(?P<table>{_NAME})[ \t]*\]|(?P<key>{_NAME})[ \t]*=)", re.MULTILINE
)
# Text of several lines may hold what looks like a key; comments and other text may hold quotes.
_QUOTED = re.compile(
    r'"""(?:\\.|"{0,2}[^"\\])*"{3,5}'
    r"|'''(?:'{0,2}[^'])*'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*",
    re.DOTALL,
)
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$| \(at end of document\)$")
_BIGGEST = 10**18  # as in YAML: a longer number is text

_MENDS = (
    ("Cannot overwrite", "A key can be there once: keep one of them."),
    ("Cannot declare", "A table can be there once: keep one of them."),
    ("Invalid value", "Text stands in quotes, and lists in brackets."),
    ("Expected '='", 'A key needs an equals sign after it: title = "Hello".'),
    ("Unescaped '\\'", r"In double quotes write \\ for a backslash, or use single quotes."),
)
_USUAL_MEND = "Look at quotes and brackets here and on the line before."

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Number:
    """A fraction as it was written."""

    raw: str


def parse(text: str, path: str, first_line: int) -> dict[str, Value]:
    """Read TOML; ``first_line`` is the line of ``path`` on which ``text`` begins.

    Raises PressrunError: one problem for broken syntax, else everything that is not allowed.
    """
    data = _loaded(text, path, first_line)
    first_seen = dict(reversed(list(_lines(text, data, first_line))))
    reader = _Reader(path, first_seen)
    read = reader.table(data, ())
    PressrunError.raise_if_any(reader.problems)
    return read


def _loaded(text: str, path: str, first_line: int) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text, parse_float=_Number)
    except ValueError as error:  # also of a number with thousands of digits
        raise PressrunError(_syntax(str(error), text, path, first_line)) from None
    except RecursionError:
        raise PressrunError(_too_deep(f"{path}:{first_line}")) from None


def _syntax(message: str, text: str, path: str, first_line: int) -> Problem:
    at = _AT_LINE.search(message)
    last = text.rstrip("\n").count("\n")
    line = min(int(at[1]) - 1, last) if at and at[1] else last if at else 0
    words = message[: at.start()] if at else "a number is too long"
    mend = next((mend for part, mend in _MENDS if words.startswith(part)), _USUAL_MEND)
    what = f"this is not valid TOML: {words[:1].lower()}{words[1:]}."
    return Problem(what, f"{path}:{line + first_line}", mend)


def _too_deep(where: str) -> Problem:
    return Problem(f"this is nested deeper than {MAX_DEPTH} levels.", where, "Flatten it.")


def _lines(text: str, data: Mapping[str, Any], first_line: int) -> Iterator[tuple[_Path, int]]:
    """Yield each key with the line on which it stands, and each table."""
    if '"""' in text or "'''" in text:
        text = _QUOTED.sub(_blank, text)
    table: _Path = ()
    line, seen = first_line, 0
    for found in _LINE.finditer(text):
        line, seen = line + text.count("\n", seen, found.start()), found.start()
        path = _parts(found["table"] or found["key"])
        if found["key"]:
            path = table + path
        elif _is_table(data, path):  # else it is an item of a list over several lines
            table = path
        for length in range(1, len(path) + 1):
            yield path[:length], line


def _blank(found: re.Match[str]) -> str:
    text = found[0]
    return "\n" * text.count("\n") if text.startswith(('"""', "'''")) else text


def _parts(name: str) -> _Path:
    if name.replace("-", "").replace("_", "").isalnum():  # nearly all
        return (name,)
    import tomllib

    inner: Any = tomllib.loads(f"{name} = 0")
    parts: list[str] = []
    while isinstance(inner, dict):
        ((part, inner),) = inner.items()
        parts.append(part)
    return tuple(parts)


def _is_table(data: Any, path: _Path) -> bool:
    for part in path:
        inside = data[-1] if isinstance(data, list) and data else data
        if not isinstance(inside, dict) or part not in inside:
            return False
        data = inside[part]
    return isinstance(data, dict | list)


class _Reader:
    """Makes values of what ``tomllib`` gives; ``lines`` tells where each key stands."""

    def __init__(self, path: str, lines: Mapping[_Path, int]) -> None:
        self.path = path
        self.lines = lines
        self.problems: list[Problem] = []

    def table(self, data: Mapping[str, Any], path: _Path, line: int = 0) -> dict[str, Value]:
        """Read a table, which begins on ``line``."""
        read: dict[str, Value] = {}
        for key, inner in data.items():
            here = self.lines.get((*path, key), line)
            self._refuse_control_characters(key, here)
            read[key] = self._value(inner, (*path, key), here)
        return read

    def _value(self, data: Any, path: _Path, line: int, *, item: bool = False) -> Value:
        if len(path) > MAX_DEPTH:
            raise PressrunError(*self.problems, _too_deep(f"{self.path}:{line}"))
        key_line = 0 if item else line
        if isinstance(data, dict):
            return Value(self.table(data, path, line), line, key_line)
        if isinstance(data, list):
            items = [self._value(each, (*path, "[]"), line, item=True) for each in data]
            return Value(items, line, key_line)
        plain, raw = _scalar(data)
        self._refuse_control_characters(raw, line)
        return Value(plain, line, key_line, raw)

    def _refuse_control_characters(self, text: str, line: int) -> None:
        if bad := UNPRINTABLE.search(text):
            self.problems.append(forbidden(bad[0], "", self.path, line))


def _scalar(data: Any) -> tuple[str | int | float | bool, str]:
    """Give a value, and how it is written."""
    if isinstance(data, bool):
        return data, str(data).lower()
    if isinstance(data, _Number):
        number = float(data.raw.replace("_", ""))
        return (number if math.isfinite(number) else data.raw), data.raw
    if isinstance(data, date | datetime | time):
        written = data.isoformat().replace("+00:00", "Z")
        return written, written
    if isinstance(data, int) and abs(data) >= _BIGGEST:
        return str(data), str(data)
    return data, str(data)
