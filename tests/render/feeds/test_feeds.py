"""What readers get: the three formats as a whole, and read back by a feed parser."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pressrun.model import Author, Body, Post
from pressrun.render.feeds import Entry, build
from pressrun.render.feeds.channel import channel
from pressrun.render.markdown import render
from support.publications import A_PUBLICATION, post
from support.rich_posts import POSTS, RICH

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")

XML = ("feed.xml", "atom.xml")


def entries(*posts: Post) -> list[Entry]:
    return [Entry(each, render(each, A_PUBLICATION.site)) for each in posts]


def built(*posts: Post) -> dict[str, bytes]:
    return build(A_PUBLICATION, entries(*posts))


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml", "feed.json"])
def test_everything_at_once(name, file_regression):
    file_regression.check(
        built(*POSTS)[name], binary=True, basename=Path(name).stem, extension=Path(name).suffix
    )


@pytest.mark.parametrize("name", XML)
def test_a_parser_reads_back_what_was_written(name):
    feed = feedparser.parse(built(*POSTS)[name])
    assert not feed.bozo
    assert (feed.feed.title, feed.feed.link) == ("Notes", "https://notes.example/")
    assert feed.feed.language == "en"
    assert [each.title for each in feed.entries] == [each.title for each in POSTS]
    assert [each.link for each in feed.entries] == [each.url for each in POSTS]
    assert [each.id for each in feed.entries] == [
        "tag:notes.example,2026-01-01:everything",
        "https://old.example/2019/hallo.html",
        "tag:notes.example,2026-01-01:empty",
    ]
    assert [each.published_parsed[:5] for each in feed.entries[:2]] == [
        (2026, 11, 20, 8, 30),
        (2026, 11, 12, 8, 0),
    ]
    rich = feed.entries[0]
    assert [tag.term for tag in rich.tags] == ["feeds", "a & b", "größe"]
    assert [author.name for author in rich.authors] == ["Ada Example", "Bo Beta"]
    assert "Größe &amp; <em>weight</em></h2>" in rich.content[0].value
    assert rich.content[0].value.endswith("</ul>")
    assert "Related posts" in rich.content[0].value
    assert "Before the fold" in rich.summary
    assert "Größe" not in rich.summary
    assert "Related" not in rich.summary


@pytest.mark.parametrize(
    ("written", "shown"),
    [("/me", {"url": "https://notes.example/me"}), ("javascript:x", {}), ("", {})],
)
def test_an_author_s_page_is_absolute_or_left_out(written, shown):
    someone = post(authors=(Author("Ada", url=written),))
    (item,) = json.loads(built(someone)["feed.json"])["items"]
    assert item["authors"] == [{"name": "Ada"} | shown]


def test_json_says_the_same():
    feed = json.loads(built(*POSTS)["feed.json"])
    rich, german, empty = feed["items"]
    assert feed["feed_url"] == "https://notes.example/feed.json"
    assert rich["content_html"].endswith("</ul>")
    assert rich["authors"][0] == {"name": "Ada Example", "url": "https://ada.example/"}
    assert rich["date_modified"] == "2026-11-21T09:00:00+00:00"
    assert (german["language"], german["summary"]) == ("de", "Eine < Zusammenfassung.")
    assert (empty["content_html"], "summary" in empty) == ("", False)


def test_no_address_of_a_mailbox_is_published():
    assert not [name for name, feed in built(RICH).items() if b"ada@" in feed]


def test_the_order_is_that_of_the_entries():
    one, two = post(slug="one", title="One"), post(slug="two", title="Two")
    for name in XML:
        assert [each.title for each in feedparser.parse(built(two, one)[name]).entries] == [
            "Two",
            "One",
        ]


def test_an_empty_feed_is_valid_and_dated_by_the_publication():
    feeds = built()
    for name in XML:
        feed = feedparser.parse(feeds[name])
        assert (feed.bozo, feed.entries) == (False, [])
        assert feed.feed.updated_parsed[:3] == (2026, 1, 1)
    assert json.loads(feeds["feed.json"])["items"] == []


def test_self_links_name_the_folder_of_the_feeds():
    elsewhere = replace(A_PUBLICATION.feeds, url="https://feeds.example/notes")
    feeds = build(replace(A_PUBLICATION, feeds=elsewhere), [])
    assert b'href="https://feeds.example/notes/feed.xml" rel="self"' in feeds["feed.xml"]
    assert b'href="https://feeds.example/notes/atom.xml" rel="self"' in feeds["atom.xml"]
    assert json.loads(feeds["feed.json"])["feed_url"] == "https://feeds.example/notes/feed.json"


def test_without_a_place_of_their_own_feeds_lie_at_the_site():
    feeds = build(replace(A_PUBLICATION, feeds=replace(A_PUBLICATION.feeds, url="")), [])
    assert b'href="https://notes.example/feed.xml" rel="self"' in feeds["feed.xml"]


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ({"summary": "S", "description": "D", "body": "M\n\n<!--more-->\n\nB"}, "S"),
        ({"description": "D", "body": "M\n\n<!--more-->\n\nB"}, "M"),
        ({"description": "D", "body": "B"}, "D"),
        ({"description": "", "body": "B"}, None),
        ({"description": "The body.", "body": "The *body*."}, None),
        ({"description": "", "body": "M [x](/x)\n\n<!--more-->\n"}, None),
    ],
)
def test_the_summary_is_the_author_s_and_never_the_whole_content(fields, summary):
    feeds = built(post(**fields))
    assert json.loads(feeds["feed.json"])["items"][0].get("summary") == summary
    atom = etree.fromstring(feeds["atom.xml"])
    assert atom.findtext("{*}entry/{*}summary") == summary


def run(tmp_path: Path, **environment: str) -> bytes:
    script = (
        "import sys\nfrom support.rich_posts import POSTS\n"
        "from support.publications import A_PUBLICATION\n"
        "from pressrun.render.feeds import Entry, build\n"
        "from pressrun.render.markdown import render\n"
        "import locale; locale.setlocale(locale.LC_ALL, '')\n"
        "entries = [Entry(each, render(each, A_PUBLICATION.site)) for each in POSTS]\n"
        "sys.stdout.buffer.write(b''.join(build(A_PUBLICATION, entries).values()))\n"
    )
    path = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": path, "PATH": os.environ["PATH"], **environment},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout


def test_neither_zone_nor_locale_nor_hash_seed_changes_a_byte(tmp_path):
    one = run(tmp_path, TZ="UTC", PYTHONHASHSEED="1", LC_ALL="C")
    other = run(tmp_path, TZ="Asia/Kathmandu", PYTHONHASHSEED="2", LC_ALL="C.UTF-8")
    assert one == other == b"".join(built(*POSTS).values())


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SOMETIMES_EVIL = WORDS | st.sampled_from(
    ["]]>", "<script>alert(1)</script>", "a & b < c", "\x00\x08\x1f", "\ufffe\uffff",
     "👩‍👩‍👧 🇩🇪", "שלום",
     "&amp;", "<!--", "\r\n", "\u2028", "\ud800", "%ZZ", "a" * 500]
)  # fmt: skip
DATES = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ANY_POST = st.builds(
    post,
    id=SOMETIMES_EVIL.filter(bool),
    title=SOMETIMES_EVIL,
    body=SOMETIMES_EVIL,
    description=SOMETIMES_EVIL,
    summary=SOMETIMES_EVIL,
    tags=st.lists(SOMETIMES_EVIL, max_size=3).map(tuple),
    published=DATES,
    updated=DATES,
    authors=st.lists(st.builds(Author, SOMETIMES_EVIL), max_size=2).map(tuple),
)


def read_title(element) -> str:
    """Read a title as those do who take one with an end tag or a reference in it for HTML."""
    guessed = element.getparent().tag == "item" and re.search(r"</\w+>|&#?\w+;", element.text)
    return unescape(element.text) if guessed or element.get("type") == "html" else element.text


@settings(deadline=None, max_examples=60)
@given(st.lists(ANY_POST, max_size=3))
def test_any_post_makes_feeds_that_can_be_read(posts):
    feeds = built(*posts)
    assert feeds == built(*posts)
    rss, atom = (etree.fromstring(feeds[name]) for name in XML)
    parsed = json.loads(feeds["feed.json"])
    count = len(posts)
    assert len(rss.findall("channel/item")) == len(parsed["items"]) == count
    assert len(atom.findall("{*}entry")) == count
    titles = [item["title"] for item in parsed["items"]]
    assert [read_title(each) for each in rss.findall("channel/item/title")] == titles
    assert [read_title(each) for each in atom.findall("{*}entry/{*}title")] == titles
    contents = [item["content_html"] for item in parsed["items"]]
    assert [each.text or "" for each in atom.findall("{*}entry/{*}content")] == [
        each for each in contents if each
    ]
    assert "<script" not in "".join(contents).lower()


@settings(deadline=None, max_examples=40)
@given(SOMETIMES_EVIL)
def test_content_arrives_as_it_was_made(html):
    body = Body(html=f"<p>{html}</p>", text="")
    feeds = build(A_PUBLICATION, [Entry(post(), body)])
    content = json.loads(feeds["feed.json"])["items"][0]["content_html"]
    atom = etree.fromstring(feeds["atom.xml"])
    assert atom.findtext("{*}entry/{*}content") == content
    rss = etree.fromstring(feeds["feed.xml"])
    assert rss.findtext("channel/item/{*}encoded") == content


def people(item) -> list[str]:
    return [author.name for author in item.authors]


@settings(deadline=None, max_examples=60)
@given(st.lists(ANY_POST, min_size=1, max_size=3))
def test_every_format_says_what_the_channel_says(posts):
    said = channel(A_PUBLICATION, entries(*posts))
    feeds = built(*posts)
    parsed = json.loads(feeds["feed.json"])["items"]
    rss, atom = (etree.fromstring(feeds[name]) for name in XML)
    items = rss.findall("channel/item")
    for at, item in enumerate(said.items):
        assert parsed[at]["id"] == item.id
        assert parsed[at]["url"] == item.url
        assert parsed[at]["title"] == item.title
        assert parsed[at]["content_html"] == item.content
        assert tuple(parsed[at].get("tags", ())) == item.tags
        assert [each["name"] for each in parsed[at].get("authors", ())] == people(item)
        assert datetime.fromisoformat(parsed[at]["date_published"]) == item.published
        assert datetime.fromisoformat(parsed[at]["date_modified"]) == item.updated
        assert [each.text for each in items[at].findall("category")] == list(item.tags)
        assert [each.text for each in items[at].findall("{*}creator")] == people(item)
        entry = atom.findall("{*}entry")[at]
        assert [each.get("term") for each in entry.findall("{*}category")] == list(item.tags)
        names = [each.text for each in entry.findall("{*}author/{*}name")]
        assert names == (people(item) or [said.title])


def mended(text: str) -> str:
    """Give what feedparser makes of a text that could be UTF-8 read as Latin-1: it undoes that."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


@settings(deadline=None, max_examples=60)
@given(st.lists(ANY_POST, min_size=1, max_size=3), st.sampled_from(XML))
def test_a_feed_parser_reads_what_the_channel_says(posts, name):
    said = channel(A_PUBLICATION, entries(*posts))
    read = feedparser.parse(built(*posts)[name], sanitize_html=False, resolve_relative_uris=False)
    assert not read.bozo
    assert len(read.entries) == len(said.items)
    for entry, item in zip(read.entries, said.items, strict=True):
        assert (entry.id, entry.link) == (item.id, item.url)
        html = entry.title_detail.type == "text/html"
        assert (unescape(entry.title) if html else entry.title) == mended(item.title)
        assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == item.published
        if item.updated > item.published:
            assert datetime(*entry.updated_parsed[:6], tzinfo=UTC) == item.updated
        if item.content:
            found = entry.content[0].value if "content" in entry else entry.summary
            assert found.strip() == mended(item.content).strip()
