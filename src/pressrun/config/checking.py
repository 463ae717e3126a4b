"""Read a dataclass from YAML: every problem in one run, each with its line and its mend."""

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args, get_origin

from pressrun.config import scalars, shapes
from pressrun.config.words import described, did_you_mean
from pressrun.errors import ConfigError, Problem
from pressrun.kinds import Kind
from pressrun.strict_yaml import Value

T = TypeVar("T")

_BAD: Any = object()  # in the place of a value whose problem has been noted


def read(
    kind: type[T],
    value: Value,
    path: str,
    *,
    given: Mapping[str, Any] = MappingProxyType({}),
    name: str = "",
) -> T:
    """Make a ``kind`` of the mapping ``value``, which stands in the file ``path``.

    ``given`` holds fields that no person writes; ``name`` is what messages call the mapping.
    Raises ConfigError with all problems, in the order of their lines.
    """
    reader = _Reader(path)
    made: T = reader.section(kind, value, name, given)
    reader.problems.sort(key=lambda found: found[0])
    ConfigError.raise_if_any(problem for _, problem in reader.problems)
    return made


@dataclass(frozen=True, slots=True)
class _Name:
    """What a message calls a value: by its key, and the section that the key stands in."""

    section: str
    key: str

    def __str__(self) -> str:
        return f'"{self.key}" in {self.section}' if self.section else f'"{self.key}"'

    @property
    def as_section(self) -> str:
        """Call the value a section of its own."""
        return f"{self.section}.{self.key}" if self.section else self.key


class _Reader:
    """Walks a type and a value together and notes what does not fit."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[tuple[int, Problem]] = []

    def section(self, kind: Any, value: Value, name: str, given: Mapping[str, Any]) -> Any:
        """Read a dataclass from a mapping, or from the single word that stands for it."""
        word = shapes.shorthand(kind)
        written = value.data
        if word and isinstance(written, str):
            value = Value({word: value}, value.line, value.key_line)
        elif written is None:
            value = Value({}, value.line, value.key_line)
        elif not isinstance(written, dict):
            return self._wrong(value, name, "must be a mapping of keys", written)
        return self._build(kind, value, name, given)

    def _build(self, kind: Any, value: Value, name: str, given: Mapping[str, Any]) -> Any:
        written: dict[str, Value] = dict(value.data) if isinstance(value.data, dict) else {}
        made = dict(given)
        for member in shapes.members(kind):
            if member.key in written:
                made[member.name] = self._member(member, written.pop(member.key), name)
            elif member.required:
                made[member.name] = self._missing(member, value, name)
        if rest := shapes.field_with(kind, "rest"):
            made[rest] = written
        else:
            self._unknown(kind, written, name)
        if line := shapes.field_with(kind, "line"):
            made[line] = value.key_line or value.line
        return _BAD if any(each is _BAD for each in made.values()) else kind(**made)

    def _member(self, member: shapes.Member, value: Value, section: str) -> Any:
        if value.data == "" and member.default == "":
            return ""
        return self._read(member.type, member.rules, value, _Name(section, member.key))

    def _read(self, kind: Any, rules: tuple[Kind, ...], value: Value, name: _Name) -> Any:
        if inner := shapes.optional(kind):
            return None if value.data is None else self._read(inner, rules, value, name)
        if is_dataclass(kind):
            return self.section(kind, value, name.as_section, {})
        if value.data is None or value.data == "":
            return self._note(value, f"{name} is empty.", "Give it a value, or remove the key.")
        if get_origin(kind) is tuple:
            return self._list(kind, rules, value, name)
        if shapes.is_mapping(kind):
            return self._mapping(kind, value, name)
        return self._scalar(kind, rules, value, str(name))

    def _list(self, kind: Any, rules: tuple[Kind, ...], value: Value, name: _Name) -> Any:
        if not isinstance(value.data, list):
            return self._wrong(value, str(name), "must be a list, such as [one, two]", value.data)
        item, own, _ = shapes.unpack(get_args(kind)[0])
        read = [self._read(item, rules + own, each, name) for each in value.data]
        return _BAD if any(each is _BAD for each in read) else tuple(read)

    def _mapping(self, kind: Any, value: Value, name: _Name) -> Any:
        if not isinstance(value.data, dict) or not value.data:
            must = "must be a mapping with at least one name"
            return self._wrong(value, str(name), must, value.data)
        key_hint, item_hint = get_args(kind)
        key_kind, key_rules, _ = shapes.unpack(key_hint)
        item, rules, _ = shapes.unpack(item_hint)
        read = {}
        for key, each in value.data.items():
            as_value = Value(key, each.key_line, each.key_line)
            self._scalar(key_kind, key_rules, as_value, f"a name in {name.as_section}")
            read[key] = self._read(item, rules, each, _Name(name.as_section, key))
        return _BAD if any(each is _BAD for each in read.values()) else read

    def _scalar(self, kind: Any, rules: tuple[Kind, ...], value: Value, name: str) -> Any:
        if kind is Any:
            return value
        if get_origin(kind) is Literal:
            return self._word(get_args(kind), value, name)
        try:
            made = scalars.READERS[kind](value)
        except scalars.Unreadable as error:
            if any(rule.secret for rule in rules):
                return self._wrong(value, name, error.what)
            return self._wrong(value, name, error.what, value.data, error.mend)
        wrong = next(filter(None, (rule.wrong(made) for rule in rules)), "")
        return self._note(value, f"{name} {wrong}") if wrong else made

    def _word(self, words: tuple[str, ...], value: Value, name: str) -> Any:
        if value.data in words and isinstance(value.data, str):
            return value.data
        expected = f"must be {' or '.join(map(str, words))}"
        mend = did_you_mean(str(value.data), words)
        return self._wrong(value, name, expected, value.data, mend)

    def _missing(self, member: shapes.Member, value: Value, section: str) -> Any:
        within = f" in {section}" if section else ""
        mend = f'Add "{member.key}": {member.doc}' if member.doc else "Add it."
        return self._note(value, f'the key "{member.key}" is missing{within}.', mend)

    def _unknown(self, kind: Any, written: Mapping[str, Value], section: str) -> None:
        known = [member.key for member in shapes.members(kind)]
        within = f" in {section}" if section else ""
        for key, value in written.items():
            mend = did_you_mean(key, known) or f"Known here: {', '.join(known)}."
            self._note(value, f'unknown key "{key}"{within}.', mend)

    def _wrong(self, value: Value, name: str, must: str, found: Any = _BAD, mend: str = "") -> Any:
        tail = "" if found is _BAD else f", not {described(found)}"
        return self._note(value, f"{name or self.path} {must}{tail}.", mend)

    def _note(self, value: Value, what: str, mend: str = "") -> Any:
        line = value.key_line or value.line
        self.problems.append((line, Problem(what, f"{self.path}:{line}", mend)))
        return _BAD
