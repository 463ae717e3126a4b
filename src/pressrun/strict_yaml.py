"""YAML as a person means it: strict, with the line of every value, at the speed of libyaml.

Plain YAML by PyYAML has traps for a writer: ``no`` is false, ``012`` is ten, a doubled key wins
silently, and a few aliases can fill the memory. Here only null, true, false and decimal numbers
are more than text, and what is doubtful is an error with its line.

The parser's events are put together here instead of by ``yaml.compose``: libyaml's composer calls
itself for each level, and some ten thousand open brackets end the process. Events cost the same.
"""

import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from pressrun import simple_yaml
from pressrun.errors import PressrunError, Problem

_Parser: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

MAX_DEPTH = 100

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_BEGINS = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*|(?=[eE])))(?:[eE][-+]?[0-9]+)?")
_TEXT_TAGS = frozenset(("!", "tag:yaml.org,2002:str"))

# Characters that XML cannot carry: https://www.w3.org/TR/xml/#charsets
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFUSED = re.compile(f"{UNPRINTABLE.pattern}|[\x7f-\x9f\ufeff]")  # by YAML itself

# YAML 1.1 ends lines at these, and editors do not: every line number after one would be wrong.
_ODD_BREAKS = re.compile("[\x85\u2028\u2029]")

_MENDS = (
    ("mapping values are not allowed", 'Put text that holds ": " in quotes.'),
    ("cannot start any token", "Indent with spaces, not tabs, and put text in quotes."),
    ("unexpected end of stream", "A quote or bracket that is opened must be closed."),
    ("expected ',' or", "A bracket that is opened must be closed."),
    ("unknown escape", r"In double quotes write \\ for a backslash, or use single quotes."),
    ("could not find expected ':'", "A key needs a colon and a space after it."),
)
_USUAL_MEND = "Look at quotes and indentation here and on the line before."


class Value(NamedTuple):
    """A value with the line it begins on, and that of its key where it has one.

    ``raw`` is a scalar as it was written, without quotes: ``3.10`` where ``data`` is 3.1.
    """

    data: "str | int | float | bool | list[Value] | dict[str, Value] | None"
    line: int
    key_line: int = 0
    raw: str = ""


def decode(content: bytes, path: str) -> str:
    """Return UTF-8 ``content`` as text without BOM, with line feeds only."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _lines(content[: error.start]) + 1
        bad = f"byte 0x{content[error.start]:02X}"
        raise PressrunError.of(
            f"this is not UTF-8 ({bad}).", f"{path}:{line}", "Save the file as UTF-8."
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def parse(text: str, path: str, first_line: int = 1) -> Value:
    """Read one YAML document; ``first_line`` is the line of ``path`` on which ``text`` begins.

    Raises PressrunError: one problem for broken syntax, else everything that is not allowed.
    """
    if (simple := _simple(text, first_line)) is not None:
        return simple
    if not text.isascii() and (odd := _ODD_BREAKS.search(text)):
        raise PressrunError(forbidden(odd[0], text[: odd.start()], path, first_line))
    builder = _Builder(path, first_line)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.YAMLError as error:
        raise PressrunError(_syntax(error, text, path, first_line)) from None
    PressrunError.raise_if_any(builder.problems)
    return builder.root


def plain(value: Value) -> Any:
    """Return what ``value`` holds as nested builtins, without lines."""
    if isinstance(value.data, dict):
        return {key: plain(inner) for key, inner in value.data.items()}
    if isinstance(value.data, list):
        return [plain(inner) for inner in value.data]
    return value.data


def resolve(text: str) -> str | int | float | bool | None:
    """Say what an unquoted scalar means; text, unless it is clearly something else."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_BEGINS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


def _simple(text: str, first_line: int) -> Value | None:
    """Read what needs no parser; None for the rest, and for whatever may be wrong."""
    root: dict[str, Value] = {}
    line = first_line
    for key, written, quoted, several in simple_yaml.read(text):
        if key in root or key in _WORDS:
            return None
        if several is None:
            root[key] = Value(written if quoted else resolve(written), line, line, written)
            line += 1
            continue
        items, block = several
        top = line + block
        listed = [Value(resolve(each), top + block * at, 0, each) for at, each in enumerate(items)]
        root[key] = Value(listed, top, line)
        line += 1 + block * len(items)
    return Value(root, first_line) if root else None


def _events(text: str) -> Iterator[Any]:
    parser = _Parser(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


class _Builder:
    """Puts events together, without recursion; ``stack`` holds the open collections."""

    def __init__(self, path: str, first_line: int) -> None:
        self.path = path
        self.offset = first_line
        self.root = Value(None, first_line)
        self.problems: list[Problem] = []
        self.stack: list[Any] = []  # of lists and dicts
        self.key: str | None = None
        self.key_line = 0
        self.documents = 0

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent:
            self._open({}, event)
        elif kind is yaml.SequenceStartEvent:
            self._open([], event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self.stack.pop()
        elif kind is yaml.AliasEvent:
            self._stop(event, "an alias (*name) is not allowed.", "Write the value out.")
        elif kind is yaml.DocumentStartEvent:
            self._document(event)

    def _scalar(self, event: Any) -> None:
        line = event.start_mark.line + self.offset
        text = event.value
        if event.anchor is not None or event.tag is not None:
            self._plain_only(event)
        if event.style == '"' and (bad := UNPRINTABLE.search(text)):
            self._complain(line, f"the character U+{ord(bad[0]):04X} is not allowed.", "Remove it.")
        data = resolve(text) if event.implicit[0] else text
        if self.key is None and self.stack and type(self.stack[-1]) is dict:
            self._begin_entry(data, text, line, quoted=not event.implicit[0])
        else:
            self._add(Value(data, line, self.key_line, text))

    def _begin_entry(self, data: Any, text: str, line: int, *, quoted: bool) -> None:
        if type(data) is not str:
            mend = f'Put it in quotes: "{text}".' if text else "Write the key before the colon."
            self._complain(line, f"a key must be text, not {text or 'nothing'}.", mend)
        elif text == "<<" and not quoted:
            self._complain(line, "a merge (<<) is not allowed.", "Write the keys out.")
        elif first := self.stack[-1].get(text):
            what = f'the key "{text}" is there twice, first on line {first.key_line}.'
            self._complain(line, what, "Keep one of them.")
        self.key, self.key_line = text, line

    def _open(self, data: Any, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._plain_only(event)
        if self.key is None and self.stack and type(self.stack[-1]) is dict:
            self._stop(event, "a key must be text.", "Put text with brackets in quotes.")
        if len(self.stack) >= MAX_DEPTH:
            raise PressrunError(
                *self.problems, _too_deep(f"{self.path}:{event.start_mark.line + self.offset}")
            )
        self._add(Value(data, event.start_mark.line + self.offset, self.key_line))
        self.stack.append(data)

    def _add(self, value: Value) -> None:
        if not self.stack:
            self.root = value
            return
        into = self.stack[-1]
        if self.key is None:
            into.append(value)
        else:
            into[self.key] = value
        self.key, self.key_line = None, 0

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop(event, "a second YAML document begins here.", "Keep one.")

    def _plain_only(self, event: Any) -> None:
        line = event.start_mark.line + self.offset
        if event.anchor is not None:
            self._complain(line, f"an anchor (&{event.anchor}) is not allowed.", "Remove it.")
        if event.tag is not None and event.tag not in _TEXT_TAGS:
            self._complain(line, f"a tag ({event.tag}) is not allowed.", "Remove it.")

    def _complain(self, line: int, what: str, mend: str) -> None:
        self.problems.append(Problem(what, f"{self.path}:{line}", mend))

    def _stop(self, event: Any, what: str, mend: str) -> None:
        self._complain(event.start_mark.line + self.offset, what, mend)
        raise PressrunError(*self.problems)


def _syntax(error: yaml.YAMLError, text: str, path: str, first_line: int) -> Problem:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        bad = _REFUSED.search(text)
        return forbidden(bad[0] if bad else "", text[: bad.start() if bad else 0], path, first_line)
    start = getattr(error, "context_mark", None)
    unclosed = "end of stream" in str(getattr(error, "problem", ""))
    line = (start if start and unclosed else mark).line
    words = str(getattr(error, "problem", "") or "it cannot be read")
    if "maximum nesting depth" in words:  # newer libyaml has a limit of its own
        return _too_deep(f"{path}:{mark.line + first_line}")
    words = words.replace(" in this context", " here")  # as PyYAML's own parser says it
    last = text.rstrip("\n").count("\n")
    mend = next((mend for part, mend in _MENDS if part in words), _USUAL_MEND)
    where = f"{path}:{min(line, last) + first_line}"
    return Problem(f"this is not valid YAML: {words}.", where, mend)


def _too_deep(where: str) -> Problem:
    return Problem(f"this is nested deeper than {MAX_DEPTH} levels.", where, "Flatten it.")


def forbidden(character: str, before: str, path: str, first_line: int) -> Problem:
    """Say where a character is that no file of ours may hold; ``before`` is the text above it."""
    name = f"character U+{ord(character):04X}" if character else "control character in it"
    where = f"{path}:{before.count(chr(10)) + first_line}"
    return Problem(f"the {name} is not allowed.", where, "Remove it.")


def _lines(content: bytes) -> int:
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")
