"""JSON Feed 1.1: https://www.jsonfeed.org/version/1.1/."""

import json
from collections.abc import Iterable
from typing import Any

from pressrun.model import Author, Enclosure
from pressrun.render.feeds.channel import Channel, Item


def build(channel: Channel, name: str) -> bytes:
    """Write the feed as it will lie in the file ``name``."""
    feed = _filled(
        version="https://jsonfeed.org/version/1.1",
        title=channel.title,
        home_page_url=channel.url,
        feed_url=channel.folder_url + name,
        description=channel.description,
        language=channel.language,
        authors=_authors(channel.authors),
        hubs=[{"type": "WebSub", "url": hub} for hub in channel.hubs],
    ) | {"items": [_item(item, channel.language) for item in channel.items]}
    return (json.dumps(feed, ensure_ascii=False, indent=2) + "\n").encode()


def _item(item: Item, language: str) -> dict[str, Any]:
    described = _filled(
        id=item.id,
        url=item.url,
        title=item.title,
        summary=item.summary_text,
        image=item.cover.url if item.cover else "",
        date_published=item.published.isoformat(),
        date_modified=item.updated.isoformat(),
        authors=_authors(item.authors),
        tags=list(item.tags),
        language="" if item.language == language else item.language,
        attachments=[_attachment(item.enclosure)] if item.enclosure else [],
    )
    # The content is required, even where it is empty.
    return described | {"content_html": item.content}


def _attachment(file: Enclosure) -> dict[str, Any]:
    return _filled(
        url=file.url,
        mime_type=file.type,
        title=file.title,
        size_in_bytes=file.length,
        duration_in_seconds=file.duration,
    )


def _authors(authors: Iterable[Author]) -> list[dict[str, Any]]:
    return [_filled(name=author.name, url=author.url) for author in authors]


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
