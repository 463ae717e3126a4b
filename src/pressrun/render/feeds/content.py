"""A post's HTML as feed readers get it: what works on a page of its own, made to work among others.

The feed validator's lists of tags, attributes and styles that readers let through:
https://github.com/w3c/feedvalidator/blob/main/src/feedvalidator/validators.py
"""

import re
from functools import lru_cache
from html import unescape
from urllib.parse import urldefrag

from pressrun.model import Image
from pressrun.render import characters

# The HTML is nh3's: "<" of text is always escaped, and each value stands in double quotes.
_ATTRIBUTE = r' [^\s=">]+="[^"]*"'
_TAG = re.compile(
    rf'<[a-z][a-z0-9]*(?:{_ATTRIBUTE})*?(?: aria-label| style)="[^"]*"(?:{_ATTRIBUTE})*>'
)
_WITHIN = re.compile(r'(<a (?:[^<>]*? )?href=")#p[0-9a-f]{8}-')
_LABEL = re.compile(r' aria-label="[^"]*"')
_OVERRIDE = re.compile(r"(</?)bdo(?=[ >])")
_STYLE = re.compile(r' style="([^"]*)"')
_PICTURES = re.compile(r"<(?:img|source|video)\b[^<>]*")

_COLOUR_WORDS = """aqua auto black blue brown fuchsia gray green lime maroon navy none olive purple
    red silver teal transparent white yellow"""
_COLOURS = frozenset(_COLOUR_WORDS.split())
_DECLARATION = re.compile(
    r"(background(?:-color)?|color|font-style|font-weight|text-align):([^;]*)"
)
_VALUE = re.compile(r"#[0-9a-f]+|[0-9.]+%?|[a-z]+(?:-[a-z]+)?", re.IGNORECASE)


def for_readers(html: str, page: str) -> str:
    """Fit a post's HTML, whose own address is ``page``, for a place among other posts.

    A link within the post leads to the same place on its page: readers and mail programs keep no
    ids, and to the validator it is a relative address.
    """
    html = characters.strip(html)
    if 'href="#p' in html:
        html = _WITHIN.sub(rf"\g<1>{_escaped(urldefrag(page).url)}#", html)
    if "<bdo" in html:
        html = _OVERRIDE.sub(r"\1bdi", html)
    if ' aria-label="' in html or ' style="' in html:
        html = _TAG.sub(_tidied, html)
    # As a reference it is what the writer wrote; as a character it looks like a broken file.
    return html.replace("\N{REPLACEMENT CHARACTER}", "&#xFFFD;")


def shows(html: str, image: Image) -> bool:
    """Whether a picture stands in the HTML, in whatever size."""
    bare = re.split(r"[?#]", image.url, maxsplit=1)[0]
    return any(bare in unescape(tag) for tag in _PICTURES.findall(html))


def _tidied(tag: re.Match[str]) -> str:
    return _STYLE.sub(_kept, _LABEL.sub("", tag.group()))


def _kept(style: re.Match[str]) -> str:
    return style.group() if _are_harmless(style.group(1)) else ""


@lru_cache(maxsize=256)
def _are_harmless(declarations: str) -> bool:
    """Whether readers let each part of a style through."""
    return all(map(_is_harmless, declarations.split(";")))


def _is_harmless(declaration: str) -> bool:
    known = _DECLARATION.fullmatch(declaration)
    if known is None or not _VALUE.fullmatch(known[2]):
        return False
    return not known[1].startswith("background") or known[2].startswith("#") or known[2] in _COLOURS


def _escaped(url: str) -> str:
    return url.replace("\\", "\\\\").replace("&", "&amp;")
