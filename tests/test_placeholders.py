"""Placeholders: plain tokens that survive every step between template and adapter."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.placeholders import NAMES, TOKENS, fill


def test_there_is_one_token_for_each_name():
    assert set(TOKENS) == set(NAMES)
    assert len(set(TOKENS.values())) == len(NAMES)


@pytest.mark.parametrize("token", TOKENS.values())
def test_a_token_is_a_plain_word_to_html_urls_and_css(token):
    assert re.fullmatch("[a-z][a-z0-9]*", token)


def test_no_token_is_part_of_another():
    for one in TOKENS.values():
        assert [other for other in TOKENS.values() if one in other] == [one]


def test_filling_replaces_every_place_and_leaves_what_has_no_value():
    url, name = TOKENS["unsubscribe_url"], TOKENS["first_name"]
    text = f'<a href="{url}">{name}</a> {url}'
    assert fill(text, {"unsubscribe_url": "U"}) == f'<a href="U">{name}</a> U'
    assert fill(text, {"unsubscribe_url": "{{ url }}", "first_name": r"\1 $& %s"}) == (
        r'<a href="{{ url }}">\1 $& %s</a> {{ url }}'
    )


def test_an_unknown_name_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        fill("text", {"nickname": "x"})


@given(st.text())
def test_the_writers_own_text_is_left_alone(text):
    assert fill(text, dict.fromkeys(NAMES, "X")) == text
