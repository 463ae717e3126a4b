"""Rules of a stylesheet become style attributes: the only module that knows premailer.

A template has two sheets. The first is inlined here. The second stands in the document as
``<style data-premailer="ignore">`` and leaves premailer as it came, without that attribute: media
queries, dark mode and fonts, which premailer would drop or rewrite.
"""

import logging
import os
import re

from pressrun.errors import Problem, TemplateError

# Read once, when premailer is imported; at its default of 128 entries the cache of parsed rules
# forgets faster than a sheet of this size is used.
# https://github.com/peterbe/premailer/blob/3.10.0/premailer/cache.py
os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "8192")

import cssutils
from premailer import Premailer

DOCTYPE = "<!DOCTYPE html>"

# Outlook for Windows reads #aabbcc; cssutils would write #abc.
cssutils.ser.prefs.minimizeColorHash = False

_AUTHORS_ATTRIBUTES = ["width", "height", "align", "valign", "bgcolor"]

# An escape could spell the word differently, so no at-rule may hold one.
_IMPORT = re.compile(r"@(?:import\b|[\w-]*\\)", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^>]*\brel\s*=\s*[\"']?[^\"'>]*\bstylesheet\b[^>]*>", re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)
_NEEDLESS_END_TAGS = re.compile("</(?:wbr|source)>")


def inline(html: str, css: str, *, template: str, post: str) -> str:
    """Return the document ``html`` with the rules of ``css`` as style attributes.

    ``template`` and ``post`` are the names of their files, for errors. Raises TemplateError where
    the sheets ask for more from the network, or where premailer cannot work with them.
    """
    _refuse_rest_of_imports(html, css, template)
    if not html.startswith(DOCTYPE):
        raise TemplateError(_no_doctype(template))
    inlined = _transform(html, css, template, post)
    if not inlined.startswith(DOCTYPE):
        raise TemplateError(_no_doctype(template))
    return _NEEDLESS_END_TAGS.sub("", inlined)


def refuse_remote_sheets(source: str, place: str) -> None:
    """Raise TemplateError, with file and line, where a template's file asks for another sheet.

    cssutils fetches ``@import`` from the web or from the disk whatever premailer is told.
    """
    problems = [
        _remote(place, source.count("\n", 0, match.start()) + 1, match.group())
        for pattern in (_IMPORT, _LINK)
        for match in pattern.finditer(source)
    ]
    TemplateError.raise_if_any(problems)


def _remote(place: str, line: int, words: str) -> Problem:
    return Problem(
        f"{words.split(maxsplit=1)[0]} asks for a stylesheet from elsewhere.",
        f"{place}:{line}",
        "Copy the rules into style.css (inlined) or head.css (kept as it is).",
    )


def _refuse_rest_of_imports(html: str, css: str, template: str) -> None:
    """Catch what no single file shows: an @import that a template puts together."""
    for sheet in (css, *_STYLE.findall(html)):
        if found := _IMPORT.search(sheet):
            raise TemplateError(_remote(template, 1, found.group()))
    if found := _LINK.search(html):
        raise TemplateError(_remote(template, 1, found.group()))


def _transform(html: str, css: str, template: str, post: str) -> str:
    try:
        return str(
            Premailer(
                css_text=css,
                strip_important=False,
                disable_validation=True,
                allow_network=False,
                align_floating_images=False,
                disable_basic_attributes=_AUTHORS_ATTRIBUTES,
                cssutils_logging_level=logging.CRITICAL,
                method="html",
            ).transform(html, pretty_print=False)
        )
    except Exception as error:  # cssutils, cssselect and lxml each raise families of their own
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise TemplateError(
            Problem(
                f"the styles cannot be inlined into {post}: {reason}.",
                template,
                "Look for a selector or a value that old CSS does not know; it can go to head.css.",
            )
        ) from error


def _no_doctype(template: str) -> Problem:
    return Problem(
        "the document does not start with the doctype, or loses it.",
        f"{template}:1",
        f"Let its first line be {DOCTYPE}, in these upper-case letters; without it mail clients "
        "fall back to quirks mode.",
    )
