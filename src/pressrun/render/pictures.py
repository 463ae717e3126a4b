"""The pictures of a post as they lie on the disk: how large they are, in pixels and in bytes."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

from pressrun.errors import PostError
from pressrun.model import Body, PictureFile, Post
from pressrun.pixels import size_of
from pressrun.publication import Publication
from pressrun.render.site_files import file_of
from pressrun.slug import slugify

# The HTML is nh3's: each value stands in double quotes.
IMAGE = re.compile(r'<img\b(?:[^>"]|"[^"]*")*>')
_SOURCE = re.compile(r'\ssrc="([^"]*)"')
_SIDE = re.compile(r'\s(?:width|height)="')
MEDIA_TYPES: Mapping[str, str] = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's size in pixels, and its weight in bytes; 0 is unknown."""

    width: int
    height: int
    bytes: int


def measure(publication: Publication, post: Post, body: Body) -> dict[str, Picture]:
    """Measure the pictures of a post and its cover that lie on this disk, by their addresses."""
    tags = [tag for html in (body.html, body.related_html) for tag in IMAGE.findall(html)]
    urls = list(filter(None, map(source_of, tags)))
    if post.cover:
        urls.append(post.cover.url)
    found = ((url, _picture(publication, post, url)) for url in dict.fromkeys(urls))
    return {url: picture for url, picture in found if picture}


def files(
    publication: Publication, posts: Sequence[Post], urls: Iterable[str]
) -> tuple[PictureFile, ...]:
    """Find those of the pictures at ``urls`` that lie on this disk, beside ``posts`` too.

    PostError for one that cannot be read.
    """
    found = []
    for url in urls:
        places = (file_of(publication, post, url) for post in posts)
        if file := next(filter(None, places), None):
            found.append(_file(publication, url, file))
    return tuple(found)


def _file(publication: Publication, url: str, file: Path) -> PictureFile:
    path, suffix = file.relative_to(publication.root).as_posix(), file.suffix.lower()
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PostError.of(f"the picture cannot be read: {error.strerror}.", path) from None
    digest = hashlib.sha256(content).hexdigest()
    readable = slugify(file.stem)[:40].strip("-") or "picture"
    return PictureFile(
        url=url,
        file=file,
        path=path,
        name=f"{readable}-{digest[:16]}{suffix}",
        type=MEDIA_TYPES.get(suffix, ""),
        size=len(content),
        digest=digest,
    )


def with_sizes(post: Post, body: Body, pictures: Mapping[str, Picture]) -> tuple[Post, Body]:
    """Write the size of each picture where the writer has given none."""
    cover = post.cover
    if cover and not (cover.width or cover.height) and (known := pictures.get(cover.url)):
        post = replace(post, cover=replace(cover, width=known.width, height=known.height))
    sized = (_sized(html, pictures) for html in (body.html, body.related_html))
    html, related_html = sized
    return post, replace(body, html=html, related_html=related_html)


def _picture(publication: Publication, post: Post, url: str) -> Picture | None:
    path = file_of(publication, post, url)
    size = size_of(path) if path else None
    return Picture(*size, path.stat().st_size) if path and size else None


def source_of(tag: str) -> str:
    """Give the address of an ``<img>``; empty where it has none."""
    source = _SOURCE.search(tag)
    return unescape(source[1]) if source else ""


def _sized(html: str, pictures: Mapping[str, Picture]) -> str:
    return IMAGE.sub(lambda tag: _with_size(tag.group(), pictures), html)


def _with_size(tag: str, pictures: Mapping[str, Picture]) -> str:
    known = pictures.get(source_of(tag))
    if known is None or _SIDE.search(tag):
        return tag
    return f'{tag[:-1]} width="{known.width}" height="{known.height}">'
