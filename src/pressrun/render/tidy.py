"""Take out of an email what nothing in it uses: rules of its style blocks, and classes.

Gmail drops a style block of more than 16 kB and cuts a message near 102 kB. The input is what an
inliner has written: lower case, with quotes around every value.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

from pressrun.render.sheets import Group, Names, Part, Rule, Selector, read, selectors

_ATTRIBUTE = r"[^\s>][^\s=>]*(?:=(?:\"[^\"]*\"|'[^']*'))?"
_NO_CLASS = rf"(?!class[\s=/>]){_ATTRIBUTE}"


def _all(attribute: str, group: str) -> str:
    """Match as many attributes as there are, and give none of them back.

    A possessive quantifier says the same; before 3.11.5 Python got those wrong that backtrack
    within: https://github.com/python/cpython/issues/106052
    """
    return rf"(?=(?P<{group}>(?:\s+{attribute})*))(?P={group})"


# A start tag is read to its end: a value may hold what looks like another one.
_PIECE = re.compile(
    r"<!--(?P<comment>.*?)-->"
    rf"|<style{_all(_ATTRIBUTE, 'given')}\s*>(?P<sheet>.*?)</style>"
    rf"|<(?P<tag>[a-zA-Z][^\s/>]*){_all(_NO_CLASS, 'before')}"
    r"(?P<class>\s+class(?:=(?P<classes>\"[^\"]*\"|'[^']*'))?(?=[\s/>])"
    rf"{_all(_ATTRIBUTE, 'after')})?",
    re.DOTALL,
)
_MEDIA = re.compile(r"\smedia=(?:\"[^\"]*\"|'[^']*')")
_COMMENTED_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style", re.DOTALL | re.IGNORECASE)


def tidy(html: str) -> str:
    """Take out of a document what nothing in it uses."""
    pieces = list(_PIECE.finditer(html))
    classes = {piece: _classes(piece) for piece in pieces if piece["class"]}
    named = frozenset(name for names in classes.values() for name in names)
    names = Names(frozenset(piece["tag"].lower() for piece in pieces if piece["tag"]), named)
    styles = [piece for piece in pieces if piece["sheet"] is not None]
    sheets = {piece: _trimmed(piece["sheet"], names) for piece in styles}
    comments = (piece["comment"] for piece in pieces if piece["comment"])
    used = frozenset[str]().union(
        *(sheet.classes for sheet in sheets.values()), *map(_in_comment, comments)
    )
    kept, at = [], 0
    for piece in pieces:
        if piece in classes:
            new = _tag(piece, [name for name in classes[piece] if name in used])
        elif piece in sheets:
            new = _style(piece, sheets[piece].rules)
        else:
            continue
        kept += [html[at : piece.start()], new]
        at = piece.end()
    return "".join([*kept, html[at:]])


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is left of a sheet, and the classes that it mentions."""

    rules: str
    classes: frozenset[str]


@lru_cache(maxsize=64)
def _trimmed(sheet: str, names: Names) -> _Sheet:
    parts = read(sheet)
    rules = "\n".join(_lines(parts, names))
    classes = _mentioned(each for each in selectors(parts) if names.include(each.names))
    return _Sheet(rules, classes)


def _classes(tag: re.Match[str]) -> list[str]:
    return unescape((tag["classes"] or "")[1:-1]).split()


def _in_comment(comment: str) -> frozenset[str]:
    """Collect the classes that a style block for Outlook mentions."""
    sheets = map(read, _COMMENTED_STYLE.findall(comment))
    return _mentioned(each for sheet in sheets for each in selectors(sheet))


def _mentioned(found: Iterable[Selector]) -> frozenset[str]:
    return frozenset(name for each in found for name in each.classes)


def _tag(piece: re.Match[str], classes: Sequence[str]) -> str:
    named = f' class="{escape(" ".join(classes))}"' if classes else ""
    return f"<{piece['tag']}{piece['before']}{named}{piece['after']}"


def _style(piece: re.Match[str], rules: str) -> str:
    """Write a style block without what only the inliner had to know."""
    media = _MEDIA.search(piece["given"])
    return f"<style{media[0] if media else ''}>\n{rules}\n</style>" if rules else ""


def _lines(parts: Iterable[Part], names: Names) -> Iterator[str]:
    return filter(None, (_kept(part, names) for part in parts))


def _kept(part: Part, names: Names) -> str:
    if isinstance(part, Rule):
        wanted = [each.text for each in part.selectors if names.include(each.names)]
        return f"{', '.join(wanted)} {{{part.block}}}" if wanted else ""
    if isinstance(part, Group):
        inner = list(_lines(part.parts, names))
        return "\n".join([f"{part.prelude} {{", *inner, "}"]) if inner else ""
    return part
