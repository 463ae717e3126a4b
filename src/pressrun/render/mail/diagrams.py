"""Diagrams that a script draws on the page: an email has their source, and a link to the page."""

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from pressrun.render.mail.words import Words
from pressrun.render.raw import Loss

_LANGUAGES = frozenset({"d2", "dot", "graphviz", "mermaid", "plantuml", "puml"})


def link(tokens: Sequence[Token], page: str, words: Words, losses: list[Loss]) -> list[Token]:
    """Put a link below the source of each diagram."""
    kept: list[Token] = []
    for token in tokens:
        kept.append(token)
        if token.type == "fence" and (name := _language(token.info)) in _LANGUAGES:
            kept.append(note(page, words.diagram))
            losses.append(_loss(name, token.map[0] if token.map else 0))
    return kept


def note(page: str, label: str) -> Token:
    """Make a paragraph that leads to the page."""
    content = f'<p><a href="{escape(page)}">{escape(label, quote=False)}</a></p>\n'
    return Token("html_block", "", 0, content=content)


def _language(info: str) -> str:
    return info.strip("{} .").partition(" ")[0].lower()


def _loss(name: str, line: int) -> Loss:
    return Loss(
        line,
        f"no mail client draws {name}, so the diagram is shown as its source, with a link",
        "Put a picture of it in its place.",
    )
