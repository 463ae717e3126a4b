"""Feeds as lists of feeds show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from pressrun.render import characters


@dataclass(frozen=True, slots=True)
class Format:
    """A format of feeds: its file, what people call it and what servers call it."""

    name: str
    file: str
    label: str
    media_type: str


PODCAST = Format("podcast", "podcast.xml", "Podcast", "application/rss+xml")

# RSS comes first: every reader knows it, and most of them take the first feed that they find.
FORMATS = (
    Format("rss", "feed.xml", "RSS", "application/rss+xml"),
    Format("atom", "atom.xml", "Atom", "application/atom+xml"),
    Format("json", "feed.json", "JSON", "application/feed+json"),
    PODCAST,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One feed as lists of feeds show it.

    ``home`` is the page of the site, ``addresses`` say where the feed is in each of its formats
    (rss, atom, json, podcast). All of them are absolute.
    """

    title: str
    description: str
    language: str
    home: str
    addresses: Mapping[str, str]

    def formats(self) -> list[tuple[Format, str]]:
        """Give each format that there is with its address, the one to take if in doubt first."""
        return [
            (each, self.addresses[each.name]) for each in FORMATS if each.name in self.addresses
        ]


def marked_up(text: str) -> str:
    """Write ``text`` on one line of XML or HTML, in an element or in an attribute."""
    return escape(characters.line(text))
