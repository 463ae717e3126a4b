import pytest

from pressrun.model import Body
from pressrun.render.markdown import render
from support.publications import A_PUBLICATION, post


def rendered(body: str) -> Body:
    return render(post(body=body, body_line=10), A_PUBLICATION.site)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<style>p {}</style>", "<style>"),
        ("<form><input></form>", "<form>"),
        ("<math><mi>x</mi></math>", "<math>"),
        ("<svg><path></path></svg>", "<svg>"),
        ("x <canvas></canvas>", "<canvas>"),
        ("<my-widget>x</my-widget>", "<my-widget>"),
        ('<b onclick="x()">y</b>', "onclick"),
        ('<a href="javascript:x">y</a>', "javascript"),
        ("<iframe src='/v'></iframe>", "<iframe>"),
    ],
)
def test_what_cannot_be_carried_is_reported_with_its_line(source, what):
    body = rendered(f"One.\n\nTwo\n{source}\n")
    first = body.findings[0]
    assert (first.path, first.line, first.rule) == ("posts/hello.md", 13, "lost-content")
    assert what in first.what
    assert first.mend
    assert what.rstrip(">") not in body.html


@pytest.mark.parametrize(
    "source",
    [
        "[app](obsidian://open)",
        '<a href="obsidian://open">app</a>',
        '<p>\n<a href="obsidian://open">app</a></p>',
        '<iframe src="obsidian://open"></iframe>',
    ],
)
def test_an_address_that_is_left_out_is_reported_with_its_line(source):
    body = rendered(f"One.\n\n[fine](https://a.example/)\n\n{source}\n")
    found = [each for each in body.findings if "leads nowhere" in each.what]
    assert [each.line for each in found] == [14 + source.count("\n")]
    assert '"obsidian://open"' in found[0].what
    assert 'href="obsidian' not in body.html


def test_anchors_mailboxes_and_embedded_pictures_lead_somewhere():
    picture = '<img src="data:image/png;base64,AA==" alt="x" width="1" height="1">'
    assert rendered(f"[a](#b) [c](mailto:d@e.example)\n\n{picture}\n").findings == ()


def test_the_line_within_the_related_section_is_that_of_the_file():
    section = "## Related posts\n\n- [A](obsidian://open)\n"
    body = render(post(body="One.\n", body_line=10, related_section=section), A_PUBLICATION.site)
    assert [each.line for each in body.findings] == [14]


def test_the_line_within_a_block_of_html_is_counted():
    body = rendered("x\n\n<div>\n<b>y</b>\n<form>z</form>\n</div>\n")
    assert [each.line for each in body.findings] == [14]
    assert "z" in body.html


@pytest.mark.parametrize("around", ["{}", "Text {} text"])
def test_an_embed_becomes_a_link_in_html_and_in_text(around):
    source = around.format('<iframe src="../v?a=1&amp;b=2" title="The <talk>">no</iframe>')
    body = rendered(source)
    assert '<a href="https://notes.example/v?a=1&amp;b=2">The &lt;talk&gt;</a>' in body.html
    assert "The <talk> [1]" in body.text
    assert "[1] https://notes.example/v?a=1&b=2" in body.text


@pytest.mark.parametrize("name", ["title", "script", "textarea", "select", "template", "style"])
def test_a_tag_that_was_meant_as_a_word_does_not_swallow_the_post(name):
    body = rendered(f"The <{name}> element.\n\nThe *end*.\n")
    assert f"&lt;{name}&gt; element." in body.html
    assert "<p>The <em>end</em>.</p>" in body.html
    assert f"The <{name}> element." in body.text
    assert "shown as a word" in body.findings[0].what


@pytest.mark.parametrize(
    "broken", ["<title>", "<svg>", "<plaintext>", '<div title="', "<iframe src=x>", "<select>"]
)
def test_a_broken_block_does_not_swallow_the_post(broken):
    body = rendered(f'{broken}\n\nThe "good" *end*.\n')
    assert "<em>end</em>" in body.html
    assert "end" in body.text
    assert body.findings


def test_a_comment_without_end_is_reported():
    body = rendered("One.\n\n<!-- never closed\n\nLost.\n")
    assert body.html == "<p>One.</p>"
    assert [(each.line, "no end" in each.what) for each in body.findings] == [(12, True)]


def test_scripts_leave_no_word_in_the_text():
    body = rendered(
        "a <script>*one</script> two* <style>x</style> b\n\n<script>\nthree\n</script>\n"
    )
    assert body.text == "a  two b".replace("  ", " ")
    assert "one" not in body.html


def test_comments_are_dropped_in_silence():
    body = rendered("a <!-- <script> --> b\n\n<!-- <form>\n -->\n")
    assert (body.html.replace("  ", " "), body.findings) == ("<p>a b</p>", ())


def test_a_picture_that_stands_alone_is_a_paragraph_like_any_other():
    raw = rendered('One.\n\n<img src="a.png" width="9" height="9" alt="A >">\n\nTwo.\n').html
    written = rendered("One.\n\n![A >](a.png)\n\nTwo.\n").html
    assert raw.replace(' width="9" height="9"', "") == written


@pytest.mark.parametrize(
    "url", ["https://exa%20mple.org/", "http://%5Bq/a", "https://a.example:b/"]
)
def test_an_address_whose_host_no_browser_would_ask_leads_nowhere(url):
    body = rendered(f"[a]({url}) ![b]({url})\n")
    assert {each.rule for each in body.findings} == {"lost-content"}
    assert any("leads nowhere" in each.what for each in body.findings)
    assert url not in body.html
