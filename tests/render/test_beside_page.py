"""The page about the feeds: for every person, on every device, in every language."""

import re
from importlib import resources
from itertools import pairwise

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.render.beside import page
from pressrun.render.beside.words import words_in
from pressrun.render.characters import line
from support.feed_lists import DESCRIPTION, FEEDS, TITLE, listed

ANY_TEXT = st.text(st.characters())
OPML = "https://notes.example/feeds.opml"
NEWEST = (
    ("Everything <at> once", "https://notes.example/a/?b=c&d=%22", "23 November 2026"),
    ("שלום!", "https://notes.example/shalom/", "2 November 2026"),
)


def written(title=TITLE, description=DESCRIPTION, language="en", feeds=FEEDS, newest=NEWEST):
    return page(title, description, language, feeds, newest, opml_url=OPML)


def read(document: bytes):
    """Read a page as browsers do; every error of its HTML is raised."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(document.decode())


def text(element) -> str:
    return "".join(element.itertext())


def test_the_page(file_regression):
    file_regression.check(written(), binary=True, basename="feeds", extension=".html")


def test_the_page_in_german(file_regression):
    feeds = [listed("Notizen", language="de-AT")]
    german = written("Notizen", "", "de-AT", feeds, ())
    file_regression.check(german, binary=True, basename="feeds.de", extension=".html")


def test_the_page_in_a_language_of_which_we_have_no_words(file_regression):
    feeds = [listed("רשימות", language="he"), listed("רשימות: דפוס", "t/", language="he")]
    hebrew = written("רשימות", "על הוצאה לאור.", "he", feeds, NEWEST[1:])
    file_regression.check(hebrew, binary=True, basename="feeds.he", extension=".html")


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, st.sampled_from(["en", "de", "ar", "fr-CA"]))
def test_the_page_keeps_every_text(title, description, post, language):
    feeds = [
        listed(title, description=description, language=language),
        listed("Another", description=description),
        listed(f"{title}: {post}", "part/"),
    ]
    newest = [(post, "https://notes.example/", "2026-11-23")]
    root = read(written(title, description, language, feeds, newest))
    words = words_in(language)
    assert line(text(root.find(".//h1"))) == line(words.follow.format(title=line(title)))
    assert text(root.find(".//title")) == words.follow.format(title=line(title))
    assert text(root.find(".//*[@class='site']")) == line(title)
    assert [text(each) for each in root.iterfind(".//h3")][:2] == [line(title), "Another"]
    assert text(root.find(".//*[@class='newest']//a")) == line(post)


def test_parts_of_the_site_stand_by_their_short_names_below_the_rest():
    root = read(written())
    shown = [text(each) for each in root.iterfind(".//*[@class='feed']/h3")]
    parts = [text(each.find("bdi")) for each in root.iterfind(".//*[@class='parts']/li")]
    assert (shown, parts) == ([TITLE, "Notizen"], ["a & b", "العربية"])
    assert written().index(b'id="newest"') < written().index(b'id="parts"')


def test_the_head_names_the_whole_feeds_alone_for_parts_may_be_hundreds():
    root = read(written())
    found = [each.get("href") for each in root.iterfind("head/link[@rel='alternate']")]
    assert found == [
        "https://notes.example/feed.xml",
        "https://notes.example/atom.xml",
        "https://notes.example/feed.json",
        "https://notes.example/podcast.xml",
        "https://notes.example/de/atom.xml",
        "https://notes.example/de/feed.json",
    ]


def test_every_address_of_every_feed_is_linked_by_a_name_of_its_own():
    root = read(written())
    named = {each.get("href"): each.get("aria-label") or text(each) for each in root.iter("a")}
    assert {url for feed in FEEDS for url in feed.addresses.values()} <= named.keys()
    assert len(set(named.values())) == len(named)
    assert named["https://notes.example/tags/a-b/atom.xml"] == "Atom: a & b"
    assert named[OPML] == "OPML"


def test_the_address_to_copy_is_readable_and_that_of_rss_where_there_is_rss():
    addresses = [text(each) for each in read(written()).iter("code")]
    assert addresses == ["https://notes.example/feed.xml", "https://notes.example/de/atom.xml"]


def test_a_single_feed_needs_no_list_of_feeds_and_no_posts_no_heading():
    bare = written(feeds=FEEDS[:1], newest=())
    assert OPML.encode() not in bare
    assert [each.get("id") for each in read(bare).iter("h2")] == ["what", "how", "feeds"]


@pytest.mark.parametrize("language", ["en", "de", "he"])
def test_the_page_can_be_read_by_a_screen_reader(language):
    root = read(written(language=language))
    assert root.get("lang") == language
    assert len(list(root.iter("h1"))) == len(list(root.iter("main"))) == 1
    assert root.find("body/header") is not None
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(set(ids)) == len(ids)
    sections = list(root.iter("section"))
    assert {each.get("aria-labelledby") for each in sections} <= set(ids)
    levels = [int(each.tag[1]) for each in root.iter() if re.fullmatch(r"h\d", str(each.tag))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize(
    ("language", "way"), [("en", "ltr"), ("he", "rtl"), ("ar-EG", "rtl"), ("az-Arab", "rtl")]
)
def test_the_page_runs_the_way_of_its_language(language, way):
    assert read(written(language=language)).get("dir") == way


def test_english_words_on_a_page_in_another_language_are_marked():
    root = read(written(language="he"))
    heading = root.find(".//h2[@id='what']/span")
    assert (heading.get("lang"), heading.get("dir")) == ("en", "ltr")
    assert root.find(".//h1/span/bdi").get("lang") == "he"
    assert read(written(language="de")).find(".//h2[@id='what']/span") is None


def test_a_feed_in_another_language_says_so():
    root = read(written())
    languages = [each.get("lang") for each in root.iterfind(".//*[@class='feed']/h3/bdi")]
    assert languages == [None, "de"]


def test_the_page_needs_nothing_from_elsewhere():
    root = read(written())
    assert not [each for each in root.iter() if each.tag in {"script", "img", "iframe", "object"}]
    assert not [each for each in root.iter() if each.get("style") or each.get("src")]
    assert {each.get("rel") for each in root.iter("link")} == {"alternate"}
    (style,) = root.iter("style")
    assert not re.search(r"url\(|@import|expression", style.text)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_language_has_the_places_that_are_filled(language):
    words = words_in(f"{language}-AT")
    assert words.language == language
    assert "{title}" in words.follow
    assert "{opml}" in words.all_at_once


def palettes() -> list[dict[str, str]]:
    css = resources.files("pressrun.render.beside").joinpath("palette.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    return [dict(re.findall(r"--(\w+): (#\w{6});", each)) for each in (light, dark)]


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * each for part, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colours", palettes(), ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "box"])
@pytest.mark.parametrize("writing", ["ink", "quiet", "accent"])
def test_every_text_stands_out(colours, ground, writing):
    """By the measure of WCAG, https://www.w3.org/TR/WCAG22/#contrast-minimum."""
    darker, lighter = sorted(luminance(colours[each]) for each in (ground, writing))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
