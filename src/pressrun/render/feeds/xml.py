"""RSS 2.0 and Atom through feedgen, one generator per format.

What feedgen does wrong by itself is mended in ``mends``, and only there.
"""

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from pressrun.render.feeds import mends
from pressrun.render.feeds.channel import Channel, Item


def rss(channel: Channel, name: str) -> bytes:
    """Write the RSS feed as it will lie in the file ``name``."""
    feed = mends.generator(channel, channel.folder_url + name, "application/rss+xml")
    feed.description(channel.description)
    mends.extend(feed)
    for item in channel.items:
        entry = _entry(feed, item)
        mends.summary_and_content(entry, item.summary_html, item)
        mends.creators(entry, item.authors)
        mends.extras(entry, item, channel)
    return mends.titles_in_hex(feed.rss_str(pretty=True))


def atom(channel: Channel, name: str) -> bytes:
    """Write the Atom feed as it will lie in the file ``name``."""
    feed = mends.generator(channel, channel.folder_url + name, "application/atom+xml")
    feed.subtitle(channel.description)
    mends.extend(feed)
    mends.authors(feed, channel.authors, channel)
    for item in channel.items:
        entry = _entry(feed, item)
        mends.summary_and_content(entry, item.summary_text, item)
        mends.authors(entry, item.authors, channel)
        mends.extras(entry, item, channel)
    return bytes(feed.atom_str(pretty=True))


def _entry(feed: FeedGenerator, item: Item) -> FeedEntry:
    entry = mends.add_entry(feed)
    mends.identify(entry, item)
    entry.title(item.title)
    entry.link(href=item.url)
    entry.published(item.published)
    entry.updated(item.updated)
    entry.category([{"term": tag} for tag in item.tags])
    return entry
