import re
import string
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pressrun.model import Body
from pressrun.render import html
from pressrun.render.markdown import render
from support.publications import A_PUBLICATION, post
from support.rich_posts import RICH

VOID = {"br", "hr", "img", "source", "col", "wbr"}


def rendered(body: str, **fields) -> Body:
    return render(post(body=body, **fields), A_PUBLICATION.site)


class Balance(HTMLParser):
    """Fails on the first end tag that does not fit."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], html

    def handle_starttag(self, tag, _attrs):
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_everything_at_once(file_regression):
    body = render(RICH, A_PUBLICATION.site)
    findings = "\n".join(map(str, body.findings))
    parts = [body.summary_html, body.html, body.related_html, findings]
    file_regression.check("\n\n<!-- next part -->\n\n".join(parts), extension=".html")


def test_same_input_gives_the_same_bytes():
    assert render(RICH, A_PUBLICATION.site) == render(RICH, A_PUBLICATION.site)


def test_heading_ids_are_readable_unique_and_the_post_s_own():
    one, other = (
        rendered("# A b!\n\n## A b!\n\n### ¿?\n", id=post_id) for post_id in ("one", "other")
    )
    ids = re.findall(r'id="(p[0-9a-f]{8})-([^"]*)"', one.html)
    assert [name for _, name in ids] == ["a-b", "a-b-1", "section"]
    assert "¶" not in one.html
    assert ids[0][0] not in other.html


def test_the_prefix_stays_when_slug_and_url_change():
    body = "# A\n"
    assert rendered(body, slug="x", id="same").html == rendered(body, slug="y", id="same").html


def test_links_within_the_post_follow_their_ids():
    html = rendered("[x](#größe) <a id='own'></a>[y](#own)\n\n## Größe\n").html
    ids = set(re.findall(r'id="([^"]*)"', html))
    targets = set(re.findall(r'href="#([^"]*)"', html))
    assert len(ids) == 2
    assert {re.sub("%C3%B6", "ö", target.replace("%C3%9F", "ß")) for target in targets} == ids


def test_a_link_to_an_id_of_the_page_goes_to_the_page():
    assert 'href="https://notes.example/hello/#comments"' in rendered("[x](#comments)").html


@pytest.mark.parametrize(
    "mark", ["<!--more-->", "<!-- more -->", "<!-- TEASER_END -->", "<!-- truncate -->"]
)
def test_the_summary_ends_at_the_mark(mark):
    body = rendered(f"One.\n\n{mark}\n\nTwo.\n")
    assert body.summary_html == "<p>One.</p>"
    assert "more" not in body.html + body.text


def test_a_mark_within_a_paragraph_cuts_there():
    assert rendered("One **b** <!--more--> two.\n").summary_html == "<p>One <strong>b</strong> </p>"


def test_a_mark_inside_a_list_or_a_block_of_html_leaves_balanced_html():
    for body in (
        "- a\n\n  > b\n  >\n  > <!--more-->\n- c\n",
        "<div><b>\nx\n<!--more-->\n</b></div>",
    ):
        summary = rendered(body).summary_html
        assert summary
        Balance(summary)


@pytest.mark.parametrize(
    "body", ["`<!--more-->` x", "```\n<!--more-->\n```", "    <!--more-->", r"\<!--more-->", "x"]
)
def test_a_mark_in_code_is_code(body):
    assert rendered(body).summary_html == ""


def test_footnotes_of_the_summary_do_not_dangle():
    body = rendered("One.[^1] ![x[^1]](/i.png)\n\n<!--more-->\n\nTwo.\n\n[^1]: Note.\n")
    assert "<sup" not in body.summary_html
    assert "<sup" in body.html


def test_the_related_section_shares_definitions_and_footnotes_with_the_body():
    body = render(RICH, A_PUBLICATION.site)
    assert 'href="https://notes.example/reference/"' in body.html
    assert body.html.count("<li id=") == 2
    assert "Related posts</h2>" in body.related_html
    assert "Related posts" not in body.html + body.summary_html


def test_task_marks_need_no_checkbox():
    html = rendered("- [x] a\n- [X] b\n- [ ] c\n- [y] d\n- [ ]e\n").html
    assert "<input" not in html
    assert re.findall("<li>(.*)</li>", html) == ["☑ a", "☑ b", "☐ c", "[y] d", "[ ]e"]


def test_columns_are_aligned_for_readers_that_drop_styles():
    html = rendered("| a |\n|--:|\n| 1 |\n").html
    assert html.count('align="right"') == html.count('style="text-align:right"') == 2


def test_code_is_left_alone():
    code = 'x = "[a](/b) ../c <!-- more --> {{ d }}"'
    html = rendered(f"`{code}`\n\n```\n{code}\n```\n\n    {code}\n").html
    assert html.count('"[a](/b) ../c &lt;!-- more --&gt; {{ d }}"') == 3


def test_control_characters_are_dropped_and_reported_with_their_line():
    body = rendered("One\n\nTwo\x08 \x0b\x0c\ufffe\n", body_line=10)
    assert body.html == "<p>One</p>\n<p>Two</p>"
    assert [(each.rule, each.line) for each in body.findings] == [("control-character", 12)]


def test_a_footnote_that_nothing_refers_to_is_reported():
    body = rendered("One.\n\n> [^x]: Lost.\n", body_line=4)
    assert "Lost" not in body.html
    assert [(each.line, each.rule) for each in body.findings] == [(6, "lost-content")]


def test_an_empty_post_renders_to_nothing():
    assert rendered("") == Body(html="", text="")


def test_deep_nesting_is_no_trouble():
    Balance(rendered("> " * 300 + "x\n").html)
    Balance(rendered("*a **b " * 200).html)
    Balance(rendered("<div>" * 400 + "x").html)


@pytest.mark.parametrize("unit", ["# same\n\n", "<title> ", "[^1] ", "- [x] a\n", '<b id="', "`"])
def test_work_grows_with_length_only(unit):
    assert calls(unit * 2000) < calls(unit * 200) * 15


def calls(source: str) -> int:
    """Count the function calls of a rendering: as good as its time, and the same every time."""
    counted = 0

    def count(frame, event, argument) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    rendered(source)
    sys.setprofile(count)
    try:
        rendered(source)
    finally:
        sys.setprofile(None)
    return counted


TEXTS = st.text(st.sampled_from("ab \n\t#*_`[]()<>!-|~^:'\"=/&;.1x\\é日\x01"), max_size=80)
PIECES = st.lists(
    st.sampled_from(
        ["<b>", "</b>", "<div>", "</p>", "<script>", "</script>", "<title>", "<!--", "-->",
         "<a href=",
         '"', "'", "<iframe src=x>", "<svg>", "\n\n", "x", "[^1]", "[^1]: y", "<!--more-->", "- ",
         "> ", "`", "```\n", "<td>", "<select>", "<img src='", "](x)", "[", "*", "| a |\n|---|\n"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(TEXTS | PIECES)
def test_any_source_gives_balanced_html_with_absolute_addresses(source):
    body = rendered(source, related_section="## Related\n\nend")
    for each in (body.html, body.summary_html, body.related_html):
        Balance(each)
        assert "<script" not in each
        addresses = re.findall(r'<[^>]*\s(?:href|src)="([^"]*)"', each)
        assert all(each.startswith(("https:", "http:", "mailto:", "#")) for each in addresses)
        assert not set(each) & (set(map(chr, range(32))) - set(string.whitespace))


@settings(deadline=None, max_examples=300)
@given(st.from_regex(r"\Ahttps?:/?/[a-z0-9.:@\[-]{1,9}[/?#%a-z._~!$&'()*+,;=@:|é-]{0,12}\Z"))
def test_an_address_is_what_markdown_it_makes_of_it(url):
    source = f"[x](<{url}>)"
    theirs = MarkdownIt("commonmark").render(source)
    assert rendered(source).html == html.clean(theirs, A_PUBLICATION.site.url, "").strip()
