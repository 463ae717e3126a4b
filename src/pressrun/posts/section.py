"""A hand-written "Related posts" section: taken off the end of a body, and its links read."""

import re
from dataclasses import dataclass

from pressrun.model import RelatedLink

_TITLE = r"(?:related(?: (?:posts?|reading|articles?))?|read next|see also|further reading)[ \t]*:?"
# A heading with number signs, perhaps a {#name} after it, or a line of its own that is underlined.
_HEADING = re.compile(
    rf"^ {{0,3}}(?:\#{{1,6}}[ \t]+{_TITLE}(?:[ \t]+(?:\#+|\{{[^{{}}\n]*\}}))?[ \t]*"
    rf"|(?<!\S\n){_TITLE}[ \t]*\n {{0,3}}(?:=+|-+)[ \t]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_TELLTALES = ("related", "read next", "see also", "further reading")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})")
_DEFINITIONS = re.compile(r"^ {0,3}\[[^\]\n]+\]:", re.MULTILINE)  # of footnotes and links
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_ITEM = re.compile(r"^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]+", re.MULTILINE)
_CONTINUED = re.compile(r"\n(?!\n)[ \t]+(?=\S)")
_LINK = re.compile(
    r"\[(?P<title>(?:[^\[\]\\]|\\.)+)\]"
    r"\([ \t]*(?:<(?P<angled>[^<>\n]+)>|(?P<bare>[^\s()]+(?:\([^\s()]*\)[^\s()]*)*))"
    r"(?:[ \t]+(?:\"[^\"]*\"|'[^']*'))?[ \t]*\)"
    r"|<(?P<auto>https?://[^<>\s]+)>"
)
_JOINT = re.compile(r"^\s*(?:[-–—:]+\s+|:\s*)")
_MARKS = re.compile(r"[*`]+(?=\S)|(?<=\S)[*`]+|(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)|\\(?=[^\w\s])")


@dataclass(frozen=True, slots=True)
class Section:
    """A body without its related section, the section as Markdown, and its links."""

    body: str
    markdown: str = ""
    links: tuple[RelatedLink, ...] = ()


def split(body: str) -> Section:
    """Take a related section off the end of ``body``; a rule above it goes with it.

    Definitions of footnotes and links may follow, and stay. So do blank lines in the section's
    place, so that every line keeps its number.
    """
    lower = body.lower()
    if not any(words in lower for words in _TELLTALES):  # nearly all posts, five times faster
        return Section(body)
    *_, heading = (None, *_HEADING.finditer(body))
    if heading is None or len(_FENCE.findall(body, 0, heading.start())) % 2:
        return Section(body)
    definitions = _DEFINITIONS.search(body, heading.end())
    end = definitions.start() if definitions else len(body)
    links = _links(body[heading.end() : end])
    return _cut(body, heading.start(), end, links) if links else Section(body)


def _cut(body: str, start: int, end: int, links: tuple[RelatedLink, ...]) -> Section:
    before = body[:start].rstrip()
    above, _, last = before.rpartition("\n")
    if _RULE.fullmatch(last) and not above.rpartition("\n")[2].strip():
        start, before = len(before) - len(last), above.rstrip()
    section, rest = body[start:end], body[end:]
    blank = "\n" * body.count("\n", len(before), end) if rest else "\n"
    return Section(before + blank + rest, section.strip() + "\n", links)


def _links(text: str) -> tuple[RelatedLink, ...]:
    """Read a list in which each item holds a link; empty for any other text."""
    before, *items = _ITEM.split(_CONTINUED.sub(" ", text))
    found = [_LINK.search(item) for item in items]
    if before.strip() or any("\n" in item.strip() for item in items):
        return ()
    read = [_link(link, item) for link, item in zip(found, items, strict=True) if link]
    return tuple(read) if len(read) == len(items) else ()


def _link(link: re.Match[str], item: str) -> RelatedLink:
    target = link["angled"] or link["bare"] or link["auto"]
    after = item[link.end() :]
    joint = _JOINT.match(after)
    description = after[joint.end() :] if joint else ""
    return RelatedLink(target, _plain(link["title"] or ""), _plain(description))


def _plain(markdown: str) -> str:
    """Leave out the marks of emphasis and code, and evened-out white space."""
    return " ".join(_MARKS.sub("", _LINK.sub(lambda link: link["title"] or "", markdown)).split())
