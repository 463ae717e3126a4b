"""Plain text where RSS says nothing of its kind, and readers guess.

https://www.rssboard.org/rss-profile#data-types-characterdata
"""

import re
from html import escape
from html.entities import name2codepoint

_END_TAG = re.compile(r"</\w+>")
_REFERENCE = re.compile(r"&(#?\w+)")
_IN_BRACKETS = re.compile("<[^>]*>")
_GUESSED = re.compile(r"</\w+>|&#?\w+;")


def looks_like_html(text: str) -> bool:
    """Whether the validator takes the text for HTML."""
    return bool(_END_TAG.search(text)) or any(map(_is_reference, _REFERENCE.findall(text)))


def for_rss(text: str) -> str:
    """Write a text with an end tag or a reference in it as HTML, for which readers take it."""
    return escape(text, quote=False) if _GUESSED.search(text) else text


def without_mailbox(name: str) -> str:
    """Take off what some write behind their name, in the angle brackets of a mail header."""
    return _IN_BRACKETS.sub("", name).strip()


def in_hex(feed: bytes, *names: str) -> bytes:
    """Write & and < in those elements as the RSS Profile wants them: some decode titles twice."""
    texts = re.compile(rf"<(?:{'|'.join(names)})(?: [^<>]*)?>[^<]+".encode())
    return texts.sub(
        lambda text: text.group().replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;"), feed
    )


def _is_reference(name: str) -> bool:
    return name in name2codepoint or name == "apos" or not name.isalpha()
