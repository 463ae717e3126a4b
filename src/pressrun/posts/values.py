"""From a front-matter value to a field of a post; each reader raises Wrong for what it cannot use.

Text may be written as a number here, other than in publish.yml: posts of other generators have
``title: 1984`` and ``tags: [2026]``, and we read them as they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pressrun.config.words import described, did_you_mean, write_truth
from pressrun.kinds import LANGUAGE
from pressrun.model import Author, RelatedLink
from pressrun.posts.notes import Wrong
from pressrun.strict_yaml import Value

_TEXT = (str, int, float)
_COVER_KEYS = ("url", "src", "path", "image")
_NAME_KEYS = ("literal", "given", "family")  # of Quarto, where a name may have parts
_EMPTY: tuple[object, ...] = (None, "")
_TARGET_KEYS = ("post", "url", "id", "slug", "path")


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover as written: its address may be relative to the post."""

    reference: str
    alt: str = ""
    width: int | None = None
    height: int | None = None


def text(value: Value) -> str:
    """Read one line of text; white space is evened out."""
    if not isinstance(value.data, _TEXT) or isinstance(value.data, bool):
        raise Wrong(f"must be text, not {described(value.data)}.")
    raw = value.raw
    if raw.isprintable() and "  " not in raw:  # but for the space, white space is not printable
        return raw.strip()
    return " ".join(raw.split())


def filled_text(value: Value) -> str:
    """Read one line of text that is not empty."""
    if written := text(value):
        return written
    raise Wrong("is empty.")


def truth(value: Value) -> bool:
    """Read true or false and nothing that looks like it."""
    if isinstance(value.data, bool):
        return value.data
    mend = write_truth(str(value.data)) or "Write true or false, without quotes."
    raise Wrong(f"must be true or false, not {described(value.data)}.", mend)


def language(value: Value) -> str:
    """Read a language tag."""
    tag = text(value).replace("_", "-")
    if wrong := LANGUAGE.wrong(tag):
        raise Wrong(wrong)
    return tag


def tags(value: Value, *, listed: bool = True, spaced: bool = False) -> list[str]:
    """Read a list of tags, or text with commas.

    Text is one tag where it is not ``listed``; spaces part tags only where it is ``spaced``.
    """
    if isinstance(value.data, list):
        found = list(_texts(value.data))
    elif isinstance(value.data, dict):
        raise Wrong("must be a list of words, such as [one, two], not a mapping.")
    else:
        found = _parts(text(value), spaced=spaced) if listed else [text(value)]
    return [tag for each in found if (tag := each.strip())]


def authors(value: Value, *, listed: bool = False) -> tuple[Author, ...]:
    """Read a name, a mapping with a name, or a list of these; commas part what is ``listed``."""
    if isinstance(value.data, list):
        items = value.data
    elif listed and not isinstance(value.data, dict):
        items = [Value(name.strip(), value.line, raw=name) for name in _parts(text(value))]
    else:
        items = [value]
    return tuple(_author(item) for item in items if item.data not in _EMPTY)


def cover(value: Value) -> Cover | None:
    """Read an address, a mapping with one, or the first of a list; None where it is left empty."""
    if isinstance(value.data, list):
        filled = (item for item in value.data if item.data not in _EMPTY)
        first = next(filled, None)
        return cover(first) if first else None
    if value.data is False:
        return None
    if not isinstance(value.data, dict):
        return Cover(filled_text(value))
    written = value.data
    if not any(_optional(written, key) for key in _COVER_KEYS) and set(_COVER_KEYS) & set(written):
        return None
    reference = _first(written, _COVER_KEYS, "an address, such as url: cover.png")
    sizes = [_size(written.get(key)) for key in ("width", "height")]
    return Cover(reference, _optional(written, "alt"), *sizes)


def newsletter(value: Value, known: Iterable[str]) -> bool | str:
    """Read true, false, or the name of a newsletter that publish.yml defines."""
    if isinstance(value.data, bool):
        return value.data
    names = list(known)
    if value.data is None:
        raise Wrong("is empty.", f"Write true, false or one of: {', '.join(names)}.")
    name = text(value)
    if name in names:
        return name
    mend = write_truth(name) or did_you_mean(name, names)
    usual = f"publish.yml has: {', '.join(names)}."
    raise Wrong(f"names {described(name)}, which publish.yml does not define.", mend or usual)


def related(value: Value) -> tuple[RelatedLink, ...]:
    """Read targets: text or mappings, one or a list; ``false`` means none."""
    if value.data is False:
        return ()
    items = value.data if isinstance(value.data, list) else [value]
    return tuple(_link(item) for item in items)


def _author(value: Value) -> Author:
    if not isinstance(value.data, dict):
        return Author(filled_text(value))
    name = _full_name(value.data.get("name")) or _first(value.data, ("name",), "a name")
    return Author(name, _optional(value.data, "email"), _optional(value.data, "url"))


def _full_name(value: Value | None) -> str:
    if value is None or not isinstance(value.data, dict):
        return ""
    literal, *parts = (_optional(value.data, key) for key in _NAME_KEYS)
    return literal or " ".join(filter(None, parts))


def _link(value: Value) -> RelatedLink:
    if not isinstance(value.data, dict):
        return RelatedLink(filled_text(value))
    target = _first(value.data, _TARGET_KEYS, "a target, such as post: its-slug")
    return RelatedLink(target, _optional(value.data, "title"), _optional(value.data, "description"))


def _parts(written: str, *, spaced: bool = False) -> list[str]:
    """Split text at semicolons; else at commas; else, where they count, at spaces."""
    for separator in (";", ","):
        if separator in written:
            return written.split(separator)
    return written.split() if spaced else [written]


def _texts(items: list[Value]) -> Iterator[str]:
    return (text(item) for item in items if item.data is not None)


def _first(written: dict[str, Value], keys: tuple[str, ...], what: str) -> str:
    found = (_optional(written, key) for key in keys)
    if value := next(filter(None, found), ""):
        return value
    raise Wrong(f"needs {what}.")


def _optional(written: dict[str, Value], key: str) -> str:
    value = written.get(key)
    return text(value) if value is not None and value.data is not None else ""


def _size(value: Value | None) -> int | None:
    if value is None or value.data is None:
        return None
    if type(value.data) is int and value.data > 0:
        return value.data
    raise Wrong(f"needs whole numbers of pixels, not {described(value.data)}.")
