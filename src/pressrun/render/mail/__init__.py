"""A post's tokens, made fit for an inbox: what no mail client runs gives way to what all can show.

It works before HTML and plain text are made of them, so both say the same. Feeds are not touched:
their readers play films and sounds, and their pages run scripts.
"""

from dataclasses import dataclass

from markdown_it.token import Token

from pressrun.model import Post
from pressrun.render.mail import diagrams, embeds, formulas, headings, players, tables
from pressrun.render.mail.words import words_in
from pressrun.render.raw import Loss
from pressrun.render.words import Say


@dataclass(frozen=True, slots=True)
class Adapted:
    """Tokens that a mail client can show, and what was lost on the way."""

    tokens: list[Token]
    losses: list[Loss]


def adapt(tokens: list[Token], post: Post, base: str, say: Say) -> Adapted:
    """Replace in ``tokens`` what only a browser can show.

    ``base`` is the address of the page, and ``say`` translates into the language of the post.
    """
    words = words_in(post.language, say)
    losses: list[Loss] = []
    headings.strip(tokens)
    tokens = embeds.replace(tokens, embeds.Cards(base, words, post.enclosure, losses))
    tokens = diagrams.link(tokens, base, words, losses)
    tokens = formulas.link(tokens, base, words, losses)
    tokens = tables.wrap(tokens, post.title, losses)
    if post.enclosure and not embeds.leads_to(tokens, post.enclosure.url):
        card = players.of_enclosure(post.enclosure, post.title, words)
        tokens = [Token("html_block", "", 0, content=card.html() + "\n"), *tokens]
    return Adapted(tokens, sorted(losses, key=lambda loss: loss.line))
