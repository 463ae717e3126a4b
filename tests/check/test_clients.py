"""A message's features are found in its HTML and CSS, and weighed by what clients support."""

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.check.clients import FAMILIES, FEATURES, unsupported
from pressrun.render.tree import parse

FACTS = Path(__file__).parents[3] / "shared" / "caniemail.json"
BY_NAME = {feature.name: feature for feature in FEATURES}

# Where support is partial, the notes that are about the feature of this name; others are not.
NOTES = {
    "position": {"2", "3", "4"},
    "margin: auto": {"4"},
    "negative margin": {"1"},
    "rgba()": set(),
    "rgb() without commas": {"1", "2"},
    "<style> in <body>": {"1"},
}

USES = {
    "@font-face": "<style>@font-face {font-family: a}</style>",
    "@media": "<style>@media (max-width: 599px) {p {color: red}}</style>",
    "prefers-color-scheme": "<style>@media (prefers-color-scheme:dark) {p {color: red}}</style>",
    "animation": "<style>@keyframes a {from {color: red}}</style>",
    "transform": '<p style="color:red;transform:rotate(3deg)">',
    "display: flex": '<p style="DISPLAY:inline-flex !important">',
    "display: grid": '<p style="display:grid">',
    "gap": '<p style="column-gap:1em">',
    "position": '<p style="position : relative">',
    "position: fixed": '<p style="position:sticky">',
    "margin: auto": '<p style="margin:0 auto">',
    "negative margin": '<p style="margin:0 -.5em">',
    "background-image": "<p style=\"background:#fff url('a;b.png')\">",
    "linear-gradient()": '<p style="background:linear-gradient(red,blue)">',
    "border-radius": '<p style="border-top-left-radius:3px">',
    "object-fit": '<img style="object-fit:cover">',
    "::before": '<style>p::before {content: "a"}</style>',
    "var()": '<p style="color:var(--ink)">',
    "calc()": '<p style="width:calc(100% - 2px)">',
    "rgba()": '<p style="color:rgba(0, 0, 0, .5)">',
    "rgb() without commas": '<p style="color:rgb(0 0 0 / 50%)">',
    "<style> in <body>": "<p>a</p><style>p {color: red}</style>",
    "<video>": "<video></video>",
    "<audio>": "<audio></audio>",
    "<form>": "<form></form>",
    "<picture>": "<picture></picture>",
    "srcset": '<img srcset="https://example.org/a.png 2x">',
    "<svg>": "<svg></svg>",
    "SVG picture": '<img src="https://example.org/A.SVG">',
    "WebP picture": '<img src="https://example.org/a.webp?w=600#x">',
    "AVIF picture": '<img src="https://example.org/a.avif">',
    "data: picture": '<img src="data:image/png;base64,AAAA">',
}


def page(written):
    """Put a style block into the head of a document, and all else into its body."""
    if written.startswith("<style"):
        return f"<!DOCTYPE html><html><head>{written}</head><body></body></html>"
    return f"<!DOCTYPE html><html><head></head><body>{written}</body></html>"


def found(html):
    return list(dict.fromkeys(feature.name for feature, _, _ in unsupported(parse(html), FAMILIES)))


def test_each_feature_has_an_example_here():
    assert list(USES) == list(BY_NAME)


@pytest.mark.parametrize("name", USES)
def test_each_feature_is_found_where_it_is_used_and_no_other(name):
    assert found(page(USES[name])) == [name]


@pytest.mark.parametrize(
    "written",
    [
        '<p style="color:#111;margin:0 1em;position:static;display:block">',
        "<p style=\"font-family:'display:flex';background:#fff\">",
        "<p style='background-color:red' title='transform: none'>display: flex; calc(1px)</p>",
        '<code>&lt;video&gt; &lt;p style="gap:1em"&gt;</code>',
        "<style>/* @media screen { } display:grid; */ a:hover {color: red}</style>",
        '<img src="https://example.org/svg.png?was=a.svg" srcs="a.svg">',
        '<a href="https://example.org/a.webp">',
        '<p style="color:rgb(0, 0, 0)">',
        '<img src="https://example.org/a"><img src="https://example.org/b?c"><p>.svg</p>',
    ],
)
def test_what_only_looks_like_a_feature_is_none(written):
    assert found(page(written)) == []


def test_what_only_outlook_for_windows_reads_does_not_count():
    ghost = '<!--[if mso]><table style="position:absolute"><tr><td><![endif]-->'
    assert found(page(f"<p>{ghost}</p>")) == []


def test_a_damaged_style_does_not_hide_the_next_one():
    broken = "<p style=\"a:'b /* c\"></p><p style='background:url(\"x'></p><p style='/* d'></p>"
    names = found(page(f'{broken}<p style="display:flex"></p>'))
    assert names == ["display: flex", "background-image"]


@pytest.mark.parametrize("bad", ["\\&quot;", "color:rgba(", "/*", "url(", "margin:-"])
def test_a_long_damaged_style_takes_no_long_time(bad):
    started = time.process_time()
    found(page(f'<p style="{bad * 50_000}">'))
    assert time.process_time() - started < 5  # a search that starts again at each sign needs 20


def test_the_share_is_that_of_each_family_that_was_asked_for():
    html = page('<p style="display:flex"><img src="https://example.org/a.svg">')
    flex, svg = BY_NAME["display: flex"], BY_NAME["SVG picture"]
    assert list(unsupported(parse(html), ["outlook", "gmail", "apple-mail"])) == [
        (flex, "outlook", 67),
        (flex, "gmail", 75),
        (svg, "gmail", 25),
    ]


def test_a_family_of_which_nothing_is_known_is_passed_over():
    html = page('<p style="gap:1em">')
    assert [share for _, _, share in unsupported(parse(html), ["web-de", "gmx"])] == [0]


def test_a_feature_used_often_is_told_once():
    html = page('<p style="display:flex;color:red"></p><p style="display:flex"></p>')
    assert len(list(unsupported(parse(html), ["gmail"]))) == 1


@given(st.text(alphabet="ab:;{}()'\"/*@- \n", max_size=60))
def test_any_style_is_read_without_a_fault(css):
    written = css.replace('"', "&quot;")
    assert set(found(page(f'<p style="{written}">'))) <= set(BY_NAME)


@pytest.mark.skipif(not FACTS.exists(), reason="no caniemail.json beside the checkout")
def test_the_table_says_what_its_source_says():
    stats = {each["slug"]: each["stats"] for each in json.loads(FACTS.read_text())}
    for feature in FEATURES:
        by_family = stats[re.search(r"/([\w-]+)/$", feature.source)[1]]
        shares = {
            family: share_of(by_family.get(family, {}), NOTES.get(feature.name))
            for family in FAMILIES
        }
        known = {family: share for family, share in shares.items() if share is not None}
        assert dict(feature.shares) == known, feature.name


def share_of(platforms, notes):
    newest = [list(versions.values())[-1].split() for versions in platforms.values()]
    weights = [weight(*words, about=notes) for words in newest if words[0] != "u"]
    return round(100 * sum(weights) / len(weights)) if weights else None


def weight(support, *numbers, about):
    if about is None or support == "n":
        return {"y": 1, "a": 0.5, "n": 0}[support]
    return float(not {number.strip("#") for number in numbers} & about)
