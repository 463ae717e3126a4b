"""Front matter that is neither YAML nor TOML: a line for each key, as Pelican and Nikola have it.

Everything after the key is text, quotes and colons too; only true, false and nothing are more.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pressrun.errors import PostError, PressrunError, Problem
from pressrun.strict_yaml import Value

PELICAN = re.compile(r" {0,3}(?P<key>[A-Za-z0-9_-]+):(?:[ \t]+(?P<value>.*))?")
_CONTINUED = re.compile(r"(?:\t| {4,})(?P<value>\S.*)")
_NIKOLA = re.compile(r"[ \t]*\.\.[ \t]+(?P<key>[^\s:]+):(?:[ \t]+(?P<value>.*))?")
_BLANK = re.compile(r"\n[ \t]*\n")
_COMMENT_ENDS = "-->"

_MEANT = {"": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Header:
    """Values by key, and where in the text the body begins, with its line."""

    values: dict[str, Value]
    end: int
    body_line: int


def pelican(text: str, path: str) -> Header:
    """Read ``Key: value`` lines up to the first blank one; indented lines go on with a value."""
    blank = _BLANK.search(text)
    end = blank.end() if blank else len(text)
    lines = text[: blank.start() if blank else end].split("\n")
    entries = _entries(lines, PELICAN, _CONTINUED, path)
    return Header(_collected(entries, path), end, text.count("\n", 0, end) + 1)


def nikola(text: str, path: str) -> Header:
    """Read ``.. key: value`` lines in a comment of HTML, which is the first thing in the text."""
    end = text.find(_COMMENT_ENDS)
    if end < 0:
        mend = f"Add a line {_COMMENT_ENDS} after it."
        raise PostError.of("the front matter begins here and does not end.", f"{path}:1", mend)
    lines = text[len("<!--") : end].split("\n")
    entries = _entries(lines, _NIKOLA, None, path)
    after = text.find("\n", end)
    after = len(text) if after < 0 else after + 1
    if text[end + len(_COMMENT_ENDS) : after].strip():
        after = end + len(_COMMENT_ENDS)
    return Header(_collected(entries, path), after, text.count("\n", 0, after) + 1)


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    text: str
    line: int


def _entries(
    lines: Iterable[str],
    form: re.Pattern[str],
    continued: re.Pattern[str] | None,
    path: str,
) -> Iterator[_Entry]:
    """Yield each key with its text; PostError for a line that is no part of front matter."""
    entry: _Entry | None = None
    for number, line in enumerate(lines, 1):
        if found := form.fullmatch(line):
            if entry:
                yield entry
            entry = _Entry(found["key"], (found["value"] or "").strip(), number)
        elif entry and continued and (more := continued.fullmatch(line)):
            entry = replace(entry, text=f"{entry.text}\n{more['value']}".strip())
        elif line.strip():
            what = f"this line has no key, and the front matter has not ended: {line.strip()[:40]}"
            mend = "Begin it with a key and a colon, or end the front matter before it."
            raise PostError.of(f"{what}.", f"{path}:{number}", mend)
    if entry:
        yield entry


def _collected(entries: Iterable[_Entry], path: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for entry in entries:
        if first := values.get(entry.key):
            what = f'the key "{entry.key}" is there twice, first on line {first.key_line}.'
            problems.append(Problem(what, f"{path}:{entry.line}", "Keep one of them."))
        data = _MEANT.get(entry.text.lower(), entry.text)
        values[entry.key] = Value(data, entry.line, entry.line, entry.text)
    PressrunError.raise_if_any(problems)
    return values
