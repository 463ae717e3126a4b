"""The files beside the feeds: a list of them for readers, a stylesheet, and a page for people."""

import posixpath
from collections.abc import Iterable, Mapping, Sequence

from pressrun.model import Post
from pressrun.publication import Publication
from pressrun.render import beside, feeds
from pressrun.render.beside import FORMATS, Listed
from pressrun.render.feeds.channel import folder_url, title_of
from pressrun.render.feeds.selection import Feed, select
from pressrun.render.languages import long_date

STYLESHEET, PAGE, OPML = "feed.css", "feeds.html", "feeds.opml"
NEWEST = 10  # posts on the page


def pages(
    publication: Publication, planned: Iterable[Feed], newest: Sequence[Post]
) -> dict[str, bytes]:
    """Make the files that stand beside all feeds; file name -> bytes."""
    site, home = publication.site, folder_url(publication)
    listed = _listed(publication, planned)
    posts = [
        (post.title, post.url, long_date(post.published, site.language)) for post in newest[:NEWEST]
    ]
    return {
        STYLESHEET: beside.stylesheet(site.language, home + PAGE),
        PAGE: beside.page(
            site.title, site.description, site.language, listed, posts, opml_url=home + OPML
        ),
        OPML: beside.opml(site.title, listed),
    }


def styled(path: str, content: bytes) -> bytes:
    """Let the feed at ``path``, below the folder of all feeds, name the stylesheet."""
    if not path.endswith(".xml"):
        return content
    return beside.with_stylesheet(
        content, posixpath.relpath(STYLESHEET, posixpath.dirname(path) or ".")
    )


def snippet(publication: Publication) -> str:
    """Write the lines with which a site's pages point to the feeds of all posts."""
    return beside.snippet(_listed(publication, select(publication, ())))


def _listed(publication: Publication, planned: Iterable[Feed]) -> list[Listed]:
    """List the feeds that people subscribe to; a podcast is one more format of all posts."""
    by_path: dict[str, Listed] = {}
    for feed in planned:
        if not feed.page:
            first = by_path.get(feed.path)
            before = first.addresses if first else {}
            by_path[feed.path] = Listed(
                title=first.title if first else title_of(publication, feed),
                description="" if feed.about else publication.site.description,
                language=feed.language or publication.site.language,
                home=publication.site.url,
                addresses={**before, **_addresses(publication, feed)},
            )
    return list(by_path.values())


def _addresses(publication: Publication, feed: Feed) -> Mapping[str, str]:
    folder, names = folder_url(publication, feed.path), feeds.names(feed)
    return {each.name: folder + each.file for each in FORMATS if each.file in names}
