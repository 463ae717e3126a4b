"""Diagrams that a script draws on the page: an email has their source, and a link to the page."""

import re
from collections.abc import Sequence
from html import escape, unescape

from markdown_it.token import Token

from pressrun.render.highlight import highlight
from pressrun.render.mail.words import Words
from pressrun.render.raw import Loss

_BLOCK = re.compile(
    r"<(pre|div)\b[^<>]*\bclass=[\"']?[^\"'<>]*\bmermaid\b[^<>]*>(.*?)</\1\s*>",
    re.DOTALL | re.IGNORECASE,
)
_LANGUAGES = frozenset({"d2", "dot", "graphviz", "mermaid", "plantuml", "puml"})


def link(tokens: Sequence[Token], page: str, words: Words, losses: list[Loss]) -> list[Token]:
    """Put a link below the source of each diagram."""
    kept: list[Token] = []
    for token in tokens:
        if token.type == "html_block" and "mermaid" in token.content:
            _link_blocks(token, note(page, words.diagram).content, losses)
        kept.append(token)
        if token.type == "fence" and (name := _language(token.info)) in _LANGUAGES:
            kept.append(note(page, words.diagram))
            losses.append(_loss(name, token.map[0] if token.map else 0))
    return kept


def note(page: str, label: str) -> Token:
    """Make a line that leads to the page; no paragraph, for those are the post's own words."""
    link = f'<a href="{escape(page)}">{escape(label, quote=False)}</a>'
    content = f'<div class="mail-note">{link}</div>\n'
    return Token("html_block", "", 0, content=content)


def _link_blocks(token: Token, below: str, losses: list[Loss]) -> None:
    """Show the source of diagrams in HTML as it was written, with a link below each."""
    line = token.map[0] if token.map else 0

    def sourced(found: re.Match[str]) -> str:
        losses.append(_loss("mermaid", line + token.content.count("\n", 0, found.start())))
        return highlight(unescape(found[2]).strip("\n") + "\n", "mermaid") + below

    token.content = _BLOCK.sub(sourced, token.content)


def _language(info: str) -> str:
    return info.strip("{} .").partition(" ")[0].lower()


def _loss(name: str, line: int) -> Loss:
    return Loss(
        line,
        f"no mail client draws {name}, so the diagram is shown as its source, with a link",
        "Put a picture of it in its place.",
    )
