"""A post's HTML among other posts: what the feed validator would say, and readers drop."""

import pytest

from pressrun.render.feeds.content import for_readers

PAGE = "https://notes.example/a&b/"


@pytest.mark.parametrize(
    ("html", "fitted"),
    [
        (
            '<a href="#p0a1b2c3d-fn1" id="p0a1b2c3d-ref">1</a>',
            '<a href="https://notes.example/a&amp;b/#fn1" id="p0a1b2c3d-ref">1</a>',
        ),
        (
            '<a class="footnote-backref" href="#p0a1b2c3d-ref">1</a>',
            '<a class="footnote-backref" href="https://notes.example/a&amp;b/#ref">1</a>',
        ),
        ('&lt;a href="#p0a1b2c3d-fn1"&gt;', '&lt;a href="#p0a1b2c3d-fn1"&gt;'),
        ('<bdo dir="rtl">x</bdo><bdo>y</bdo>', '<bdi dir="rtl">x</bdi><bdi>y</bdi>'),
        ('<p aria-label="x" dir="ltr">a aria-label="y"</p>', '<p dir="ltr">a aria-label="y"</p>'),
        ('<p style="background:pink">a style="b"</p>', '<p>a style="b"</p>'),
        ('<p style="color:red;font-weight:a_b">a</p>', "<p>a</p>"),
        ('<p style="color:-red">a</p>', "<p>a</p>"),
        ("a\ufffd\x85b", "a&#xFFFD;b"),
    ],
)
def test_what_works_only_on_a_page_of_its_own_is_replaced(html, fitted):
    assert for_readers(html, PAGE) == fitted


@pytest.mark.parametrize(
    "html",
    [
        '<pre style="background:#f8f8f8;color:#333">x</pre>',
        '<td style="text-align:left" align="left">x</td>',
        '<span style="background-color:yellow;font-style:italic">x</span>',
        '<a href="https://notes.example/#p0a1b2c3d-x">x</a>',
    ],
)
def test_what_readers_let_through_stays(html):
    assert for_readers(html, PAGE) == html
