"""Front matter by our names: which key fills which field, and what is doubtful about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from pressrun.config.words import described
from pressrun.posts.meanings import MEANINGS, Meaning
from pressrun.posts.notes import Notes, Wrong
from pressrun.strict_yaml import Value, plain

# Our field, and the names it may be written under; compared without case, hyphens, underscores.
# Two names of one field must say the same, but for tags, which are put together. A dot leads into
# a mapping. README shows who writes which.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "guid"),
    "uuid": ("uuid",),
    "title": ("title",),
    "subject": ("subject", "email_subject"),
    "date": ("date",),
    "publish_date": ("publishDate", "pubDate", "published", "published_at", "pubDatetime"),
    "updated": (
        "updated",
        "lastmod",
        "modified",
        "last_modified_at",
        "updatedDate",
        "modDatetime",
        "date-modified",
        "last_update",
        "updated_at",
    ),
    "expires": ("expires", "expiryDate", "unpublishDate"),
    "description": ("description", "meta_description"),
    "subtitle": ("subtitle",),
    "summary": ("summary", "excerpt", "custom_excerpt"),
    "preheader": ("preheader",),
    "email_template": ("email_template",),
    "tags": (
        "tags",
        "tag",
        "categories",
        "category",
        "keywords",
        "taxonomies.tags",
        "taxonomies.categories",
    ),
    "authors": (
        "authors",
        "author",
        "taxonomies.authors",
        "extra.author",
        "extra.authors",
        "params.author",
        "params.authors",
    ),
    "cover": (
        "cover",
        "image",
        "cover_image",
        "heroImage",
        "previewimage",
        "feature_image",
        "featured_image",
        "extra.cover",
        "extra.image",
        "extra.cover_image",
        "params.cover",
        "params.image",
    ),
    "cover_alt": ("cover_alt", "image-alt", "heroImageAlt", "feature_image_alt"),
    "images": ("images", "params.images"),
    "enclosure": ("enclosure",),
    "slug": ("slug",),
    "url": ("url", "permalink", "path"),
    "save_as": ("save_as",),
    "language": ("language", "lang"),
    "draft": ("draft", "published", "status", "ignorePost"),
    "unlisted": (
        "unlisted",
        "headless",
        "build.list",
        "build.render",
        "render",
        "permalink",
        "eleventyExcludeFromCollections",
    ),
    "newsletter": ("newsletter",),
    "feed": ("feed",),
    "related": ("related",),
}
# What stands in for a field that is missing. They are fields of their own, since a post may have
# both, with different values.
FALLBACKS: Mapping[str, str] = {
    "id": "uuid",
    "title": "subject",
    "date": "publish_date",
    "description": "subtitle",
    "cover": "images",
    "url": "save_as",
}
_SHORT = 4  # letters: too few to take a changed or missing one for a slip


@lru_cache(maxsize=1024)  # posts have the same few keys
def _folded(key: str) -> str:
    return key.casefold().replace("-", "").replace("_", "")


_FIELD_OF = {_folded(name): field for field, names in FIELDS.items() for name in names}
_MAPPINGS = frozenset(name.partition(".")[0] for name in _FIELD_OF if "." in name)
_ONE = frozenset(("author", "category", "tag"))  # commas in these are part of the name
_MERGED = "tags"
_NOTHING: tuple[Any, ...] = (None, "")


@dataclass(frozen=True, slots=True)
class Written:
    """A field's value, and the key that the writer used for it; ``also`` is what adds to it."""

    key: str
    value: Value
    also: tuple["Written", ...] = ()

    @property
    def listed(self) -> bool:
        """Whether text under this key is a list with commas."""
        return _folded(self.key).rpartition(".")[2] not in _ONE


@dataclass(frozen=True, slots=True)
class Header:
    """Front matter, sorted into fields and what is left over for templates.

    ``known`` is what was written for each field, ``filled`` what it comes to: without what is
    empty, and with what stands in for a missing field.
    """

    known: dict[str, Written] = field(default_factory=dict)
    extra: dict[str, Value] = field(default_factory=dict)
    filled: dict[str, Written] = field(default_factory=dict)

    def find(self, name: str) -> Written | None:
        """Return what was written for a field, or for what stands in for it; None for nothing."""
        return self.filled.get(name)

    @property
    def lines(self) -> dict[str, int]:
        """The line of each field, and of each other key."""
        lines = {key: value.key_line for key, value in self.extra.items()}
        lines |= {name: each.value.key_line for name, each in self.known.items()}
        for name, other in FALLBACKS.items():
            if other in self.known:
                lines.setdefault(name, lines[other])
        return lines


def sort(written: Mapping[str, Value], notes: Notes) -> Header:
    """Sort front matter; note two keys that contradict each other, and misspelt ones."""
    header = Header()
    for key, value in written.items():
        name = _folded(key)
        if not _place(key, name, value, header, notes):
            header.extra[key] = value
            if name in _MAPPINGS and isinstance(value.data, dict):
                _sort_inside(key, value.data, header, notes)
    _withhold(header.known)
    _fill(header)
    for key, meant in _slips(header):
        notes.add(header.extra[key].key_line, f'unknown key "{key}".', f'Did you mean "{meant}"?')
    return header


def _sort_inside(outer: str, written: Mapping[str, Value], header: Header, notes: Notes) -> None:
    """Take fields out of a mapping; it is also kept as a whole for templates."""
    for key, value in written.items():
        _place(f"{outer}.{key}", _folded(f"{outer}.{key}"), value, header, notes)


def _place(key: str, name: str, value: Value, header: Header, notes: Notes) -> bool:
    """Put a value where it belongs; say whether it is a field of ours."""
    if name not in _FIELD_OF:
        return False
    try:
        meaning = _meaning(name, value)
    except Wrong as wrong:
        notes.add(value.key_line, f'"{key}" {wrong.what}', wrong.mend)
        return True
    if meaning:
        _take(header.known, meaning[0], Written(key, meaning[1]), notes)
    return meaning is not None


def _meaning(name: str, value: Value) -> Meaning:
    by_value = MEANINGS.get(name)
    return by_value(value) if by_value else (_FIELD_OF[name], value)


def _take(known: dict[str, Written], name: str, new: Written, notes: Notes) -> None:
    first = known.get(name)
    if first is None or first.value.data in _NOTHING:
        known[name] = new
    elif name == _MERGED:
        known[name] = replace(first, also=(*first.also, new))
    elif new.value.data not in _NOTHING:
        _compare(first, new, notes)


def _compare(first: Written, second: Written, notes: Notes) -> None:
    if _alone(plain(first.value)) != _alone(plain(second.value)):
        what = (
            f'"{second.key}" says {_shown(second.value)}, but "{first.key}" '
            f"on line {first.value.key_line} says {_shown(first.value)}."
        )
        notes.add(second.value.key_line, what, "Keep one of them.")


def _alone(data: Any) -> Any:
    """Take the item out of a list that has only one: it says the same."""
    return data[0] if isinstance(data, list) and len(data) == 1 else data


def _shown(value: Value) -> str:
    if isinstance(value.data, bool):
        meant = described(value.data)
        return meant if value.raw.lower() == meant else f"{value.raw}, which means draft: {meant}"
    data = _alone(plain(value))
    return ", ".join(map(described, data)) if isinstance(data, list) and data else described(data)


def _withhold(known: dict[str, Written]) -> None:
    """Take what no list may show for a draft, whatever ``draft`` says: no mail can be recalled."""
    unlisted, draft = known.get("unlisted"), known.get("draft")
    if unlisted and unlisted.value.data is not False and (not draft or draft.value.data is False):
        known["draft"] = unlisted


def _fill(header: Header) -> None:
    filled = header.filled
    for name, written in header.known.items():
        if written.value.data not in _NOTHING:
            filled[name] = written
    for name, other in FALLBACKS.items():
        if name not in filled and other in filled:
            filled[name] = filled[other]


def _slips(header: Header) -> Iterator[tuple[str, str]]:
    """Yield each unknown key that is one slip of the pen away from a field that is missing.

    Unknown keys are other tools' business, but ``drfat: true`` must not let a draft go out.
    """
    for key in header.extra:
        close = _close(_folded(key))
        if close and (name := next((n for n in close if _open(n, header)), None)):
            yield key, name


def _open(name: str, header: Header) -> bool:
    return _FIELD_OF[_folded(name)] not in header.known


@lru_cache(maxsize=1024)
def _close(word: str) -> tuple[str, ...]:
    """Give the names that are one slip away from ``word``."""
    names = (name for field_names in FIELDS.values() for name in field_names)
    return tuple(name for name in names if _one_slip(word, _folded(name)))


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
