"""Whole posts, their summaries, or both: what each feed shows, and that it stays valid."""

import json
from dataclasses import replace
from urllib.parse import quote

import pytest
from lxml import etree

from pressrun.model import Body, Image, Post
from pressrun.podcast import Podcast
from pressrun.publication import FeedPattern, FeedsBy
from pressrun.render.feeds import Entry
from pressrun.render.markdown import render
from support import json_feed_rules
from support.feed_rules import messages
from support.feeds import build
from support.publications import A_PUBLICATION, post
from support.rich_posts import POSTS

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
MODES = ("full", "summary", "both")
SITE = "https://notes.example/"
SUMMARY = "All of it in <a> sentence & a half."
SUMMARY_HTML = "All of it in &lt;a&gt; sentence &amp; a half."
TEXT = "<p>The <em>whole</em> text.</p>"
COVER = Image("https://notes.example/c.png", "A press", 4, 3)
WHOLE = post(
    slug="whole",
    summary=SUMMARY,
    body="The *whole* text.\n\n![A press](https://notes.example/c.png)\n",
    cover=COVER,
    tags=("ink",),
)
BARE = post(slug="bare", description="", body="Only *this*.\n", tags=("ink",))
BRIEF = post(slug="brief", description="", summary="Said in full.", body="Said in full.\n")
EMPTY = post(slug="nothing", description="", body="", title="Only a title")


def feeds(mode, *posts: Post, **more):
    wanted = replace(A_PUBLICATION.feeds, content=mode, **more)
    publication = replace(A_PUBLICATION, feeds=wanted)
    return build(publication, [Entry(each, render(each, publication.site)) for each in posts])


def rss(mode, *posts, path="feed.xml", **more):
    """Give what RSS has of each post: description and content."""
    told = etree.fromstring(feeds(mode, *posts, **more)[path])
    return [
        (each.findtext("description"), each.findtext(f"{CONTENT}encoded"))
        for each in told.iter("item")
    ]


def items(mode, *posts, path="feed.json", **more):
    return json.loads(feeds(mode, *posts, **more)[path])["items"]


def atom(mode, *posts):
    """Give what Atom has of each post: summary and content."""
    told = etree.fromstring(feeds(mode, *posts)["atom.xml"])
    return [
        (each.findtext(f"{ATOM}summary"), each.findtext(f"{ATOM}content"))
        for each in told.iter(f"{ATOM}entry")
    ]


def test_full_is_the_post_and_no_summary():
    ((description, more),) = rss("full", WHOLE)
    ((summary, content),) = atom("full", WHOLE)
    (item,) = items("full", WHOLE)
    assert description == content == item["content_html"]
    assert description.startswith(TEXT)
    assert (more, summary, item.get("summary"), item.get("content_text")) == (None,) * 4


def test_summary_is_what_the_author_wrote_for_it_and_nothing_of_the_post():
    raw = feeds("summary", WHOLE)
    assert not [name for name, feed in raw.items() if b"whole</em>" in feed or b"whole*" in feed]
    assert rss("summary", WHOLE) == [(SUMMARY_HTML, None)]
    assert atom("summary", WHOLE) == [(SUMMARY, None)]
    (item,) = items("summary", WHOLE)
    assert "content_html" not in item
    assert item["content_text"] == item["summary"] == SUMMARY


def test_both_is_each_in_an_element_of_its_own():
    ((description, in_rss),) = rss("both", WHOLE)
    ((summary, in_atom),) = atom("both", WHOLE)
    (item,) = items("both", WHOLE)
    assert (description, summary, item["summary"]) == (SUMMARY_HTML, SUMMARY, SUMMARY)
    assert in_rss == in_atom == item["content_html"]
    assert in_rss.startswith(TEXT)
    assert "content_text" not in item


def test_a_summary_that_says_all_of_the_post_is_not_said_twice_nor_lost():
    assert rss("both", BRIEF) == rss("full", BRIEF) == [("<p>Said in full.</p>", None)]
    assert "summary" not in items("both", BRIEF)[0]
    assert rss("summary", BRIEF) == [("Said in full.", None)]
    assert atom("summary", BRIEF) == [("Said in full.", None)]
    assert items("summary", BRIEF)[0]["content_text"] == "Said in full."


@pytest.mark.parametrize("written", [BARE, EMPTY])
def test_without_a_summary_there_is_the_title_and_nothing_of_the_post(written):
    assert rss("summary", written) == [(None, None)]
    assert atom("summary", written) == [(written.title, None)]
    (item,) = items("summary", written)
    assert item["content_html"] == ""
    assert "summary" not in item


def test_a_cover_that_no_feed_of_summaries_shows_is_a_picture_of_its_own():
    assert b"media:thumbnail" in feeds("full", WHOLE)["feed.xml"]
    summaries = feeds("summary", WHOLE)["feed.xml"]
    assert b"media:content" in summaries
    assert b"media:thumbnail" not in summaries


@pytest.mark.parametrize(("mode", "times"), [("full", 1), ("summary", 0), ("both", 1)])
def test_markdown_goes_with_the_whole_post(mode, times):
    body = Body("<p>Text</p>", "", markdown="The *whole* text.")
    publication = replace(
        A_PUBLICATION, feeds=replace(A_PUBLICATION.feeds, content=mode, markdown=True)
    )
    raw = build(publication, [Entry(WHOLE, body)])["feed.xml"]
    assert raw.count(b"The *whole* text.") == times


def test_a_feed_of_a_part_has_a_mode_of_its_own():
    by = FeedsBy(tag=FeedPattern("{name}", content="summary"))
    assert rss("full", WHOLE, by=by)[0][0].startswith(TEXT)
    assert rss("full", WHOLE, by=by, path="ink/feed.xml") == [(SUMMARY_HTML, None)]
    assert "content_text" in items("full", WHOLE, by=by, path="ink/feed.json")[0]


@pytest.mark.parametrize("archives", [0, 1])
@pytest.mark.parametrize("mode", MODES)
def test_no_validator_has_anything_to_say_of_any_of_them(mode, archives):
    show = Podcast("Ada", "cast@notes.example", f"{SITE}show.png", "Books")
    by = FeedsBy(tag=FeedPattern("tags/{name}"))
    all_posts = (*POSTS, WHOLE, BARE, BRIEF, EMPTY)
    built = feeds(mode, *all_posts, archives=archives, by=by, podcast=show)
    said = [
        f"{name}: {message}"
        for name, feed in built.items()
        for message in (json_feed_rules.messages if name.endswith(".json") else messages)(
            feed, SITE + quote(name)
        )
        if "podcastindex" not in message  # known to it by name only
    ]
    assert said == []
