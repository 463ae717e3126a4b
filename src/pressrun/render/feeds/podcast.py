"""The elements of podcasts, which feedgen writes as directories no longer want them.

https://help.apple.com/itc/podcasts_connect/#/itcb54353390
https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md
"""

from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from feedgen.ext.base import BaseEntryExtension, BaseExtension

from pressrun import urls
from pressrun.model import Enclosure, Person
from pressrun.podcast import PARENTS, Podcast
from pressrun.render.feeds.channel import Channel
from pressrun.render.feeds.elements import add

_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_PODCAST = "https://podcastindex.org/namespace/1.0"
_GUIDS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")

_TRANSCRIPT_TYPES = {
    "html": "text/html",
    "json": "application/json",
    "srt": "application/x-subrip",
    "txt": "text/plain",
    "vtt": "text/vtt",
}


def episodes(channel: Channel) -> Channel:
    """Leave out what cannot be played."""
    items = tuple(item for item in channel.items if item.enclosure)
    updated = max((item.updated for item in items), default=channel.updated)
    return replace(channel, items=items, updated=updated)


def guid(feed_url: str) -> str:
    """Make the podcast:guid of a feed: of its address without scheme and trailing slashes."""
    return str(uuid5(_GUIDS, feed_url.partition("://")[2].rstrip("/")))


class OfFeed(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """What directories ask of a podcast as a whole."""

    podcast: Podcast
    feed_url: str

    def extend_ns(self) -> dict[str, str]:
        """Declare both namespaces."""
        return {"itunes": _ITUNES, "podcast": _PODCAST}

    def extend_rss(self, root: Any) -> Any:
        """Add to the channel, before its items."""
        channel, podcast = root[0], self.podcast
        _itunes(channel, "author", podcast.author)
        _itunes(channel, "type", podcast.type)
        _itunes(channel, "explicit", _word(podcast.explicit))
        _itunes(channel, "image", href=urls.absolute(podcast.image, podcast.image) or "")
        owner = _itunes(channel, "owner")
        _itunes(owner, "name", podcast.author)
        _itunes(owner, "email", podcast.email)
        _category(channel, podcast.category)
        _podcast(channel, "guid", podcast.guid or guid(self.feed_url))
        _podcast(channel, "locked", "yes" if podcast.locked else "no", owner=podcast.email)
        return root


class OfEpisode(BaseEntryExtension):  # type: ignore[misc]
    """What directories ask of an episode."""

    enclosure: Enclosure

    def extend_rss(self, item: Any) -> Any:
        """Add to the item."""
        episode = self.enclosure
        for name, number in (
            ("duration", episode.duration),
            ("season", episode.season),
            ("episode", episode.episode),
        ):
            if number:
                _itunes(item, name, str(number))
        if episode.episode_type:
            _itunes(item, "episodeType", episode.episode_type)
        if episode.explicit is not None:
            _itunes(item, "explicit", _word(episode.explicit))
        if episode.image:
            _itunes(item, "image", href=episode.image)
        for url in episode.transcripts:
            _podcast(item, "transcript", url=url, type=_transcript_type(url))
        for person in episode.people:
            _person(item, person)
        return item


def _category(channel: Any, name: str) -> None:
    parent = PARENTS[name]
    outer = _itunes(channel, "category", text=parent or name)
    if parent:
        _itunes(outer, "category", text=name)


def _person(item: Any, person: Person) -> None:
    _podcast(item, "person", person.name, role=person.role.lower(), href=person.url)


def _transcript_type(url: str) -> str:
    suffix = PurePosixPath(urlsplit(url).path).suffix.lower().removeprefix(".")
    return _TRANSCRIPT_TYPES.get(suffix, "text/plain")


def _itunes(parent: Any, name: str, said: str = "", /, **attributes: str) -> Any:
    return add(parent, f"{{{_ITUNES}}}{name}", said, **attributes)


def _podcast(parent: Any, name: str, said: str = "", /, **attributes: str) -> Any:
    return add(parent, f"{{{_PODCAST}}}{name}", said, **attributes)


def _word(truth: bool) -> str:
    return "true" if truth else "false"
