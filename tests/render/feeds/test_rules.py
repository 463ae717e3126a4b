"""Our feeds against the feed validator's rules, and each rule against a feed that breaks it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pressrun import config, posts
from pressrun.model import Author, Body, Image, Post
from pressrun.podcast import Podcast
from pressrun.publication import Publication
from pressrun.render import html
from pressrun.render.feeds import Entry
from pressrun.render.markdown import render
from support import json_feed_rules
from support.feed_html_rules import TAGS
from support.feed_rules import RULES, messages
from support.feeds import build
from support.publications import A_PUBLICATION, post
from support.rich_posts import EPISODE, POSTS, RICH
from support.tools import ROOT

SHOW = Podcast("Ada", "cast@notes.example", "https://notes.example/show.png", "Books")
FULL = replace(
    A_PUBLICATION,
    feeds=replace(
        A_PUBLICATION.feeds,
        podcast=SHOW,
        hubs=("https://hub.example/", "https://other.example/"),
        cloud="https://rpc.example/notify",
    ),
)
SITE = "https://notes.example/"
# It knows the podcast namespace by name, and checks nothing of it.
ANNOUNCED = "UnsupportedNamespace: https://podcastindex.org/namespace/1.0"


def made(*written: Post, publication: Publication = FULL) -> dict[str, bytes]:
    return build(publication, [Entry(each, render(each, publication.site)) for each in written])


def said(feeds: dict[str, bytes]) -> list[str]:
    """List what validators would say of all feeds, where they will lie."""
    return [
        f"{name}: {message}"
        for name, feed in feeds.items()
        for message in judge(name)(feed, f"https://notes.example/{name}")
        if message != ANNOUNCED
    ]


def judge(name: str):
    return json_feed_rules.messages if name.endswith(".json") else messages


def test_there_is_nothing_to_say_of_our_feeds():
    talk = replace(EPISODE, cover=Image("https://notes.example/c.svg", "A </b> c", 4, 3))
    assert said(made(*POSTS, talk)) == []
    assert said(made()) == []
    plain = made(*POSTS, publication=A_PUBLICATION)
    assert not any("Namespace" in message for message in said(plain))


def test_there_is_nothing_to_say_of_the_repository_s_own_posts():
    publication = config.load(ROOT)
    feeds = made(*posts.load(publication), publication=publication)
    assert len(feeds) == 3
    for name, feed in feeds.items():
        assert judge(name)(feed, f"https://pressrun.example/{name}") == []


def test_markdown_costs_one_warning_and_nothing_else():
    wanted = replace(A_PUBLICATION, feeds=replace(A_PUBLICATION.feeds, markdown=True))
    assert said(made(RICH, publication=wanted)) == [
        "feed.xml: UnknownNamespace: http://source.scripting.com/"
    ]


GOOD = made(EPISODE, replace(EPISODE, id="b", slug="b", cover=RICH.cover), RICH)
RSS, ATOM = GOOD["podcast.xml"], GOOD["atom.xml"]
GROUP = '<media:group><media:content url="https://a.example/"/></media:group>'
FH = 'xmlns:fh="http://purl.org/syndication/history/1.0"'
LAST = f'<link rel="last" href="{SITE}atom.xml"/><link rel="next" href="{SITE}2.xml"/>'

# The rule, the feed, and what is broken in it.
BROKEN = [
    ("InvalidRSSVersion", RSS, 'version="2.0"', 'version="2.1"'),
    ("UndefinedElement", RSS, "<language>", "<blink>x</blink><language>"),
    ("DuplicateElement", RSS, "<language>", "<language>en</language><language>"),
    ("DuplicateEnclosure", RSS, "<enclosure", "<enclosure/><enclosure"),
    ("MissingElement", ATOM, "<title>Notes</title>", ""),
    ("MissingGuid", RSS, ' isPermaLink="false"', "", "guid>", "x>"),
    ("UnexpectedText", RSS, "<channel>", "<channel>text"),
    ("UnexpectedAttribute", RSS, "<channel>", '<channel lang="en">'),
    ("UseOfExtensionAttr", RSS, "<channel>", '<channel itunes:x="y">'),
    ("MissingAttribute", RSS, ' length="12345678"', ""),
    ("NotBlank", RSS, "<generator>Pressrun<", "<generator><"),
    ("AttrNotBlank", ATOM, 'rel="self"', 'rel=""'),
    ("UnknownNamespace", RSS, "<channel>", '<channel xmlns:x="http://x.example/">'),
    ("UnsupportedNamespace", RSS, "<channel>", "<channel >"),
    ("ReservedPrefix", RSS, 'xmlns:dc="http://purl.org/dc', 'xmlns:dc="http://pearl.example/dc'),
    ("NonstdPrefix", RSS, "<channel>", '<channel xmlns:m="http://search.yahoo.com/mrss/">'),
    ("AvoidNamespacePrefix", ATOM, "<feed", '<feed xmlns:atom="http://www.w3.org/2005/Atom"'),
    ("InvalidRFC2822Date", RSS, "Tue, 10 Nov 2026", "10. November 2026"),
    ("IncorrectDOW", RSS, "Tue, 10 Nov 2026", "Wed, 10 Nov 2026"),
    ("InvalidRFC3339Date", ATOM, "<published>2026-11-20T", "<published>2026-11-20 "),
    ("InvalidRFC3339Date", ATOM, "<published>2026-11-20T", "<published>2026-11-31T"),
    ("ImplausibleDate", RSS, "10 Nov 2026", "10 Nov 1970"),
    ("DuplicateUpdated", ATOM, "T08:01:00+00:01", "T08:00:00+00:00"),
    ("InvalidFullLink", RSS, "<link>https://notes.example/ep", "<link>/ep"),
    ("InvalidFullLink", RSS, "<link>https://notes.example/ep", "<link>https://notes.example/é"),
    ("SchemeNotIANARegistered", RSS, "<link>https://notes.example/ep", "<link>noxious:ep"),
    ("InvalidTAG", ATOM, "<id>tag:notes.example,2026-01-01:b<", "<id>tag:notes.example:b<"),
    ("InvalidURN", ATOM, "<id>tag:notes.example,2026-01-01:b<", "<id>urn:x<"),
    ("InvalidUUID", ATOM, "<id>tag:notes.example,2026-01-01:b<", "<id>urn:uuid:1-2<"),
    ("NonCanonicalURI", ATOM, "<id>tag:notes.example,2026-01-01:b<", "<id>https://Notes.example/<"),
    ("NonCanonicalURI", ATOM, "01-01:b<", "01-01:%c3%bc<"),
    ("InvalidURLAttribute", RSS, 'enclosure url="https://media.example', 'enclosure url="file://'),
    ("InvalidBooleanAttribute", RSS, 'isPermaLink="false"', 'isPermaLink="no"'),
    ("InvalidPermalink", RSS, 'isPermaLink="false"', 'isPermaLink="true"'),
    ("NotSufficientlyUnique", RSS, ">tag:notes.example,2026-01-01:b<", ">12<"),
    ("DuplicateEntries", RSS, "2026-01-01:b<", "2026-01-01:episode<"),
    ("MissingSelf", ATOM, 'rel="self"', 'rel="related"'),
    ("SelfDoesntMatchLocation", RSS, "notes.example/podcast.xml", "a.example/"),
    ("RelativeSelf", ATOM, 'href="https://notes.example/atom.xml"', 'href="atom.xml"'),
    ("SelfNotAtom", ATOM, 'rel="self" type="application/atom+xml"', 'rel="self" type="text/xml"'),
    ("DuplicateAtomLink", ATOM, 'rel="enclosure"', 'rel="alternate"', 'type="audio/mpeg" ', ""),
    ("UnregisteredAtomLinkRel", ATOM, 'rel="enclosure"', 'rel="file"'),
    ("FeedHistoryRelInEntry", ATOM, 'rel="enclosure"', 'rel="current"'),
    ("AtomLinkNotEmpty", ATOM, 'rel="hub"/>', 'rel="hub">x</link>'),
    ("InvalidMIMEType", ATOM, 'type="audio/mpeg"', 'type="mp3"'),
    ("InvalidMIMEType", RSS, 'type="audio/mpeg"', 'type="mp3"'),
    ("InvalidTextType", ATOM, "<title>Notes", '<title type="text/plain">Notes'),
    ("InvalidNonNegativeInteger", RSS, 'length="12345678"', 'length="None"'),
    ("InvalidPositiveInteger", RSS, 'width="1200"', 'width="0"'),
    ("InvalidPositiveInteger", RSS, "<itunes:episode>7", "<itunes:episode>0"),
    ("InvalidIntegerAttribute", RSS, 'port="443"', 'port="https"'),
    ("InvalidMediaMedium", RSS, 'medium="image"', 'medium="picture"'),
    ("InvalidMediaTextType", RSS, 'description type="plain"', 'description type="text"'),
    ("MediaGroupWithoutAlternatives", RSS, "<guid", f"{GROUP}<guid"),
    ("InvalidLanguage", RSS, "<language>en<", "<language>English, mostly<"),
    ("MissingDCLanguage", RSS, "<language>en</language>", ""),
    ("DuplicateItemSemantics", RSS, "<guid", "<author>a@b.example (A)</author><guid"),
    ("ItemMustContainTitleOrDescription", RSS, "<item>", "<item/><item>"),
    ("MissingTextualContent", ATOM, "</feed>", "<entry/></feed>"),
    ("MissingContentOrAlternate", ATOM, "</feed>", "<entry><summary>x</summary></entry></feed>"),
    ("NeedDescriptionBeforeContent", RSS, "<description>The first post.</description>", ""),
    ("MisplacedItem", RSS, "</channel>", "<ttl>1</ttl></channel>"),
    ("MisplacedMetadata", ATOM, "</feed>", "<rights>x</rights></feed>"),
    ("ArchiveIncomplete", ATOM, "<generator>", f"<fh:archive {FH}/><generator>"),
    ("MissingCurrentInArchive", ATOM, "<generator>", f"<fh:archive {FH}/><generator>"),
    ("FeedRelInCompleteFeed", ATOM, 'rel="hub"/>', f'rel="next"/><fh:complete {FH}/>'),
    ("CurrentNotSelfInCompleteFeed", ATOM, 'rel="hub"/>', f'rel="current"/><fh:complete {FH}/>'),
    ("LinkPastEnd", ATOM, "<generator>", f"{LAST}<generator>"),
    ("MissingItunesElement", RSS, "<itunes:explicit>false</itunes:explicit>", ""),
    ("MissingItunesEmail", RSS, "itunes:owner", "itunes:possessor"),
    ("InvalidTrueFalse", RSS, "<itunes:explicit>false<", "<itunes:explicit>no<"),
    ("InvalidItunesCategory", RSS, 'text="Books"', 'text="Trains"'),
    ("InvalidItunesCategory", RSS, 'text="Books"', 'text="Hockey"'),
    ("InvalidItunesChannelType", RSS, "<itunes:type>episodic<", "<itunes:type>daily<"),
    ("InvalidItunesEpisodeType", RSS, "<itunes:episodeType>full<", "<itunes:episodeType>whole<"),
    ("InvalidDuration", RSS, "<itunes:duration>3723<", "<itunes:duration>1h<"),
    ("InvalidContact", RSS, "<itunes:email>cast@", "<itunes:email>cast at "),
    ("TooLong", RSS, "<itunes:author>Ada", "<itunes:author>" + "Ada" * 100),
    ("UnsupportedItunesFormat", RSS, ".mp3", ".ogg"),
    ("BadCharacters", RSS, "<title>Notes", "<title>No\x85tes"),
    ("BadCharacters", ATOM, "<title>Notes", "<title>No\ufffdtes"),
    ("ContainsHTML", RSS, "<title>Notes", "<title>No&lt;/b>tes"),
    ("ContainsHTML", RSS, "<title>Notes", "<title>No&amp;eacute;tes"),
    ("ContainsHTML", ATOM, "<title>Notes", "<title>No&amp;#8217;tes"),
    ("CharacterData", RSS, "<title>Notes", "<title>a &lt;b"),
    ("ContainsEmail", ATOM, "<name>Ada", "<name>Ada &lt;ada@b.example>"),
    ("NotHtml", RSS, "The first post.", "&lt;p>&lt;p>x&lt;/p>&lt;/p>"),
    ("NotHtml", RSS, "The first post.", "&lt;b>x&lt;/i>"),
    ("SecurityRisk", RSS, "The first post.", "&lt;iframe>&lt;/iframe>"),
    ("SecurityRiskAttr", RSS, "The first post.", '&lt;b onclick="x">y&lt;/b>'),
    ("DangerousStyleAttr", RSS, "The first post.", '&lt;b style="position:fixed">y&lt;/b>'),
    ("ContainsRelRef", RSS, "The first post.", '&lt;a href="#x">y&lt;/a>'),
    ("ContainsRelRef", RSS, "The first post.", '&lt;img alt="" src="/x.png">'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "feed", "broken"), [(c[0], c[1], c[2:]) for c in BROKEN])
def test_each_rule_sees_what_breaks_it(name, feed, broken):
    worse = feed.decode()
    for old, new in zip(broken[::2], broken[1::2], strict=True):
        assert old in worse
        worse = worse.replace(old, new)
    at = "https://notes.example/podcast.xml" if feed == RSS else ""
    assert [each for each in messages(worse.encode(), at) if each.startswith(f"{name}: ")]


def test_every_rule_has_been_seen_red():
    assert {case[0] for case in BROKEN} == set(RULES)


BROKEN_JSON = [
    ("unreadable", '"version"', "version"),
    ("version", "version/1.1", "version/1"),
    ("elsewhere", "notes.example/feed.json", "a.example/feed.json"),
    ("unknown", '"description"', '"subtitle"'),
    ("missing", '"title": "Notes"', '"user_comment": "x"'),
    ("missing", '"mime_type"', '"title"'),
    ("no content", '"content_html"', '"summary"'),
    ("same id", ":b", ":episode"),
    ("date", "2026-11-20T08:30:00+00:00", "2026-11-20T08:30:00"),
    ("date", "2026-11-20T08:30:00+00:00", "Friday"),
    ("tag", '"feeds"', "7"),
    ("nobody", '{\n          "name": "Bo Beta"\n        }', "{}"),
    ("relative", '"https://media.example/talk', '"/talk'),
    ("number", '"size_in_bytes": 12345678', '"size_in_bytes": "12345678"'),
    ("empty", '"title": "Notes"', '"title": ""'),
    ("kind", '"title": "Notes"', '"title": null'),
]


@pytest.mark.parametrize(("name", "old", "new"), BROKEN_JSON)
def test_each_rule_of_json_sees_what_breaks_it(name, old, new):
    feed = GOOD["feed.json"].decode()
    assert old in feed
    found = json_feed_rules.messages(feed.replace(old, new).encode(), f"{SITE}feed.json")
    assert [each for each in found if each.startswith(f"{name}: ")]


def test_what_is_no_xml_is_said():
    assert messages(RSS.replace(b"</item>", b"", 1))[0].startswith("SAXError")
    assert messages(b"\xff")[0].startswith("SAXError")


def test_what_is_asked_of_html_covers_what_posts_may_hold():
    assert html.TAGS - {"bdo"} <= TAGS


# Whole: the validator's parser is older than this element, and ends it where no browser does.
SUMMARY = "<summary>x</summary>"
PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<div>", "</div>", "<b>", "</i>", "<table>", "<tr>", "<td>x</td>",
        "</table>", "<ul>", "<li>", "</ul>", "<a href='/x'>", "<a href='#y'>", "</a>", "<h2 id=y>",
        "</h2>",
        "<button>", "</button>", "<svg>", "</svg>", "<math>", "</math>", "<form>", "</form>",
        "<object>", "<marquee>", "<select>", "<option>", "<script>", "</script>", "<iframe src=/v>",
        "<bdo dir=rtl>", "</bdo>", "<p style='background:pink' aria-label=x>", "<img src=x.png>",
        "<audio controls>", "</audio>", "<details>", SUMMARY, "<dl><dt>", "<center>", "<font>",
        "<!--", "-->", "<!-- more -->", "]]>", "&", "&nbsp;", "&#1;", "&#x85;", "&bogus;", "<x-y>",
        "*", "_", "`", "\n\n", "\n", "    ", "> ", "- ", "1. ", "[x](/y)", "[x](#y)", "![](z)",
        "[^1]", "\n[^1]: note", "| a | b |\n|---|---|\n| c |", "word", "\x00", "\x85", "\ufffd",
        "\ufdd0", "\U0001fffe", "👩‍👩‍👧", "שלום", "\u202e", "\ud800", "\u2028",
    ]
)  # fmt: skip
MARKUP = st.lists(PIECES, max_size=14).map("".join)
TEXT = MARKUP | st.text(max_size=20)


# The same posts each time: where the validator's parser is not the browsers' is no finding of ours.
@settings(deadline=None, max_examples=200, derandomize=True)
@given(MARKUP, MARKUP)
def test_whatever_stands_in_a_body_the_validator_has_nothing_to_say(body, related):
    one = post(body=body, related_section=related)
    assert said(made(one, publication=A_PUBLICATION)) == []


@settings(deadline=None, max_examples=60)
@given(
    st.fixed_dictionaries(
        {
            "title": TEXT,
            "description": TEXT,
            "summary": TEXT,
            # RSS has no way to say what a category is: an end tag in one stays as it is.
            "tags": st.lists(TEXT.filter(lambda tag: "</" not in tag), max_size=3).map(tuple),
            "authors": st.builds(Author, TEXT, url=TEXT).map(lambda one: (one,)),
            "cover": st.builds(Image, st.just("https://notes.example/c.png"), TEXT),
        }
    )
)
def test_whatever_stands_in_a_header_the_validator_has_nothing_to_say(header):
    one = post(**header)
    assert said(made(one, publication=A_PUBLICATION)) == []


SCHEMED = """urn:uuid:1-2 urn:x urn:isbn:1 noxious:x http:x https://x https://a.b/[c] tag:x c:d
    tag:a.example,2026:x HTTPS://A.example/ mailto:a 12 data:,x"""
IDS = TEXT.filter(bool) | st.sampled_from(SCHEMED.split())


@settings(deadline=None, max_examples=60)
@given(st.lists(IDS, min_size=1, max_size=3, unique=True))
def test_whatever_an_id_is_the_validator_has_nothing_to_say(ids):
    entries = [
        Entry(post(id=each, slug=f"s{number}"), Body("<p>x</p>", "x"))
        for number, each in enumerate(ids)
    ]
    feeds = build(A_PUBLICATION, entries)
    assert said(feeds) == []


def test_a_post_of_five_megabytes_is_whole_and_as_clean():
    body = "Ein Satz mit `]]>` und *mehr* & <b>so</b>.\n\n" * 2_000
    one = post(body=body)
    sentence = "<p>Ein Satz mit <code>]]&gt;</code> &amp; <b>so</b>.</p>\n"
    long = Body(sentence * 100_000, "x")
    feeds = build(A_PUBLICATION, [Entry(post(slug="long"), long)])
    assert min(map(len, feeds.values())) > 5_000_000
    for name in ("feed.xml", "atom.xml"):
        parser = etree.XMLParser(huge_tree=True)
        texts = [
            each.text
            for each in etree.fromstring(feeds[name], parser).iter("{*}encoded", "{*}content")
        ]
        assert texts == [long.html]
    assert said(made(one, publication=A_PUBLICATION)) == []
