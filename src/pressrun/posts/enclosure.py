"""``enclosure:`` of a post: an address, or a mapping that says more of an episode."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pressrun.config.words import described, did_you_mean
from pressrun.model import Enclosure, Person
from pressrun.posts import ids, values
from pressrun.posts.notes import Wrong
from pressrun.strict_yaml import Value

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_DURATION = re.compile(r"(?:(?:(\d+):)?([0-5]?\d):)?([0-5]?\d)")
_EPISODE_TYPES = ("full", "trailer", "bonus")


def read(value: Value, page: str) -> Enclosure:
    """Read an enclosure of the post whose address is ``page``; the file is not looked at."""
    if not isinstance(value.data, dict):
        return Enclosure(ids.resolved(values.filled_text(value), page))
    made: dict[str, Any] = {}
    for key, each in value.data.items():
        if key not in _READERS:
            known = did_you_mean(key, _READERS) or f"Known here: {', '.join(_READERS)}."
            raise Wrong(f'has an unknown key "{key}".', known)
        if each.data is not None:
            made |= _named(key, each, page)
    if "url" not in made:
        raise Wrong("needs an address, such as url: talk.mp3.")
    return Enclosure(**made)


def _named(key: str, value: Value, page: str) -> dict[str, Any]:
    field, reader = _READERS[key]
    try:
        return {field: reader(value, page)}
    except Wrong as wrong:
        raise Wrong(f'has a "{key}" that {wrong.what}', wrong.mend) from None


def _text(value: Value, _page: str) -> str:
    return values.filled_text(value)


def _truth(value: Value, _page: str) -> bool:
    return values.truth(value)


def _address(value: Value, page: str) -> str:
    return ids.resolved(values.filled_text(value), page)


def _addresses(value: Value, page: str) -> tuple[str, ...]:
    return tuple(_address(each, page) for each in _listed(value))


def _number(value: Value, _page: str) -> int:
    if type(value.data) is int and value.data > 0:
        return value.data
    raise Wrong(f"must be a whole number above 0, not {described(value.data)}.")


def _media_type(value: Value, _page: str) -> str:
    written = values.filled_text(value).lower()
    if _MEDIA_TYPE.fullmatch(written):
        return written
    raise Wrong(f"must be a media type such as audio/mpeg, not {described(written)}.")


def _duration(value: Value, page: str) -> int:
    """Read seconds, or a text such as 1:02:03."""
    if isinstance(value.data, int):
        return _number(value, page)
    parts = _DURATION.fullmatch(values.text(value))
    seconds = (
        sum(int(part or 0) * unit for part, unit in zip(parts.groups(), (3600, 60, 1), strict=True))
        if parts
        else 0
    )
    if seconds:
        return seconds
    raise Wrong(f"must be seconds, or a time such as 1:02:03, not {described(value.data)}.")


def _episode_type(value: Value, _page: str) -> str:
    word = values.text(value)
    if word in _EPISODE_TYPES:
        return word
    mend = did_you_mean(word, _EPISODE_TYPES)
    raise Wrong(f"must be full, trailer or bonus, not {described(word)}.", mend)


def _people(value: Value, page: str) -> tuple[Person, ...]:
    return tuple(_person(each, page) for each in _listed(value))


def _person(value: Value, page: str) -> Person:
    if not isinstance(value.data, dict):
        return Person(values.filled_text(value))
    written = {key: each for key, each in value.data.items() if each.data is not None}
    if "name" not in written:
        raise Wrong("needs a name.")
    url = _address(written["url"], page) if "url" in written else ""
    role = values.text(written["role"]) if "role" in written else ""
    return Person(values.filled_text(written["name"]), role, url)


def _listed(value: Value) -> list[Value]:
    return value.data if isinstance(value.data, list) else [value]


# By the key that a writer uses: the field that it fills, and who reads it.
_READERS: Mapping[str, tuple[str, Callable[[Value, str], Any]]] = {
    "url": ("url", _address),
    "type": ("type", _media_type),
    "length": ("length", _number),
    "title": ("title", _text),
    "duration": ("duration", _duration),
    "season": ("season", _number),
    "episode": ("episode", _number),
    "episode_type": ("episode_type", _episode_type),
    "explicit": ("explicit", _truth),
    "image": ("image", _address),
    "transcript": ("transcripts", _addresses),
    "people": ("people", _people),
}
