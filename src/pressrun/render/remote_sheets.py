"""No template asks for a stylesheet from elsewhere.

cssutils, which premailer reads with, fetches ``@import`` from the web or from the disk whatever
premailer is told.
"""

import re

from pressrun.errors import Problem, TemplateError

# An escape could spell the word differently, so no at-rule may hold one.
_IMPORT = re.compile(r"@(?:import\b|[\w-]*\\)", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^>]*\brel\s*=\s*[\"']?[^\"'>]*\bstylesheet\b[^>]*>", re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)


def refuse(source: str, place: str) -> None:
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


def refuse_rest(html: str, css: str, template: str) -> None:
    """Catch what no single file shows: an @import that a template puts together."""
    # The words around the styles may speak of it; most pages do not, and that is seen at once.
    styles = _STYLE.findall(html) if _IMPORT.search(html) else ()
    for sheet in (css, *styles):
        if found := _IMPORT.search(sheet):
            raise TemplateError(_remote(template, 1, found.group()))
    if found := _LINK.search(html):
        raise TemplateError(_remote(template, 1, found.group()))
