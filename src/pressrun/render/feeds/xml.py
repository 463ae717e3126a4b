"""RSS 2.0 and Atom through feedgen, one generator per format.

What feedgen does wrong by itself is mended in ``mends``, and only there.
"""

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from pressrun.podcast import Podcast
from pressrun.render.feeds import mends
from pressrun.render.feeds import podcast as podcasting
from pressrun.render.feeds.channel import Channel, Item
from pressrun.render.feeds.plain import for_rss, in_hex

# Of an item's description it is known: HTML.
_GUESSED = ("title", "category", "media:description", "itunes:author", "itunes:name")


def rss(channel: Channel, name: str) -> bytes:
    """Write the RSS feed as it will lie in the file ``name``."""
    return _rss(_rss_feed(channel, name), channel)


def podcast(channel: Channel, show: Podcast, name: str) -> bytes:
    """Write the podcast's feed as it will lie in the file ``name``: RSS of the episodes alone."""
    channel = podcasting.episodes(channel)
    feed = _rss_feed(channel, name)
    mends.extend_podcast(feed, show, channel.folder_url + name)
    return _rss(feed, channel)


def _rss_feed(channel: Channel, name: str) -> FeedGenerator:
    feed = mends.generator(channel, channel.folder_url + name, "application/rss+xml")
    feed.title(for_rss(channel.title))
    feed.description(for_rss(channel.description))
    if channel.cloud:
        mends.cloud(feed, channel.cloud)
    mends.extend(feed, channel, rss=True)
    return feed


def _rss(feed: FeedGenerator, channel: Channel) -> bytes:
    for item in channel.items:
        entry = _entry(feed, item)
        entry.title(for_rss(item.title))
        mends.summary_and_content(entry, item.summary_html, item)
        mends.creators(entry, item.authors)
        mends.extras(entry, item, channel)
    return in_hex(feed.rss_str(pretty=True), *_GUESSED)


def atom(channel: Channel, name: str) -> bytes:
    """Write the Atom feed as it will lie in the file ``name``."""
    feed = mends.generator(channel, channel.folder_url + name, "application/atom+xml")
    feed.subtitle(channel.description)
    mends.extend(feed, channel, rss=False)
    mends.authors(feed, channel.authors, channel)
    dates = mends.told_apart(item.updated for item in channel.items)
    for item, updated in zip(channel.items, dates, strict=True):
        entry = _entry(feed, item)
        entry.title(item.title)
        entry.updated(updated)
        # Where there is nothing to read, the validator wants at least a summary.
        mends.summary_and_content(entry, item.summary_text or _instead(item), item)
        mends.authors(entry, item.authors, channel)
        mends.extras(entry, item, channel)
    return in_hex(feed.atom_str(pretty=True), "name")


def _instead(item: Item) -> str:
    return "" if item.content else item.title


def _entry(feed: FeedGenerator, item: Item) -> FeedEntry:
    entry = mends.add_entry(feed)
    mends.identify(entry, item)
    entry.link(href=item.url)
    entry.published(item.published)
    entry.updated(item.updated)
    entry.category([{"term": tag} for tag in item.tags])
    return entry
