"""The letter: what mail clients and readers of every kind need of it."""

import re
from itertools import pairwise, product

import pytest

from pressrun.check.facts import read
from pressrun.mime import to_eml
from pressrun.model import Author, Body, Image, Message
from pressrun.posts.related import Related
from pressrun.publication import Email
from pressrun.render.email import render
from pressrun.render.highlight import PAPER, PressStyle
from pressrun.render.templates import Templates
from pressrun.render.theme import contrast
from support.publications import A_PUBLICATION, post, settings

TEMPLATES = Templates(A_PUBLICATION.root)
LETTER, LOOK = TEMPLATES.named("letter"), TEMPLATES.look
STYLE, HEAD = LETTER.css("style.css"), LETTER.css("head.css")
DARK = HEAD.partition("prefers-color-scheme: dark")[2].partition("[data-ogsc]")[0]
LIGHT_PAGE, DARK_PAGE = "#ffffff", "#15181c"

HTML = """\
<p>A newsletter has <em>one</em> hard promise.<sup class="footnote-ref"><a href="#fn1" id="r1">[1]\
</a></sup> See <a href="https://notes.example/design/">the design</a> and <code>README</code>.</p>
<h2 id="lost">What can be lost</h2>
<ul>
<li>The request</li>
<li>The answer
<ol>
<li>by a time-out</li>
</ol>
</li>
</ul>
<blockquote>
<p>A draft costs nothing.</p>
</blockquote>
<h3>The steps</h3>
<pre style="background:#f6f8fa;color:#000000"><code class="language-python">\
<span style="color:#A90D91">def</span> send(): ...
</code></pre>
<table>
<thead>
<tr><th>Provider</th><th style="text-align:right">Cost</th></tr>
</thead>
<tbody>
<tr><td>one</td><td style="text-align:right">12</td></tr>
</tbody>
</table>
<figure><img src="https://notes.example/chart.png" alt="A chart" width="1200" height="640">\
<figcaption>One bar for each run.</figcaption></figure>
<hr class="footnotes-sep">
<section class="footnotes">
<ol>
<li id="fn1"><p>Time, mostly. <a href="#r1" class="footnote-backref">↩</a></p></li>
</ol>
</section>"""

TEXT = """\
A newsletter has one hard promise.¹ See the design [1] and README.

¹ Time, mostly.

[1] https://notes.example/design/
"""


def letter(**fields) -> Message:
    publication = settings(
        email=Email(
            sender="Notes & more <notes@notes.example>", postal_address="1 Example Street, Berlin"
        )
    )
    given = {
        "title": "Why “exactly once” is hard",
        "description": "A lost answer, and the line that keeps the second copy in.",
        "authors": (Author("Ada Example"), Author("Bo Müller")),
        "cover": Image("https://notes.example/cover.jpg", "A printing press", 1200, 500),
    }
    related = [
        Related("A feed is a promise", "https://notes.example/feeds/", "Why ids never change."),
        Related("On typefaces", "https://notes.example/type/"),
    ]
    return render(publication, "main", post(**(given | fields)), Body(HTML, TEXT), related)


def test_golden_html(file_regression):
    file_regression.check(letter().html, extension=".html", encoding="utf-8")


def test_golden_text(file_regression):
    file_regression.check(letter().text, extension=".txt", encoding="utf-8")


def test_golden_eml(file_regression):
    eml = to_eml(
        letter(), message_id="<1@notes.example>", unsubscribe_url="https://notes.example/leave?r=1"
    )
    file_regression.check(eml, binary=True, extension=".eml")


def test_a_right_to_left_letter_mirrors_its_indents():
    html = letter(language="he").html
    assert (
        '<blockquote style="margin:0 0 24px; padding:8px 20px 0 0; border-width:0 3px 0 0' in html
    )
    assert '<ul style="margin:0 0 22px; padding:0 26px 0 0' in html
    assert '<td class="date sans" align="left"' in html


def test_every_table_of_the_layout_says_that_it_is_none():
    html = letter().html
    layout = [tag for tag in re.findall(r"<table\b[^>]*>", html) if "width=" in tag]
    assert len(layout) == 4
    assert all('role="presentation"' in tag for tag in layout)
    assert '<!--[if mso]><table role="presentation"' in html


def test_there_is_one_h1_and_headings_follow_in_order():
    levels = [int(level) for level in re.findall(r"<h([1-6])", letter().html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_head_tells_clients_what_to_leave_alone():
    head = letter().html.partition("</head>")[0]
    for name in ("viewport", "format-detection", "color-scheme", "supported-color-schemes"):
        assert f'<meta name="{name}"' in head
    assert '<meta charset="utf-8">' in head
    assert "<title>Why “exactly once” is hard</title>" in head


def test_every_link_and_picture_can_be_told_and_every_address_is_full():
    markup = read(letter().html)
    assert all(link.name for link in markup.links)
    assert all(image["alt"] and int(image["width"]) <= 600 for image in markup.images)


def test_links_are_underlined_wherever_they_are_among_words():
    styles = re.findall(r'<a (?!class="name-link"|name=)[^>]* style="([^"]*)"', letter().html)
    assert len(styles) == 8
    for style in styles:
        assert "text-decoration:underline" in style


def turned_over(colour: str) -> str:
    """Apply the filter of code boxes in the dark: invert(0.9), then hue-rotate(180deg)."""
    red, green, blue = (0.9 - 0.8 * int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    grey = 2 * (0.213 * red + 0.715 * green + 0.072 * blue)
    mixed = (min(max(grey - part, 0), 1) for part in (red, green, blue))
    return "#" + "".join(f"{round(part * 255):02x}" for part in mixed)


def inks(css: str) -> set[str]:
    return set(re.findall(r"[{;]\s*color: (#\w+)", css)) - {"#000000"}


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *product(sorted(inks(STYLE)), [LIGHT_PAGE]),
        *product(sorted(inks(DARK)), [DARK_PAGE]),
        (LOOK.light.text, LOOK.light.tint),
        (LOOK.dark.text, LOOK.dark.tint),
    ],
)
def test_words_stand_out_by_day_and_by_night(ink, ground):
    assert contrast(ink, ground) >= 4.5


def test_code_stands_out_in_the_box_that_dark_mode_turns_over():
    assert "filter: invert(0.9) hue-rotate(180deg)" in DARK
    colours = {f"#{style['color']}" for _, style in PressStyle if style["color"]}
    ground = turned_over(PAPER)
    assert contrast(ground, "#000000") < 2
    assert min(contrast(turned_over(colour), ground) for colour in {*colours, "#000000"}) >= 4.5


def test_outlooks_dark_mode_gets_the_same_colours():
    outlook = HEAD.partition("[data-ogsc]")[2]
    assert inks(DARK) == set(re.findall(r"[{;]\s*color: (#\w+)", outlook))
    assert "@media (prefers-color-scheme: dark)" in HEAD


def test_the_inlined_sheet_keeps_to_what_the_inliner_can_read():
    selectors = [each for part in re.findall(r"([^{}]+){", STYLE) for each in part.split(",")]
    assert not [each for each in selectors if not re.fullmatch(r"\s*[a-z0-9. -]+\s*", each)]
    assert set(re.findall(r"#\w+", STYLE)) == set(re.findall(r"#[0-9a-f]{6}\b", STYLE))
    assert not re.search(r"!important|rgba?\(|@", STYLE)


def test_no_shorthand_meets_its_own_longhand():
    names = set(re.findall(r"[{;]\s*([a-z-]+):", STYLE))
    both = {"margin", "padding", "border", "background", "font", "border-width", "text-decoration"}
    meeting = {
        (short, name)
        for short, name in product(both & names, names)
        if name.startswith(f"{short}-") and short != "border"
    }
    assert meeting == set()
    assert not names & {"border", "border-left", "border-right", "border-top", "border-bottom"}


def test_gmail_keeps_the_second_sheet():
    assert len(HEAD.encode()) < 16_000
    depth = 0
    for mark in re.findall(r"[{}]|@media", HEAD):
        assert not (mark == "@media" and depth)
        depth += {"{": 1, "}": -1}.get(mark, 0)
    assert depth == 0


def test_the_letter_itself_is_small():
    publication = settings()
    html = render(publication, "main", post(), Body("<p>Hello.</p>", "Hello."), ()).html
    assert len(html.encode()) < 10_000
