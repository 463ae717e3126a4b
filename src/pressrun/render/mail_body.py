"""What an email asks of a post's HTML that a page does not.

Outlook for Windows knows no max-width: a picture is as wide as its attribute says.
The input is clean: nh3 has written it, with double quotes around every value.
"""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import unquote

from pressrun.model import Image
from pressrun.render import characters
from pressrun.render.pictures import IMAGE, source_of

WIDTH = 600
PREHEADER_LENGTH = 140

_SIDE = re.compile(r'\s(width|height)="(\d{1,6})"')
_HEADING = re.compile(r"(</?h)([1-6])\b")
_PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)
_VALUES = r'(?:[^>"]|"[^"]*")*'
_PICTURE = re.compile(rf"<picture\b{_VALUES}>(.*?)</picture>", re.DOTALL)
_SOURCES = re.compile(rf"\s*<source\b{_VALUES}>\s*")
_BOX = re.compile(
    r'<div class="mail-scroll"( aria-label="[^"]*")?>\s*<table width="(\d+)"(?: style="([^"]*)")?'
)
_INNER_LINK = re.compile(r'<a\b[^>]*? href="#([^"]*)"')
_WITH_ID = re.compile(rf'<([a-z][a-z0-9]*)\b(?=[^>]*? id="([^"]*)"){_VALUES}>')
_NO_PLACE_WITHIN = frozenset({"a", "br", "dl", "hr", "img", "ol", "table", "ul"})
_NO_PLACE_BESIDE = frozenset({"col", "colgroup", "tbody", "tfoot", "thead", "tr"})
_NO_WORDS = re.compile(r'<sup\b.*?</sup>|<(?:[^>"]|"[^"]*")*>', re.DOTALL)


def for_mail(html: str, width: int = WIDTH) -> str:
    """Shrink pictures to ``width`` pixels, and put headings below the one that is the title.

    A <picture> is its <img> alone, wide tables scroll, links within the post find their way, and no
    empty paragraph leaves a gap.
    """
    plain = _PICTURE.sub(lambda picture: _SOURCES.sub("", picture[1]), html.replace("<p></p>", ""))
    linked = _with_anchors(_BOX.sub(_scrolling, plain))
    return IMAGE.sub(lambda tag: _fit_tag(tag.group(), width), _below_title(linked))


def fit(image: Image, width: int = WIDTH) -> Image:
    """Give a picture the size at which it is shown; its own size may be twice that."""
    if not image.width or image.width <= width:
        return image
    height = round(image.height * width / image.width) if image.height is not None else None
    return replace(image, width=width, height=height)


def opens_with(html: str, url: str) -> bool:
    """Say whether the first picture is the one at ``url``."""
    first = IMAGE.search(html)
    return first is not None and source_of(first.group()) == url


def opening_words(html: str) -> str:
    """Give the beginning of the first paragraph with words, cut at one, without footnote marks."""
    paragraphs = (_words(paragraph[1]) for paragraph in _PARAGRAPH.finditer(html))
    words = next(filter(None, paragraphs), "")
    if len(words) <= PREHEADER_LENGTH:
        return words
    start = words[:PREHEADER_LENGTH]
    # Not every script puts blanks between its words.
    return (start.rpartition(" ")[0] or start).rstrip(" ,.;:-–—") + "…"


def _scrolling(box: re.Match[str]) -> str:
    label, width, own = box.groups(default="")
    style = ";".join(filter(None, (f"min-width:{width}px", own)))
    # Yahoo reads no role but a table's. Outlook for Windows knows no min-width: it squeezes.
    return (
        f'<div class="mail-scroll" role="region"{label} tabindex="0" style="overflow-x:auto">'
        f'<table style="{style}"'
    )


def _words(paragraph: str) -> str:
    return characters.line(unescape(_NO_WORDS.sub("", paragraph)))


def _with_anchors(html: str) -> str:
    """Give each place that a link of this post leads to an empty anchor with a name as well.

    Gmail and Outlook for Windows follow links to names, but not to ids.
    https://www.caniemail.com/features/html-anchor-links/
    """
    wanted = {unquote(unescape(target)) for target in _INNER_LINK.findall(html)}
    if not wanted:
        return html
    return _WITH_ID.sub(lambda tag: _anchored(tag, wanted), html)


def _anchored(tag: re.Match[str], wanted: set[str]) -> str:
    if unescape(tag[2]) not in wanted or tag[1] in _NO_PLACE_BESIDE:
        return tag.group()
    anchor = f'<a name="{tag[2]}"></a>'
    # No link may stand in a link, and no list holds anything but its items.
    before = tag[1] in _NO_PLACE_WITHIN
    return anchor + tag.group() if before else tag.group() + anchor


def _below_title(html: str) -> str:
    if not re.search(r"<h1\b", html):
        return html
    return _HEADING.sub(lambda tag: f"{tag[1]}{min(int(tag[2]) + 1, 6)}", html)


def _fit_tag(tag: str, width: int) -> str:
    sizes = {side: int(size) for side, size in _SIDE.findall(tag)}
    fitted = fit(Image("", width=sizes.get("width"), height=sizes.get("height")), width)
    shown = {"width": fitted.width, "height": fitted.height}
    return _SIDE.sub(lambda side: f' {side[1]}="{shown[side[1]]}"', tag)
