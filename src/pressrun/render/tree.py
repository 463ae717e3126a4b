"""HTML as a tree of lxml."""

from typing import Any

from lxml import etree


class TooDeep(ValueError):
    """Elements are nested deeper than the parser goes."""


def parse(html: str) -> Any:
    """Read a document, or a fragment, around which the parser puts one.

    TooDeep where elements are nested deeper than the parser goes, which drops all that follows
    without a word: https://lxml.de/apidoc/lxml.etree.html#lxml.etree.HTMLParser (huge_tree).
    """
    parser = etree.HTMLParser(huge_tree=True)
    page = etree.fromstring(html.strip() or "<p></p>", parser)
    if any("Excessive depth" in error.message for error in parser.error_log):
        raise TooDeep("its elements are nested deeper than 2,048 levels")
    return page
