"""What a person sees who opens a feed in a browser: the feed itself, styled by CSS.

CSS, since browsers give up XSLT, and since the feed validator has nothing against it. It can
neither make links nor read HTML that is text: the page about the feeds does more, and is named.
https://www.w3.org/TR/xml-stylesheet/
"""

import re

from pressrun.render import characters
from pressrun.render.beside.listed import marked_up
from pressrun.render.beside.packed import filled
from pressrun.render.beside.words import words_in

_DECLARATION = re.compile(rb"<\?xml\s[^>]*\?>\n?")
_NOT_IN_A_STRING = re.compile(r'["\\\x00-\x1f\x7f<>]')


def stylesheet(language: str, page_url: str) -> bytes:
    """Write feed.css, for RSS and Atom; it names the page about the feeds, in the site's language.

    CSS cannot read what language a feed is in, so the words are put in here.
    """
    words = words_in(language)
    return filled(
        "feed.css",
        notice=_string(words.notice),
        learn_more=_string(f"{words.learn_more} {page_url}"),
    )


def with_stylesheet(feed: bytes, url: str) -> bytes:
    """Name the stylesheet at ``url`` in a feed of RSS or Atom, as the first thing in it."""
    declaration = _DECLARATION.match(feed)
    at = declaration.end() if declaration else 0
    instruction = f'<?xml-stylesheet type="text/css" href="{marked_up(url)}"?>\n'
    return feed[:at] + instruction.encode() + feed[at:]


def _string(text: str) -> str:
    """Write a string of CSS.

    https://www.w3.org/TR/css-syntax-3/#consume-string-token
    """
    escaped = _NOT_IN_A_STRING.sub(lambda found: f"\\{ord(found[0]):x} ", characters.line(text))
    return f'"{escaped}"'
