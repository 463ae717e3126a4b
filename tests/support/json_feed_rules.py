"""What JSON Feed 1.1 asks of a feed: https://www.jsonfeed.org/version/1.1/."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

VERSION = "https://jsonfeed.org/version/1.1"
KNOWN = {
    "feed": """version title home_page_url feed_url description user_comment next_url icon favicon
        authors language expired hubs items""",
    "item": """id url external_url title content_html content_text summary image banner_image
        date_published date_modified authors tags language attachments""",
    "author": "name url avatar",
    "attachment": "url mime_type title size_in_bytes duration_in_seconds",
    "hub": "type url",
}
NEEDED = {
    "feed": "version title items",
    "item": "id",
    "attachment": "url mime_type",
    "hub": "type url",
}
ADDRESSES = {"home_page_url", "feed_url", "next_url", "url", "image", "banner_image", "avatar"}
NUMBERS = {"size_in_bytes", "duration_in_seconds"}


def messages(raw: bytes, at: str = "") -> list[str]:
    """List what is wrong with a feed that lies at the address ``at``."""
    try:
        feed = json.loads(raw.decode())
    except ValueError as error:
        return [f"unreadable: {error}"]
    return list(_feed(feed, at))


def _feed(feed: Any, at: str) -> Iterator[str]:
    yield from _object("feed", feed)
    if feed.get("version") != VERSION:
        yield f"version: {feed.get('version')}"
    if at and feed.get("feed_url") != at:
        yield f"elsewhere: {feed.get('feed_url')}"
    for hub in feed.get("hubs", ()):
        yield from _object("hub", hub)
    items = feed.get("items", ())
    yield from _people(feed)
    for item in items:
        yield from _item(item)
    ids = Counter(str(item.get("id")) for item in items)
    yield from (f"same id: {each}" for each, count in ids.items() if count > 1)


def _item(item: Any) -> Iterator[str]:
    yield from _object("item", item)
    yield from _people(item)
    if "content_html" not in item and "content_text" not in item:
        yield f"no content: {item.get('id')}"
    for name in ("date_published", "date_modified"):
        if name in item and not _is_moment(item[name]):
            yield f"date: {item[name]}"
    if not all(isinstance(tag, str) and tag for tag in item.get("tags", ())):
        yield f"tag: {item['tags']}"
    for attachment in item.get("attachments", ()):
        yield from _object("attachment", attachment)


def _people(holder: Any) -> Iterator[str]:
    for author in holder.get("authors", ()):
        yield from _object("author", author)
        if not author:
            yield "nobody: an author without a name"


def _object(kind: str, written: Any) -> Iterator[str]:
    yield from (f"unknown: {name}" for name in set(written) - set(KNOWN[kind].split()))
    yield from (f"missing: {name}" for name in set(NEEDED.get(kind, "").split()) - set(written))
    for name, value in written.items():
        if name in ADDRESSES and not urlsplit(str(value)).netloc:
            yield f"relative: {value}"
        if name in NUMBERS and not (type(value) is int and value > 0):
            yield f"number: {value}"
        if isinstance(value, str) and not value and name != "content_html":
            yield f"empty: {name}"
        if name not in NUMBERS and not isinstance(value, str | list):
            yield f"kind: {name}"


def _is_moment(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
