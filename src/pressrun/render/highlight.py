"""Colours for code, as inline styles: feed readers and many mail clients drop classes.

Light colours that keep a contrast of 4.5:1 for every kind of token on our background (a test
computes it). The box brings both its colours along, so a dark reader cannot make it unreadable.
"""

import re
from functools import cache
from typing import ClassVar

from markdown_it.common.utils import escapeHtml
from pygments import highlight as colour
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.style import Style
from pygments.styles.xcode import XcodeStyle
from pygments.token import Generic
from pygments.util import ClassNotFound

INK = "#000000"
PAPER = "#f6f8fa"

_BOX = f"background:{PAPER};color:{INK}"
_NAME = re.compile(r"[A-Za-z0-9_+#][A-Za-z0-9_+#.-]*")


class PressStyle(Style):
    """The style "xcode" on a tinted background, with black left to the box, and with diffs."""

    background_color = PAPER
    styles: ClassVar = {
        **{token: "" if value == INK else value for token, value in XcodeStyle.styles.items()},
        Generic.Deleted: "#C41A16",
        Generic.Emph: "italic",
        Generic.Error: "#C41A16",
        Generic.Heading: "bold",
        Generic.Inserted: "#177500",
        Generic.Prompt: "#5B269A",
        Generic.Strong: "bold",
        Generic.Subheading: "bold",
        Generic.Traceback: "#1C01CE",
    }


def highlight(code: str, language: str, _attributes: str = "") -> str:
    """Give ``code`` as a box of HTML, coloured where Pygments knows ``language``.

    The signature is that of markdown-it's option "highlight".
    """
    found = _NAME.search(language)
    lexer = _lexer(found.group().lower()) if found else None
    if not found or not lexer:
        return f'<pre style="{_BOX}"><code>{escapeHtml(code)}</code></pre>'
    inner = colour(code, lexer, _formatter())
    name = f"language-{found.group().lower()}"
    return f'<pre style="{_BOX}"><code class="{name}">{inner}</code></pre>'


@cache
def _formatter() -> HtmlFormatter[str]:
    return HtmlFormatter(style=PressStyle, noclasses=True, nowrap=True)


@cache
def _lexer(name: str) -> Lexer | None:
    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
