"""Plain text, written from Markdown tokens: what a person would type, and no markup left.

Headings are underlined, code is indented, tables are aligned or written as records, and links are
numbered notes with their addresses at the end. Footnotes carry raised digits, so they cannot be
taken for links.
"""

from collections.abc import Sequence

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from pressrun.render.text.blocks import WIDTH, Blocks
from pressrun.render.text.notes import Notes
from pressrun.render.text.pieces import pieces

__all__ = ["WIDTH", "Notes", "from_html", "write"]


def write(tokens: Sequence[Token], notes: Notes) -> str:
    """Write ``tokens`` in 72 columns where that can be; links are numbered on from ``notes``."""
    lines = Blocks(notes).write(SyntaxTreeNode(tokens).children, WIDTH) if tokens else []
    addresses = notes.take()
    return "\n".join([*lines, *([""] if lines and addresses else []), *addresses])


def from_html(html: str) -> str:
    """Give the words of clean HTML in paragraphs, without links, for summaries."""
    return "\n\n".join(piece.text for piece in pieces(html, None))
