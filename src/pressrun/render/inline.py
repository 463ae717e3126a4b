"""Rules of a stylesheet become style attributes: the only module that knows premailer.

A template has two sheets. The first is inlined here. The second stands in the document as
``<style data-premailer="ignore">``: media queries, dark mode and fonts, which premailer would drop
or rewrite. What of it an email does not use is taken out, and so are classes that nothing names.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cssselect
import tinycss2
from lxml import etree

from pressrun.errors import PostError, Problem, TemplateError
from pressrun.render.remote_sheets import refuse_rest
from pressrun.render.sheets import Group, Names, Part, Rule, names_in, read
from pressrun.render.tidy import tidy
from pressrun.render.tree import TooDeep, parse, refuse_deep

# Read once, when premailer is imported; at its default of 128 entries the cache of parsed rules
# forgets faster than a sheet of this size is used.
# https://github.com/peterbe/premailer/blob/3.10.0/premailer/cache.py
os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "8192")

import cssutils
from premailer import Premailer

DOCTYPE = "<!DOCTYPE html>"

# Outlook for Windows reads #aabbcc; cssutils would write #abc.
cssutils.ser.prefs.minimizeColorHash = False

_OPTIONS: Mapping[str, Any] = {
    "strip_important": False,
    "disable_validation": True,
    "allow_network": False,
    "align_floating_images": False,
    "cssutils_logging_level": logging.CRITICAL,
    "method": "html",
}

_NEEDLESS_END_TAGS = re.compile("</(?:wbr|source)>")


def inline(
    html: str, css: str, *, template: str, post: str, sheet: str = "", inliner: str = "premailer"
) -> str:
    """Return the document ``html`` with the rules of ``css`` as style attributes.

    ``template``, ``post`` and ``sheet`` are the names of their files, for errors. Raises
    TemplateError where the sheets ask for more from the network, or where the ``inliner`` cannot
    work with them, and PostError for elements that are nested too deep.
    """
    refuse_rest(html, css, template)
    if not html.startswith(DOCTYPE):
        raise TemplateError(_no_doctype(template))
    inlined = _transform(html, css, sheet or template, post, inliner)
    if not inlined.startswith(DOCTYPE):
        raise TemplateError(_no_doctype(template))
    return _NEEDLESS_END_TAGS.sub("", inlined)


def _transform(html: str, css: str, sheet: str, post: str, inliner: str) -> str:
    try:
        return tidy(_INLINERS[inliner](html, css))
    except TemplateError:
        raise
    except TooDeep as error:
        mend = "Nest fewer elements in its HTML."
        raise PostError.of(f"it cannot become an email: {error}.", post, mend) from error
    except Exception as error:  # cssutils, cssselect and lxml each raise families of their own
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise TemplateError(
            Problem(
                f"the styles cannot be inlined into {post}: {reason}.",
                sheet,
                "What old CSS does not know can go to head.css, as can media queries and :hover.",
            )
        ) from error


def _by_premailer(html: str, css: str) -> str:
    page = parse(html)
    own = {element: element.attrib.pop("style") for element in page.xpath("//*[@style]")}
    _Prepared(css, names_in(page)).transform(page)
    for element, style in own.items():
        # premailer would read each anew, and leave a property where a rule has put it first.
        element.set("style", "; ".join(filter(None, [element.get("style"), style])))
    return str(etree.tostring(page.getroottree(), method="html", encoding="unicode"))


def _by_css_inline(html: str, css: str) -> str:
    try:
        from css_inline import CSSInliner
    except ImportError:
        mend = 'Install it: pip install "pressrun[fast]". Or leave "inliner" out.'
        raise TemplateError.of("css-inline is not installed.", "publish.yml", mend) from None
    # What premailer could not work with is refused here too.
    _inlinable(css)
    refuse_deep(html)
    kept = html.replace('<style data-premailer="ignore">', '<style data-css-inline="ignore">')
    inliner = CSSInliner(extra_css=css, load_remote_stylesheets=False, keep_style_tags=True)
    return inliner.inline(kept)


_INLINERS: Mapping[str, Callable[[str, str], str]] = {
    "premailer": _by_premailer,
    "css-inline": _by_css_inline,
}


@dataclass(frozen=True, slots=True)
class _Inlinable:
    """A rule as premailer takes it: its weight but for its place, one selector, declarations."""

    weight: tuple[int, ...]
    selector: str
    block: str
    names: Names


class _Prepared(Premailer):  # type: ignore[misc]  # premailer has no types
    """premailer with the rules of a sheet read once, and tried only where they can match.

    https://github.com/peterbe/premailer/blob/3.10.0/premailer/premailer.py
    """

    def __init__(self, css: str, names: Names) -> None:
        super().__init__(css_text=css, **_OPTIONS)
        self._names = names

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[list[Any], list[Any]]:
        """Give each rule with its weight, and none that would have to stay in a style block."""
        wanted = [
            ((*rule.weight, ruleset_index, number), rule.selector, rule.block)
            for number, rule in enumerate(_inlinable(css_body or ""))
            if self._names.include(rule.names)
        ]
        return wanted, []

    def _style_to_basic_html_attributes(self, *_: object, **__: object) -> None:
        """Leave width, height, align, valign and bgcolor to the author: all that it would set."""


@lru_cache(maxsize=64)
def _inlinable(css: str) -> tuple[_Inlinable, ...]:
    """Read the rules of a sheet. ValueError for what cannot become a style attribute."""
    rules = [each for part in read(css) for each in _split(part)]
    return tuple(rule for rule in rules if rule.block)


def _split(part: Part) -> Iterator[_Inlinable]:
    """Yield a rule for each selector, and one more for what is important."""
    if not isinstance(part, Rule):
        raise ValueError(f"{_beginning(part)} is no rule for elements")  # noqa: TRY004
    declared = tinycss2.parse_declaration_list(part.content, True, True)
    if wrong := [each for each in declared if each.type != "declaration"]:
        raise ValueError(f"{_beginning(part)}: {wrong[0].message}")
    for selector in part.selectors:
        (parsed,) = cssselect.parse(selector.text)
        if ":" in selector.text or parsed.pseudo_element:
            raise ValueError(f"{selector.text} is no element of the document")
        for important in (True, False):
            block = ";".join(_written_out(each) for each in declared if each.important is important)
            weight = (int(important), *parsed.specificity())
            yield _Inlinable(weight, selector.text, block, selector.names)


def _written_out(declaration: Any) -> str:
    value = tinycss2.serialize(declaration.value).strip()
    return f"{declaration.lower_name}:{value}{' !important' if declaration.important else ''}"


def _beginning(part: Part) -> str:
    if isinstance(part, Rule):
        return part.selectors[0].text
    return part.prelude if isinstance(part, Group) else part.partition("{")[0].strip() or "a part"


def _no_doctype(template: str) -> Problem:
    return Problem(
        "the document does not start with the doctype, or loses it.",
        f"{template}:1",
        f"Let its first line be {DOCTYPE}, in these upper-case letters; without it mail clients "
        "fall back to quirks mode.",
    )
