"""What keeps its id in every feed, so that no reader is told of it a second time."""

import json

import feedparser
import pytest

from support.publications import MINIMAL
from support.publishing import desk

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")

CONFIG = """\
id: notes
site:
  title: Notes
  url: http://notes.example/
  timezone: Europe/Berlin
feeds:
  authority: notes.example
  authority_date: 2026-01-01
  url: http://notes.example/feeds/
  items: 1
  archives: 1
  by:
    tag: tags/{name}
provider:
  name: outbox
"""
POST = """\
---
id: the-first
title: Hello
date: 2026-11-10 09:00
tags: [Lead Type]
---
See [the other](/second/).
"""
OTHER = POST.replace("id: the-first\n", "").replace("11-10", "11-20")
FIRST = "tag:notes.example,2026-01-01:the-first"
SECOND = "tag:notes.example,2026-01-01:2026/second"
FEED = "tag:notes.example,2026-01-01:feed:notes"
# What was in the feeds when this was written. It may never change.
RECORDED = {
    "feeds": {
        "": FEED,
        "archive/1/": f"{FEED}:archive-1",
        "tags/lead-type/": f"{FEED}:tag:lead-type",
        "tags/lead-type/archive/1/": f"{FEED}:tag:lead-type:archive-1",
    },
    "posts": {
        f"{folder}{name}": ids
        for folder, ids in {
            "": [SECOND],
            "archive/1/": [FIRST],
            "tags/lead-type/": [SECOND],
            "tags/lead-type/archive/1/": [FIRST],
        }.items()
        for name in ("atom.xml", "feed.json", "feed.xml")
    },
}


@pytest.fixture
def here(tmp_path, capsys):
    posts = {"hello.md": POST, "2026/second.md": OTHER}
    return desk(tmp_path, capsys, config=CONFIG, posts=posts)


def ids(here):
    """Read all feeds: the id of each in Atom by its folder, and those of the posts in each file."""
    feeds, posts = {}, {}
    for path in sorted(here.root.glob("public/**/*.*")):
        name = str(path.relative_to(here.root / "public"))
        if path.name == "feed.json":
            posts[name] = [item["id"] for item in json.loads(path.read_text())["items"]]
        elif path.suffix == ".xml":
            told = feedparser.parse(path.read_bytes())
            posts[name] = [entry.id for entry in told.entries]
            if path.name == "atom.xml":
                feeds[name.removesuffix("atom.xml")] = told.feed.id
    return {"feeds": feeds, "posts": posts}


def edited(here, name, old, new):
    written = (here.root / name).read_text()
    assert old in written
    here.write(name, written.replace(old, new))


def renamed(here):
    (here.root / "posts/hello.md").rename(here.root / "posts/2026/welcome.md")


CHANGES = {
    "nothing": lambda here: None,  # noqa: ARG005 - the others need it
    "a file with an id is renamed": renamed,
    "the site has another host": lambda here: edited(
        here, "publish.yml", "//notes.example/", "//other.example/blog/"
    ),
    "the feeds alone have another host": lambda here: edited(
        here, "publish.yml", "http://notes.example/feeds/", "https://feeds.other.example/"
    ),
    "http becomes https": lambda here: edited(here, "publish.yml", "http://", "https://"),
    "a post has another date": lambda here: edited(
        here, "posts/hello.md", "2026-11-10", "2019-02-03"
    ),
    "a post was updated": lambda here: edited(
        here, "posts/hello.md", "date:", "updated: 2026-11-22\ndate:"
    ),
    "a post has another slug": lambda here: edited(
        here, "posts/hello.md", "title:", "slug: welcome\ntitle:"
    ),
    "a post has another address": lambda here: edited(
        here, "posts/hello.md", "title:", "url: /2026/welcome/\ntitle:"
    ),
    "all posts have other addresses": lambda here: edited(
        here, "publish.yml", "feeds:\n", 'posts:\n  url: "/{year}/{slug}.html"\nfeeds:\n'
    ),
    "a post has another title and text": lambda here: (
        edited(here, "posts/hello.md", "Hello", "Welcome"),
        edited(here, "posts/hello.md", "See", "Look at"),
    ),
    "the site has another title and language": lambda here: edited(
        here, "publish.yml", "title: Notes", "title: Leaves\n  language: de"
    ),
    "a tag is spelt in another way": lambda here: edited(
        here, "posts/2026/second.md", "Lead Type", "LEAD_TYPE"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_post_and_no_feed_is_new_because(here, change):
    assert here.publish("feed").code == 0
    change(here)
    said = here.publish("feed", "--no-cache")
    assert (said.code, said.err) == (0, "")
    assert ids(here) == RECORDED
    assert "vanished-id" not in here.publish("check").out


def test_addresses_do_follow(here):
    edited(here, "publish.yml", "http://notes.example/", "https://other.example/")
    here.publish("feed")
    for path in here.root.glob("public/**/*.*"):
        assert b"http://notes.example" not in path.read_bytes()


def test_a_file_without_an_id_is_another_post_under_another_name_and_the_check_says_so(here):
    here.publish("feed")
    (here.root / "posts/2026/second.md").rename(here.root / "posts/2026/third.md")
    said = here.publish("check")
    assert SECOND in f"{said.out}{said.err}"
    assert "add id: 2026/second" in f"{said.out}{said.err}"
    assert "posts/2026/second.md:1: warning vanished-id" in f"{said.out}{said.err}"


def test_the_check_says_where_a_post_seems_to_have_gone(here):
    here.publish("feed")
    (here.root / "posts/2027").mkdir()
    (here.root / "posts/2026/second.md").rename(here.root / "posts/2027/second.md")
    said = here.publish("check")
    assert "It looks like posts/2027/second.md now: add id: 2026/second" in f"{said.out}{said.err}"


@pytest.mark.parametrize(
    "own",
    [
        "https://old.example/2019/hello.html",
        "tag:old.example,2019:hello",
        "urn:uuid:0b1a7b2e-6f6b-4b62-9d2a-0f1f0c6f9a01",
    ],
)
def test_ids_of_another_tool_stay_as_they_were(here, own):
    edited(here, "posts/hello.md", "id: the-first", f"id: {own}")
    here.publish("feed")
    assert ids(here)["posts"]["archive/1/feed.xml"] == [own]
    edited(here, "publish.yml", "http://notes.example/", "https://other.example/")
    here.publish("feed")
    assert {tuple(each) for each in ids(here)["posts"].values()} == {
        (SECOND,),
        (own,),
    }


def test_two_publications_share_no_id_of_a_feed(tmp_path, capsys):
    for name in ("notes", "other"):
        here = desk(tmp_path / name, capsys, config=MINIMAL.replace("id: notes", f"id: {name}"))
        here.publish("feed")
        assert ids(here)["feeds"] == {"": f"tag:notes.example,2026-01-01:feed:{name}"}
