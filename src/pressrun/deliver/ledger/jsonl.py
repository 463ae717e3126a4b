"""One issue's history as a file: a JSON object a line, appended and never changed.

What has no newline at its end was never finished, so it never happened. Anything else that cannot
be read is damage: guessing what a ledger meant to say is how an issue goes out twice.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from pressrun.deliver.steps import History, Line, Step
from pressrun.errors import LedgerDamaged, LedgerError, Problem

SUFFIX = ".jsonl"
KEY = "[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?"
_KEY = re.compile(KEY)
_NAMES = tuple(field.name for field in fields(Line))
_REQUIRED = ("step", "run", "at")
MEND = "Nothing is sent until a person has put back what Pressrun wrote."


def file_name(key: str) -> str:
    """Return the name of an issue's file; LedgerError for a key that could leave its folder."""
    if not _KEY.fullmatch(key):
        raise LedgerError.of(f"{key!r} cannot be the key of an issue.")
    return key + SUFFIX


def encode(lines: Iterable[Line]) -> bytes:
    """Return the lines as bytes, each with its newline; empty fields are left out."""
    return b"".join(_encode(line) for line in lines)


def whole(data: bytes) -> bytes:
    """Return ``data`` without a torn last line."""
    return data[: data.rfind(b"\n") + 1]


def decode(key: str, data: bytes, where: str) -> History:
    """Read the history of ``key``; LedgerDamaged names ``where`` and the line."""
    history = History(key)
    for number, text in enumerate(whole(data).split(b"\n")[:-1], start=1):
        place = f"{where}:{number}"
        history = _then(history, _decode(text, place), place)
    return history


def decode_all(files: Mapping[str, bytes], place: Callable[[str], str]) -> dict[str, History]:
    """Read the histories in ``files``, a file's name to its bytes; leave out the empty ones.

    Files of other names are not ours. LedgerDamaged names every damaged one; ``place`` says where
    a name is.
    """
    histories: dict[str, History] = {}
    problems: list[Problem] = []
    for name in sorted(name for name in files if name.endswith(SUFFIX)):
        try:
            history = decode(_key(name, place(name)), files[name], place(name))
            histories |= {history.key: history} if history.lines else {}
        except LedgerDamaged as error:
            problems += error.problems
    LedgerDamaged.raise_if_any(problems)
    return histories


def _key(name: str, where: str) -> str:
    key = name.removesuffix(SUFFIX)
    if not _KEY.fullmatch(key):
        raise LedgerDamaged.of("This is not the name of an issue's file.", where, MEND)
    return key


def _encode(line: Line) -> bytes:
    if line.at.tzinfo is None:
        raise ValueError("a line's time needs a zone")
    values = {name: getattr(line, name) for name in _NAMES}
    values["at"] = line.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    kept = {name: value for name, value in values.items() if value or name in _REQUIRED}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate becomes \udXXX, which is its escape in JSON too.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _then(history: History, line: Line, place: str) -> History:
    try:
        return history.then(line)
    except LedgerDamaged as error:
        (problem,) = error.problems
        raise LedgerDamaged(Problem(f"{problem.what}.", place, problem.mend)) from None


def _decode(text: bytes, place: str) -> Line:
    try:
        values = json.loads(text.decode(), object_pairs_hook=_once)
        return Line(**_checked(values))
    except (ValueError, RecursionError) as error:
        what = f"This is not a line that Pressrun wrote: {error}."
        raise LedgerDamaged.of(what, place, MEND) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name stands twice")
    return values


def _checked(values: Any) -> dict[str, Any]:
    if not isinstance(values, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - caught as damage above
    if unknown := sorted(values.keys() - set(_NAMES)):
        raise ValueError(f'"{unknown[0]}" is unknown (a newer Pressrun may know it)')
    if missing := [name for name in _REQUIRED if name not in values]:
        raise ValueError(f'"{missing[0]}" is missing')
    if wrong := [name for name in values if not isinstance(values[name], str)]:
        raise ValueError(f'"{wrong[0]}" is not text')
    return values | {"step": Step(values["step"]), "at": _time(values["at"])}


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f'"{text}" has no time zone')
    return at
