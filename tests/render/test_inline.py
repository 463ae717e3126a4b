"""Stylesheets become style attributes, and nothing else happens on the way."""

import re
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.errors import PostError, TemplateError
from pressrun.placeholders import TOKENS
from pressrun.render import remote_sheets
from pressrun.render.inline import inline

PLACE = "email_templates/letter/message.html"


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>{body}</body></html>"


def inlined(body: str, css: str = "", head: str = "") -> str:
    return inline(page(body, head), css, template=PLACE, post="posts/hello.md")


def test_rules_become_style_attributes_with_six_digit_colours():
    html = inlined('<p class="line">x</p>', ".line { margin: 0; color: #112233 }")
    assert '<p style="margin:0; color:#112233">x</p>' in html


def test_the_second_style_block_is_kept_as_it_was():
    head_css = (
        "[data-ogsc] .line { color: #fff !important }\n"
        "@media (max-width: 599px) {\n.line > b { color: #eee !important }\n}\n"
        "@font-face { font-family: x; src: url(https://notes.example/x.woff2) }"
    )
    head = f'<style data-premailer="ignore">{head_css}</style>'
    html = inlined('<p class="line"><b>x</b></p>', "p { margin: 0 }", head)
    assert f"<style>\n{head_css}\n</style>" in html
    assert "data-premailer" not in html


def test_what_an_email_does_not_use_is_left_out():
    head_css = (
        ".line, .other, a[x-apple] { color: #ffffff }\n#box, .ExternalClass * { margin: 0 }"
        "@media (max-width: 599px) { .other, .line em { margin: 0 } }"
    )
    head = f'<style data-premailer="ignore">{head_css}</style>'
    comment = "<!--[if mso]><style>.word { margin: 0 }</style><![endif]-->"
    body = '<p class="line small">x</p><p class="small">y</p><p class="word">z</p>'
    html = inlined(body, ".small { margin: 1px }", f"{head}{comment}")
    rules = ".line { color: #ffffff }\n#box, .ExternalClass * { margin: 0 }"
    assert f"<style>\n{rules}\n</style>" in html
    assert '<p class="line" style="margin:1px">x</p><p style="margin:1px">y</p>' in html
    assert '<p class="word">z</p>' in html
    assert "<style" not in inlined("<p>x</p>", head='<style data-premailer="ignore">b {}</style>')


@pytest.mark.parametrize(
    ("css", "named"),
    [
        ("@media (max-width: 599px) { p { margin: 0 } }", "@media (max-width: 599px) is no rule"),
        ("@font-face { font-family: x }", "@font-face is no rule"),
        ("a:hover { color: #222222 }", "a:hover is no element"),
        ("p::before { color: #222222 }", "p::before is no element"),
        ("p { color }", "p: "),
    ],
)
def test_what_cannot_become_an_attribute_is_refused_by_name(css, named):
    for where in ({"css": css}, {"head": f"<style>{css}</style>"}):
        with pytest.raises(TemplateError, match=re.escape(named)) as caught:
            inlined("<p>x</p>", **where)
        assert "head.css" in caught.value.problems[0].mend


def test_the_weight_of_a_rule_is_that_of_css():
    css = "a[href] { color: #111111 } .c { color: #222222 } p a { color: #333333 }"
    html = inlined('<p><a class="c" href="#">x</a><a class="c">y</a><a>z</a></p>', css)
    assert '<a href="#" style="color:#111111">' in html
    assert '<a style="color:#222222">' in html
    assert '<a style="color:#333333">' in html


def test_what_is_important_wins():
    html = inlined("<p>x</p>", "p { color: #555555 !important } p { color: #666666 }")
    assert '<p style="color:#555555 !important">' in html


def test_an_elements_own_style_comes_last():
    html = inlined('<p style="margin-top:0">x</p>', "p { margin: 1px; color: #111111 }")
    assert '<p style="margin:1px; color:#111111; margin-top:0">x</p>' in html


def test_the_doctype_stays_in_upper_case():
    assert inlined("<p>x</p>").startswith("<!DOCTYPE html>\n<html>")


@pytest.mark.parametrize("start", ["<!doctype html>", "<html>", " <!DOCTYPE html>"])
def test_a_document_without_that_doctype_is_refused(start):
    with pytest.raises(TemplateError, match=r"message\.html:1: .*doctype"):
        inline(f"{start}<html></html>", "", template=PLACE, post="posts/hello.md")


def test_sizes_in_attributes_are_the_authors():
    css = "img { width: 100%; height: auto }"
    html = inlined('<img width="600" src="https://x.example/">', css)
    assert 'width="600"' in html
    assert 'height="' not in html


@pytest.mark.parametrize("token", TOKENS.values())
def test_placeholders_pass_in_text_and_in_addresses(token):
    html = inlined(f'<p><a href="{token}">{token}</a></p>', "a { color: #112233 }")
    assert f'<a href="{token}" style="color:#112233">{token}</a>' in html


def test_text_outside_ascii_and_comments_for_outlook_pass():
    comment = '<!--[if mso]><table role="presentation"><tr><td><![endif]-->'
    html = inlined(f"{comment}<p>Grüße, 世界&nbsp;&zwnj;</p>", "p { margin: 0 }")
    assert comment in html
    assert "Grüße, 世界\xa0\u200c" in html


def test_elements_without_content_get_no_end_tag():
    html = inlined("<p>a<wbr>b</p><video><source src='https://x.example/v.mp4'></video>")
    assert "</wbr>" not in html
    assert "</source>" not in html


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("p { margin: 0 }\n@import url(https://x.example/a.css);", 2),
        ('@IMPORT "file:///etc/passwd";', 1),
        (r"@\69mport 'https://x.example/a.css';", 1),
        (r"\n@i\6dport 'https://x.example/a.css';", 1),
        ("<p>\n\n<link rel='stylesheet' href='https://x.example/a.css'>", 3),
        ("<link href=a.css rel=stylesheet>", 1),
    ],
)
def test_a_sheet_from_elsewhere_is_refused_with_file_and_line(source, line):
    with pytest.raises(TemplateError) as caught:
        remote_sheets.refuse(source, "email_templates/letter/style.css")
    assert caught.value.problems[0].where == f"email_templates/letter/style.css:{line}"
    assert "style.css (inlined)" in caught.value.problems[0].mend


def test_an_import_that_only_the_rendered_document_shows_is_refused_before_premailer():
    with pytest.raises(TemplateError, match="@import"):
        inlined("<p>x</p>", head="<style>@import url(https://x.example/);</style>")
    with pytest.raises(TemplateError, match="<link"):
        inlined("<p>x</p>", head='<link rel="stylesheet" href="https://x.example/a.css">')
    with pytest.raises(TemplateError, match="@import"):
        inlined("<p>x</p>", "@import 'https://x.example/';")


def test_a_post_may_write_about_imports():
    words = '<pre>@import url(x);\n&lt;link rel="stylesheet" href="x"&gt;</pre>'
    assert "@import url(x);" in inlined(words)


def test_an_error_of_the_inliner_names_the_sheet_and_the_post():
    files = {"template": PLACE, "post": "posts/hello.md", "sheet": "email_templates/x/style.css"}
    for inliner in ("premailer", "css-inline"):
        with pytest.raises(
            TemplateError, match=r"^email_templates/x/style\.css: .*posts/hello\.md"
        ):
            inline(page("<p>x</p>"), "p, { color: #112233 }", inliner=inliner, **files)
    with pytest.raises(TemplateError, match=r"message\.html: .*posts/hello\.md"):
        inlined("<p>x</p>", "p, { color: #112233 }")


def test_a_comma_in_brackets_is_part_of_a_selector():
    css = '[title="a,b"] { color: #112233 } p:not(.x, .y) { margin: 0 }'
    head = f'<style data-premailer="ignore">{css}</style>'
    html = inlined('<p title="a,b">x</p>', '[title="a,b"] { color: #112233 }', head)
    assert '<p title="a,b" style="color:#112233">' in html
    assert css.replace("} p", "}\np") in html


def test_classes_that_a_kept_rule_speaks_of_stay():
    css = (
        'div[class="wrapx"] { margin: 0 }\n.\u00fcber { margin: 0 }\n'
        ".sm\\:full { margin: 0 }\np:not(.odd) { margin: 0 }"
    )
    head = f'<style data-premailer="ignore">{css}</style>'
    body = '<div class="wrapx none"><p class="\u00fcber sm:full odd none">x</p></div>'
    html = inlined(body, "", head)
    assert css in html
    assert '<div class="wrapx"><p class="\u00fcber sm:full odd">' in html


def test_nothing_is_said_about_css_that_cannot_be_read(capfd, caplog):
    inlined("<p>x</p>", "p { colour: rgb(0 0 0 / 50%) }")
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


def test_the_same_input_gives_the_same_bytes():
    body = "".join(f'<p class="c{number % 7}">x</p>' for number in range(200))
    css = "".join(f".c{number} {{ color: #11223{number} }}" for number in range(7))
    assert inlined(body, css) == inlined(body, css)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_stylesheet_gives_a_document_or_a_template_error(css):
    with suppress(TemplateError):
        assert inlined("<p>x</p>", css).startswith("<!DOCTYPE html>")


def test_without_css_inline_its_mend_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "css_inline", None)  # as if it were not installed
    with pytest.raises(TemplateError, match=r"^publish\.yml: .*pip install \"pressrun\[fast\]\""):
        inline(page("<p>x</p>"), "", template=PLACE, post="posts/a.md", inliner="css-inline")


@pytest.mark.parametrize("inliner", ["premailer", "css-inline"])
def test_elements_may_be_nested_deep_and_not_without_a_bound(inliner):
    def nested(depth):
        html = page(f"{'<div>' * depth}x{'</div>' * depth}<p>The end.</p>")
        return inline(html, "p { margin: 0 }", template=PLACE, post="hello.md", inliner=inliner)

    assert re.search('<p style="margin: ?0;?">The end.</p>', nested(1500))
    with pytest.raises(PostError, match=r"hello\.md: it cannot become an email: its elements"):
        nested(3000)
