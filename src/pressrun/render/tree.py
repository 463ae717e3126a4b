"""HTML as a tree of lxml."""

from typing import Any

from lxml import etree


class TooDeep(ValueError):
    """Elements are nested deeper than the parser goes."""


DEEPEST = 2048


def refuse_deep(html: str) -> None:
    """Raise TooDeep where ``parse`` would; what has too few tags for it is not read."""
    if html.count("<") >= 2 * DEEPEST:
        parse(html)


def parse(html: str) -> Any:
    """Read a document, or a fragment, around which the parser puts one.

    TooDeep where elements are nested deeper than the parser goes, which drops all that follows
    without a word: https://lxml.de/apidoc/lxml.etree.html#lxml.etree.HTMLParser (huge_tree).
    """
    parser = etree.HTMLParser(huge_tree=True)
    page = etree.fromstring(html.strip() or "<p></p>", parser)
    if any("Excessive depth" in error.message for error in parser.error_log):
        raise TooDeep(f"its elements are nested deeper than {DEEPEST:,} levels")
    return page
