"""Stylesheets read once: their rules, and the names that a document needs for each to match."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import tinycss2

# Mail clients put the message into elements with these.
_CLIENTS_CLASSES = frozenset({"ExternalClass", "ReadMsgBody", "moz-text-html"})
_CONDITIONS = frozenset({"container", "layer", "media", "supports"})


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
    """One of the selectors of a rule.

    ``names`` are those without which it matches nothing, ``classes`` all that it mentions.
    """

    text: str
    names: Names
    classes: frozenset[str]


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


def selectors(parts: Iterable[Part]) -> Iterator[Selector]:
    """Yield every selector of a sheet."""
    for part in parts:
        if isinstance(part, Rule):
            yield from part.selectors
        elif isinstance(part, Group):
            yield from selectors(part.parts)


def _selector(tokens: Sequence[Any]) -> Selector:
    tags, classes = set[str](), set[str]()
    for before, token in pairwise([None, *tokens]):
        sign = before.value if before and before.type == "literal" else ""
        if token.type == "ident" and sign == ".":
            classes.add(token.value)
        elif token.type == "ident" and sign != ":":
            tags.add(token.lower_value)
    # A mail client's own element does not count, nor what stands in brackets.
    needed = Names(frozenset(tags), frozenset(classes) - _CLIENTS_CLASSES)
    text = tinycss2.serialize(tokens).strip()
    return Selector(text, needed, frozenset(_mentioned(tokens)))


def _mentioned(tokens: Iterable[Any]) -> Iterator[str]:
    """Yield each class that a selector speaks of, in brackets too: :not(.a), [class~="a"]."""
    dot = False
    for token in tokens:
        if token.type == "ident" and dot:
            yield token.value
        elif token.type == "function":
            yield from _mentioned(token.arguments)
        elif token.type == "[] block":
            words = (each.value for each in token.content if each.type in {"string", "ident"})
            yield from (name for word in words for name in word.split())
        dot = token.type == "literal" and token.value == "."


def _parted(tokens: Iterable[Any]) -> list[list[Any]]:
    """Part a list of selectors at its commas; those in brackets belong to their selector."""
    found: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            found.append([])
        elif token.type != "comment":
            found[-1].append(token)
    return found


def _part(node: Any) -> Part:
    if node.type == "qualified-rule":
        found = tuple(map(_selector, _parted(node.prelude)))
        return Rule(found, tinycss2.serialize(node.content), node.content)
    if node.type == "at-rule" and node.content and node.lower_at_keyword in _CONDITIONS:
        inner = tinycss2.parse_rule_list(node.content, True, True)
        prelude = f"@{node.at_keyword}{tinycss2.serialize(node.prelude)}".strip()
        return Group(prelude, tuple(map(_part, inner)))
    return "" if node.type == "error" else str(node.serialize())
