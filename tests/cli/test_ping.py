"""``publish feed --ping``: who is told of what, and what a run says of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pressrun.cli import ping
from pressrun.http.web import Sight
from support.publications import A_PUBLICATION, MINIMAL
from support.publishing import NEW_POST, NOW, desk
from support.wire_fakes.base import listen

HUB, OTHER, BLOG = "https://hub.example/", "https://other.example/p", "https://blog.example/ping"
FEEDS = replace(A_PUBLICATION.feeds, hubs=(HUB, OTHER), pings=(BLOG,))
FEED, ATOM = "https://notes.example/feed.xml", "https://notes.example/atom.xml"


def lines(answers, words, now=lambda: NOW):
    asked = []

    def post(url, form):
        asked.append((url, form))
        return answers.get(url, Sight(204, "answers 204"))

    return list(ping.tell(words, post, now)), asked


def test_each_listener_is_told_of_each_changed_feed_in_its_own_words():
    said, asked = lines({}, ping.words(FEEDS, [FEED, ATOM]))
    assert asked[:3] == [
        (HUB, {"hub.mode": "publish", "hub.url": FEED}),
        (OTHER, {"hub.mode": "publish", "hub.url": FEED}),
        (BLOG, {"url": FEED}),
    ]
    assert said[0] == f"hub.example: told of {FEED}"
    assert len(said) == len(asked) == 6
    assert ping.words(FEEDS, []) == []


def test_a_listener_that_refuses_is_named_and_the_others_are_told():
    said, asked = lines({HUB: Sight(500, "answers 500")}, ping.words(FEEDS, [FEED, ATOM]))
    assert said[0] == f"hub.example: not told of {FEED}: answers 500."
    assert [line for line in said if "not told" in line] == [said[0], said[3]]
    assert len(asked) == 6


def test_a_listener_that_cannot_be_reached_is_tried_once():
    gone = Sight(None, "does not answer within 10 seconds")
    said, asked = lines({HUB: gone}, ping.words(FEEDS, [FEED, ATOM]))
    assert said[0] == f"hub.example: not told of {FEED}: does not answer within 10 seconds."
    assert said[3] == f"hub.example: not told of {ATOM}: cannot be reached."
    assert [url for url, _ in asked].count(HUB) == 1


def test_a_run_pings_so_often_and_so_long_and_says_what_it_left():
    many = ping.words(FEEDS, [f"{FEED}?{number}" for number in range(50)])
    said, asked = lines({}, many)
    assert len(asked) == ping.MOST
    assert said[-1].endswith("left for the next change, this run has pinged enough.")
    assert len(said) == 150
    clock = iter(NOW + timedelta(seconds=20 * step) for step in range(200))
    _, asked = lines({}, many, lambda: next(clock))
    assert len(asked) == 3


def test_a_line_shows_no_key_of_an_address():
    feeds = replace(FEEDS, hubs=(), pings=("https://api.example/ping?key=canary",))
    said, _ = lines({}, ping.words(feeds, [FEED]))
    assert said == [f"api.example: told of {FEED}"]


@pytest.fixture
def world(tmp_path, capsys):
    asked, status = [], [204]

    def handle(handler):
        asked.append(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        handler.send_response(status[0])
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with listen(handle) as url:
        config = MINIMAL.replace("provider:", f"  hubs: ['{url}/']\nprovider:")
        yield desk(tmp_path, capsys, config=config), asked, status


def test_only_feeds_that_changed_are_told_of(world):
    here, asked, _ = world
    said = here.publish("feed", "--ping")
    assert said.code == 0
    assert [line for line in said.err.splitlines() if "told" in line] == [
        f"127.0.0.1: told of https://notes.example/{name}"
        for name in ("feed.xml", "atom.xml", "feed.json")
    ]
    assert len(asked) == 3
    assert here.publish("feed", "--ping").err == ""
    assert len(asked) == 3
    (here.root / "public/atom.xml").unlink()
    here.publish("feed", "--ping")
    assert asked[3:] == ["hub.mode=publish&hub.url=https%3A%2F%2Fnotes.example%2Fatom.xml"]


def test_nobody_is_told_without_the_word(world):
    here, asked, _ = world
    here.publish("feed")
    assert asked == []


def test_a_failing_hub_fails_no_build(world):
    here, _, status = world
    status[0] = 500
    said = here.publish("feed", "--ping")
    assert said.code == 0
    assert "127.0.0.1: not told of https://notes.example/feed.xml: answers 500." in said.err
    assert (here.root / "public/feed.xml").exists()


def test_a_bad_post_is_told_to_nobody(world):
    here, asked, _ = world
    here.write("posts/bad.md", NEW_POST.replace("date:", "dat: x\ndate:").replace("title", "titel"))
    assert here.publish("feed", "--ping").code == 1
    assert asked == []


def test_without_anybody_to_ping_the_mend_is_named(tmp_path, capsys):
    said = desk(tmp_path, capsys).publish("feed", "--ping")
    assert (said.code, said.out) == (2, "")
    assert "publish.yml:6: there is nobody to ping. Name a hub in feeds: hubs:" in said.err


def test_of_the_feeds_of_tags_those_are_told_of_that_changed_and_no_page_of_an_archive(world):
    here, asked, _ = world
    more = "  archives: 1\n  items: 1\n  by:\n    tag: tags/{name}\nprovider:"
    here.write("publish.yml", (here.root / "publish.yml").read_text().replace("provider:", more))
    for tag in ("ink", "type"):
        here.write(f"posts/{tag}.md", NEW_POST.replace("title:", f"tags: [{tag}]\ntitle:"))
    here.publish("feed")
    here.write("posts/new.md", NEW_POST.replace("title:", "tags: [ink]\ntitle:"))
    said = here.publish("feed", "--ping")
    told = [line.split(" told of https://notes.example/")[1] for line in said.err.splitlines()]
    names = ("feed.xml", "atom.xml", "feed.json")
    assert told == [*names, *(f"tags/ink/{name}" for name in names)]
    assert len(asked) == 6
    assert (here.root / "public/archive/3/feed.xml").exists()


def test_a_check_tells_nobody(world):
    here, asked, _ = world
    assert here.publish("feed", "--ping", "--check").code == 10
    assert asked == []
