"""A body is fitted to the letter: headings below its title, pictures no wider than it."""

import pytest

from pressrun.model import Image
from pressrun.render.mail_body import fit, for_mail, opening_words


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('<img src="a" width="1200" height="500">', '<img src="a" width="600" height="250">'),
        ('<img height="3" src="a" width="601">', '<img height="3" src="a" width="600">'),
        ('<img src="a" width="600" height="9000">', '<img src="a" width="600" height="9000">'),
        ('<img alt="a > b" width="900">', '<img alt="a > b" width="600">'),
        ('<img width="900" height="0">', '<img width="600" height="0">'),
        ('<img src="a">', '<img src="a">'),
        ('<td width="900">', '<td width="900">'),
        ('<img alt=" width=&quot;900&quot;">', '<img alt=" width=&quot;900&quot;">'),
    ],
)
def test_pictures_are_as_wide_as_the_letter_at_most(given, expected):
    assert for_mail(given) == expected


def test_a_cover_without_a_height_gets_none():
    assert fit(Image("a", width=1200)) == Image("a", width=600)


def test_headings_of_a_body_that_has_an_h1_move_down():
    given = '<h1 id="a">A</h1><h2>B</h2><h6>C</h6><hr><header></header>'
    assert for_mail(given) == '<h2 id="a">A</h2><h3>B</h3><h6>C</h6><hr><header></header>'
    assert for_mail("<h2>B</h2>") == "<h2>B</h2>"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", ""),
        ("<ul><li>a</li></ul>", ""),
        ("<h2>Title</h2><p>One\n<em>two</em> &lt;3</p><p>No</p>", "One two <3"),
        ("<pre>no</pre><p>a</p>", "a"),
        ('<p><img src="a"></p><p>b</p>', "b"),
        (f"<p>{'字' * 200}</p>", "字" * 140 + "…"),
    ],
)
def test_opening_words(html, words):
    assert opening_words(html) == words


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ('<h2 id="x">z</h2>', '<h2 id="x"><a name="x"></a>z</h2>'),
        ('<h2 id="z">z</h2>', '<h2 id="z">z</h2>'),
        ('<a id="x" href="#x">z</a>', '<a name="x"></a><a id="x" href="#x">z</a>'),
        ('<ol id="x"></ol>', '<a name="x"></a><ol id="x"></ol>'),
        ('<tr id="x">', '<tr id="x">'),
        ('<p id="grö">', '<p id="grö"><a name="grö"></a>'),
    ],
)
def test_a_place_that_the_post_links_to_has_a_name_for_clients_that_know_no_ids(place, named):
    links = '<a href="#x">y</a><a href="#gr%C3%B6">z</a>'
    assert for_mail(links + place) == links + named


def test_a_link_to_another_page_names_no_place_of_this_one():
    given = '<a href="https://a.example/#x">y</a><p id="x">'
    assert for_mail(given) == given


def test_an_empty_paragraph_leaves_no_gap():
    assert for_mail("<p>a</p><p></p><p>b</p>") == "<p>a</p><p>b</p>"
