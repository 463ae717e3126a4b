"""A post in an inbox: nothing is lost without a word, and feeds keep what they can show."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.model import Body, Enclosure
from pressrun.render.mail_body import for_mail
from pressrun.render.markdown import render
from support.mail_posts import UNCARRIED, for_inbox
from support.publications import A_PUBLICATION, post


def mailed(body: str, **fields: object) -> Body:
    return for_inbox(post(body=body, body_line=10, **fields))


def test_golden_html(file_regression):
    body = for_inbox(UNCARRIED)
    file_regression.check(f"{for_mail(body.html)}\n", extension=".html")


def test_golden_text(file_regression):
    body = for_inbox(UNCARRIED)
    findings = "\n".join(map(str, body.findings))
    file_regression.check(f"{body.text}\n\n{findings}\n", extension=".txt")


def test_feeds_keep_what_they_can_play():
    html = render(UNCARRIED, A_PUBLICATION.site).html
    assert "<video" in html
    assert "<audio" in html
    assert "<picture>" in html
    assert "mail-" not in html


def test_a_post_with_nothing_of_the_kind_is_the_same_in_feeds_and_in_mail():
    source = (
        "# A\n\nText with $5 and \\[sic\\], *so*.\n\n> B\n\n- c\n\n![d](e.png)\n\n| f |\n|---|\n"
    )
    assert mailed(source) == render(post(body=source, body_line=10), A_PUBLICATION.site)


def test_an_enclosure_is_a_player_link_above_the_words():
    body = mailed("Words.", enclosure=Enclosure("https://m.example/a.mp3?x=1&y=2", "audio/mpeg"))
    card = '<div class="mail-card"><a href="https://m.example/a.mp3?x=1&amp;y=2">Listen: Hello</a>'
    assert body.html.startswith(card)
    assert body.text.startswith("Listen: Hello [1]\n\nWords.")
    assert body.findings == ()


def test_an_enclosure_that_the_post_plays_itself_is_linked_there_and_once():
    enclosure = Enclosure("https://m.example/a.mp3?x=1&y=2", "audio/mpeg", 900, "A talk", 3723)
    body = mailed(
        'Words.\n\n<audio src="https://m.example/a.mp3?x=1&amp;y=2"></audio>', enclosure=enclosure
    )
    assert body.html.startswith("<p>Words.</p>\n")
    assert body.html.count("Listen: A talk, 1:02:03, 1 kB") == 1


def test_the_words_of_ours_are_in_the_posts_language():
    enclosure = Enclosure("https://m.example/a.mp4", "video/mp4", 8_400_000, "Vortrag")
    body = mailed("Wort.", enclosure=enclosure, language="de-AT")
    assert body.text.startswith("Ansehen: Vortrag, 8,4 MB [1]")


WORDS = st.text("abcdefghij", min_size=6, max_size=9)
KINDS = [
    "{}",
    "## {} <a class='headerlink' href='#x'>#</a>",
    "> {}",
    "- {}",
    "Text $a {}$ text",
    "$$\n{}\n$$",
    "\\[ x = {} \\]",
    "```mermaid\n{}\n```",
    "| {} |\n|---|\n| x |",
    "| a |\n|---|\n| {} |",
    "<div>{} <iframe src='/x' title='y'></iframe></div>",
    "<iframe src='https://youtu.be/abcdefgh' title='{}'></iframe>",
    "<video src='/x.mp4' title='{}'></video>",
    "<video src='/x.mp4' poster='/p.png' title='{}'></video>",
    "{} <audio src='/x.mp3'></audio>",
    "- <audio src='/x.mp3'></audio>\n- {}",
    "# <audio src='/x.mp3'></audio> {}",
    "<blockquote class='bluesky-embed'>{}<a href='https://bsky.app/x'>y</a></blockquote>",
    "<!-- <video> --> {}",
    "<video> {}",
    "{} <iframe src='//'></iframe>",
]


@pytest.mark.parametrize("math", [True, False])
@given(parts=st.lists(st.tuples(st.sampled_from(KINDS), WORDS), max_size=8))
def test_no_word_is_lost_in_html_or_in_text(math, parts):
    body = mailed("\n\n".join(kind.format(word) for kind, word in parts), extra={"math": math})
    html = re.sub(r'<(?!img)[^>]*>|"', " ", for_mail(body.html))
    for _, word in parts:
        assert word in html
        assert word in body.text


PIECES = [
    *("$", "$$", "\\[", "\\]", "\\(", "\\)", "\\", "x", "^", " ", "\n", "\n\n", "# ", "> ", "- "),
    *(
        "| ",
        "|---|\n",
        "```dot\n",
        "<iframe src='/x'>",
        "</iframe>",
        "<video src='/x'>",
        "</video>",
    ),
    *("<audio", ">", "<a class='anchor'>", "</a>", "<!--", "-->", "[^1]", "{{< youtube x >}}"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_whatever_is_written_the_html_is_whole(source):
    html = for_mail(mailed(source, extra={"math": True}).html)
    for name in ("div", "a", "p", "table", "blockquote", "pre"):
        assert len(re.findall(rf"<{name}\b", html)) == html.count(f"</{name}>")
