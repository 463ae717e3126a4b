"""What the rules look at: the words, links and pictures of a message, and where they were written.

Rules judge what readers get, the HTML; a finding names the line of the Markdown that made it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from lxml import etree

from pressrun.model import Body, Message, Post
from pressrun.publication import Email
from pressrun.render.pictures import Picture
from pressrun.render.tree import parse

_CODE = frozenset({"code", "kbd", "pre", "samp"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ADDRESSES = frozenset({"action", "background", "cite", "href", "poster", "src"})

_FENCED = re.compile(
    r"^(?P<quote>[ >]*)(?:[-*+] +|\d+[.)] +)?(?P<fence>`{3,}|~{3,})[^\n]*\n"
    r".*?(?:^[ >]*(?P=fence)[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Link:
    """A link and its name: its label, or its words with the alternatives of its pictures."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, by its level from 1 to 6."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Markup:
    """What a piece of HTML holds; ``prose`` is its ``words`` outside of code."""

    words: str
    prose: str
    links: tuple[Link, ...]
    images: tuple[Mapping[str, str], ...]
    addresses: tuple[str, ...]
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a rule may ask about: ``content`` is the post's, ``document`` the whole message.

    ``source`` is the Markdown with code and comments blanked out, line for line; ``address`` is
    the publication's postal one, empty where the provider knows it; ``clients`` are families of
    mail clients that count. ``pictures`` are those whose files are here, by their addresses.
    """

    post: Post
    message: Message
    content: Markup
    document: Markup
    source: str
    address: str = ""
    clients: tuple[str, ...] = ()
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    def lines(self, *patterns: str) -> list[int]:
        """Give the lines of the post's file that match the first pattern which matches any."""
        numbered = [*enumerate(self.source.split("\n"), self.post.body_line)]
        for pattern in patterns:
            if found := [number for number, text in numbered if re.search(pattern, text)]:
                return found
        return []

    def line(self, *patterns: str) -> int:
        """Give the first of ``lines``, or the one on which the body begins."""
        return next(iter(self.lines(*patterns)), self.post.body_line)

    def line_of(self, url: str) -> int:
        """Give the line on which an address is written: in full, as its path, or its last part."""
        path = urlsplit(url).path
        last = path.rstrip("/").rpartition("/")[2]
        spellings = dict.fromkeys((url, path, unquote(path), last, unquote(last)))
        return self.line(*(re.escape(each) for each in spellings if len(each) > 1))


def facts_of(
    post: Post, body: Body, message: Message, email: Email, pictures: Mapping[str, Picture]
) -> Facts:
    """Read the HTML of body and message once for all rules."""
    return Facts(
        post=post,
        message=message,
        content=read(body.html),
        document=read(message.html),
        source=_without_code(post.body),
        address=email.postal_address,
        clients=email.clients,
        pictures=pictures,
    )


def of_content(post: Post, message: Message) -> Facts:
    """Read what a message shows of its post, and leave the template's own parts aside."""
    empty = read("")
    return Facts(post, message, read(message.fragment), empty, _without_code(post.body))


def read(html: str) -> Markup:
    """Collect words, links, pictures and addresses."""
    reader = _Reader()
    for event, element in etree.iterwalk(parse(html), ("start", "end", "comment")):
        if event == "start":
            reader.start(element.tag, element.attrib)
            reader.data(element.text)
            continue
        if event == "end":
            reader.end(element.tag)
        reader.data(element.tail)
    return Markup(
        "".join(reader.words),
        "".join(reader.prose),
        tuple(Link(url, " ".join("".join(name).split())) for url, name in reader.links),
        tuple(reader.images),
        tuple(reader.addresses),
        tuple(Heading(level, " ".join("".join(text).split())) for level, text in reader.headings),
    )


def _without_code(markdown: str) -> str:
    for pattern in (_COMMENT, _FENCED, _SPAN):
        markdown = pattern.sub(lambda match: "\n" * match.group().count("\n"), markdown)
    return markdown


def _candidates(srcset: str) -> list[str]:
    """Give the addresses of a srcset, each of which a width or a density may follow."""
    return [words[0] for each in srcset.split(", ") if (words := each.split())]


class _Reader:
    def __init__(self) -> None:
        self.words: list[str] = []
        self.prose: list[str] = []
        self.links: list[tuple[str, list[str]]] = []
        self.images: list[Mapping[str, str]] = []
        self.addresses: list[str] = []
        self.headings: list[tuple[int, list[str]]] = []
        self._in_link = False
        self._in_heading = False
        self._codes = 0

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        self._codes += tag in _CODE
        self._apart()
        self.addresses += [value for name, value in given.items() if name in _ADDRESSES]
        self.addresses += _candidates(given.get("srcset", ""))
        if tag == "img":
            self.images.append(dict(given))
            self._name(given.get("alt", ""))
        elif tag in _HEADINGS:
            self.headings.append((int(tag[1]), []))
            self._in_heading = True
        elif tag == "a" and "href" in given:
            label = given.get("aria-label", "")
            self.links.append((given["href"], [label]))
            self._in_link = not label

    def end(self, tag: str) -> None:
        self._codes -= tag in _CODE
        self._in_link = self._in_link and tag != "a"
        self._in_heading = self._in_heading and tag not in _HEADINGS
        self._apart()

    def data(self, text: str | None) -> None:
        if not text:
            return
        self.words.append(text)
        if not self._codes:
            self.prose.append(text)
        self._name(text)
        if self._in_heading:
            self.headings[-1][1].append(text)

    def _name(self, words: str) -> None:
        if self._in_link:
            self.links[-1][1].append(words)

    def _apart(self) -> None:
        """Keep the words of neighbouring elements apart."""
        self.words.append(" ")
        self.prose.append(" ")
