"""What a person sees who opens a feed in a browser, worked out from the rules of the stylesheet."""

import re
from html import unescape

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml.cssselect import CSSSelector

from pressrun.render.beside import stylesheet, with_stylesheet
from pressrun.render.feeds import Entry
from pressrun.render.markdown import render
from support.feeds import build
from support.publications import A_PUBLICATION
from support.rich_posts import POSTS

PAGE = "https://notes.example/feeds.html"
NAMESPACES = {"atom": "http://www.w3.org/2005/Atom"}
FEEDS = build(A_PUBLICATION, [Entry(each, render(each, A_PUBLICATION.site)) for each in POSTS])
XML = ("feed.xml", "atom.xml")
ANY_ADDRESS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)


def rules() -> list[tuple[str, str]]:
    """List selectors with their declarations in order; of those for elements, not for places."""
    css = re.sub(r"/\*.*?\*/", "", stylesheet("en", PAGE).decode(), flags=re.DOTALL)
    found = re.findall(r"([^{};]+)\{([^{}]*)\}", css)
    pairs = [(each.strip(), body) for selectors, body in found for each in selectors.split(",")]
    return [pair for pair in pairs if not re.search(r"^:root|::|@", pair[0])]


def shown(feed: bytes) -> list[str]:
    """List the texts that the stylesheet lets through, in the order of the file."""
    root = etree.fromstring(feed)
    hidden = set()
    for selector, body in rules():
        found = {*CSSSelector(selector, NAMESPACES)(root)}
        if "display: none" in body:
            hidden |= found
        elif "display:" in body:
            hidden -= found
    return [
        (each.text or each.get("href") or "").strip()
        for each in root.iter()
        if len(each) == 0 and not hidden & {each, *each.iterancestors()}
    ]


def strings(css: bytes) -> list[str]:
    """Read the strings of the notice back, as browsers do."""
    (content,) = re.findall(r"content: (\".*);", css.decode())
    found = re.findall(r'"((?:[^"\\\n]|\\.)*)"', content)
    return [re.sub(r"\\([0-9a-f]+) ", lambda code: chr(int(code[1], 16)), each) for each in found]


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_stylesheet(language, file_regression):
    css = stylesheet(language, PAGE)
    file_regression.check(css, binary=True, basename=f"feed.{language}", extension=".css")


def test_rss_shows_its_title_and_what_is_known_of_each_post_without_tags():
    assert shown(FEEDS["feed.xml"])[:5] == [
        "Notes",
        "Notes on publishing.",
        'Everything <at> once & "more"',
        "https://notes.example/everything/",
        "Fri, 20 Nov 2026 08:30:00 +0000",
    ]
    assert not [text for text in shown(FEEDS["feed.xml"]) if "<p>" in text]


def test_atom_shows_summaries_as_well():
    assert shown(FEEDS["atom.xml"])[:2] == ["Notes", "Notes on publishing."]
    german = shown(FEEDS["atom.xml"]).index("Hallo 👋 العالم")
    assert shown(FEEDS["atom.xml"])[german : german + 4] == [
        "Hallo 👋 العالم",
        "https://notes.example/hallo/",
        "Eine < Zusammenfassung.",
        "2026-11-12T08:00:00+00:00",
    ]
    assert not [text for text in shown(FEEDS["atom.xml"]) if "<p>" in text]


def test_titles_of_other_namespaces_and_enclosures_stay_hidden():
    feed = """<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
        <title>Talks</title><itunes:title>Hidden</itunes:title><image><title>Hidden</title></image>
        <item><title>One</title><itunes:title>Hidden</itunes:title></item></channel></rss>"""
    assert shown(feed.encode()) == ["Talks", "One"]
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>One</title>
        <link rel="enclosure" href="/hidden.mp3"/><summary type="html">Hidden</summary>
        <content>Hidden</content></entry></feed>"""
    assert shown(feed.encode()) == ["One"]


@pytest.mark.parametrize("name", XML)
def test_the_instruction_comes_first_and_changes_nothing_else(name):
    styled = with_stylesheet(FEEDS[name], "feed.css")
    instruction = b'<?xml-stylesheet type="text/css" href="feed.css"?>\n'
    declaration, *_rest = FEEDS[name].split(b"\n", 1)
    assert styled.startswith(declaration + b"\n" + instruction)
    assert styled.replace(instruction, b"") == FEEDS[name]
    assert etree.fromstring(styled).getprevious().target == "xml-stylesheet"


@pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")
@pytest.mark.parametrize("name", XML)
def test_readers_do_not_mind(name):
    styled = feedparser.parse(with_stylesheet(FEEDS[name], "feed.css"))
    assert not styled.bozo
    assert styled.entries == feedparser.parse(FEEDS[name]).entries


def test_a_feed_without_a_declaration_gets_the_instruction_too():
    styled = with_stylesheet(b"<rss/>", "a.css")
    assert styled == b'<?xml-stylesheet type="text/css" href="a.css"?>\n<rss/>'


@given(ANY_ADDRESS)
def test_no_address_breaks_out_of_the_instruction(url):
    root = etree.fromstring(with_stylesheet(b"<?xml version='1.0'?>\n<rss/>", url))
    instruction = root.getprevious()
    assert instruction.getprevious() is None
    (href,) = re.findall(r'href="([^"<>]*)"$', instruction.text)
    assert unescape(href) == url


@given(ANY_ADDRESS)
def test_no_address_breaks_out_of_the_notice(url):
    notice, learn_more = strings(stylesheet("en", url))[::2]
    assert notice.startswith("This is a feed.")
    assert learn_more == f"How that works: {url}"


def test_the_notice_is_in_the_language_of_the_site():
    assert strings(stylesheet("de-CH", PAGE))[0].startswith("Das ist ein Feed.")
    assert strings(stylesheet("fr", PAGE))[0].startswith("This is a feed.")
