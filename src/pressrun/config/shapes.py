"""The shape of a dataclass as publish.yml shows it: one reading for the check and the schema."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pressrun.kinds import Doc, Kind


@dataclass(frozen=True, slots=True)
class Member:
    """A key of a mapping: the field that it fills, its type, its rules and what it is for."""

    name: str
    key: str
    type: Any
    rules: tuple[Kind, ...]
    doc: str
    default: Any  # MISSING where the key is required

    @property
    def required(self) -> bool:
        """Whether the key must be there."""
        return self.default is MISSING


def members(kind: type) -> Iterator[Member]:
    """Yield what a person may write for ``kind``; not what is given or filled in by us."""
    hints = get_type_hints(kind, include_extras=True)
    for each in fields(kind):
        if each.metadata:
            continue
        inner, rules, doc = unpack(hints[each.name])
        factory = each.default_factory
        default = each.default if factory is MISSING else factory()
        key = (doc.key if doc else "") or each.name
        yield Member(each.name, key, inner, rules, doc.text if doc else "", default)


def field_with(kind: type, mark: str) -> str:
    """Name the field whose metadata has ``mark``: ``rest`` takes the keys that are no members'."""
    return next((each.name for each in fields(kind) if mark in each.metadata), "")


def shorthand(kind: type) -> str:
    """Name the key that a single word stands for; empty where there is none."""
    word: str = getattr(kind, "shorthand", "")
    return word


def unpack(hint: Any) -> tuple[Any, tuple[Kind, ...], Doc | None]:
    """Split an annotation into its type, its rules and its documentation."""
    if get_origin(hint) is not Annotated:
        return hint, (), None
    inner, *notes = get_args(hint)
    docs = [note for note in notes if isinstance(note, Doc)]
    return inner, tuple(note for note in notes if isinstance(note, Kind)), docs[0] if docs else None


def optional(kind: Any) -> Any:
    """Return the ``X`` of ``X | None``; None for anything else."""
    if get_origin(kind) not in {Union, UnionType}:
        return None
    return next(part for part in get_args(kind) if part is not NoneType)


def is_mapping(kind: Any) -> bool:
    """Whether ``kind`` is a Mapping with keys of the writer's own."""
    return get_origin(kind) is Mapping
