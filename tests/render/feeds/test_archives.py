"""Archives: through them every post can be reached, and a full page never changes."""

import json
from dataclasses import replace
from functools import cache

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pressrun.model import Body
from pressrun.publication import FeedPattern, FeedsBy
from pressrun.render.feeds import Entry
from support import json_feed_rules
from support.feed_rules import messages
from support.feeds import build
from support.publications import A_PUBLICATION, post

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")

SITE = "https://notes.example/"
FH = "{http://purl.org/syndication/history/1.0}"
NAMES = ("feed.xml", "atom.xml", "feed.json")


def published(count, size, *, items=None, early=99, dated_back=None):
    """Make all feeds of ``count`` posts with pages of ``size``; address -> bytes.

    The first ``early`` of them spell their tag in another way than the others. One more is dated
    back before the post of that number.
    """
    by = FeedsBy(tag=FeedPattern("tags/{name}"))
    wanted = replace(A_PUBLICATION.feeds, archives=size, items=items or max(size, 1), by=by)
    names = [f"p{number}" for number in range(count)]
    if dated_back is not None:
        names.insert(dated_back, "late")
    posts = (
        post(
            slug=name,
            title=f"Number {name}",
            tags=("Web Dev" if number < early else "WEB-DEV",),
        )
        for number, name in reversed([*enumerate(names)])
    )
    entries = [Entry(each, Body(f"<p>{each.title}</p>", "")) for each in posts]
    feeds = build(replace(A_PUBLICATION, feeds=wanted), entries)
    return {SITE + path: feed for path, feed in feeds.items()}


def read(name, feed):
    """Give the ids in a feed and its links by relation."""
    if name == "feed.json":
        told = json.loads(feed)
        return [item["id"] for item in told["items"]], {"prev-archive": told.get("next_url")}
    told = feedparser.parse(feed)
    assert not told.bozo
    return [each.id for each in told.entries], {each.rel: each.href for each in told.feed.links}


def walk(feeds, name, start=SITE):
    """Follow a feed's archive from the file that people subscribe to; a list of ids for each."""
    pages = []
    address = start + name
    while address:
        ids, links = read(name, feeds[address])
        pages.append(ids)
        address = links.get("prev-archive")
    return pages


sizes = st.tuples(st.integers(0, 14), st.integers(1, 5), st.integers(1, 8))


@pytest.mark.parametrize("start", [SITE, f"{SITE}tags/web-dev/"])
@pytest.mark.parametrize("name", NAMES)
@given(size=sizes)
def test_every_post_can_be_reached_from_the_feed_in_every_format(name, start, size):
    count, length, items = size
    feeds = published(count, length, items=items)
    if not count and start != SITE:
        assert start + name not in feeds
        return
    newest, *pages = walk(feeds, name, start)
    assert {each for page in [newest, *pages] for each in page} == {
        f"tag:notes.example,2026-01-01:p{number}" for number in range(count)
    }
    assert all(len(page) == length for page in pages)
    assert len(newest) == count or items <= len(newest) < items + length
    told = [each for page in [newest, *pages] for each in page]
    assert len(told) == len(set(told)) == count


@given(size=sizes, later=st.integers(1, 8))
def test_full_pages_keep_every_byte_when_newer_posts_come(size, later):
    count, length, items = size
    before = published(count, length, items=items)
    after = published(count + later, length, items=items, early=count)
    pages = {address: feed for address, feed in before.items() if "/archive/" in address}
    assert pages == {address: after[address] for address in pages}
    assert len(pages) == max(count - items, 0) // length * len(NAMES) * 2


@given(size=sizes, back=st.integers(0, 7))
def test_full_pages_keep_every_byte_when_a_post_is_dated_back_among_the_newest(size, back):
    count, length, items = size
    dated_back = max(count - min(back, items - 1), 0)
    before = published(count, length, items=items)
    after = published(count, length, items=items, dated_back=dated_back)
    pages = [address for address in before if "/archive/" in address]
    assert [before[address] for address in pages] == [after[address] for address in pages]


def test_a_feed_of_a_tag_is_called_as_most_posts_have_it_though_its_pages_are_not():
    feeds = published(6, 2, early=2)
    titles = [
        json.loads(feeds[f"{SITE}tags/web-dev/{page}feed.json"])["title"]
        for page in ("", "archive/1/", "archive/2/")
    ]
    assert titles == ["Notes: WEB-DEV", "Notes: Web Dev", "Notes: WEB-DEV"]


@cache
def some():
    return published(9, 2, items=3)


@pytest.mark.parametrize("name", NAMES)
def test_no_validator_has_anything_to_say(name):
    check = json_feed_rules.messages if name == "feed.json" else messages
    feeds = {address: feed for address, feed in some().items() if address.endswith(name)}
    assert len(feeds) == 8
    said = [
        f"{address}: {each}" for address, feed in feeds.items() for each in check(feed, address)
    ]
    assert said == []


@pytest.mark.parametrize("folder", ["", "tags/web-dev/"])
@pytest.mark.parametrize("name", ["feed.xml", "atom.xml"])
def test_pages_say_what_they_are_and_where_the_feed_is(name, folder):
    home = f"{SITE}{folder}"
    for number in (1, 2, 3):
        page = some()[f"{home}archive/{number}/{name}"]
        head = etree.fromstring(page)
        # The validator wants a link to another page where Atom says so, and the oldest has none.
        marked = 0 if (number, name) == (1, "atom.xml") else 1
        assert len(head.findall(f".//{FH}archive")) == marked
        _, links = read(name, page)
        assert links["current"] == home + name
        assert links["self"] == f"{home}archive/{number}/{name}"
        older = f"{home}archive/{number - 1}/{name}" if number > 1 else None
        assert links.get("prev-archive") == older
        assert "next-archive" not in links
    subscribed = some()[home + name]
    assert etree.fromstring(subscribed).find(f".//{FH}archive") is None
    _, links = read(name, subscribed)
    assert "current" not in links
    assert links["prev-archive"] == f"{home}archive/3/{name}"


def test_pages_have_ids_of_their_own_that_are_no_feeds():
    ids = [
        feedparser.parse(feed).feed.id
        for address, feed in some().items()
        if address.endswith("atom.xml")
    ]
    assert len(set(ids)) == len(ids) == 8
    assert "tag:notes.example,2026-01-01:feed:notes:tag:web-dev:archive-2" in ids


@pytest.mark.parametrize("count", [0, 1, 4])
def test_without_a_full_page_there_is_no_archive(count):
    assert [each for each in published(count, 5) if "archive" in each] == []
    assert [each for each in published(count, 0, items=9) if "archive" in each] == []
