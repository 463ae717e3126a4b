"""Embedded pages, films and sounds become cards; posts of social networks stay as quotations."""

import re
from collections.abc import Callable, Sequence

from markdown_it.token import Token

from pressrun import urls
from pressrun.model import Enclosure
from pressrun.render.mail import players, quotations, services
from pressrun.render.mail.card import Card
from pressrun.render.mail.words import Words
from pressrun.render.raw import Loss, attributes

_VALUES = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""
_ELEMENT = re.compile(
    rf"<!--.*?-->|<(iframe|video|audio)\b{_VALUES}>(?:.*?</\1\s*>)?", re.DOTALL | re.IGNORECASE
)
_OPENING = re.compile(rf"<(iframe|video|audio)\b{_VALUES}>", re.IGNORECASE)
_MEND = "Give it a title= that says what the link leads to."
_MEND_TITLED = "Look at it in the dry run, or write a link yourself."

_Make = Callable[[str, int], Card | None]


def replace(
    tokens: Sequence[Token],
    base: str,
    words: Words,
    enclosure: Enclosure | None,
    losses: list[Loss],
) -> list[Token]:
    """Put cards in the place of what is embedded; ``losses`` grows by what became of each."""

    def make(markup: str, line: int) -> Card | None:
        card = _card(markup, base, words, enclosure)
        if card:
            losses.append(_loss(markup, card, line))
        return card

    kept: list[Token] = []
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        if token.type == "html_block":
            quotations.keep(token, line, words, losses)
            token.content = _in_block(token.content, line, make)
        elif token.type == "inline" and token.children:
            _in_sentence(token, line, make)
            _raise_shortcode(token, base, words)
        kept.append(token)
    return _raised(kept)


def plays(tokens: Sequence[Token], url: str) -> bool:
    """Whether a card leads to ``url`` already."""
    return any(
        token.type == "html_block" and "mail-card" in token.content and url in token.content
        for token in tokens
    )


def _card(markup: str, base: str, words: Words, enclosure: Enclosure | None) -> Card | None:
    opening = _OPENING.match(markup)
    name = opening[1].lower() if opening else ""
    if not opening or name != "iframe":
        return players.card(markup, name, base, words, enclosure)
    found = attributes(opening.group())
    url = urls.absolute(base, found["src"]) if found.get("src") else None
    return services.card(url, found.get("title", ""), words) if url else None


def _loss(markup: str, card: Card, line: int) -> Loss:
    opening = _OPENING.match(markup)
    name = opening[1].lower() if opening else ""
    titled = card.title or name != "iframe"
    what = f"<{name}> does not work in emails, so a link to {card.url} stands in its place"
    return Loss(line, what, _MEND_TITLED if titled else _MEND)


def _in_block(html: str, line: int, make: _Make) -> str:
    def replaced(found: re.Match[str]) -> str:
        if not found[1]:
            return found.group()
        card = make(found.group(), line + html.count("\n", 0, found.start()))
        # The lines of what follows stay what they were.
        return card.html() + "\n" * found.group().count("\n") if card else found.group()

    return _ELEMENT.sub(replaced, html)


def _in_sentence(inline: Token, line: int, make: _Make) -> None:
    """Replace what stands within a paragraph; what has it to itself becomes a block."""
    children = inline.children or []
    kept: list[Token] = []
    at = 0
    while at < len(children):
        line += children[at].type in {"softbreak", "hardbreak"}
        end = _end(children, at)
        card = make("".join(part.content for part in children[at:end]), line) if end else None
        if not card or not end:
            kept.append(children[at])
            at += 1
            continue
        alone = _is_blank(children[:at]) and _is_blank(children[end:])
        kept += [_block(card)] if alone else card.tokens()
        line += sum(part.type in {"softbreak", "hardbreak"} for part in children[at:end])
        at = end
    inline.children = kept


def _end(children: Sequence[Token], start: int) -> int:
    """Say where the element that starts here is over; 0 where none starts or it has no end."""
    opening = _OPENING.match(children[start].content)
    if children[start].type != "html_inline" or not opening:
        return 0
    end = f"</{opening[1].lower()}"
    rest = range(start + 1, len(children))
    return next((at + 1 for at in rest if children[at].content.lower().startswith(end)), 0)


def _is_blank(tokens: Sequence[Token]) -> bool:
    return not any(
        (token.type not in {"softbreak", "hardbreak"} and token.content.strip())
        or token.type == "image"
        for token in tokens
    )


def _raise_shortcode(inline: Token, base: str, words: Words) -> None:
    """Make a card of a site's own tag for an embed that has the paragraph to itself."""
    children = [child for child in inline.children or [] if child.type != "softbreak"]
    if not children or not children[0].meta.get("embed") or children[-1].type != "link_close":
        return
    if sum(child.type == "link_open" for child in children) > 1:
        return
    address = str(children[0].attrs.get("href", ""))
    url = urls.absolute(base, address)
    if url:
        label = children[1].content
        inline.children = [_block(services.card(url, "" if label == address else label, words))]


def _block(card: Card) -> Token:
    return Token("html_block", "", 0, content=card.html() + "\n")


def _raised(tokens: Sequence[Token]) -> list[Token]:
    """Put a card that is all of a paragraph in the place of the paragraph."""
    kept: list[Token] = []
    for token in tokens:
        children = [child for child in token.children or [] if child.type == "html_block"]
        if not children:
            kept.append(token)
            continue
        children[0].map = token.map
        children[0].level = token.level
        kept.append(children[0])
    return _without_frames(kept)


def _without_frames(tokens: Sequence[Token]) -> list[Token]:
    kept: list[Token] = []
    after_card = False
    for token in tokens:
        is_card = token.type == "html_block" and bool(kept) and kept[-1].type == "paragraph_open"
        if is_card:
            kept.pop()
        elif token.type == "paragraph_close" and after_card:
            after_card = False
            continue
        after_card = is_card
        kept.append(token)
    return kept
