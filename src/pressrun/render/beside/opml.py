"""The list of feeds that readers import: OPML 2.0.

https://opml.org/spec2.opml#subscriptionLists
"""

from collections.abc import Iterator, Sequence

from pressrun.render import characters
from pressrun.render.beside.listed import PODCAST, Format, Listed, marked_up


def opml(title: str, feeds: Sequence[Listed]) -> bytes:
    """List ``feeds``, each of them once: who imports the list wants no post in three formats.

    That one is RSS where there is RSS, as OPML's own type="rss" promises. A podcast beside it
    holds other things, for other programs, and so is an outline of its own.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- Written by Pressrun -->",
        '<opml version="2.0">',
        "  <head>",
        f"    <title>{marked_up(title)}</title>",
        "    <docs>https://opml.org/spec2.opml</docs>",
        "  </head>",
        "  <body>",
        *(outline for feed in feeds for outline in _outlines(feed)),
        "  </body>",
        "</opml>",
        "",
    ]
    return "\n".join(lines).encode()


def _outlines(feed: Listed) -> Iterator[str]:
    (first, address), *others = feed.formats()
    yield _outline(feed, first, feed.title, address)
    for other, address in others:
        if other is PODCAST:
            yield _outline(feed, other, f"{feed.title} ({other.label})", address)


def _outline(feed: Listed, written: Format, title: str, address: str) -> str:
    attributes = {
        "type": "rss",
        "text": characters.line(title) or address,
        "title": title,
        "description": feed.description,
        "language": feed.language,
        "version": "RSS2" if written.media_type == PODCAST.media_type else "",
        "xmlUrl": address,
        "htmlUrl": feed.home,
    }
    filled = (
        f'{key}="{marked_up(text)}"' for key, text in attributes.items() if characters.line(text)
    )
    return f"    <outline {' '.join(filled)}/>"
