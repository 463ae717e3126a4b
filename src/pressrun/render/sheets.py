"""Stylesheets read once: their rules, and the names that a document needs for each to match."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2

# Mail clients put the message into elements with these.
_CLIENTS_CLASSES = frozenset({"ExternalClass", "ReadMsgBody", "moz-text-html"})
_CONDITIONS = frozenset({"container", "layer", "media", "supports"})

_STRING = re.compile(r"""\[[^\]]*\]|"[^"]*"|'[^']*'""")
_PSEUDO = re.compile(r":[\w-]+(?:\([^)]*\))?")
_CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")
_TAG = re.compile(r"(?<![\w.#-])([a-z][a-z0-9]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Names:
    """Names of elements and of classes: those of a document, or those that a selector needs."""

    tags: frozenset[str]
    classes: frozenset[str]

    def include(self, needed: "Names") -> bool:
        """Whether a document with these names may have what a selector needs."""
        return needed.classes <= self.classes and needed.tags <= self.tags


@dataclass(frozen=True, slots=True)
class Selector:
    """One of the selectors of a rule."""

    text: str
    names: Names


@dataclass(frozen=True, slots=True)
class Rule:
    """Selectors and the text between the braces; ``content`` is the same for tinycss2."""

    selectors: tuple[Selector, ...]
    block: str
    content: Any


@dataclass(frozen=True, slots=True)
class Group:
    """Rules under a condition; ``prelude`` is ``@media (max-width: 599px)`` and the like."""

    prelude: str
    parts: tuple["Part", ...]


# What is neither is kept as it was written: @font-face, @charset, and what no parser can read.
Part = Rule | Group | str


@lru_cache(maxsize=64)
def read(sheet: str) -> tuple[Part, ...]:
    """Read a stylesheet, without its comments."""
    return tuple(map(_part, tinycss2.parse_stylesheet(sheet, True, True)))


def names_in(page: Any) -> Names:
    """Collect the names in a document of lxml."""
    classes = {name for written in page.xpath("//@class") for name in written.split()}
    return Names(frozenset(element.tag for element in page.iter("*")), frozenset(classes))


def classes_in(sheet: str) -> set[str]:
    """Collect the classes that a sheet names."""
    return set(_CLASS.findall(sheet))


def names_of(selector: str) -> Names:
    """Collect the names that a document must have for a selector to match.

    A mail client's own element does not count, nor what a pseudo-class holds.
    """
    plain = _PSEUDO.sub("", _STRING.sub("", selector))
    tags = frozenset(name.lower() for name in _TAG.findall(plain))
    return Names(tags, frozenset(_CLASS.findall(plain)) - _CLIENTS_CLASSES)


def _part(node: Any) -> Part:
    if node.type == "qualified-rule":
        texts = (text.strip() for text in tinycss2.serialize(node.prelude).split(","))
        selectors = tuple(Selector(text, names_of(text)) for text in texts)
        return Rule(selectors, tinycss2.serialize(node.content), node.content)
    if node.type == "at-rule" and node.content and node.lower_at_keyword in _CONDITIONS:
        inner = tinycss2.parse_rule_list(node.content, True, True)
        prelude = f"@{node.at_keyword}{tinycss2.serialize(node.prelude)}".strip()
        return Group(prelude, tuple(map(_part, inner)))
    return "" if node.type == "error" else str(node.serialize())
