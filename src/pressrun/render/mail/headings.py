"""Anchors at headings, which a page shows to be copied, are noise in an inbox."""

import re
from collections.abc import Sequence
from itertools import pairwise

from markdown_it.token import Token

from pressrun.render.raw import attributes

_CLASSES = frozenset(
    {"anchor", "anchorjs-link", "header-anchor", "heading-anchor", "headerlink", "permalink"}
)
_SYMBOLS = "#¶§∞🔗\N{VARIATION SELECTOR-16} \t\n"
_ANCHOR = re.compile(r"<a\b[^<>]*>[^<]*</a\s*>", re.IGNORECASE)
_HEADING = re.compile(r"<h([1-6])\b.*?</h\1\s*>", re.DOTALL | re.IGNORECASE)


def strip(tokens: Sequence[Token]) -> None:
    """Take the anchors out of headings, in Markdown and in HTML."""
    for before, token in pairwise(tokens):
        if before.type == "heading_open" and token.children:
            token.children = _trimmed(_stripped(token.children))
    for token in tokens:
        if token.type == "html_block" and "<a" in token.content:
            token.content = _HEADING.sub(_without_anchors, token.content)


def _without_anchors(heading: re.Match[str]) -> str:
    return _ANCHOR.sub(_anchor_or_nothing, heading.group())


def _anchor_or_nothing(anchor: re.Match[str]) -> str:
    opening, _, rest = anchor.group().partition(">")
    words = rest.rpartition("<")[0]
    return "" if _is_permalink(attributes(f"{opening}>"), words) else anchor.group()


def _stripped(children: Sequence[Token]) -> list[Token]:
    kept: list[Token] = []
    at = 0
    while at < len(children):
        end = _end(children, at)
        inner = "".join(part.content for part in children[at + 1 : end - 1])
        if end and _is_permalink(_attributes(children[at]), inner):
            at = end
            continue
        kept.append(children[at])
        at += 1
    return kept


def _trimmed(children: list[Token]) -> list[Token]:
    if children and children[-1].type == "text":
        children[-1].content = children[-1].content.rstrip()
    return children


def _end(children: Sequence[Token], start: int) -> int:
    """Say where the link that starts here is over; 0 where none starts."""
    rest = range(start + 1, len(children))
    if children[start].type == "link_open":
        return next((at + 1 for at in rest if children[at].type == "link_close"), 0)
    if children[start].type == "html_inline" and children[start].content.startswith("<a "):
        return next((at + 1 for at in rest if children[at].content.startswith("</a")), 0)
    return 0


def _attributes(token: Token) -> dict[str, str]:
    if token.type == "html_inline":
        return attributes(token.content)
    return {name: str(value) for name, value in token.attrs.items()}


def _is_permalink(given: dict[str, str], words: str) -> bool:
    """Whether a link leads to its own heading and has no words, only a sign."""
    classed = bool(_CLASSES & {*given.get("class", "").split()})
    return not words.strip(_SYMBOLS) and (classed or given.get("href", "").startswith("#"))
