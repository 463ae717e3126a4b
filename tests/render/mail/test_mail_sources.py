"""Formulas, diagrams, tables and anchors in an inbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.model import Body
from pressrun.render.mail_body import for_mail, opening_words
from pressrun.render.markdown import render
from support.mail_posts import for_inbox
from support.publications import A_PUBLICATION, post

LINK = '<a href="https://notes.example/hello/">See the formulas as they are set on the web</a>'
NOTE = f'<div class="mail-note">{LINK}</div>'


def mailed(body: str, **fields: object) -> Body:
    return for_inbox(post(body=body, body_line=10, **fields))


@pytest.mark.parametrize(
    "source",
    [
        "$$a_1 * b * c_2$$",
        "$$\na_1 * b * c_2\n$$",
        "$$ a_1 * b *\nc_2 $$",
        "\\[a_1 * b * c_2\\]",
        "\\\\[\na_1 * b * c_2\n\\\\]",
        "Before:\n$$\na_1 * b * c_2\n$$\nAfter.",
        "> $$\n> a_1 * b * c_2\n> $$",
        "- x\n\n  $$\n  a_1 * b * c_2\n  $$",
    ],
)
def test_a_formula_that_stands_apart_is_shown_as_source(source):
    body = mailed(f"One.\n\n{source}\n")
    assert '<code class="language-tex">' in body.html
    assert "<em>" not in body.html
    assert NOTE in body.html
    assert "    a_1 * b" in body.text
    assert [each.rule for each in body.findings] == ["lost-content"]
    assert body.findings[0].line in {12, 13, 14}
    assert "TeX" in body.findings[0].what


@pytest.mark.parametrize(
    "source",
    [
        "It costs $5 or $6.",
        "\\[sic\\]",
        "\\[a](b)\\]",
        "a $$b$$ c",
        "$$ and $$ and $$",
        "$$\n\nx_1\n\n$$",
        "$$",
        "$$$$",
        "    $$x_1$$",
        "`$$x_1$$`",
        "```\n$$\nx\n$$\n```",
        "(a_1) \\(b_1\\)",
    ],
)
def test_what_is_not_plainly_a_formula_is_text(source):
    assert "set on the web" not in mailed(source).html
    assert mailed(source).html == render(post(body=source), A_PUBLICATION.site).html


@pytest.mark.parametrize("name", ["math", "katex", "mathjax"])
@pytest.mark.parametrize(
    "source", ["$a*b*c$", "\\(a*b*c\\)", "\\\\(a*b*c\\\\)", "$$a*b*c$$", "\\[a*b*c\\]"]
)
def test_within_a_sentence_the_front_matter_says_that_there_are_formulas(name, source):
    body = mailed(f"It costs $5, so {source} is not $6.", extra={name: True})
    assert "so <code>a*b*c</code> is not $6.</p>\n" + NOTE in body.html
    assert "<code>" not in mailed(f"So {source} is.", extra={name: False}).html


@pytest.mark.parametrize("source", ["It costs $5-$6.", "$ a$", "a$ b $", "\\$a$"])
def test_dollars_stay_dollars_even_where_formulas_are(source):
    assert "<code>" not in mailed(source, extra={"math": True}).html


def test_many_formulas_are_said_once():
    found = mailed("One.\n\n$$a$$\n\n$$b$$\n").findings
    assert [(each.line, "2 formulas" in each.what) for each in found] == [(12, True)]
    assert mailed("$$a$$\n\n$$b$$\n").html.count(NOTE) == 1


@pytest.mark.parametrize("language", ["mermaid", "plantuml", "dot", "{.mermaid}"])
def test_a_diagram_is_its_source_with_a_link(language):
    body = mailed(f"One.\n\n```{language}\na -> b\n```\n")
    assert '<a href="https://notes.example/hello/">See this diagram on the web</a>' in body.html
    assert "    a -> b\n\nSee this diagram on the web [1]" in body.text
    assert [each.line for each in body.findings] == [12]
    assert mailed("```python\na\n```\n").findings == ()


@pytest.mark.parametrize("name", ["div", "pre"])
def test_a_diagram_in_html_is_its_source_too(name):
    body = mailed(
        f'One.\n\n<{name} class="a mermaid">\nA--&gt;B["x<br>y"]\n</{name}>\n\n<p>Two.</p>'
    )
    assert '<code>A--&gt;B["x&lt;br&gt;y"]\n</code></pre><div class="mail-note"><a' in body.html
    assert '    A-->B["x<br>y"]\n\nSee this diagram on the web [1]' in body.text
    assert [each.line for each in body.findings] == [12]


def test_what_we_add_is_not_the_posts_beginning():
    html = mailed("$$x_1$$\n\n<iframe src='/x'></iframe>\n\nWords.").html
    assert opening_words(html) == "Words."


WIDE = 'One.\n\n| A "b" | Two | |\n|---|---|---|\n| {0} | {0} | {0} |\n'


def test_a_table_that_no_phone_can_hold_scrolls_in_a_box_with_a_name():
    body = mailed(WIDE.format("Internationalisation"))
    box = (
        '<div class="mail-scroll" role="region" aria-label="A &quot;b&quot;, Two" tabindex="0"'
        ' style="overflow-x:auto"><table style="min-width:489px">'
    )
    assert box in for_mail(body.html)
    assert for_mail(body.html).endswith("</table>\n</div>")
    assert [(each.line, each.rule) for each in body.findings] == [(12, "wide-table")]


@pytest.mark.parametrize("cell", ["A cell of many words that can be broken anywhere", "short", ""])
def test_a_table_whose_words_can_be_broken_stays_a_plain_table(cell):
    body = mailed(WIDE.format(cell))
    assert "mail-scroll" not in body.html
    assert body.findings == ()


def test_the_letters_of_a_link_count_and_its_address_does_not():
    assert mailed(WIDE.format(f"[a](https://a.example/{'x' * 200})")).findings == ()
    assert mailed(WIDE.format("字" * 10)).findings != ()


WIDE_HTML = """\
<table border="1" style="color: red"
width="90%"><caption>All</caption>
<thead><tr><th>A "b"</th><th>Two</th><th></th></tr></thead>
<tr><td colspan="3">{0}{0}</td></tr>
<tr><td>{0}</td><td><p>{0}</p></td><td><a href="/x">{0}</a><br></td></tr>
</table>
"""
WORD = "Internationalisation"


def test_a_wide_table_in_html_scrolls_as_well():
    body = mailed(f"One.\n\n{WIDE_HTML}\n<form></form>\n".replace("{0}", WORD))
    html = for_mail(body.html)
    box = (
        '<div class="mail-scroll" role="region" aria-label="A &quot;b&quot;, Two" tabindex="0"'
        ' style="overflow-x:auto"><table style="min-width:489px;color:red" border="1">'
    )
    assert box in html
    assert html.count("</table></div>") == html.count("<table") == 1
    found = [(each.line, each.rule) for each in body.findings]
    assert found == [(12, "wide-table"), (19, "lost-content")]


def test_a_table_in_html_whose_rows_differ_has_the_columns_of_the_longest():
    row = "<tr><td>a</td></tr>"
    body = mailed(f"<table>{row}<tr><td>{'x' * 30}</td><td>{'y' * 30}</td></tr>{row}</table>")
    assert "of 2 columns" in body.findings[0].what
    spanned = f'<tr><th colspan="9">{"x" * 30}</th></tr>'
    body = mailed(f"<table>{spanned}<tr><td>{'x' * 30}</td><td>{'y' * 30}</td></tr></table>")
    assert "of 2 columns" in body.findings[0].what
    assert 'aria-label="Hello"' in body.html


CELLS = f"<tr>{f'<td>{WORD}</td>' * 3}</tr>"


@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><td>a</td></tr></table>",
        f"<table>{CELLS}",
        f"<table>{CELLS.replace('</td>', '')}</table>",
        f"<table>{CELLS}</tr></table>",
        f"<table><tr><td><table>{CELLS}</table></td></tr></table>",
        f"<table>{CELLS}</table><table>{CELLS}</table>",
        f"<table>{CELLS}</table> and {WORD} </table>",
        f"<div><table>{CELLS}</table></div>",
        f"<table><tr><td rowspan=2>{WORD}</td></tr>{CELLS}</table>",
        f"<table><tr><td colspan=x>{WORD}</td></tr>{CELLS}</table>",
        f"<table>{CELLS}<!-- </table>",
        f"<table><!-- {CELLS} --></table>",
        f"<table><script></script>{CELLS}</table>",
        f"<table><td>{WORD}</td>{CELLS}</table>",
        f"<table><div>{CELLS}</div></table>",
    ],
)
def test_a_table_in_html_that_cannot_be_told_for_certain_stays_as_it_is(markup):
    assert "mail-scroll" not in mailed(markup).html


PARTS = [CELLS, "<!--", "-->", "<table>", "</table>", "<td>", "</td>", "</tr>", "<div>", "</div>"]
PARTS += ["<p>", "<", "</", "<td", "'", '"', "<script>", "<br/>", "<b/>", "<![CDATA[", "&lt;"]


@given(st.lists(st.sampled_from(PARTS), max_size=3))
def test_no_table_in_html_takes_in_what_follows(parts):
    written = f"<table>{CELLS}{''.join(parts)}</table>"
    html = mailed(f"{written}\n\nThe end.").html
    assert html.endswith("</table></div>\n<p>The end.</p>") or "mail-scroll" not in html


def test_a_table_without_headings_is_named_after_the_post():
    body = mailed(f"| | |\n|---|---|\n| {'x' * 30} | {'y' * 30} |\n", title="A <title>")
    assert 'aria-label="A &lt;title&gt;"' in body.html or 'aria-label="A <title>"' in body.html


def test_a_picture_element_is_what_it_falls_back_to():
    body = mailed('<picture><source srcset="a.webp"><img src="a.png" alt="A"></picture>\n')
    assert "<source" not in for_mail(body.html)
    assert '<img src="https://notes.example/hello/a.png" alt="A">' in for_mail(body.html)


@pytest.mark.parametrize(
    "heading",
    [
        '## Title <a class="headerlink" href="#title" title="Permalink">¶</a>',
        '## Title <a class="anchor" aria-hidden="true" href="https://notes.example/#t">#</a>',
        "## Title [#](#title)",
        "## Title [¶](#title){.anchor}",
        "## Title {#own}",
        '<h2 id="title">Title <a href="#title"> 🔗 </a></h2>',
    ],
)
def test_anchors_at_headings_vanish(heading):
    body = mailed(f"{heading}\n\nText.")
    assert "<a" not in body.html
    assert body.text in {"Title\n-----\n\nText.", "Title\n\nText."}
    assert body.findings == ()


def test_links_with_words_stay_in_headings():
    html = mailed("## See [above](#x) and [C#](https://c.example/) [#](https://d.example/)").html
    assert html.count("<a href=") == 3
