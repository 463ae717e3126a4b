"""What feedgen 1.0.0 does wrong by default, mended in one place, each with its reason.

https://feedgen.kiesow.be/ and https://github.com/lkiesow/python-feedgen/blob/main/feedgen/

Not needed here, and good to know: links of Atom entries lose every attribute but href, so through
feedgen an entry has only its alternate link, which needs no more; ``content(type="CDATA")`` and
``type="xhtml"`` break, so content is always "html"; strings as dates are guessed at, so dates are
datetimes; each date in RSS switches the locale of the process for a moment, so one thread builds
feeds.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from pressrun.model import Author
from pressrun.podcast import Podcast
from pressrun.render.feeds import elements, podcast
from pressrun.render.feeds.channel import Channel, Item

_MINUTES_EAST = 14 * 60  # no zone is further ahead


def generator(channel: Channel, self_url: str, media_type: str) -> FeedGenerator:
    """Start a feed with all that feedgen would otherwise fill in by itself."""
    feed = FeedGenerator()
    feed.id(channel.id)
    feed.title(channel.title)
    # Sets the feed's language and Atom's xml:lang.
    feed.language(channel.language)
    # Else both are the clock's, with microseconds, and no two runs give the same bytes.
    feed.updated(channel.updated)
    # RSS takes the last link of any kind for the site's, so "self" comes first.
    feed.link(href=self_url, rel="self", type=media_type)
    for hub in channel.hubs:
        feed.link(href=hub, rel="hub")
    feed.link(href=channel.url, rel="alternate", type="text/html")
    # Else it names itself. We name no version: a new release must not touch every feed.
    feed.generator("Pressrun")
    # Its own address of the specification is http:// and redirects.
    feed.docs("https://www.rssboard.org/rss-specification")
    return feed


def extend(feed: FeedGenerator, channel: Channel, *, rss: bool) -> None:
    """Load the extensions that entries use; they reach only entries that are added later."""
    feed.load_extension("dc", atom=False)
    feed.register_extension("extras", elements.OfFeed, elements.OfEntry)
    feed.extras.hubs = channel.hubs
    feed.extras.namespaces = elements.namespaces(channel, rss=rss)


def extend_podcast(feed: FeedGenerator, show: Podcast, feed_url: str) -> None:
    """Load our own extension for podcasts; feedgen's refuses the words that Apple wants."""
    feed.register_extension("episode", podcast.OfFeed, podcast.OfEpisode, atom=False)
    feed.episode.podcast = show
    feed.episode.feed_url = feed_url


def cloud(feed: FeedGenerator, url: str) -> None:
    """Name the rssCloud server in RSS: https://www.rssboard.org/rsscloud-interface."""
    parts = urlsplit(url)
    feed.cloud(
        domain=parts.hostname,
        port=str(parts.port or {"http": 80, "https": 443}[parts.scheme]),
        path=parts.path or "/",
        registerProcedure="",
        protocol=f"{parts.scheme}-post",
    )


def add_entry(feed: FeedGenerator) -> FeedEntry:
    """Add an entry at the end: the default turns the feed round."""
    return feed.add_entry(order="append")


def identify(entry: FeedEntry, item: Item) -> None:
    """Set the id of both formats; a guid that is the post's address is a permanent link."""
    entry.guid(item.id, permalink=item.id == item.url)


def told_apart(moments: Iterable[datetime]) -> Iterator[datetime]:
    """Give each moment a text of its own, as the feed validator wants Atom's dates.

    Bare dates make posts of one day look changed in the same second. The same second in another
    zone is no lie.
    """
    seen: Counter[datetime] = Counter()
    for moment in moments:
        zone = timezone(timedelta(minutes=seen[moment] % _MINUTES_EAST))
        seen[moment] += 1
        yield moment.astimezone(zone)


def summary_and_content(entry: FeedEntry, summary: str, item: Item) -> None:
    """Set both, in this order: content alone, or content first, lands in RSS's description.

    RSS reads a summary as HTML, Atom as plain text, so the caller gives the right one. Without a
    type Atom shows HTML as text.
    """
    if summary:
        entry.summary(summary)
    if item.content:
        entry.content(item.content, type="html")


def creators(entry: FeedEntry, authors: Iterable[Author]) -> None:
    """Name each author in RSS: its own <author> takes only addresses of mailboxes, and one."""
    if names := [author.name for author in authors]:
        entry.dc.dc_creator(names)


def authors(target: FeedGenerator | FeedEntry, named: Iterable[Author], channel: Channel) -> None:
    """Name the authors in Atom, which demands one, in the feed and, for some readers, per entry."""
    people = [
        {"name": author.name} | ({"uri": author.url} if author.url else {}) for author in named
    ]
    target.author(people or [{"name": channel.title}])


def extras(entry: FeedEntry, item: Item, channel: Channel) -> None:
    """Add what feedgen has no words for."""
    entry.extras.item = item
    entry.extras.channel = channel
    if item.enclosure and hasattr(entry, "episode"):
        entry.episode.enclosure = item.enclosure
