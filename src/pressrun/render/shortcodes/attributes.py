"""Attributes in braces behind a picture, a link or a heading, as most generators have them.

Classes and ids mean nothing outside of their site, so they go without a word, where it is clear
that they are none of the text. A picture's size is kept.
"""

from collections.abc import Sequence

from markdown_it.token import Token

from pressrun.render.shortcodes import known
from pressrun.render.shortcodes.tags import Tag

_SIZES = ("width", "height")


def settle(tokens: Sequence[Token], *, heading: bool) -> list[Token]:
    """Take attributes out of the tokens of a paragraph or a ``heading``; others become text."""
    kept: list[Token] = []
    for at, token in enumerate(tokens):
        if token.type != "shortcode" or not token.meta["tag"].attributes:
            kept.append(token)
        elif _belongs(token.meta["tag"], tokens[:at][-1:], heading and at == len(tokens) - 1):
            _apply(token.meta["tag"], kept)
        else:
            kept.append(known.text(token.content))
    return kept


def _belongs(tag: Tag, before: Sequence[Token], closes_heading: bool) -> bool:
    """Whether attributes are meant as such: kramdown's own form, or their place, says so."""
    follows = bool(before) and before[0].type in {"image", "link_close"}
    return tag.raw.startswith("{:") or follows or closes_heading


def _apply(tag: Tag, kept: list[Token]) -> None:
    if not kept:
        return
    last = kept[-1]
    if last.type == "softbreak":
        kept.pop()
    elif last.type == "text":
        last.content = last.content.rstrip()
    elif last.type == "image":
        last.attrs |= {name: size for name in _SIZES if (size := tag.named.get(name, "")).isdigit()}
