"""The tags whose meaning is certain, by name: a new one is a line in a table.

https://gohugo.io/shortcodes/ and https://quarto.org/docs/extensions/shortcodes.html describe most.
"""

import re
from collections.abc import Callable, Mapping

from markdown_it.token import Token

from pressrun.render.shortcodes.tags import Tag

# What is embedded from elsewhere, and the address that a reader can open.
_EMBEDS: Mapping[str, str] = {
    "instagram": "https://www.instagram.com/p/{}/",
    "streamable": "https://streamable.com/{}",
    "vimeo": "https://vimeo.com/{}",
    "youtube": "https://www.youtube.com/watch?v={}",
    "gist": "https://gist.github.com/{}",
    "media": "{}",
    "video": "{}",
}
_MARKS = frozenset({"pagebreak"})  # mean something on paper alone
_WHOLE = re.compile(r"https?://\S+")
_ID = re.compile(r"[\w-]+(?:/[\w-]+)?")


def is_embed(tag: Tag) -> bool:
    """Whether a link stands for what the tag shows on the site."""
    return tag.name in _EMBEDS


def tokens(tag: Tag) -> list[Token] | None:
    """Give what stands for a tag; None where that is not certain."""
    if tag.comment or (tag.name in _MARKS and not tag.closing):
        return []
    if tag.literal:
        return [text(tag.literal)]
    write = _WRITERS.get(tag.name)
    return write(tag) if write and not tag.closing else None


def text(content: str) -> Token:
    """Make a token of words."""
    return Token("text", "", 0, content=content)


def _embed(tag: Tag) -> list[Token] | None:
    source = tag.get("id", "url", "src")
    if tag.name == "gist" and "/" not in source and len(tag.words) > 1:
        source = "/".join(tag.words[:2])
    whole = _WHOLE.fullmatch(source)
    if not whole and (_EMBEDS[tag.name] == "{}" or not _ID.fullmatch(source)):
        return None
    address = source if whole else _EMBEDS[tag.name].format(source)
    link = _link([text(tag.named.get("title") or address)], address)
    link[0].meta["embed"] = True
    return link


def _figure(tag: Tag) -> list[Token] | None:
    if not (source := tag.named.get("src") or (tag.words[0] if tag.words else "")):
        return None
    caption = tag.named.get("caption", "")
    alt = tag.named.get("alt") or caption
    sizes = {name: tag.named[name] for name in ("width", "height") if name in tag.named}
    picture = Token("image", "img", 0, content=alt, children=[text(alt)])
    picture.attrs = {"src": source, "alt": "", **sizes}
    link = tag.named.get("link")
    shown = _link([picture], link) if link else [picture]
    below = [part for part in (tag.named.get("title"), caption) if part]
    if not below:
        return shown
    return [*shown, Token("hardbreak", "br", 0), text(". ".join(below))]


def _link(inner: list[Token], address: str) -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"href": address})
    return [opening, *inner, Token("link_close", "a", -1)]


_WRITERS: Mapping[str, Callable[[Tag], list[Token] | None]] = {
    **dict.fromkeys(_EMBEDS, _embed),
    "figure": _figure,
}
