import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.placeholders import TOKENS
from pressrun.render.markdown import render
from pressrun.render.text import from_html
from pressrun.render.text.wrap import fill, width
from support.publications import A_PUBLICATION, post
from support.rich_posts import RICH


def text_of(body: str) -> str:
    return render(post(body=body), A_PUBLICATION.site).text


def test_everything_at_once(file_regression):
    body = render(RICH, A_PUBLICATION.site)
    file_regression.check(f"{body.text}\n\n{body.related_text}\n", extension=".txt")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# One\n\n## Two\n\n### Three", "One\n===\n\nTwo\n---\n\nThree"),
        ("a  \nb\nc", "a\nb c"),
        ("*a* **b** `c` ~~d~~ \\*e\\*", "a b c ~~d~~ *e*"),
        ("- a\n- b\n  - c\n\n    d", "- a\n- b\n  - c\n\n    d"),
        ("9. a\n10. b", " 9. a\n10. b"),
        ("2) a\n\n3) b", "2) a\n\n3) b"),
        ("- [x] a\n- [ ] b", "- [x] a\n- [ ] b"),
        ("> a\n>\n> > b", "> a\n>\n> > b"),
        ("-\n- a", "-\n- a"),
        ("***", "* * *"),
        ("a&nbsp;b &copy;", "a\xa0b ©"),
        ("H<sub>2</sub>O 10<sup>3</sup> a<br>b <kbd>k</kbd>", "H2O 10^3 a\nb k"),
    ],
)
def test_each_kind_of_markup_has_its_plain_form(source, text):
    assert text_of(source) == text


def test_links_are_numbered_once_and_listed_at_the_end():
    text = text_of("[a](/x) [b](../y) [c](/x) [d](#a) <https://e.example/ü> <f@g.example>")
    assert text == (
        "a [1] b [2] c [1] d https://e.example/ü f@g.example\n\n"
        "[1] https://notes.example/x\n[2] https://notes.example/y"
    )


def test_a_link_that_is_its_own_text_needs_no_note():
    assert text_of(
        "[https://a.example/](https://a.example/) [b@c.example](mailto:b@c.example)"
    ) == ("https://a.example/ b@c.example")


def test_raw_links_and_pictures_are_numbered_too():
    text = text_of('a <a href="/x">b <i>c</i></a> <img src="/y.png" alt="d"> ![](z.png)')
    assert text.splitlines()[0] == "a b c [1] [Image: d] [2] [Image] [3]"


def test_pictures_say_what_they_show():
    assert text_of("![A *chart*](c.png)") == (
        "[Image: A chart] [1]\n\n[1] https://notes.example/hello/c.png"
    )
    assert text_of("![x](data:image/png;base64,AA==)") == "[Image: x]"


def test_footnotes_cannot_be_taken_for_links():
    text = text_of("a[^1] [b](/b) c[^1]\n\n[^1]: The [note](/n).\n\n    More.")
    assert text == (
        "a¹ b [1] c¹\n\n--------\n\n¹ The note [2].\n\n  More.\n\n"
        "[1] https://notes.example/b\n[2] https://notes.example/n"
    )


def test_the_related_section_counts_on():
    body = render(post(body="[a](/a)", related_section="## Related\n\n- [a](/a)\n- [b](/b)\n"),
                  A_PUBLICATION.site)  # fmt: skip
    assert body.related_text == (
        "Related\n-------\n\n- a [1]\n- b [2]\n\n[2] https://notes.example/b"
    )


def test_code_is_indented_and_otherwise_untouched():
    code = "def f():\n\n\n    return '[a](/b)'  # " + "long " * 30
    assert text_of(f"```\n{code}\n```") == "\n".join(
        f"    {line}".rstrip() for line in code.split("\n")
    )


def test_a_table_that_fits_is_aligned_by_width_of_display():
    table = "| Name | n | m |\n|---|--:|:-:|\n| 日本 | 1 | x |\n| a | 100 | yyy |"
    assert text_of(table) == ("Name    n   m\n----  ---  ---\n日本    1   x\na     100  yyy")


def test_a_table_that_is_too_wide_becomes_records():
    table = f"| Name | What |\n|---|---|\n| a | {'word ' * 20} |\n| b | |\n"
    lines = text_of(table).split("\n")
    assert lines[0] == "Name: a"
    assert lines[1].startswith("What: word")
    assert lines[2].startswith("  word")
    assert lines[-2:] == ["", "Name: b"]


ROWS = (
    "<tr><th>Name</th><th>Where</th></tr>\n"
    "<tr><td>Ann</td><td><p>by the <a href='/sea'>sea</a>,</p><p>alone</p></td></tr>"
)


def test_a_table_of_html_is_one_in_the_text_too():
    assert text_of(f"<table>\n<caption>All</caption>\n{ROWS}\n</table>") == (
        "All\n\nName  Where\n----  ---------------------\nAnn   by the sea [1], alone\n\n"
        "[1] https://notes.example/sea"
    )
    headless = "<table><tr><td>a</td><td>b</td></tr><tr><td>long</td><td></td></tr></table>"
    assert text_of(headless) == "a     b\nlong"
    wide = ROWS.replace("Ann", "word " * 20)
    assert text_of(f"<table>{wide}</table>").startswith("Name: word word")


@pytest.mark.parametrize(
    "table",
    [
        f"<table><tr><td>{ROWS}</td></tr></table>",
        f"<table><tr><td><table>{ROWS}</table></td><td>x</td></tr></table>",
        "<table><tr><td colspan='2'>Name</td></tr><tr><td>a</td><td>b</td></tr></table>",
        "<table><tr><td>Name</td></tr><tr><td>a</td><td>b</td></tr></table>",
        "<table><tr><td><pre>Name\n  x</pre></td><td>b</td></tr></table>",
    ],
)
def test_a_table_that_is_no_grid_becomes_paragraphs(table):
    assert "Name" in text_of(table).split("\n\n")[0].split("\n")[0]
    assert len(text_of(table).split("\n\n")) > 1


def test_blocks_of_html_are_reduced_to_their_text():
    source = (
        "<div>\n<p>One <b>two</b>\nthree.</p>\n<ul><li>a</li><li><a href='/x'>b</a></li></ul>\n"
        "<pre>x\n  y</pre></div>\n"
    )
    assert text_of(source) == (
        "One two three.\n\n- a\n\n- b [1]\n\n    x\n      y\n\n[1] https://notes.example/x"
    )


def test_summaries_are_words_without_notes():
    html = '<p>One <a href="https://x.example/">two</a>.</p><p>Three.</p>'
    assert from_html(html) == "One two.\n\nThree."


@pytest.mark.parametrize("around", ["{}", "See {}"])
def test_a_film_or_a_sound_is_named_with_its_address(around):
    film = around.format('<video src="v.mp4"></video>')
    text = text_of(f'{film}\n\nHear <audio src="a.mp3"></audio>')
    assert around.format("[Video] [1]") in text
    assert "Hear [Audio] [2]" in text
    assert "[2] https://notes.example/hello/a.mp3" in text


def test_blanks_of_html_are_one_blank_in_a_summary_and_stay_in_code():
    html = "<p>One\n    two,\tthree\u00a0 four</p><pre>a\n    b</pre>"
    assert from_html(html) == "One two, three\u00a0 four\n\na\n    b"


def test_lines_end_at_72_columns_as_they_are_seen():
    text = text_of("日本語の文章。" * 30 + "\n\n" + "word " * 60 + "\n\n" + "> " * 5 + "b " * 60)
    assert max(map(width, text.split("\n"))) <= 72
    assert min(width(line) for line in text.split("\n\n")[0].split("\n")[:-1]) >= 68


@pytest.mark.parametrize("word", [*TOKENS.values(), "https://example.org/" + "a/" * 60, "x" * 90])
def test_tokens_and_addresses_are_never_broken(word):
    assert word in text_of("some words before it " * 3 + word + " after").replace("\n", " ").split()


def test_a_line_does_not_begin_with_what_closes_a_sentence():
    for columns in range(20, 40, 2):
        lines = fill("これは長い文章です。「そして、もう一つ」の文章。" * 4, columns)
        assert not [line for line in lines if line[0] in "。、」"]
        assert not [line for line in lines if line[-1] == "「"]


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("👋", 2)])
def test_width_counts_columns(text, columns):
    assert width(text) == columns


@settings(deadline=None, max_examples=200)
@given(st.text(st.sampled_from("ab \n#*_`[]()<>!-|~:1.\\é日。\u0301"), max_size=120))
def test_text_has_no_trailing_blanks_and_no_runs_of_blank_lines(source):
    text = text_of(source)
    outside_code = [line for line in text.split("\n") if not line.startswith("    ")]
    assert all(line == line.rstrip() for line in text.split("\n"))
    assert "\n\n\n" not in "\n".join(outside_code) or "    " in text or "`" in source
    assert text == text.strip("\n")


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(st.sampled_from("abé日本。x"), min_size=1, max_size=12), max_size=40))
def test_filling_loses_no_character(words):
    text = " ".join(words)
    lines = fill(text, 24)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(unicodedata.category(line[0]) != "Mn" for line in lines)
