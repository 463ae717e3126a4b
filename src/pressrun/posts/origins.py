"""Where each field of a post came from: a key and its line, the file's name, or publish.yml.

Nothing of this is kept while posts are read; the one file is sorted once more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pressrun.model import Post
from pressrun.posts import ids, reading
from pressrun.posts.fields import FIELDS, Header, Written, sort
from pressrun.posts.front_matter import read as read_matter
from pressrun.posts.notes import Notes
from pressrun.publication import Publication

_ATTRIBUTES = {"date": "published"}  # where a post calls a field by another name
_LATER = {"date": "publish_date"}  # of two that are there, the later counts
_USUAL = "default"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the writer spelt it, and its line."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Origin:
    """A field with its value, and the keys that gave it; without any, ``otherwise`` says what."""

    field: str
    value: Any
    keys: tuple[Key, ...]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A post, the origin of each field, and the keys that are kept for templates."""

    post: Post
    origins: tuple[Origin, ...]
    unknown: tuple[Key, ...]


def explain(content: bytes, relative: str, publication: Publication) -> Explanation:
    """Read the post at ``relative`` below the posts folder. PostError where it cannot be read."""
    post = reading.read(content, relative, publication)
    header = sort(read_matter(content, post.path).header, Notes(post.path))
    otherwise = _otherwise(post, ids.from_file(relative), publication)
    origins = tuple(
        Origin(
            field,
            getattr(post, _ATTRIBUTES.get(field, field)),
            tuple(_keys(field, header)),
            otherwise.get(field, _USUAL),
        )
        for field in FIELDS
        if field in _ATTRIBUTES or hasattr(post, field)
    )
    unknown = tuple(Key(key, value.key_line) for key, value in header.extra.items())
    return Explanation(post, origins, unknown)


def _keys(field: str, header: Header) -> Iterator[Key]:
    written = header.find(field)
    if written is None:
        return
    yield from (_key(each) for each in (written, *written.also))
    later = header.find(_LATER[field]) if field in _LATER else None
    if later and later is not written:
        yield _key(later)


def _key(written: Written) -> Key:
    return Key(written.key, written.value.key_line)


def _otherwise(post: Post, file: ids.FileName, publication: Publication) -> Mapping[str, str]:
    """Say what each field is taken from when no key gives it."""
    from_section = "the section at the end of the post" if post.related else _USUAL
    language = "the file's name" if file.language else "site.language in publish.yml"
    return {
        "id": "the file's path",
        "slug": "the file's name",
        "date": "the file's name",
        "updated": "the date",
        "url": f"posts.url in publish.yml: {publication.posts.url}",
        "authors": "site.authors in publish.yml",
        "language": language,
        "newsletter": f"email.posts in publish.yml: {publication.email.posts}",
        "related": from_section,
    }
