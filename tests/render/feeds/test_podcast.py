"""Podcasts and other enclosures: what directories and players need, and what is checked first."""

import json
from dataclasses import replace

import feedparser
import pytest
from lxml import etree

from pressrun.errors import PostError
from pressrun.model import Enclosure
from pressrun.podcast import CATEGORIES, PARENTS, Podcast
from pressrun.render.feeds import Entry, build
from pressrun.render.feeds.podcast import guid
from pressrun.render.markdown import render
from support.publications import A_PUBLICATION, post
from support.rich_posts import EPISODE, POSTS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")

SHOW = Podcast(
    "Ada & Bo", "cast@notes.example", "https://notes.example/show ü.png", "Books", explicit=False
)
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"


def publication(root=A_PUBLICATION.root, **fields):
    feeds = replace(A_PUBLICATION.feeds, podcast=replace(SHOW, **fields))
    return replace(A_PUBLICATION, root=root, feeds=feeds)


def feeds(*posts, of=None):
    of = of or publication()
    return build(of, [Entry(each, render(each, of.site)) for each in posts])


def channel(*posts, **fields):
    return etree.fromstring(feeds(*posts, of=publication(**fields))["podcast.xml"])[0]


def test_an_episode_as_a_whole(file_regression):
    file_regression.check(
        feeds(EPISODE, *POSTS)["podcast.xml"], binary=True, basename="podcast", extension=".xml"
    )


def test_only_what_can_be_played_is_in_the_podcast_and_dates_it():
    found = channel(*POSTS, EPISODE)
    assert [each.findtext("title") for each in found.findall("item")] == [EPISODE.title]
    assert found.findtext("lastBuildDate") == "Tue, 10 Nov 2026 08:00:00 +0000"


def test_without_a_podcast_there_is_no_feed_and_no_word_of_one():
    plain = feeds(EPISODE, of=A_PUBLICATION)
    assert "podcast.xml" not in plain
    assert b"itunes" not in b"".join(plain.values())


def test_every_format_carries_the_enclosure_with_all_its_attributes():
    made = feeds(EPISODE)
    said = {"url": "https://media.example/talk%201.mp3", "type": "audio/mpeg"}
    for name in ("feed.xml", "podcast.xml"):
        (enclosure,) = etree.fromstring(made[name]).findall("channel/item/enclosure")
        assert dict(enclosure.attrib) == said | {"length": "12345678"}
    links = etree.fromstring(made["atom.xml"]).findall("{*}entry/{*}link")
    assert [dict(each.attrib) for each in links] == [
        {"href": EPISODE.url},
        {
            "rel": "enclosure",
            "href": said["url"],
            "type": said["type"],
            "length": "12345678",
            "title": "The talk",
        },
    ]
    (item,) = json.loads(made["feed.json"])["items"]
    assert item["attachments"] == [
        {
            "url": said["url"],
            "mime_type": said["type"],
            "title": "The talk",
            "size_in_bytes": 12345678,
            "duration_in_seconds": 3723,
        }
    ]


def test_a_parser_of_podcasts_reads_it_back():
    read = feedparser.parse(feeds(EPISODE)["podcast.xml"])
    assert not read.bozo
    assert read.feed.image.href == "https://notes.example/show%20%C3%BC.png"
    assert read.feed.publisher_detail.email == "cast@notes.example"
    assert [tag.term for tag in read.feed.tags] == ["Arts", "Books"]
    (entry,) = read.entries
    assert (entry.itunes_duration, entry.itunes_episode, entry.itunes_season) == ("3723", "7", "2")
    assert entry.enclosures[0].length == "12345678"


def test_the_words_are_those_that_apple_and_the_validator_know():
    for truth, word in ((True, "true"), (False, "false")):
        assert channel(explicit=truth).findtext(f"{ITUNES}explicit") == word
        assert channel(locked=truth).findtext(f"{PODCAST}locked") == ("yes" if truth else "no")


def test_a_subcategory_stands_in_its_category():
    outer = channel(category="TV Reviews").find(f"{ITUNES}category")
    assert (outer.get("text"), outer[0].get("text")) == ("TV & Film", "TV Reviews")
    assert len(channel(category="Technology").find(f"{ITUNES}category")) == 0


def test_each_subcategory_has_one_parent():
    assert len(PARENTS) == len(CATEGORIES) + sum(map(len, CATEGORIES.values()))


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("http://podnews.net/rss//", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ],
)
def test_the_guid_is_the_one_that_everybody_makes_of_the_address(url, made):
    assert guid(url) == made


def test_a_podcast_that_moved_keeps_its_guid():
    old = "9b024349-ccf0-5f69-a609-6b82873eab3c"
    assert channel(guid=old).findtext(f"{PODCAST}guid") == old
    assert channel().findtext(f"{PODCAST}guid") == guid("https://notes.example/podcast.xml")


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("posts/talk.mp3", "https://notes.example/hello/talk.mp3"),
        ("public/audio/a b.mp3", "https://notes.example/audio/a%20b.mp3?v=2"),
        ("static/audio/talk.mp3", "https://notes.example/audio/talk.mp3"),
        ("audio/talk.mp3", "https://notes.example/audio/talk.mp3"),
    ],
)
def test_a_file_that_is_here_is_measured(tmp_path, place, address):
    file = tmp_path / place
    file.parent.mkdir(parents=True)
    file.write_bytes(b"x" * 1234)
    made = feeds(post(enclosure=Enclosure(address)), of=publication(tmp_path))
    (item,) = json.loads(made["feed.json"])["items"]
    (attachment,) = item["attachments"]
    assert (attachment["size_in_bytes"], attachment["mime_type"]) == (1234, "audio/mpeg")


@pytest.mark.parametrize(
    ("enclosure", "problem"),
    [
        (Enclosure("https://a.example/x.mp3"), "has no length, and x.mp3 is not here"),
        (Enclosure("https://a.example/x.xyz", length=1), "has a file of an unknown type"),
        (Enclosure("https://a.example/x.mp3", "text/html", 1), 'the type "text/html", but'),
        (Enclosure("https://notes.example/talk.mp3", length=3), "but talk.mp3 has 4 bytes"),
        (Enclosure("https://notes.example/empty.mp3"), "is an empty file"),
        (Enclosure("https://notes.example/%2e%2e/secret.mp3"), "has no length"),
        (Enclosure("https://notes.example//etc/hostname.mp3"), "has no length"),
    ],
)
def test_what_a_player_would_stumble_over_is_an_error(tmp_path, enclosure, problem):
    root = tmp_path / "publication"
    root.mkdir()
    (root / "talk.mp3").write_bytes(b"1234")
    (root / "empty.mp3").touch()
    (tmp_path / "secret.mp3").write_bytes(b"1")
    with pytest.raises(PostError) as error:
        feeds(post(enclosure=enclosure, lines={"enclosure": 5}), of=publication(root))
    assert str(error.value).startswith('posts/hello.md:5: "enclosure" ')
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("name", "kind"), [("x.mp4", "audio/mp4"), ("x.ogg", "application/ogg"), ("x.m4a", "audio/mp4")]
)
def test_a_type_that_fits_the_name_as_well_is_believed(name, kind):
    one = post(enclosure=Enclosure(f"https://a.example/{name}", kind, 1))
    assert f'type="{kind}"'.encode() in feeds(one)["feed.xml"]


def test_every_problem_of_a_run_is_told():
    bad = [post(slug=name, enclosure=Enclosure("https://a.example/x.mp3")) for name in "ab"]
    with pytest.raises(PostError) as error:
        feeds(*bad)
    assert len(error.value.problems) == 2
