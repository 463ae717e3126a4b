"""The YAML that nearly all front matter is written in, read by one regular expression.

A key, a colon, and a word, a text in quotes or a list of words: three times as fast as libyaml.
What goes beyond that is left to the real parser, so this reads a part of the language and never
another one: ``read`` gives nothing for a text that holds a single line of any other form.
"""

import re
from typing import NamedTuple

# Controls, and what YAML or editors take for the end of a line.
_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_BEGINS = r"""[^\s!"#%&'*,\-.:<=>?@\[\]`{|}~]"""
# A colon and a number sign mean nothing inside of a word, and single spaces may part words.
_WORDS = rf"{_BEGINS}(?:[^ :#\n]+|(?<=[^ ])#|:(?=[^ \n])| (?=[^ #\n]))*"
_ITEM = rf"{_BEGINS}(?:[^ :#,\[\]{{}}\n]+| (?=[^ :#,\[\]{{}}\n]))*"
_ENTRY = re.compile(
    r"(?P<key>[A-Za-z][\w-]{0,99}):(?:"
    rf" +(?P<words>{_WORDS})"
    r'| +"(?P<double>[^"\\\n]*)"'
    r"| +'(?P<single>[^'\n]*)'"
    rf"| +\[(?P<flow>{_ITEM}(?:, ?{_ITEM})*)\]"
    rf"|(?P<block>\n(?P<indent> *)- {_WORDS}(?:\n(?P=indent)- {_WORDS})*)"
    r") *(?:\n|\Z)",
    re.ASCII,
)


class Entry(NamedTuple):
    """A key with what was written for it; ``quoted`` text is text, whatever it looks like.

    ``items`` is None for a single value; those of a ``block`` stand on a line each below the key.
    """

    key: str
    text: str
    quoted: bool
    items: list[str] | None
    block: bool


def read(text: str) -> list[Entry]:
    """Read the whole of ``text``, an entry after the other; empty unless all of it is simple."""
    if _ODD.search(text):
        return []
    entries = []
    end = 0
    while end < len(text):
        found = _ENTRY.match(text, end)
        if found is None:
            return []
        entries.append(_entry(found))
        end = found.end()
    return entries


def _entry(found: re.Match[str]) -> Entry:
    key, words, double, single, flow, block, _ = found.groups()
    if words is not None:
        return Entry(key, words, False, None, False)
    if flow is not None:
        return Entry(key, "", False, [item.lstrip(" ") for item in flow.split(",")], False)
    if block is not None:
        items = [line.lstrip(" ")[2:] for line in block[1:].split("\n")]
        return Entry(key, "", False, items, True)
    return Entry(key, double if double is not None else single, True, None, False)
