"""A post becomes a message: what it says, and what it leaves to the provider."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.check.facts import read
from pressrun.model import Author, Body, Image, Message, Post
from pressrun.placeholders import TOKENS
from pressrun.posts.related import Related
from pressrun.publication import Email, Newsletter
from pressrun.render.email import render
from pressrun.render.languages import direction, long_date
from pressrun.render.templates import Templates
from support.publications import A_PUBLICATION, post, settings

PLAIN = Email()
BODY = Body("<p>Hello, <em>reader</em>.</p>", "Hello, reader.")
ELSEWHERE = (
    Related("A feed is a promise", "https://notes.example/feeds/", "Why ids never change."),
    Related("On typefaces", "https://notes.example/type/"),
)


def message(
    a_post: Post | None = None, body: Body = BODY, related=(), *, email: Email = PLAIN, **fields
) -> Message:
    publication = settings(email=email, **fields)
    return render(publication, "main", a_post or post(), body, related)


def test_the_message_carries_what_a_reader_needs():
    given = message(email=Email(sender="Notes <a@notes.example>", reply_to="b@notes.example"))
    assert given.subject == "Hello"
    assert given.sender == "Notes <a@notes.example>"
    assert given.reply_to == "b@notes.example"
    assert given.language == "en"
    assert given.date == post().published
    for part in ("Hello</h1>", "<em>reader</em>", "By Ada Example", "10 November 2026"):
        assert part in given.html
    for part in ("Hello\n=====\n", "Hello, reader.", "By Ada Example, 10 November 2026"):
        assert part in given.text


def test_the_same_post_gives_the_same_message_with_templates_read_once_or_twice():
    publication, templates = settings(), Templates(A_PUBLICATION.root)
    first = render(publication, "main", post(), BODY, ELSEWHERE, templates=templates)
    again = render(publication, "main", post(), BODY, ELSEWHERE, templates=templates)
    assert first == again == render(publication, "main", post(), BODY, ELSEWHERE)


def test_the_way_out_the_web_version_and_the_address_are_in_both_parts():
    given = message()
    for part in (given.html, given.text):
        assert TOKENS["unsubscribe_url"] in part
        assert TOKENS["postal_address"] in part
        assert post().url in part
    assert f'href="{TOKENS["unsubscribe_url"]}"' in given.html


def test_a_postal_address_of_the_publication_needs_no_provider():
    given = message(email=Email(postal_address="1 Example Street, Berlin"))
    assert "1 Example Street, Berlin" in given.html
    assert "1 Example Street, Berlin" in given.text
    assert TOKENS["postal_address"] not in given.html + given.text


@pytest.mark.parametrize(
    ("fields", "pattern", "subject"),
    [
        ({"title": "Hello"}, "{title}", "Hello"),
        ({"title": "Hello"}, "[{site}] {title}", "[Notes] Hello"),
        ({"title": "Hello", "subject": "Read me"}, "[{site}] {title}", "Read me"),
        ({"title": "{site} {0} {"}, "{title} {other}", "{site} {0} { {other}"),
        ({"title": "Two\r\nlines\x00\u2028 here"}, "{title}", "Two lines here"),
    ],
)
def test_subject(fields, pattern, subject):
    assert message(post(**fields), email=Email(subject=pattern)).subject == subject


@hypothesis.settings(max_examples=15)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_no_title_breaks_out_of_its_line_or_its_element(title):
    given = message(post(title=f"a{title}b"))
    assert given.subject.isprintable() or not re.search(r"[\x00-\x1f\x7f-\x9f]", given.subject)
    assert given.html.count("<h1") == 1
    assert given.html.count("<script") == 0


def test_titles_are_escaped_in_html_and_not_in_text():
    given = message(post(title="Ben & <b>Jerry</b>"))
    assert "Ben &amp; &lt;b&gt;Jerry&lt;/b&gt;</h1>" in given.html
    assert "Ben & <b>Jerry</b>\n" in given.text


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"preheader": "One", "description": "Two", "summary": "Three"}, "One"),
        ({"description": "Two\nlines", "summary": "Three"}, "Two lines"),
        ({"description": "", "summary": "Three"}, "Three"),
        ({"description": ""}, "Hello, reader."),
    ],
)
def test_preheader(fields, expected):
    given = message(post(**fields))
    assert given.preheader == expected
    assert f'mso-hide:all">{expected} ' in given.html


def test_a_preheader_made_of_the_body_is_cut_at_a_word_and_has_no_footnote_marks():
    words = '<h2>No</h2><p>Fish &amp; chips<sup class="footnote-ref">[1]</sup> are ' + "good, " * 60
    given = message(post(description=""), replace(BODY, html=f"{words}</p>"))
    assert given.preheader.startswith("Fish & chips are good, good")
    assert given.preheader.endswith("good…")
    assert len(given.preheader) <= 141


def test_the_day_is_that_of_the_sites_zone():
    late = post(published=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert "23 November 2026" in message(late).html


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "9 March 2026"),
        ("en-GB", "9 March 2026"),
        ("de", "9. März 2026"),
        ("en-US", "March 9, 2026"),
        ("pt-BR", "9 de março de 2026"),
        ("ar", "9 مارس 2026"),
        ("eno", "2026-03-09"),
    ],
)
def test_long_date(language, expected):
    assert long_date(datetime(2026, 3, 9, tzinfo=UTC), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("FA", "rtl"),
        ("az-Arab", "rtl"),
        ("ary", "ltr"),
    ],
)
def test_direction(language, expected):
    assert direction(language) == expected


def test_language_and_direction_are_told_twice_since_clients_drop_the_html_element():
    html = message(post(language="ar")).html
    assert len(re.findall(r'lang="ar" dir="rtl"', html)) == 2


@pytest.mark.parametrize(
    ("names", "language", "expected"),
    [
        (["Ada"], "en", "By Ada"),
        (["Ada", "Ben"], "en", "By Ada and Ben"),
        (["Ada", "Ben", "Cy"], "en", "By Ada, Ben and Cy"),
        (["Ada", "Ben", "Cy"], "en-US", "By Ada, Ben, and Cy"),
        (["Ada", "Ben"], "de", "Von Ada und Ben"),
        (["Ada", "Ben"], "fr", "By Ada et Ben"),
        ([], "en", "By Ada Example"),
    ],
)
def test_byline(names, language, expected):
    authors = tuple(Author(name) for name in names)
    assert expected in message(post(authors=authors, language=language)).html


def test_a_byline_without_any_author_is_only_the_date():
    site = replace(A_PUBLICATION.site, authors=())
    given = message(post(authors=()), site=site)
    assert "By " not in given.html.partition("<h1")[2].partition("<!--")[0]
    assert "\n10 November 2026\n" in given.text


def test_the_newsletters_own_title_wins_over_the_sites():
    named = message(newsletters={"main": Newsletter(title="The weekly")})
    assert "subscribed to The weekly." in named.html
    assert "subscribed to The weekly." in named.text
    assert "subscribed to Notes." in message().html


def test_related_posts_come_from_data_with_their_descriptions():
    given = message(related=ELSEWHERE)
    assert given.html.count("Why ids never change.") == 1
    assert 'href="https://notes.example/type/"' in given.html
    assert (
        "Related posts\n\n* A feed is a promise\n  Why ids never change.\n"
        "  https://notes.example/feeds/\n\n* On typefaces\n  https://notes.example/type/\n"
    ) in given.text


def test_a_hand_written_section_is_shown_only_where_there_is_no_data():
    body = replace(
        BODY, related_html="<h2>See also</h2><ul></ul>", related_text="See also\n--------"
    )
    with_data, without = message(body=body, related=ELSEWHERE), message(body=body)
    assert "See also" not in with_data.html + with_data.text
    assert without.html.count(">See also</h2>") == 1
    assert without.text.count("See also") == 1
    assert "Related posts" not in without.html + without.text


def test_no_related_posts_leave_no_trace():
    given = message()
    assert "elated" not in given.html.partition("</head>")[2] + given.text


def test_the_fragment_is_cover_body_and_related_posts_inlined_and_nothing_else():
    cover = Image("https://notes.example/c.jpg", "A press", 600, 300)
    given = message(post(cover=cover), related=ELSEWHERE)
    assert given.fragment in given.html
    assert given.fragment.startswith(
        '<p style="margin:0 0 34px"><img src="https://notes.example/c.jpg"'
    )
    assert "<em>reader</em>" in given.fragment
    assert "On typefaces" in given.fragment
    for other in ("<h1", "Unsubscribe", "By Ada", "<td"):
        assert other not in given.fragment
    assert "fragment-->" not in given.html


def test_a_cover_is_shown_with_its_text_at_the_width_of_the_letter():
    cover = Image("https://notes.example/c.jpg?a=1&b=2", 'A "press"', 1200, 500)
    picture = read(message(post(cover=cover)).html).images[0]
    assert picture["src"] == cover.url
    assert picture["alt"] == cover.alt
    assert (picture["width"], picture["height"]) == ("600", "250")


def test_a_cover_is_not_shown_again_when_the_body_opens_with_it():
    cover = Image("https://notes.example/c.jpg?a=1&b=2", "A press", 1200, 500)
    opens = '<p><img src="https://notes.example/c.jpg?a=1&amp;b=2" alt="A press"></p>'
    assert message(post(cover=cover), replace(BODY, html=opens)).html.count("/c.jpg") == 1
    later = f'<p><img src="https://notes.example/d.jpg" alt="D"></p>{opens}'
    assert message(post(cover=cover), replace(BODY, html=later)).html.count("/c.jpg") == 2


def test_braces_and_tags_of_a_post_arrive_as_written():
    code = "<p><code>{{ unsubscribe_url }} {% if x %} *|UNSUB|* {# c #}</code></p>"
    given = message(post(title="{{ title }}"), Body(code, "{{ x }} {% y %}"))
    assert "{{ unsubscribe_url }} {% if x %} *|UNSUB|* {# c #}</code>" in given.html
    assert "{{ title }}</h1>" in given.html
    assert "{{ x }} {% y %}" in given.text


def test_text_keeps_to_72_columns_and_breaks_no_address():
    address = Email(postal_address="Notes, " * 20)
    given = message(post(title="A long title " * 10), related=ELSEWHERE, email=address)
    assert max(map(len, given.text.splitlines())) <= 72
    assert "&" not in given.text
    assert "\n\n\n" not in given.text
