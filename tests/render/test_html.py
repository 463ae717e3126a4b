import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun import urls
from pressrun.render.html import clean

BASE = "https://notes.example/2026/11/hello/"


@pytest.mark.parametrize(
    ("given_url", "absolute"),
    [
        ("x", "https://notes.example/2026/11/hello/x"),
        ("../x/./y", "https://notes.example/2026/11/x/y"),
        ("/x", "https://notes.example/x"),
        ("//other.example/x", "https://other.example/x"),
        ("?q=1", "https://notes.example/2026/11/hello/?q=1"),
        ("", "https://notes.example/2026/11/hello/"),
        ("mailto:a@b.example?subject=x%20y", "mailto:a@b.example?subject=x%20y"),
        ("tel:+49-30-1", "tel:+49-30-1"),
        ("HTTP://Other.example", "http://Other.example"),
        ("/a b/ü?ü=ö#ß", "https://notes.example/a%20b/%C3%BC?%C3%BC=%C3%B6#%C3%9F"),
        ("/100%/50%25", "https://notes.example/100%25/50%25"),
        ("/[a]|b", "https://notes.example/%5Ba%5D%7Cb"),
        ("https://bücher.example:8080/", "https://xn--bcher-kva.example:8080/"),
        (" \n/x\n y ", "https://notes.example/x%20y"),
    ],
)
def test_addresses_become_absolute_and_ascii(given_url, absolute):
    assert urls.absolute(BASE, given_url) == absolute


@pytest.mark.parametrize(
    "url",
    ["javascript:x", "java\nscript:x", "JAVASCRIPT:x", "data:text/html,x", "vbscript:x", "file:///x",
     "http://[bad", "http:///x", "https://" + "ü" * 70 + ".example/"],
)  # fmt: skip
def test_addresses_that_lead_nowhere_are_refused(url):
    assert urls.absolute(BASE, url) is None
    html = clean(f'<a href="{url}">x</a><img src="{url}" alt="y">', BASE)
    assert html == '<a>x</a><img alt="y">'


@pytest.mark.parametrize(
    ("value", "absolute"),
    [
        ("a.png", f"{BASE}a.png"),
        ("a.png 1x, /b.png 2x", f"{BASE}a.png 1x, https://notes.example/b.png 2x"),
        ("a.png 100w,\n b c.png 2x", f"{BASE}a.png 100w, {BASE}b c.png 2x"),
        ("a,b.png 1x,c.png", f"{BASE}a,b.png 1x, {BASE}c.png"),
        ("javascript:x 1x, b.png 2x", f"{BASE}b.png 2x"),
        (" , ", None),
    ],
)
def test_each_candidate_of_a_srcset_becomes_absolute(value, absolute):
    assert urls.srcset(BASE, value) == absolute


@pytest.mark.parametrize(
    ("tag", "attribute"),
    [("img", "src"), ("source", "src"), ("audio", "src"), ("video", "src"), ("video", "poster"),
     ("blockquote", "cite"), ("q", "cite"), ("del", "cite"), ("ins", "cite"), ("a", "href"),
     ("img", "srcset"), ("source", "srcset")],
)  # fmt: skip
def test_every_attribute_with_an_address_is_resolved(tag, attribute):
    assert f'{attribute}="https://notes.example/x"' in clean(f'<{tag} {attribute}="/x">', BASE)


def test_pictures_may_be_data():
    html = '<img src="data:image/png;base64,AA==">'
    assert clean(html, BASE) == html
    assert clean('<img src="data:text/html;base64,AA==">', BASE) == "<img>"


@pytest.mark.parametrize(
    "html",
    [
        "<figure><figcaption>x</figcaption></figure>",
        '<details open=""><summary>x</summary>y</details>',
        "<dl><dt>x</dt><dd>y</dd></dl>",
        '<abbr title="x">y</abbr><kbd>k</kbd><sub>1</sub><sup>2</sup><mark>m</mark>',
        '<picture><source media="(min-width: 1px)" type="image/webp"></picture>',
        '<video controls="" width="1" height="2"></video><audio controls=""></audio>',
        '<ol start="3" reversed=""><li value="2">x</li></ol>',
        '<p lang="ar" dir="rtl">مرحبا</p>',
        '<td style="text-align:right" align="right" colspan="2">x</td>',
    ],
)
def test_what_readers_can_show_is_kept(html):
    table = "<table><tbody><tr>{}</tr></tbody></table>" if html.startswith("<td") else "{}"
    assert clean(table.format(html), BASE) == table.format(html)


def test_classes_and_styles_of_the_site_are_dropped_and_ours_kept():
    html = '<p class="lead footnotes" style="position:fixed;color:red;background:url(x)">x</p>'
    assert clean(html, BASE) == '<p class="footnotes" style="color:red">x</p>'
    assert clean('<p class="x" style="float:left" onclick="x">y</p>', BASE) == "<p>y</p>"


def test_ids_get_their_prefix_and_links_follow():
    html = '<h2 id="größe">x</h2><a name="n"></a><a href="#gr%C3%B6%C3%9Fe">y</a><a href="#n">z</a>'
    cleaned = clean(html, BASE, "p1-")
    assert 'id="p1-größe"' in cleaned
    assert 'href="#p1-gr%C3%B6%C3%9Fe"' in cleaned
    assert 'name="p1-n"' in cleaned
    assert 'href="#p1-n"' in cleaned


def test_text_that_looks_like_an_address_is_left_alone():
    html = '<code>&lt;a href="/x"&gt; ../y</code><pre>src="/z"</pre>'
    assert clean(html, BASE) == html


@pytest.mark.parametrize("html", ["<div><b>x", "</p></div>x", "<table><p>x", "<a <b>x", "x<", "<!"])
def test_broken_html_comes_out_whole(html):
    cleaned = clean(html, BASE)
    assert clean(cleaned, BASE) == cleaned
    assert len(re.findall(r"<\w", cleaned)) == len(re.findall("</", cleaned))


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=40))
def test_any_address_is_absolute_ascii_and_stays_as_it_is(url):
    absolute = urls.absolute(BASE, url)
    if absolute is None:
        return
    assert absolute.isascii()
    assert re.fullmatch(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+", absolute)
    assert urls.absolute(BASE, absolute) == absolute


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>a<button><p>b</p></button></p>", "<p>a</p><p>b</p><p></p>"),
        ("<x-y><p>a</p></x-y>", "<p>a</p>"),
    ],
)
def test_what_an_unknown_element_held_apart_is_put_in_order(html, cleaned):
    assert clean(html, BASE) == cleaned
    assert clean(cleaned, BASE) == cleaned
