"""Take out of an email what nothing in it uses: rules of its style blocks, and classes.

Gmail drops a style block of more than 16 kB and cuts a message near 102 kB.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from pressrun.render.sheets import Group, Names, Part, Rule, Selector, read, selectors

_COMMENTED_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style", re.DOTALL | re.IGNORECASE)


def tidy(page: Any, names: Names) -> None:
    """Take out of a document of lxml, which has these names, what nothing in it uses."""
    used: set[str] = set()
    for style in list(page.iter("style")):
        parts = read(style.text or "")
        kept = "\n".join(_lines(parts, names))
        if not kept:
            style.getparent().remove(style)
            continue
        style.attrib.clear()
        style.text = f"\n{kept}\n"
        used |= _mentioned(each for each in selectors(parts) if names.include(each.names))
    for comment in page.iter(etree.Comment):
        for sheet in _COMMENTED_STYLE.findall(comment.text or ""):
            used |= _mentioned(selectors(read(sheet)))
    _leave(page, used)


def _mentioned(found: Iterable[Selector]) -> set[str]:
    return {name for each in found for name in each.classes}


def _leave(page: Any, used: set[str]) -> None:
    for element in page.xpath("//*[@class]"):
        if left := [name for name in element.get("class").split() if name in used]:
            element.set("class", " ".join(left))
        else:
            del element.attrib["class"]


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
