"""Classes and rules that nothing uses leave a document, and everything else stays as it was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pressrun.render.tidy import tidy
from pressrun.render.tree import parse

PIECES = st.lists(
    st.sampled_from(
        ["<p", "<b", "<x:y", "</p>", ">", "/>", " ", "class", "=", '"', "'", "&quot;", "&#39;", "a",
         "title", ' class="a b"', " class='c'", " class=d", ' data-class="e"', ' title="x > y"',
         " title='say \"y\"'",
         'class="f"', "<!--", "-->", "<title>", "</title>", "é", "\n", "&lt;p"]
    ),
    max_size=16,
).map("".join)  # fmt: skip


def written(page) -> str:
    return etree.tostring(page.getroottree(), method="html", encoding="unicode")


@settings(deadline=None, max_examples=300)
@given(PIECES)
def test_without_rules_all_classes_go_and_nothing_else(html):
    page = parse(f"<!DOCTYPE html>\n<html><body>{html}</body></html>")
    before = written(page)
    for element in page.iter("*"):
        element.attrib.pop("class", None)
    assert tidy(before) == written(page)


@pytest.mark.parametrize("words", ["<style> and", "</style>", "<!-- and", "-->", "<i class='x'>"])
def test_what_looks_like_markup_in_a_value_is_text(words):
    # css-inline writes class first, and values as they are.
    html = f'<img class="none" alt="{words}"><p class="none" title="{words}">x</p>'
    assert tidy(html) == html.replace(' class="none"', "")


def test_a_sheet_may_have_a_condition():
    html = '<style data-x="ignore" media="(width>=600px)">.a {b:c}</style><p class="a">x</p>'
    kept = '<style media="(width>=600px)">\n.a {b:c}\n</style><p class="a">x</p>'
    assert tidy(html) == kept


@settings(deadline=None, max_examples=100)
@given(PIECES)
def test_classes_that_rules_speak_of_stay(html):
    rules = "".join(f".{name} {{margin:0}}\n" for name in "abcdef").strip()
    sheet = f"<!--[if mso]><style>{rules}</style><![endif]-->"
    page = parse(f"<!DOCTYPE html>\n<html><body>{sheet}{html}</body></html>")
    before = written(page)
    for element in page.xpath("//*[@class]"):
        left = [name for name in element.get("class").split() if name in "abcdef"]
        element.set("class", " ".join(left))
        if not left:
            del element.attrib["class"]
    assert tidy(before) == written(page)
