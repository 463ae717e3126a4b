"""Each rule finds what it is for, names the line of the Markdown, and is silent otherwise."""

from dataclasses import dataclass, replace
from typing import ClassVar

import pytest

from pressrun import check
from pressrun.model import Body, Finding, Image, Message, Severity
from support.messages import ADDRESS, LEAVE, a_message, a_post, found


def test_a_good_post_gives_no_finding():
    body = "[The report](https://x.example/r) and ![a cat](cat.png)\n\n`TK` stays.\n"
    html = (
        '<p><a href="https://x.example/r">The report</a> and <img src="https://x.example/cat.png"'
        ' alt="a cat" width="600" height="400"></p><p><code>TK</code> stays.</p>'
    )
    assert found(body, html) == []


def test_findings_of_the_rendering_come_first():
    earlier = Finding("lost", Severity.WARNING, "posts/hello.md", 9, "an iframe", "Link to it.")
    body = Body("", "", findings=(earlier,))
    findings = check.message(a_post(""), body, a_message("", LEAVE))
    assert [each.rule for each in findings] == ["lost", "empty-body"]


@pytest.mark.parametrize("html", ["", "\n", "<p>&nbsp;</p>", "<hr>"])
def test_empty_body(html):
    assert found("", html) == [(8, "empty-body")]


@pytest.mark.parametrize("html", ["<p>a</p>", "<pre><code>a</code></pre>", "<p>世界</p>"])
def test_a_body_of_words_or_code_is_not_empty(html):
    assert not found("", html, rule="empty-body")


def test_a_picture_alone_is_no_empty_body():
    assert not found("", '<img src="https://x.example/a.png" alt="A">', rule="empty-body")


def test_tk_is_found_on_each_line_where_it_is_left():
    body = "Cost: TK euros.\n\n```\nTK in code\n```\n\nSpan `TK`, **TKTK** here.\n"
    html = (
        "<p>Cost: TK euros.</p><pre><code>TK in code</code></pre>"
        "<p>Span <code>TK</code>, <strong>TKTK</strong> here.</p>"
    )
    assert found(body, html) == [(8, "tk-left"), (14, "tk-left")]


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("ATK, tk and TKO.", "<p>ATK, tk and TKO.</p>"),
        ("[see](https://x.example/TK)", '<p><a href="https://x.example/TK">see</a></p>'),
        ("<!-- TK -->\nDone.", "<p>Done.</p>"),
        ("    TK\n\n> ~~~\n> TK\n> ~~~\n", "<pre>TK</pre><blockquote><pre>TK</pre></blockquote>"),
    ],
)
def test_tk_inside_words_addresses_comments_and_code_is_fine(body, html):
    assert not found(body, html, rule="tk-left")


def test_tk_between_elements_counts_as_a_word():
    assert found("a\n\nTK", "<p>a</p><p>TK</p>", rule="tk-left") == [(10, "tk-left")]


def test_tk_is_found_in_the_front_matter_and_in_the_subject():
    html = "<p>Done.</p>"
    assert found("Done.", html, title="Prices TK") == [(2, "tk-left")]
    assert found("Done.", html, description="TK") == [(4, "tk-left")]
    assert found("Done.", html, summary="TK") == [(1, "tk-left")]
    assert found("Done.", html, subject="TK: prices") == [(1, "tk-left")]


@pytest.mark.parametrize(
    "tag",
    [
        '<a href="{}">the report</a>',
        '<img src="{}" alt="A" width="1" height="1">',
        '<img src="https://x.example/a" srcset="https://x.example/b 2x, {} 3x" alt="A">',
        '<video poster="{}"></video>',
        '<td background="{}">',
    ],
)
@pytest.mark.parametrize("url", ["/files/r.pdf", "r.pdf", "//x.example/r.pdf", "https:///r.pdf"])
def test_relative_url(tag, url):
    html = "<p>Words.</p>" + tag.format(url)
    assert found(f"Words.\n\n[the report]({url})", html, rule="relative-url") == [
        (10, "relative-url")
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/",
        "mailto:a@x.example",
        "tel:+49301",
        "#note-1",
        "data:image/png,",
        LEAVE,
    ],
)
def test_a_full_address_is_fine(url):
    assert not found("Words", f'<p>Words <a href="{url}">the name</a></p>', rule="relative-url")


def test_a_relative_url_of_the_template_is_found_too():
    document = '<img src="/logo.png" alt="Logo">'
    assert found("Words", "<p>Words</p>", document=document) == [(8, "relative-url")]


def test_an_empty_srcset_is_no_address():
    assert found("x", "<p>x</p>", document='<img srcset=" ">', rule="relative-url") == []


def test_no_unsubscribe_in_the_text():
    assert found("Words", "<p>Words</p>", text="Words") == [(1, "no-unsubscribe")]


def test_no_unsubscribe_link_in_the_html():
    message = a_message("<p>Words</p>", LEAVE)
    without = Message(
        **{name: getattr(message, name) for name in message.__slots__}
        | {"html": f"<p>Words {LEAVE} {ADDRESS}</p>"}
    )
    findings = check.message(a_post("Words"), Body("<p>Words</p>", "Words"), without)
    assert [(each.rule, each.severity) for each in findings] == [("no-unsubscribe", Severity.ERROR)]
    assert "message.html" in findings[0].what


@pytest.mark.parametrize("words", ["here", "Click here", "this", "LINK", "here.", "read more →"])
def test_link_text(words):
    body = f"Nothing here yet.\n\nGet it [{words}](https://x.example/r)."
    html = f'<p>Nothing here yet.</p><p>Get it <a href="https://x.example/r">{words}</a>.</p>'
    assert found(body, html) == [(10, "link-text")]


def test_each_link_that_says_nothing_gets_its_own_line():
    body = "[here](https://x.example/1)\n\n[here](https://x.example/2)"
    html = '<a href="https://x.example/1">here</a> <a href="https://x.example/2">here</a>'
    assert found(body, html) == [(8, "link-text"), (10, "link-text")]


def test_a_label_or_a_picture_can_name_a_link():
    html = (
        '<a href="https://x.example/1" aria-label="The report">here</a> <a href="https://x.example/">'
        '<img src="https://x.example/a.png" alt="The map" width="1" height="1"></a>'
    )
    assert found("", html) == []


def test_image_size():
    body = "Words\n\n![A chart](img/chart%20one.png)"
    html = '<p>Words</p><img src="https://x.example/img/chart%20one.png" alt="A chart" width="600">'
    assert found(body, html) == [(10, "image-size")]


def test_image_alt():
    body = "Words\n\n![](chart.png)"
    html = '<p>Words</p><img src="https://x.example/chart.png" alt="" width="600" height="1">'
    assert found(body, html) == [(10, "image-alt")]
    assert not found(body, html.replace("<img", '<img role="presentation"'))


def test_the_cover_is_a_picture_too():
    cover = Image("https://x.example/cover.png")
    assert found("Words", "<p>Words</p>", cover=cover) == [(5, "image-size"), (5, "image-alt")]


def test_message_size():
    html = f"<p>{'wörter ' * 11_500}</p>"
    assert found("Words", html) == [(1, "message-size")]


def test_only_what_must_not_go_out_is_an_error():
    html = '<p>TK <a href="/x">here</a> <img src="https://x.example/a.png"></p>'
    findings = check.message(a_post("TK [here](/x)"), Body(html, "TK"), a_message(html, ""))
    errors = {each.rule for each in findings if each.severity is Severity.ERROR}
    warnings = {each.rule for each in findings if each.severity is Severity.WARNING}
    assert errors == {"tk-left", "relative-url", "no-unsubscribe"}
    assert warnings == {"link-text", "image-size", "image-alt"}
    assert all(each.mend and each.path == "posts/hello.md" for each in findings)


@pytest.mark.parametrize("body", [f"One {LEAVE} two.\n", f"```\n{LEAVE}\n```\n"])
def test_a_word_that_stands_for_a_placeholder_is_held_even_in_code(body):
    line = 8 + body[: body.index(LEAVE)].count("\n")
    assert found(body, f"<p>{LEAVE}</p>", rule="reserved-word") == [(line, "reserved-word")]
    assert found("One.\n", "<p>One.</p>", rule="reserved-word", title=LEAVE) == [
        (2, "reserved-word")
    ]


@dataclass(frozen=True)
class Somebody:
    """A provider that adds to a message, and whose tags are in double brackets."""

    name: ClassVar[str] = "somebody"
    unknown: tuple[str, ...] = ()
    added: str = ""

    def lacking(self, _message):
        return self.unknown

    def localise(self, message):
        return replace(message, html=message.html + self.added)

    def escape_text(self, text):
        return text.replace("[[", "[\N{ZERO WIDTH SPACE}[")


def told(
    body: str, html: str, carrier: Somebody, *earlier: Finding, subject: str = ""
) -> list[tuple[int, str, str]]:
    message = a_message(html, LEAVE, subject=subject)
    rendered = Body(html, "", findings=earlier)
    findings = check.message(a_post(body), rendered, message, carrier=carrier)
    return [(each.line, each.rule, each.what) for each in findings]


def test_a_message_is_weighed_again_with_the_tags_of_the_provider():
    html = f"<p>{'x' * 89_000}</p>"
    assert told("x", html, Somebody()) == []
    what = "with the tags of somebody the HTML has 104 kB, and Gmail cuts it"
    assert told("x", html, Somebody(added="{{ tag }}" * 1_600)) == [(1, "message-size", what)]
    long = told("x", html + html, Somebody(added="{{ tag }}" * 1_600))
    assert [rule for _, rule, _ in long] == ["message-size"]


def test_a_placeholder_without_a_tag_is_an_error():
    found = told("x", "<p>x</p>", Somebody(unknown=("first_name",)))
    assert found == [(1, "no-tag", "somebody has no tag for first_name")]


def test_a_tag_of_the_provider_is_not_filled_in_where_a_writer_puts_it():
    body = "Write `[[name]]`.\n\nDear [[name]],\n"
    html = "<p>Write <code>[[name]]</code>.</p><p>Dear [[name]],</p>"
    what = "a tag of somebody is text in a post: it arrives as it is written"
    assert told(body, html, Somebody()) == [(10, "provider-tag", what)]
    assert told("    [[name]]\n", "<pre><code>[[name]]</code></pre>", Somebody()) == []
    assert told("x", "<p>x</p>", Somebody(), subject="[[name]]") == [(2, "provider-tag", what)]
    apart = told("Dear *|[[NAME|*,\n\n*|NAME|* [[\n", "<p>Dear <em>|NAME|</em></p>", Somebody())
    assert apart == [(10, "provider-tag", what)]
    tag = Finding("template-tag", Severity.WARNING, "posts/hello.md", 8, "[[name]]", "")
    found = told("Dear [[name]],\n", "<p>Dear [[name]],</p>", Somebody(), tag)
    assert [rule for _, rule, _ in found] == ["template-tag"]
