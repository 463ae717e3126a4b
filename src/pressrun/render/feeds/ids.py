"""Ids that outlive a post's date, title and address.

Tag URIs: https://www.rfc-editor.org/rfc/rfc4151
"""

import re
from urllib.parse import quote, unquote

from pressrun.publication import Feeds

# An id that is a URI already, as other tools wrote it into their feeds: with a scheme that feed
# readers and the validator know, and by its rules. A host is in lower case, as it is compared.
_REST = r"[A-Za-z0-9/?:@!$&'()*+,;=._~%#-]"
_UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_URI = re.compile(
    rf"https?://[a-z0-9.-]+(?::[0-9]+)?/{_REST}*"
    r"|tag:(?:[a-z0-9._-]+@)?[a-z0-9.-]+,[0-9]{4}(?:-[0-9]{2}){0,2}:"
    rf"{_REST}*"
    rf"|urn:uuid:{_UUID}"
    r"|urn:(?!uuid:)[a-z0-9][a-z0-9-]{1,31}:(?:[A-Za-z0-9()+,.:=@;$_!*'-]|%[0-9A-Fa-f]{2})+"
)


def of_post(feeds: Feeds, post_id: str) -> str:
    """Give a post's feed id: its own where that is a URI, else a tag URI with it."""
    return post_id if _URI.fullmatch(post_id) else _tag(feeds, post_id)


def post_of(feeds: Feeds, feed_id: str) -> str:
    """Tell the id of the post that ``of_post`` gave this id; empty where the authority differs."""
    prefix = _tag(feeds, "")
    if feed_id.startswith(prefix):
        return unquote(feed_id.removeprefix(prefix))
    return "" if feed_id.startswith("tag:") else feed_id


def of_feed(feeds: Feeds, publication_id: str, about: str = "", page: int = 0) -> str:
    """Give the id of the feed itself, of one ``about`` a part of the posts, of an archive page."""
    parts = ["feed", publication_id, about, f"archive-{page}" if page else ""]
    return _tag(feeds, ":".join(filter(None, parts)))


def _tag(feeds: Feeds, specific: str) -> str:
    encoded = quote(specific, safe="/?:@!$&'()*+,;=-._~", errors="replace")
    return f"tag:{feeds.authority},{feeds.authority_date.isoformat()}:{encoded}"
