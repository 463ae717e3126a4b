"""The YAML that nearly all front matter is written in, read by one regular expression.

A key, a colon, and a word, a text in quotes or a list of words: three times as fast as libyaml.
What goes beyond that is left to the real parser, so this reads a part of the language and never
another one: ``read`` gives nothing for a text that holds a single line of any other form.
"""

import re

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


# A key with what was written for it; whether that is quoted, and so text whatever it looks like;
# and None, or the items of a list with True where each stands on a line of its own below the key.
Entry = tuple[str, str, bool, tuple[list[str], bool] | None]


def read(text: str) -> list[Entry]:
    """Read the whole of ``text``, an entry after the other; empty unless all of it is simple."""
    if not (text.isascii() and text.replace("\n", "").isprintable()) and _ODD.search(text):
        return []
    entries: list[Entry] = []
    end = 0
    while end < len(text):
        found = _ENTRY.match(text, end)
        if found is None:
            return []
        end = found.end()
        key, words, double, single, flow, block, _ = found.groups()
        if words is not None:
            entries.append((key, words, False, None))
        elif flow is not None:
            entries.append((key, "", False, (flow.replace(", ", ",").split(","), False)))
        elif block is not None:
            items = [line.lstrip(" ")[2:] for line in block[1:].split("\n")]
            entries.append((key, "", False, (items, True)))
        else:
            entries.append((key, single if double is None else double, True, None))
    return entries
