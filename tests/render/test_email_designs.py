"""Each packed template with a post and related ones: what all have, and what sets them apart."""

import re
from itertools import pairwise

import pytest

from pressrun.check.facts import read
from pressrun.errors import TemplateError
from pressrun.model import Author, Body, Image
from pressrun.placeholders import TOKENS
from pressrun.posts.related import Related
from pressrun.publication import Email
from pressrun.render.email import render
from pressrun.render.templates import Templates
from support.publications import A_PUBLICATION, post, settings

NAMES = Templates(A_PUBLICATION.root).names()
COVER = Image("https://notes.example/cover.jpg", "A press", 1200, 600)
BODY = Body("<p>Hello, <em>reader</em>.</p><h2>More</h2><p>Later.</p>", "Hello, reader.\n")


def ours(number, **fields) -> Related:
    other = post(
        slug=f"p{number}",
        title=f"Post {number}",
        authors=(Author("Bo"), Author("Cy")),
        cover=COVER,
        **fields,
    )
    return Related(other.title, other.url, f"What {number} says.", other)


RELATED = [ours(1), ours(2), Related("Elsewhere", "https://other.example/", "Not ours.")]


def message(template, related=RELATED, **fields):
    publication = settings(
        email=Email(template=template, lines=("reply", "share"), postal_address="1 Example Street")
    )
    return render(publication, "main", post(cover=COVER, **fields), BODY, related)


def test_there_are_three():
    assert NAMES == ["digest", "letter", "plain"]


@pytest.mark.parametrize("name", NAMES)
def test_every_template_has_what_a_reader_and_a_law_need(name):
    made = message(name)
    for part in (made.html, made.text):
        assert "Hello" in part
        assert TOKENS["unsubscribe_url"] in part
        assert "1 Example Street" in part
        assert post().url in part
        assert "Reply to this email" in part
        assert "Send them this page" in part
        assert all(each.title in part and each.url in part for each in RELATED)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_outline_of_every_template_is_in_order(name, language):
    html = message(name, language=language).html
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(re.findall(r'lang="\w+" dir="\w+"', html)) == 2
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", html))


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_of_every_template_has_words_and_a_size(name):
    for image in read(message(name).html).images:
        assert image["alt"]
        assert int(image["width"]) <= 600


def test_a_digest_shows_posts_with_cover_excerpt_byline_and_date():
    html = message("digest").html
    entries = html.split("<h2")[2:]
    assert len(entries) == 3
    assert html.count("cover.jpg") == 3  # its own, and two of the posts
    assert "What 1 says." in entries[0]
    assert "By Bo and Cy" in entries[0]
    assert "November 2026" in entries[1]
    assert "November 2026" not in entries[2].partition("Not ours.")[0]


def test_a_digest_in_plain_text_parts_its_posts():
    text = message("digest").text
    assert f"{'-' * 72}\n\nPost 1\nBy Bo and Cy, " in text
    assert "What 2 says." in text


def test_a_plain_email_has_no_head_and_no_cover():
    html = message("plain", related=()).html
    assert "cover.jpg" not in html
    assert "Georgia" not in html.partition("<body")[2]


def test_a_part_of_the_writer_is_shared_by_all_templates(tmp_path):
    folder = tmp_path / "email_templates" / "partials"
    folder.mkdir(parents=True)
    (folder / "footer.html").write_text("<p>Our own foot {{ unsubscribe_url }}</p>")
    for name in NAMES:
        publication = settings(root=tmp_path, email=Email(template=name))
        assert "Our own foot" in render(publication, "main", post(), BODY, ()).html
    assert Templates(tmp_path).names() == NAMES


def test_a_post_may_name_its_own_template_and_is_told_where_there_is_none():
    assert message("letter", email_template="plain").html == message("plain").html
    with pytest.raises(TemplateError, match=r"^posts/hello\.md:3: .*Did you mean \"plain\"\?"):
        message("letter", email_template="plian", lines={"email_template": 3})


@pytest.mark.parametrize("name", NAMES)
def test_words_of_another_direction_do_not_mix_with_those_around_them(name):
    html = message(name, language="ar").html
    for words in ("By Ada Example", "Post 1", "Unsubscribe", "1 Example Street"):
        assert f'<span dir="auto">{words}' in html
