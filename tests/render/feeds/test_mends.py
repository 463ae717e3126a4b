"""One test for each thing that feedgen does wrong when it is left alone."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import etree

from pressrun.model import Author, Image, Post
from pressrun.publication import Publication
from pressrun.render.feeds import Entry, build
from pressrun.render.feeds.mends import told_apart
from pressrun.render.markdown import render
from support.publications import A_PUBLICATION, post


def feeds(*posts: Post, publication: Publication = A_PUBLICATION) -> dict[str, bytes]:
    return build(publication, [Entry(each, render(each, publication.site)) for each in posts])


def rss(*posts: Post, **others):
    return etree.fromstring(feeds(*posts, **others)["feed.xml"]).find("channel")


def atom(*posts: Post, **others):
    return etree.fromstring(feeds(*posts, **others)["atom.xml"])


def texts(element, path: str) -> list[str]:
    return [each.text for each in element.findall(path)]


def test_the_channel_s_link_is_the_site_s_and_not_the_feed_s():
    assert texts(rss(), "link") == ["https://notes.example/"]


def test_each_feed_has_one_link_to_itself_and_one_to_the_site():
    links = [(each.get("rel"), each.get("href")) for each in atom().findall("{*}link")]
    assert links == [
        ("self", "https://notes.example/atom.xml"),
        ("alternate", "https://notes.example/"),
    ]
    assert [each.get("href") for each in rss().findall("{http://www.w3.org/2005/Atom}link")] == [
        "https://notes.example/feed.xml"
    ]


def test_an_entry_of_atom_has_one_alternate_link():
    assert [dict(each.attrib) for each in atom(post()).findall("{*}entry/{*}link")] == [
        {"href": "https://notes.example/hello/"}
    ]


def test_the_feed_s_date_is_that_of_its_newest_change():
    old = post(published=datetime(2026, 1, 2, tzinfo=UTC), updated=datetime(2026, 5, 6, tzinfo=UTC))
    new = post(slug="new", published=datetime(2026, 2, 3, tzinfo=UTC))
    assert texts(atom(new, old), "{*}updated") == ["2026-05-06T00:00:00+00:00"]
    assert texts(rss(new, old), "lastBuildDate") == ["Wed, 06 May 2026 00:00:00 +0000"]


def test_dates_are_utc_without_fractions():
    zone = timezone(timedelta(hours=5, minutes=53, seconds=28))
    odd = post(published=datetime(2026, 1, 2, 12, 0, 0, 999, tzinfo=zone))
    assert texts(atom(odd), "{*}entry/{*}published") == ["2026-01-02T06:06:32+00:00"]
    assert texts(rss(odd), "item/pubDate") == ["Fri, 02 Jan 2026 06:06:32 +0000"]


def test_content_is_html_and_stands_apart_from_the_summary():
    one = post(body="A *b* ]]> &nbsp;", description="Plain a < b & c")
    entry, item = atom(one).find("{*}entry"), rss(one).find("item")
    assert entry.find("{*}content").get("type") == "html"
    assert entry.findtext("{*}summary") == "Plain a < b & c"
    assert item.findtext("description") == "Plain a &lt; b &amp; c"
    assert item.findtext("{*}encoded") == entry.findtext("{*}content")
    assert "]]&gt; &nbsp;" in item.findtext("{*}encoded")


def test_without_a_summary_the_content_is_the_description():
    item = rss(post(body="A", description="")).find("item")
    assert item.findtext("description") == "<p>A</p>"
    assert item.find("{*}encoded") is None


def test_a_summary_in_html_stays_html_in_rss_and_is_text_in_atom():
    one = post(body="A *b* < c\n\n<!--more-->\n\nD")
    assert rss(one).findtext("item/description") == "<p>A <em>b</em> &lt; c</p>"
    assert atom(one).findtext("{*}entry/{*}summary") == "A b < c"


def test_authors_have_names_in_rss_and_no_mailboxes():
    item = rss(post(authors=(Author("Ada", "a@b.example"), Author("Bo", "b@b.example")))).find(
        "item"
    )
    assert texts(item, "{http://purl.org/dc/elements/1.1/}creator") == ["Ada", "Bo"]
    assert item.find("author") is None


def test_every_entry_of_atom_names_its_authors():
    feed = atom(post(), post(authors=(Author("Bo", url="https://bo.example/"),)))
    assert texts(feed, "{*}author/{*}name") == ["Ada Example"]
    assert texts(feed, "{*}entry/{*}author/{*}name") == ["Ada Example", "Bo"]
    assert texts(feed, "{*}entry/{*}author/{*}uri") == ["https://bo.example/"]


def test_without_authors_the_publication_is_one_in_atom():
    nobody = replace(A_PUBLICATION, site=replace(A_PUBLICATION.site, authors=()))
    assert texts(atom(post(authors=()), publication=nobody), ".//{*}author/{*}name") == [
        "Notes",
        "Notes",
    ]
    assert rss(post(authors=()), publication=nobody).find("item/{*}creator") is None


TAG = "tag:notes.example,2026-01-01:"
UUID = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"


@pytest.mark.parametrize(
    ("post_id", "guid", "permanent"),
    [
        ("2026/über uns", "tag:notes.example,2026-01-01:2026/%C3%BCber%20uns", "false"),
        ("a#b%c", "tag:notes.example,2026-01-01:a%23b%25c", "false"),
        ("c:x", "tag:notes.example,2026-01-01:c:x", "false"),
        (UUID, UUID, "false"),
        ("urn:uuid:1-2", "tag:notes.example,2026-01-01:urn:uuid:1-2", "false"),
        ("urn:isbn:0451450523", "urn:isbn:0451450523", "false"),
        ("note:x", "tag:notes.example,2026-01-01:note:x", "false"),
        ("http:x", "tag:notes.example,2026-01-01:http:x", "false"),
        ("https://a.example/[x]", f"{TAG}https://a.example/%5Bx%5D", "false"),
        ("tag:old.example,2001:x", "tag:old.example,2001:x", "false"),
        ("https://old.example/?p=1", "https://old.example/?p=1", "false"),
        (
            "https://old.example/a b",
            "tag:notes.example,2026-01-01:https://old.example/a%20b",
            "false",
        ),
        ("https://notes.example/hello/", "https://notes.example/hello/", "true"),
    ],
)
def test_ids_are_the_post_s_own_uri_or_a_tag(post_id, guid, permanent):
    one = post(id=post_id)
    element = rss(one).find("item/guid")
    assert (element.text, element.get("isPermaLink")) == (guid, permanent)
    assert atom(one).findtext("{*}entry/{*}id") == guid


def test_ids_know_neither_date_nor_address():
    moved = post(url="http://new.example/", published=datetime(2020, 1, 1, tzinfo=UTC))
    assert rss(moved).findtext("item/guid") == rss(post()).findtext("item/guid")


def test_titles_of_rss_escape_in_hex():
    one = post(title="a < b & c > d &")
    assert b"<title>a &#x3C; b &#x26; c &gt; d &#x26;</title>" in feeds(one)["feed.xml"]
    assert rss(one).findtext("item/title") == one.title
    tagged = post(title="a < b & c", tags=("d < e & f",))
    assert b"<title>a &lt; b &amp; c" in feeds(tagged)["atom.xml"]
    assert b"<category>d &#x3C; e &#x26; f</category>" in feeds(tagged)["feed.xml"]


def test_control_characters_and_noncharacters_are_dropped():
    evil = "a\x00\x0b\x1f\x7f\x80\x85\x9f\ud800\ufdd0\ufffe\uffff\U0001fffeb"
    one = post(
        title=evil, body=evil, description=evil + " c", tags=(evil,), authors=(Author(evil),)
    )
    for feed in feeds(one).values():
        feed.decode()
        assert b"ab" in feed
    item = rss(one).find("item")
    assert texts(item, "title") == texts(item, "category") == texts(item, "{*}creator") == ["ab"]
    assert item.findtext("{*}encoded") == "<p>ab</p>"


def test_the_sign_for_broken_text_stays_where_html_can_name_it():
    one = post(title="a\ufffdb", description="c\ufffd", body="d\ufffd")
    for feed in feeds(one).values():
        assert "\ufffd" not in feed.decode()
    assert rss(one).findtext("item/title") == "ab"
    assert rss(one).findtext("item/{*}encoded") == "<p>d&#xFFFD;</p>"


def test_a_mailbox_behind_an_author_s_name_is_left_out():
    assert texts(rss(post(authors=(Author("Ada <ada@b.example>"),))), "item/{*}creator") == ["Ada"]


def test_the_generator_is_named_without_a_version():
    assert texts(rss(), "generator") == texts(atom(), "{*}generator") == ["Pressrun"]
    assert not atom().find("{*}generator").attrib
    assert b"feedgen" not in b"".join(feeds().values())


def test_an_entry_in_another_language_says_so():
    german, english = post(slug="de", language="de"), post()
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    feed = atom(german, english)
    assert feed.get(lang) == "en"
    assert [each.get(lang) for each in feed.findall("{*}entry")] == ["de", None]
    assert texts(rss(german, english), "item/{*}language") == ["de"]


def test_tags_are_categories_once_each():
    one = post(tags=("a & b", "a  & b", "", "c"))
    assert texts(rss(one), "item/category") == ["a & b", "c"]
    assert [each.get("term") for each in atom(one).findall("{*}entry/{*}category")] == [
        "a & b",
        "c",
    ]


def test_the_cover_stands_alone_without_a_group():
    one = post(cover=Image("https://notes.example/ü.png", "A press", 12))
    for item in (rss(one).find("item"), atom(one).find("{*}entry")):
        media = item.find("{http://search.yahoo.com/mrss/}content")
        assert dict(media.attrib) == {
            "url": "https://notes.example/%C3%BC.png",
            "medium": "image",
            "type": "image/png",
            "width": "12",
        }
        assert (media[0].get("type"), media[0].text) == ("plain", "A press")


def test_a_cover_that_the_post_shows_is_a_thumbnail_and_shown_once():
    media = "{http://search.yahoo.com/mrss/}"
    cover = Image("https://notes.example/ü.png?w=900", "A press", 12)
    for body in (
        "![](/ü.png)",
        '<img src="/ü.png?w=90" alt="">',
        '<video poster="/ü.png"></video>',
    ):
        one = post(cover=cover, body=body)
        for item in (rss(one).find("item"), atom(one).find("{*}entry")):
            assert item.find(f"{media}content") is None
            assert dict(item.find(f"{media}thumbnail").attrib) == {
                "url": "https://notes.example/%C3%BC.png?w=900",
                "width": "12",
            }
    linked = rss(post(cover=cover, body="[The picture](/ü.png)")).find("item")
    assert linked.find(f"{media}content") is not None


def test_a_cover_that_is_no_web_address_is_left_out():
    for url in ("data:image/png;base64,AAAA", "javascript:x", "mailto:a@b.example"):
        assert b"media:" not in feeds(post(cover=Image(url)))["feed.xml"]


def test_a_text_that_looks_like_html_is_said_to_be_text():
    one = post(title="The </b> tag", description="An &eacute; or &#233;")
    entry = atom(one).find("{*}entry")
    said = {name: entry.find(f"{{*}}{name}") for name in ("title", "summary")}
    assert {name: (each.get("type"), each.text) for name, each in said.items()} == {
        "title": ("html", "The &lt;/b&gt; tag"),
        "summary": ("html", "An &amp;eacute; or &amp;#233;"),
    }
    assert atom(post(title="R&D < 1")).find("{*}entry/{*}title").get("type") is None
    assert rss(one).findtext("item/title") == "The &lt;/b&gt; tag"
    assert b"<title>The &#x26;lt;/b&#x26;gt; tag</title>" in feeds(one)["feed.xml"]
    assert rss(post(title="A &nbsp;")).findtext("item/title") == "A &amp;nbsp;"


def test_entries_of_one_second_are_told_apart_without_a_lie():
    same = [post(slug=name, title=name) for name in "abc"]
    told = texts(atom(*same), "{*}entry/{*}updated")
    assert told == [
        "2026-11-10T08:00:00+00:00",
        "2026-11-10T08:01:00+00:01",
        "2026-11-10T08:02:00+00:02",
    ]
    assert {datetime.fromisoformat(each) for each in told} == {same[0].updated}
    many = told_apart([same[0].updated] * 2000)
    assert {each.astimezone(UTC) for each in many} == {same[0].updated}


def test_an_entry_with_nothing_to_read_has_its_title_for_a_summary_in_atom():
    empty = post(title="Nothing", body="", description="")
    assert atom(empty).findtext("{*}entry/{*}summary") == "Nothing"
    assert rss(empty).find("item/description") is None


def test_a_change_has_a_date_of_its_own_in_rss():
    new = post()
    assert rss(new).find("item/{http://www.w3.org/2005/Atom}updated") is None
    changed = post(updated=datetime(2026, 11, 12, tzinfo=UTC))
    assert texts(rss(changed), "item/{http://www.w3.org/2005/Atom}updated") == [
        "2026-11-12T00:00:00+00:00"
    ]
    assert texts(rss(changed), "item/pubDate") == ["Tue, 10 Nov 2026 08:00:00 +0000"]


def test_the_markdown_is_in_rss_only_where_it_is_wanted():
    one = post(body="A *b* < c\n", related_section="## Related\n\n- [D](/d/)\n")
    assert b"source" not in b"".join(feeds(one).values())
    wanted = replace(A_PUBLICATION, feeds=replace(A_PUBLICATION.feeds, markdown=True))
    markdown = "{http://source.scripting.com/}markdown"
    assert texts(rss(one, post(body=""), publication=wanted), f"item/{markdown}") == [
        "A *b* < c\n\n## Related\n\n- [D](/d/)"
    ]
    assert b"xmlns:source" not in feeds(post(body=""), publication=wanted)["feed.xml"]
    assert b"source" not in feeds(one, publication=wanted)["atom.xml"]


def test_white_space_of_content_survives_the_indented_xml():
    code = "```\na\n\n  b\n```"
    assert "a\n\n  b\n</code></pre>" in atom(post(body=code)).findtext("{*}entry/{*}content")
    assert rss(post(body=code)).findtext("item/{*}encoded") == atom(post(body=code)).findtext(
        "{*}entry/{*}content"
    )


def announced(**fields):
    return replace(A_PUBLICATION, feeds=replace(A_PUBLICATION.feeds, **fields))


HUBS = ("https://hub.example/", "https://hüb.example/a b")


def test_every_format_names_every_hub():
    hubs = ["https://hub.example/", "https://xn--hb-xka.example/a%20b"]
    made = feeds(post(), publication=announced(hubs=HUBS))
    for root in (etree.fromstring(made["feed.xml"])[0], etree.fromstring(made["atom.xml"])):
        links = root.findall("{http://www.w3.org/2005/Atom}link")
        assert [each.get("href") for each in links if each.get("rel") == "hub"] == hubs
        assert links[0].get("rel") == "self"
    assert json.loads(made["feed.json"])["hubs"] == [{"type": "WebSub", "url": hub} for hub in hubs]
    assert texts(rss(publication=announced(hubs=HUBS)), "link") == ["https://notes.example/"]
    assert b"hub" not in b"".join(feeds(post()).values())


@pytest.mark.parametrize(
    ("url", "port", "path", "protocol"),
    [
        ("http://rpc.example:5337/pleaseNotify", "5337", "/pleaseNotify", "http-post"),
        ("https://rpc.example", "443", "/", "https-post"),
    ],
)
def test_rss_names_the_cloud(url, port, path, protocol):
    cloud = rss(publication=announced(cloud=url)).find("cloud")
    assert dict(cloud.attrib) == {
        "domain": "rpc.example",
        "port": port,
        "path": path,
        "registerProcedure": "",
        "protocol": protocol,
    }
    assert rss().find("cloud") is None
