"""Front matter by our names: which key fills which field, and what is doubtful about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pressrun.config.words import described
from pressrun.posts.notes import Notes
from pressrun.strict_yaml import Value, plain

# Our field, and the names it may be written under; compared without case, hyphens, underscores.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "title": ("title",),
    "subject": ("subject",),
    "date": ("date",),
    "updated": ("updated",),
    "description": ("description",),
    "summary": ("summary",),
    "preheader": ("preheader",),
    "tags": ("tags",),
    "authors": ("authors", "author"),
    "cover": ("cover",),
    "enclosure": ("enclosure",),
    "slug": ("slug",),
    "url": ("url",),
    "language": ("language", "lang"),
    "draft": ("draft",),
    "expires": ("expires",),
    "newsletter": ("newsletter",),
    "feed": ("feed",),
    "related": ("related",),
}
_FIELD_OF = {name: field for field, names in FIELDS.items() for name in names}
_SHORT = 4  # letters: too few to take a changed or missing one for a slip


@dataclass(frozen=True, slots=True)
class Written:
    """A field's value, and the key that the writer used for it."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Header:
    """Front matter, sorted into fields and what is left over for templates."""

    known: Mapping[str, Written]
    extra: Mapping[str, Value]

    @property
    def lines(self) -> dict[str, int]:
        """The line of each field, and of each other key."""
        known = {field: each.value.key_line for field, each in self.known.items()}
        return {key: value.key_line for key, value in self.extra.items()} | known


def sort(written: Mapping[str, Value], notes: Notes) -> Header:
    """Sort front matter; note two keys that contradict each other, and misspelt ones."""
    known: dict[str, Written] = {}
    extra: dict[str, Value] = {}
    for key, value in written.items():
        field = _FIELD_OF.get(_folded(key))
        if field is None:
            extra[key] = value
        elif field in known:
            _compare(known[field], Written(key, value), notes)
        else:
            known[field] = Written(key, value)
    header = Header(_withheld(known, extra), extra)
    for key, name in _slips(header):
        notes.add(extra[key].key_line, f'unknown key "{key}".', f'Did you mean "{name}"?')
    return header


def _folded(key: str) -> str:
    return key.casefold().replace("-", "").replace("_", "")


def _compare(first: Written, second: Written, notes: Notes) -> None:
    one, two = plain(first.value), plain(second.value)
    if one != two:
        what = (
            f'"{second.key}" says {described(two)}, but "{first.key}" '
            f"on line {first.value.key_line} says {described(one)}."
        )
        notes.add(second.value.key_line, what, "Keep one of them.")


def _withheld(known: Mapping[str, Written], extra: Mapping[str, Value]) -> Mapping[str, Written]:
    """Take ``published: false``, as other tools write it, for a draft: no mail can be recalled."""
    for key, value in extra.items():
        if value.data is False and _folded(key) == "published":
            draft = Value(True, value.line, value.key_line, "true")
            return {**known, "draft": Written(key, draft)}
    return known


def _slips(header: Header) -> Iterator[tuple[str, str]]:
    """Yield each unknown key that is one slip of the pen away from a field that is missing.

    Unknown keys are other tools' business, but ``drfat: true`` must not let a draft go out.
    """
    missing = [name for name, field in _FIELD_OF.items() if field not in header.known]
    for key in header.extra:
        word = _folded(key)
        close = (name for name in missing if _one_slip(word, name))
        if name := next(close, None):
            yield key, name


def _one_slip(word: str, name: str) -> bool:
    """Whether one letter more, less or other, or two swapped, make ``name`` of ``word``."""
    if len(name) < _SHORT or (len(name) == _SHORT and len(word) <= len(name)):
        return False
    if abs(len(word) - len(name)) > 1 or word == name:
        return False
    start = _common(word, name)
    left, right = word[start:], name[start:]
    end = _common(left[::-1], right[::-1])
    left, right = left[: len(left) - end], right[: len(right) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])  # noqa: PLR2004, a swap


def _common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
