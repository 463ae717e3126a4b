"""Pictures in formats that a mail client of many readers does not show: said, never converted.

The facts are those of https://www.caniemail.com/ (image-svg, image-webp, image-avif).
"""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from markdown_it.token import Token

from pressrun.render.raw import Loss, attributes, opening_tags

RULE = "picture-format"

# Gmail itself converts WebP and AVIF.
_BLIND = {
    ".svg": ("Gmail", "SVG"),
    ".webp": ("Outlook for Windows", "WebP"),
    ".avif": ("Outlook for Windows", "AVIF"),
}


def find(tokens: Sequence[Token]) -> Iterator[Loss]:
    """Yield a loss for each picture that some readers will not see."""
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        here = line
        for part in [token, *(token.children or [])]:
            here += part.type in {"softbreak", "hardbreak"}
            for below, source in _sources(part):
                yield from loss(here + below, source)


def loss(line: int, source: str) -> Iterator[Loss]:
    """Yield a loss if the picture at ``source`` is in such a format."""
    path = PurePosixPath(urlsplit(source).path)
    if blind := _BLIND.get(path.suffix.lower()):
        client, name = blind
        mend = f"Use PNG or JPEG for the post, or for the <img> of a <picture> with {name}."
        yield Loss(line, f"{client} does not show {path.name}, a picture in {name}", mend, RULE)


def _sources(token: Token) -> Iterator[tuple[int, str]]:
    if token.type == "image":
        yield 0, str(token.attrs.get("src", ""))
    elif token.type in {"html_block", "html_inline"} and "<img" in token.content.lower():
        for below, tag in opening_tags(token.content):
            if tag[1].lower() == "img":
                yield below, attributes(tag.group()).get("src", "")
