"""Enclosures measured: what a feed must say of a file, checked against the file where it is here.

Nothing is asked of the network. https://www.rssboard.org/rss-profile#element-channel-item-enclosure
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from pressrun.errors import Problem
from pressrun.model import Enclosure, Post
from pressrun.posts.notes import raise_sorted
from pressrun.publication import Publication
from pressrun.render.site_files import file_of

_TYPES: Mapping[str, str] = {
    "aac": "audio/aac",
    "epub": "application/epub+zip",
    "flac": "audio/flac",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "m4a": "audio/x-m4a",
    "m4v": "video/x-m4v",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
    "zip": "application/zip",
}
# Some containers hold either.
_HEARD_OR_SEEN = frozenset({"audio", "video"})


def measured(publication: Publication, posts: Iterable[Post]) -> dict[str, Enclosure]:
    """Give each post's enclosure with type and length, by the post's id.

    PostError with every problem: a wrong length makes players stop early or not start at all.
    """
    found: dict[str, Enclosure] = {}
    problems: list[Problem] = []
    for post in posts:
        if post.enclosure is None:
            continue
        file = file_of(publication, post, post.enclosure.url)
        wrong = list(_problems(post, post.enclosure, file))
        problems += wrong
        if not wrong:
            found[post.id] = _completed(post.enclosure, file)
    raise_sorted(problems)
    return found


def completed(publication: Publication, post: Post) -> Enclosure | None:
    """Give a post's enclosure with what its file tells, if it is here; nothing is judged."""
    if post.enclosure is None:
        return None
    return _completed(post.enclosure, file_of(publication, post, post.enclosure.url))


def _completed(enclosure: Enclosure, file: Path | None) -> Enclosure:
    length = file.stat().st_size if file else enclosure.length
    return replace(enclosure, type=enclosure.type or _usual_type(enclosure.url), length=length)


def _problems(post: Post, enclosure: Enclosure, file: Path | None) -> Iterator[Problem]:
    usual, written = _usual_type(enclosure.url), enclosure.type
    if not usual and not written:
        what, mend = "has a file of an unknown type", "Add type: such as audio/mpeg."
        yield _problem(post, what, mend)
    if usual and written and _family(usual) != _family(written):
        what = f'has the type "{written}", but its name says {usual}'
        yield _problem(post, what, "Write the type that the file has, or leave it out.")
    size = file.stat().st_size if file else enclosure.length
    if size is None:
        what = f"has no length, and {_name(enclosure.url)} is not here to be measured"
        mend = "Add length: with its bytes, as a HEAD request shows them: curl -sIL URL"
        yield _problem(post, what, mend)
    elif size == 0:
        yield _problem(post, "is an empty file", "Put the recording in its place.")
    elif enclosure.length not in {None, size}:
        what = f"has the length {enclosure.length}, but {_name(enclosure.url)} has {size} bytes"
        yield _problem(post, what, "Correct the length, or leave it out.")


def _problem(post: Post, what: str, mend: str) -> Problem:
    return Problem(f'"enclosure" {what}.', post.place("enclosure"), mend)


def _usual_type(url: str) -> str:
    return _TYPES.get(PurePosixPath(_name(url)).suffix.lower().removeprefix("."), "")


def _family(media_type: str) -> frozenset[str]:
    major = media_type.partition("/")[0]
    heard = media_type == "application/ogg" or major in _HEARD_OR_SEEN
    return _HEARD_OR_SEEN if heard else frozenset({major})


def _name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name
