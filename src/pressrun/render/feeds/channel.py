"""What all feed formats say, decided once: texts clean, dates in UTC, addresses in ASCII."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from html import escape, unescape

from pressrun import urls
from pressrun.model import Author, Body, Enclosure, Image, Post
from pressrun.parallel import in_halves
from pressrun.publication import Content, Feeds, Publication, Site
from pressrun.render import characters
from pressrun.render.feeds import enclosures, ids
from pressrun.render.feeds.content import for_readers, shows
from pressrun.render.feeds.plain import without_mailbox
from pressrun.render.feeds.selection import Feed

# Below so many items a second process takes longer to start than it saves.
WORTH_A_PROCESS = 400

_TAG = re.compile("<[^>]*>")
_BEGINNING = 400  # characters


@dataclass(frozen=True, slots=True)
class Entry:
    """A post that goes into the feeds, with its rendered body."""

    post: Post
    body: Body


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as feeds tell it. Both summaries say the same; empty where there is none.

    ``repeated`` is true where they say the same as the content, too. ``cover_shown`` is true where
    the content holds the cover's picture too; ``markdown`` is the post as it was written, empty
    where feeds do not carry it.
    """

    id: str
    url: str
    title: str
    published: datetime
    updated: datetime
    authors: tuple[Author, ...]
    tags: tuple[str, ...]
    language: str
    content: str
    summary_text: str
    summary_html: str
    cover: Image | None
    repeated: bool = False
    cover_shown: bool = False
    markdown: str = ""
    enclosure: Enclosure | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed as a whole; ``folder_url`` is where the feed files lie and ends with a slash.

    So do ``current_url``, the folder of the feed that an archive page belongs to, and
    ``older_url``, that of the page with the next older posts; it is empty where there is none.
    """

    id: str
    title: str
    description: str
    url: str
    folder_url: str
    language: str
    authors: tuple[Author, ...]
    updated: datetime
    items: tuple[Item, ...]
    hubs: tuple[str, ...] = ()
    cloud: str = ""
    is_archive: bool = False
    current_url: str = ""
    older_url: str = ""


def links(channel: Channel, name: str) -> list[tuple[str, str]]:
    """List what the feed in the file ``name`` points to besides itself: relation and address.

    No page of an archive points to the next one, so that a full page never changes:
    https://www.rfc-editor.org/rfc/rfc5005#section-4 leaves that link to us.
    """
    found = [("hub", hub) for hub in channel.hubs]
    if channel.is_archive:
        found.append(("current", channel.current_url + name))
    if channel.older_url:
        found.append(("prev-archive", channel.older_url + name))
    return found


def described(
    publication: Publication, entries: Sequence[Entry], *, cores: int = 1
) -> dict[str, Item]:
    """Describe each post once, for all the feeds that show it; by its id.

    PostError for enclosures that no feed can name.
    """
    site, feeds = publication.site, publication.feeds
    files = enclosures.measured(publication, (entry.post for entry in entries))

    def describe(some: Iterable[Entry]) -> list[Item]:
        return [_item(site, feeds, entry, files.get(entry.post.id)) for entry in some]

    count = cores if len(entries) > WORTH_A_PROCESS else 1
    items = in_halves(describe, entries, count=count)
    return {entry.post.id: item for entry, item in zip(entries, items, strict=True)}


def channel(publication: Publication, feed: Feed, items: Mapping[str, Item]) -> Channel:
    """Describe a feed of these ``items``. Its date is that of its newest entry, not the clock's."""
    site, feeds = publication.site, publication.feeds
    shown = tuple(_as_wanted(items[post.id], feed.content) for post in feed.posts)
    title = title_of(publication, feed)
    return Channel(
        id=ids.of_feed(feeds, publication.id, feed.subject, feed.page),
        title=title,
        description=characters.line(site.description) or title,
        url=_address(site.url, site.url),
        folder_url=folder_url(publication, feed.path),
        language=feed.language or site.language,
        authors=_authors(site, site.authors),
        updated=max((item.updated for item in shown), default=_midnight(feeds)),
        items=shown,
        hubs=tuple(_address(hub, hub) for hub in feeds.hubs),
        cloud=feeds.cloud,
        is_archive=feed.page > 0,
        current_url=folder_url(publication, feed.current),
        older_url="" if feed.older is None else folder_url(publication, feed.older),
    )


def title_of(publication: Publication, feed: Feed) -> str:
    """Call a feed by the site's title, and by what it is about: ``Notes: python``."""
    title = characters.line(publication.site.title) or publication.site.url
    return ": ".join(filter(None, [title, characters.line(feed.about)]))


def folder_url(publication: Publication, path: str = "") -> str:
    """Give the address of a folder below that of all feeds; it ends with a slash."""
    site = publication.site.url
    base = _address(site, publication.feeds.url or site).rstrip("/") + "/"
    return _address(base, f"{path}/") if path else base


def _as_wanted(item: Item, content: Content) -> Item:
    """Leave out what a feed is not to show: a post whole, or its summary."""
    if content == "summary":
        return replace(item, content="", markdown="", cover_shown=False)
    if content == "full" or item.repeated:
        return replace(item, summary_text="", summary_html="")
    return item


def _item(site: Site, feeds: Feeds, entry: Entry, enclosure: Enclosure | None) -> Item:
    post, body = entry.post, entry.body
    url = _address(site.url, post.url)
    own, related = for_readers(body.html, url), for_readers(body.related_html, url)
    content = "\n".join(filter(None, [own, related]))
    cover = _cover(site, post.cover)
    summary_text, summary_html = _summary(post, body, url)
    return Item(
        id=ids.of_post(feeds, post.id),
        url=url,
        title=characters.line(post.title) or characters.line(post.slug) or post.url,
        published=post.published.astimezone(UTC).replace(microsecond=0),
        updated=post.updated.astimezone(UTC).replace(microsecond=0),
        authors=_authors(site, post.authors or site.authors),
        tags=tuple(dict.fromkeys(filter(None, map(characters.line, post.tags)))),
        language=post.language,
        content=content,
        summary_text=summary_text,
        summary_html=summary_html,
        cover=cover,
        repeated=_say_the_same(summary_html, own),
        cover_shown=cover is not None and shows(content, cover),
        markdown=body.markdown if feeds.markdown else "",
        enclosure=enclosure and _described(enclosure),
    )


def _summary(post: Post, body: Body, url: str) -> tuple[str, str]:
    """Give a summary as text and as HTML: what the author wrote for it comes first."""
    if post.summary:
        return _both(post.summary)
    if body.summary_html:
        # With it comes the parser of Markdown, which a run that finds all bodies ready never needs.
        from pressrun.render import text

        html = for_readers(body.summary_html, url)
        return characters.readable(text.from_html(html)), html
    return _both(post.description)


def _say_the_same(summary: str, content: str) -> bool:
    """Compare what readers see; of most posts the beginning tells that it is not the same."""
    letters = _letters(summary)
    beginning = content[: content.find(">", _BEGINNING) + 1]
    return letters.startswith(_letters(beginning)) and letters == _letters(content)


def _letters(html: str) -> str:
    """Give what a reader sees, without tags and white space."""
    return "".join(unescape(_TAG.sub("", html)).split())


def _both(plain: str) -> tuple[str, str]:
    stripped = characters.readable(plain).strip()
    return stripped, escape(stripped, quote=False)


def _cover(site: Site, cover: Image | None) -> Image | None:
    url = urls.absolute(site.url, cover.url) if cover else None
    if cover is None or not url or not url.startswith(("https:", "http:")):
        return None
    return replace(cover, url=url, alt=characters.line(cover.alt))


def _described(enclosure: Enclosure) -> Enclosure:
    people = tuple(replace(each, name=characters.line(each.name)) for each in enclosure.people)
    return replace(enclosure, title=characters.line(enclosure.title), people=people)


def _authors(site: Site, authors: Iterable[Author]) -> tuple[Author, ...]:
    """Leave addresses of mailboxes out: a feed is read by those who collect them."""
    named = (
        Author(characters.line(without_mailbox(author.name)), url=_page(site, author))
        for author in authors
    )
    return tuple(author for author in named if author.name)


def _page(site: Site, author: Author) -> str:
    return (urls.absolute(site.url, author.url) or "") if author.url else ""


def _address(base: str, url: str) -> str:
    return urls.absolute(base, url) or base


def _midnight(feeds: Feeds) -> datetime:
    return datetime.combine(feeds.authority_date, time(), UTC)
