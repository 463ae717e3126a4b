"""What the rules look at: the words, links and pictures of a message, and where they were written.

Rules judge what readers get, the HTML; a finding names the line of the Markdown that made it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, Protocol
from urllib.parse import unquote, urldefrag, urlsplit

from lxml import etree

from pressrun import urls
from pressrun.model import Body, Message, Post
from pressrun.publication import Email
from pressrun.render.pictures import Picture
from pressrun.render.tree import parse

_CODE = ("code", "kbd", "pre", "samp")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

_XPath = partial(etree.XPath, smart_strings=False)
_WORDS = _XPath("//text()")
_WORDS_WITHIN = _XPath(".//text()")
_PROSE = _XPath(f"//text()[not({' or '.join(f'ancestor::{each}' for each in _CODE)})]")
_SHOWN = _XPath(".//text() | .//img/@alt")
_LINKS = _XPath("//a[@href]")
_TARGETS = _XPath("//a/@href")
_ADDRESSES = _XPath("//@action | //@background | //@cite | //@href | //@poster | //@src")
_SRCSETS = _XPath("//@srcset")

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
class Document:
    """What a whole message holds: ``page`` is its tree, ``targets`` are those of its links."""

    page: Any
    words: str
    addresses: tuple[str, ...]
    targets: frozenset[str]


class Carrier(Protocol):
    """The provider that is to carry a message, as far as rules ask about it."""

    name: ClassVar[str]

    def lacking(self, message: Message) -> tuple[str, ...]:
        """Name the placeholders of the message for which it has no tag."""
        ...

    def localise(self, message: Message) -> Message:
        """Give the message as it gets it."""
        ...

    def escape_text(self, text: str) -> str:
        """Make its own syntax in text harmless."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a rule may ask about: ``content`` is the post's, ``document`` the whole message.

    ``source`` is the Markdown with code and comments blanked out, line for line; ``address`` is
    the publication's postal one, empty where the provider knows it; ``clients`` are families of
    mail clients that count. ``pictures`` are those whose files are here, by their addresses.
    ``tag_lines`` are those of which rendering has told that a generator's tag is in them.
    ``carrier`` is None where nobody asks what becomes of the message at a provider.
    """

    post: Post
    message: Message
    content: Markup
    document: Document
    source: str
    address: str = ""
    clients: tuple[str, ...] = ()
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    tag_lines: frozenset[int] = frozenset()
    carrier: Carrier | None = None

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
        """Give the line on which an address is written: in full, as its path, or its last part.

        That of the cover is in the front matter, unless the body shows it too.
        """
        cover = self.post.cover
        is_cover = cover and url in {cover.url, urldefrag(cover.url).url}
        if is_cover and url not in self.content.addresses:
            return self.post.lines.get("cover", 1)
        path = urlsplit(url).path
        last = path.rstrip("/").rpartition("/")[2]
        spellings = dict.fromkeys((url, path, unquote(path), last, unquote(last)))
        return self.line(*(re.escape(each) for each in spellings if len(each) > 1))


def facts_of(
    post: Post,
    body: Body,
    message: Message,
    email: Email,
    *,
    pictures: Mapping[str, Picture],
    carrier: Carrier | None,
) -> Facts:
    """Read the HTML of body and message once for all rules."""
    return Facts(
        post=post,
        message=message,
        content=read(body.html),
        document=_document(message.html),
        source=_without_code(post.body),
        address=email.postal_address,
        clients=email.clients,
        pictures=pictures,
        tag_lines=frozenset(each.line for each in body.findings if each.rule == "template-tag"),
        carrier=carrier,
    )


def of_content(post: Post, message: Message) -> Facts:
    """Read what a message shows of its post, and leave the template's own parts aside."""
    return Facts(post, message, read(message.fragment), _document(""), _without_code(post.body))


def read(html: str) -> Markup:
    """Collect words, links, pictures and addresses."""
    page = parse(html)
    # Blanks keep the words of neighbouring elements apart.
    words = " ".join(_WORDS(page))
    return Markup(
        words=words,
        prose=" ".join(_PROSE(page)) if next(page.iter(*_CODE), None) is not None else words,
        links=tuple(Link(link.get("href"), _name(link)) for link in _LINKS(page)),
        images=tuple(dict(image.attrib) for image in page.iter("img")),
        addresses=_addresses(page),
        headings=tuple(Heading(int(each.tag[1]), _text(each)) for each in page.iter(*_HEADINGS)),
    )


def _document(html: str) -> Document:
    page = parse(html)
    return Document(page, " ".join(_WORDS(page)), _addresses(page), frozenset(_TARGETS(page)))


def _addresses(page: Any) -> tuple[str, ...]:
    sets = (url for srcset in _SRCSETS(page) for url, _ in urls.candidates(srcset))
    return (*_ADDRESSES(page), *sets)


def _name(link: Any) -> str:
    words = link.get("aria-label") or (link.text if not len(link) else "".join(_SHOWN(link)))
    return " ".join((words or "").split())


def _text(element: Any) -> str:
    return " ".join("".join(_WORDS_WITHIN(element)).split())


def _without_code(markdown: str) -> str:
    for pattern in (_COMMENT, _FENCED, _SPAN):
        markdown = pattern.sub(lambda match: "\n" * match.group().count("\n"), markdown)
    return markdown
