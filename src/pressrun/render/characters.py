"""Characters that no feed may hold.

XML 1.0 forbids most control characters, surrogates, U+FFFE and U+FFFF; it discourages the C1
controls and other noncharacters, and the feed validator warns of them. To it and to HTML NEL, which
XML does not mind, is a control character too.
https://www.w3.org/TR/xml/#charsets https://html.spec.whatwg.org/multipage/parsing.html#parse-errors
"""

import re

_ASTRAL = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
)
_FORBIDDEN = re.compile(
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff{_ASTRAL}]"
)
_CONTROLS = bytes(code for code in range(0x80) if _FORBIDDEN.match(chr(code)))


def strip(text: str) -> str:
    """Drop every character that XML forbids or discourages."""
    return text if _is_clean(text) else _FORBIDDEN.sub("", text)


def readable(text: str) -> str:
    """Drop what ``strip`` does, and the sign that stands for broken text."""
    return strip(text).replace("\N{REPLACEMENT CHARACTER}", "")


def line(text: str) -> str:
    """Write readable text on one line."""
    return " ".join(readable(text).split())


def forbidden_lines(text: str) -> list[int]:
    """List the lines, counted from 0, that hold such a character."""
    if _is_clean(text):
        return []
    return [at for at, line in enumerate(text.split("\n")) if _FORBIDDEN.search(line)]


def _is_clean(text: str) -> bool:
    """Whether nothing needs to be dropped; it may say no of text where nothing does.

    Nearly all text is clean, and this way it is seen ten times as fast.
    """
    if text.isascii():
        return len(text.encode().translate(None, _CONTROLS)) == len(text)
    return text.replace("\n", "").isprintable()
