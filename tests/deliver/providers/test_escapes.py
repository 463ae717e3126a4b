import re
from html.parser import HTMLParser

import pytest

from pressrun.deliver.providers.escapes import BEFORE_TAG, BEHIND_TAG, by_number
from pressrun.placeholders import TOKENS

BRACES = re.compile("[{}]")


@pytest.mark.parametrize(
    ("html", "escaped"),
    [
        ("<p>{x}</p>", "<p>&#123;x&#125;</p>"),
        ('<a title="{x}">y</a>', '<a title="&#123;x&#125;">y</a>'),
        ("<style>p{top:0}</style>{", "<style>p\\7b top:0\\7d </style>&#123;"),
        ("<STYLE media='x'>{</STYLE >{", "<STYLE media='x'>\\7b </STYLE >&#123;"),
        ("<style>{</style>{<style>{</style>", "<style>\\7b </style>&#123;<style>\\7b </style>"),
        ("<styles>{</styles>", "<styles>&#123;</styles>"),
        ("nothing", "nothing"),
    ],
)
def test_a_sign_becomes_its_number_by_the_rules_of_the_place(html, escaped):
    assert by_number(BRACES, html) == escaped


def test_a_reader_sees_what_was_written():
    seen = []
    parser = HTMLParser()
    parser.handle_data = seen.append
    parser.feed(by_number(BRACES, "<p>{% x %} {{ y }}</p>"))
    parser.close()
    assert "".join(seen) == "{% x %} {{ y }}"


@pytest.mark.parametrize("token", TOKENS.values())
def test_signs_beside_a_tag_are_found(token):
    beside = re.compile(rf"\{{{BEFORE_TAG}|{BEHIND_TAG}\}}")
    assert beside.sub("!", f"{{ }} {{{token}}} {{ }}") == f"{{ }} !{token}! {{ }}"
