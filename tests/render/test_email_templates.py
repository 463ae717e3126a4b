"""A writer's template wins file by file, can harm nobody, and is told where it is wrong."""

from pathlib import Path

import pytest

from pressrun.errors import TemplateError
from pressrun.model import Body, Message
from pressrun.publication import Email
from pressrun.render.email import render
from pressrun.render.packed import packed_templates
from pressrun.render.templates import Templates, wrap
from support.publications import post, settings

BODY = Body("<p>Hello, reader.</p>", "Hello, reader.")
SMALL = (
    '<!DOCTYPE html>\n<html lang="{{ language }}"><head><style data-premailer="ignore">'
    "{{ head_css }}</style></head><body><h1>{{ post.title }}</h1>\n"
    "<!--fragment-->{{ body }}<!-- /fragment -->\n"
    "<p>{{ first_name }} {{ view_url }}</p></body></html>"
)


def rendered(root: Path, template: str = "letter", **fields) -> Message:
    publication = settings(root=root, email=Email(template=template))
    return render(publication, "main", post(**fields), BODY, ())


def write(root: Path, name: str, content: str | bytes, template: str = "letter") -> None:
    path = root / "email_templates" / template / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def problem(root: Path, source: str, name: str = "message.html"):
    """Render with ``source`` as the writer's template; return the one problem it has."""
    write(root, name, source)
    with pytest.raises(TemplateError) as caught:
        rendered(root)
    (found,) = caught.value.problems
    return found


def test_a_file_of_the_writer_replaces_that_file_only(tmp_path):
    before = rendered(tmp_path)
    write(tmp_path, "masthead.html", "<p>{{ newsletter }}, our own</p>")
    after = rendered(tmp_path)
    assert "Notes, our own</p>" in after.html
    assert after.html.partition("<h1")[2] == before.html.partition("<h1")[2]
    assert after.text == before.text


def test_a_stylesheet_of_the_writer_replaces_the_packed_one(tmp_path):
    write(tmp_path, "style.css", "/* ours */ .title { color: #123456 }")
    html = rendered(tmp_path).html
    assert '<h1 class="title" style="color:#123456">' in html
    assert "ours" not in html


def test_a_new_template_falls_back_on_the_letter_for_what_it_lacks(tmp_path):
    write(tmp_path, "message.html", SMALL, template="small")
    message = rendered(tmp_path, "small")
    assert "<h1>Hello</h1>" in message.html
    assert "color-scheme: light dark" in message.html
    assert "pressrun0first0name0 pressrun0view0url0" in message.html
    assert message.fragment == "<p>Hello, reader.</p>"
    assert "Hello\n=====" in message.text


def test_an_unknown_template_is_an_error_with_the_known_ones(tmp_path):
    write(tmp_path, "message.html", SMALL, template="small")
    with pytest.raises(
        TemplateError, match=r'template "weekly".*There are: digest, letter, plain, small'
    ):
        rendered(tmp_path, "weekly")
    with pytest.raises(TemplateError, match='Did you mean "letter"'):
        rendered(tmp_path, "leter")


def test_templates_are_found_without_any_folder_of_the_writers(tmp_path):
    assert Templates(tmp_path / "nowhere").names() == ["digest", "letter", "plain"]
    assert (packed_templates() / "letter" / "message.html").is_file()


@pytest.mark.parametrize(
    ("source", "line", "what", "mend"),
    [
        ("\n{{ zzz }}", 2, 'no variable "zzz"', "There are: _, body, "),
        ("\n{{ subjct }}", 2, 'no variable "subjct"', 'Did you mean "subject"?'),
        ("{% if subjct == 1 %}{% endif %}", 1, 'no variable "subjct"', 'Did you mean "subject"?'),
        ("\n\n{{ post.titel }}", 3, 'there is no "titel"', 'Did you mean "title"?'),
        ("{{ post.extra.x }}", 1, "has no attribute 'x'", ""),
        ("{{ site.authors[9].name }}", 1, "has no element 9", ""),
        ("\n{% if %}", 2, "Expected an expression", "jinja.palletsprojects.com"),
        ("\n{{ subject | shout }}", 2, "No filter named 'shout'", "jinja.palletsprojects.com"),
        ("\n{% include 'no.html' %}", 2, 'no template file "no.html"', "folder"),
        ("\n{% include '../../publish.yml' %}", 2, "no template file", "folder"),
        ("\n{{ 1 / 0 }}", 2, "ZeroDivisionError", "Correct the expression."),
        ("\n{{ subject + 1 }}", 2, "TypeError", "Correct the expression."),
        ("\n{{ subject.__class__.__mro__ }}", 2, "unsafe", "may only read"),
        ("\n{{ post.authors.append(1) }}", 2, "has no attribute 'append'", ""),
        ("\n{{ range(10000000) | list }}", 2, "OverflowError", "Correct the expression."),
        ("\n{% include 'message.html' %}", 2, "includes itself", "Take that include out."),
    ],
)
def test_an_error_names_file_line_and_mend(tmp_path, source, line, what, mend):
    found = problem(tmp_path, source)
    assert found.where == f"email_templates/letter/message.html:{line}"
    assert what in found.what
    assert mend in found.mend or mend in found.what


def test_an_error_in_an_included_file_names_that_file(tmp_path):
    found = problem(tmp_path, "\n\n{{ post.url.nothing }}", "masthead.html")
    assert found.where == "email_templates/letter/masthead.html:3"
    found = problem(tmp_path, "\n{% endif %}", "masthead.html")
    assert found.where == "email_templates/letter/masthead.html:2"


def test_an_error_in_the_text_names_that_file(tmp_path):
    assert problem(tmp_path, "{{ x }}", "message.txt").where.endswith("message.txt:1")


def test_a_template_in_another_encoding_is_an_error(tmp_path):
    write(tmp_path, "masthead.html", "Grüße".encode("latin-1"))
    with pytest.raises(TemplateError, match=r"letter/masthead\.html: the file is not UTF-8"):
        rendered(tmp_path)


def test_a_mark_at_the_start_of_a_file_does_no_harm(tmp_path):
    write(tmp_path, "message.html", "\ufeff" + SMALL)
    assert rendered(tmp_path).html.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("name", ["style.css", "head.css", "masthead.html"])
def test_a_sheet_from_elsewhere_is_refused_where_it_is_written(tmp_path, name):
    found = problem(tmp_path, "\n@import url(https://x.example/a.css);", name)
    assert found.where == f"email_templates/letter/{name}:2"


def test_a_template_without_fragment_marks_or_doctype_is_refused(tmp_path):
    found = problem(tmp_path, SMALL.replace("<!--fragment-->", ""))
    assert found.where == "email_templates/letter/message.html"
    assert "<!--fragment-->" in found.mend
    assert "doctype" in problem(tmp_path, SMALL.replace("DOCTYPE", "doctype")).what


def test_templates_see_unknown_front_matter(tmp_path):
    write(tmp_path, "masthead.html", "<p>{{ post.extra.mood }}, {{ post.tags | join('+') }}</p>")
    html = rendered(tmp_path, extra={"mood": "glad & <sad>"}, tags=("a", "b")).html
    assert "<p>glad &amp; &lt;sad&gt;, a+b</p>" in html


def test_a_template_cannot_change_what_it_is_given(tmp_path):
    found = problem(tmp_path, "{{ post.extra.update(mood=1) }}")
    assert "unsafe" in found.what
    found = problem(tmp_path, "{% set site.title = 'x' %}")
    assert "namespace" in found.what


def test_wrap_keeps_words_whole_and_hangs():
    assert wrap("a " * 40, "* ", "  ").splitlines() == ["* " + "a " * 34 + "a", "  a a a a a"]
    address = f"https://notes.example/{'x' * 80}"
    assert wrap(f"See {address} now") == f"See\n{address}\nnow"
    assert max(map(len, wrap("世界" * 40).splitlines())) == 36
