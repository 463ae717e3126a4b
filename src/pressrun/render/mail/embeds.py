"""Embedded pages, films and sounds become cards; posts of social networks stay as quotations."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markdown_it.token import Token

from pressrun import urls
from pressrun.model import Enclosure
from pressrun.render.mail import players, quotations, services
from pressrun.render.mail.card import Card
from pressrun.render.mail.words import Words
from pressrun.render.raw import Loss, attributes

_VALUES = r"""(?:[^<>"']|"[^"]*"|'[^']*')*"""
_OPENING = re.compile(rf"<(iframe|video|audio)\b{_VALUES}>", re.IGNORECASE)
_ELEMENT = re.compile(
    rf"<!--.*?-->|<(iframe|video|audio)\b{_VALUES}>(?:.*?</\1\s*>)?", re.DOTALL | re.IGNORECASE
)
_PLAYER = re.compile(rf"<(video|audio)\b{_VALUES}>", re.IGNORECASE)
_END = re.compile(r"</(?:video|audio)\s*>\Z", re.IGNORECASE)
_BREAKS = frozenset({"softbreak", "hardbreak"})
_SHORTCODE = ["link_open", "text", "link_close"]


@dataclass(frozen=True, slots=True)
class Cards:
    """Makes cards for what is embedded in one post; ``losses`` grows by what became of each."""

    base: str
    words: Words
    enclosure: Enclosure | None
    losses: list[Loss]

    def of_element(self, markup: str, line: int) -> Card | None:
        """Make a card; None where nothing is embedded, or from an address that leads nowhere."""
        opening = _OPENING.match(markup)
        if not opening:
            return None
        name = opening[1].lower()
        found = attributes(opening.group())
        if name == "iframe":
            url = urls.absolute(self.base, found["src"]) if found.get("src") else None
            card = services.card(url, found.get("title", ""), self.words) if url else None
        else:
            card = players.card(markup, name, self.base, self.words, self.enclosure)
        if card:
            self.losses.append(_loss(name, card, line))
        return card

    def of_shortcode(self, children: Sequence[Token]) -> Card | None:
        """Make a card for a site's own tag for an embed; that it is a link has been said."""
        if [child.type for child in children] != _SHORTCODE or "embed" not in children[0].meta:
            return None
        address, label = str(children[0].attrs.get("href", "")), children[1].content
        url = urls.absolute(self.base, address)
        return services.card(url, "" if label == address else label, self.words) if url else None

    def give_up(self, name: str, line: int) -> None:
        """Note that a film or a sound leads nowhere."""
        self.losses.append(
            Loss(
                line,
                f"<{name}> leads nowhere that a reader can go, so no more than words is left",
                "Give it the address of a file, and no empty line before its end tag.",
            )
        )


def replace(tokens: Sequence[Token], cards: Cards) -> list[Token]:
    """Put cards in the place of what is embedded: blocks, or links within a sentence."""
    kept: list[Token] = []
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        if token.type == "html_block":
            quotations.keep(token, line, cards.words, cards.losses)
            token.content = _in_block(token.content, line, cards)
        elif token.type == "inline" and token.children:
            if kept[-1].type == "paragraph_open" and (card := _only(token.children, line, cards)):
                kept[-1] = _block(f"{card.html()}\n", kept[-1])
                continue
            token.children = _in_sentence(token.children, line, cards)
            if kept[-1].type == "paragraph_open" and not token.children:
                kept[-1] = _block("", kept[-1])
                continue
        elif token.type == "paragraph_close" and kept[-1].type == "html_block":
            continue
        kept.append(token)
    return kept


def leads_to(tokens: Sequence[Token], url: str) -> bool:
    """Whether a card leads to ``url``."""
    link = f'<div class="mail-card"><a href="{escape(url)}">'
    return any(token.type == "html_block" and link in token.content for token in tokens)


def _loss(name: str, card: Card, line: int) -> Loss:
    mend = "Look at it in the dry run, or write a link yourself."
    if name == "iframe" and not card.title:
        mend = "Give it a title= that says what the link leads to."
    what = f"<{name}> does not work in emails, so a link to {card.url} stands in its place"
    return Loss(line, what, mend)


def _in_block(html: str, line: int, cards: Cards) -> str:
    def replaced(found: re.Match[str]) -> str:
        markup, at = found.group(), line + html.count("\n", 0, found.start())
        if card := cards.of_element(markup, at):
            # The lines of what follows stay what they were.
            return card.html() + "\n" * markup.count("\n")
        return _fallback(markup, at, cards)

    return _ELEMENT.sub(replaced, html)


def _fallback(markup: str, line: int, cards: Cards) -> str:
    """Give what is left of a film or a sound that leads nowhere; other markup stays."""
    opening = _PLAYER.match(markup)
    if not opening:
        return markup
    cards.give_up(opening[1].lower(), line)
    above = "\n" * opening.group().count("\n")
    content = _END.sub("", markup[opening.end() :])
    return above + _in_block(players.fallback(opening.group(), content), line, cards)


def _only(children: Sequence[Token], line: int, cards: Cards) -> Card | None:
    """Make the card of a paragraph that is nothing else."""
    shown = [child for child in children if child.type not in _BREAKS and child.content != ""]
    if card := cards.of_shortcode(children):
        return card
    if not shown or _end(children, children.index(shown[0])) <= children.index(shown[-1]):
        return None
    return cards.of_element("".join(part.content for part in children), line)


def _in_sentence(children: Sequence[Token], line: int, cards: Cards) -> list[Token]:
    kept: list[Token] = []
    at = 0
    while at < len(children):
        end = max(_end(children, at), at + 1)
        kept += _element(children[at:end], line, cards)
        line += sum(part.type in _BREAKS for part in children[at:end])
        at = end
    return kept


def _element(parts: Sequence[Token], line: int, cards: Cards) -> Sequence[Token]:
    """Give what stands in a sentence for an element, or for any other token."""
    markup = "".join(part.content for part in parts)
    player = _PLAYER.match(markup) if parts[0].type == "html_inline" else None
    if (player or len(parts) > 1) and (card := cards.of_element(markup, line)):
        return card.tokens()
    if not player:
        return parts
    cards.give_up(player[1].lower(), line)
    words = [part for part in parts[1:-1] if not _is_own(part)]
    title = players.title_of(player.group())
    if title and not any(part.content.strip() for part in words):
        return [Token("text", "", 0, content=title), *(part for part in words if part.nesting)]
    return _in_sentence(words, line, cards)


def _is_own(part: Token) -> bool:
    return part.type == "html_inline" and players.is_own(part.content)


def _end(children: Sequence[Token], start: int) -> int:
    """Say where the element that starts here is over; 0 where none starts or it has no end."""
    opening = _OPENING.match(children[start].content)
    if children[start].type != "html_inline" or not opening:
        return 0
    end = f"</{opening[1].lower()}"
    rest = range(start + 1, len(children))
    return next((at + 1 for at in rest if children[at].content.lower().startswith(end)), 0)


def _block(content: str, paragraph: Token) -> Token:
    return Token("html_block", "", 0, content=content, map=paragraph.map, level=paragraph.level)
