"""What stands beside the feeds: as a whole, and read back by parsers."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from pressrun.render.beside import Listed, opml, snippet
from pressrun.render.characters import line
from support.feed_lists import DESCRIPTION, FEEDS, TITLE, listed

# With surrogates, control characters and everything else that no file may hold.
ANY_TEXT = st.text(st.characters())


def outlines(*feeds: Listed) -> list[dict[str, str]]:
    root = etree.fromstring(opml(TITLE, feeds))
    return [dict(each.attrib) for each in root.findall("body/outline")]


def links(*feeds: Listed) -> list[dict[str, str]]:
    head = html.fromstring(f"<head>{snippet(feeds)}</head>")
    return [dict(each.attrib) for each in head.iter("link")]


def test_the_list_of_feeds(file_regression):
    file_regression.check(opml(TITLE, FEEDS), binary=True, basename="feeds", extension=".opml")


def test_the_lines_for_a_site_s_head(file_regression):
    file_regression.check(snippet(FEEDS), basename="head", extension=".html")


def test_a_list_of_feeds_holds_every_feed_once_and_a_podcast_apart():
    assert [(each["text"], each["xmlUrl"]) for each in outlines(*FEEDS)] == [
        (TITLE, "https://notes.example/feed.xml"),
        (f"{TITLE} (Podcast)", "https://notes.example/podcast.xml"),
        ("Notizen", "https://notes.example/de/atom.xml"),
        (f"{TITLE}: a & b", "https://notes.example/tags/a-b/feed.xml"),
        (f"{TITLE}: العربية", "https://notes.example/tags/arabic/feed.xml"),
    ]


def test_a_list_of_feeds_is_opml_2():
    root = etree.fromstring(opml(TITLE, FEEDS))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [each.tag for each in root] == ["head", "body"]
    assert root.findtext("head/title") == TITLE
    for each in outlines(*FEEDS):
        assert each["type"] == "rss"
        assert each["title"] == each["text"]
        assert each["htmlUrl"] == "https://notes.example/"


def test_a_list_of_feeds_says_rss_2_of_rss_alone():
    versions = [each.get("version") for each in outlines(*FEEDS)]
    assert versions == ["RSS2", "RSS2", None, "RSS2", "RSS2"]


def test_a_podcast_alone_keeps_its_title():
    (only,) = outlines(listed("Talks", formats="podcast"))
    assert (only["text"], only["version"]) == ("Talks", "RSS2")


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_a_list_of_feeds_keeps_every_text(site, title, description):
    written = opml(site, [listed(title, description=description)])
    root = etree.fromstring(written)
    outline = root.find("body/outline")
    assert root.findtext("head/title") == line(site)
    assert outline.get("text") == (line(title) or outline.get("xmlUrl"))
    assert outline.get("title", "") == line(title)
    assert outline.get("description", "") == line(description)


def test_an_outline_always_has_a_text():
    """OPML 2.0 requires it, even of a feed whose title holds nothing that may be written."""
    (only,) = outlines(listed("\x00"))
    assert only["text"] == "https://notes.example/feed.xml"


def test_a_description_is_left_out_where_there_is_none():
    assert "description" not in outlines(listed("Talks"))[0]
    assert outlines(FEEDS[0])[0]["description"] == DESCRIPTION


def test_a_site_s_head_names_every_format_with_its_type():
    assert [(each["type"], each["href"]) for each in links(FEEDS[0])] == [
        ("application/rss+xml", "https://notes.example/feed.xml"),
        ("application/atom+xml", "https://notes.example/atom.xml"),
        ("application/feed+json", "https://notes.example/feed.json"),
        ("application/rss+xml", "https://notes.example/podcast.xml"),
    ]
    assert {each["rel"] for each in links(FEEDS[0])} == {"alternate"}


def test_formats_of_one_feed_can_be_told_apart():
    assert [each["title"] for each in links(*FEEDS[1:])] == [
        "Notizen (Atom)",
        "Notizen (JSON)",
        f"{TITLE}: a & b (RSS)",
        f"{TITLE}: a & b (Atom)",
        f"{TITLE}: a & b (JSON)",
        f"{TITLE}: العربية",
    ]


@given(ANY_TEXT)
def test_a_site_s_head_keeps_every_title(title):
    (only,) = links(listed(title, formats="rss"))
    assert only["title"] == line(title)


def test_nothing_here_needs_the_libraries_that_write_feeds():
    code = "import sys, pressrun.render.beside; print(*sys.modules)"
    result = subprocess.run(
        (sys.executable, "-c", code), capture_output=True, text=True, check=True
    )
    loaded = set(result.stdout.split())
    assert "pressrun.render.beside.page" in loaded
    assert not loaded & {"feedgen", "lxml", "jinja2", "yaml", "markdown_it"}
