"""The short way through simple YAML gives what the parser gives, or nothing at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun import strict_yaml
from pressrun.errors import PressrunError

ODDITIES = ["---", "- a", "\t", ": ", " #", "#", "'", '"', "\\", "[", "]", "{", "}", ",", ":", "\n"]
ODDITIES += [
    "  ",
    "\u2028",
    "\x85",
    "\xa0",
    "\ufeff",
    "null",
    "true",
    "yes",
    "012",
    "1e3",
    "~",
    "é",
]
ODDITIES += ["<<", "&a", "*a", "!t", "%", "@", "`", "|", ">", "? ", "= ", "\U0001f600", ".5", "-1"]
words = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(ODDITIES)
plain = st.sampled_from(["word", "two words", "12", "2026-11-23 09:00", "C#", "a,b", "true"])
phrases = plain | st.lists(words | st.just(" ") | plain, max_size=5).map("".join)
values = st.one_of(
    phrases,
    phrases.map("'{}'".format),
    phrases.map('"{}"'.format),
    st.lists(phrases, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
    st.lists(phrases, max_size=3).map(lambda items: "".join(f"\n  - {each}" for each in items)),
    st.lists(phrases, max_size=3).map(lambda items: "".join(f"\n- {each}" for each in items)),
)
keys = st.sampled_from(["title", "date", "a-b", "true", "null", "tags", "1st", "né"]) | phrases
headers = st.lists(
    st.tuples(keys, st.sampled_from([": ", ":", ":  "]), values).map("".join), max_size=4
).map("\n".join)


def by_the_parser(text):
    """Read ``text`` as if it were not simple: a comment makes it so."""
    try:
        return strict_yaml.parse(f"# not simple\n{text}", "x", 0)
    except PressrunError as error:
        return str(error)


def short(text):
    try:
        return strict_yaml._simple(text, 1)
    except PressrunError as error:
        return str(error)


@given(headers)
def test_what_is_read_the_short_way_is_what_the_parser_reads(text):
    found = short(text)
    assert found is None or found == by_the_parser(text)


@pytest.mark.parametrize(
    "text",
    [
        "title: Hello: not so simple\n",
        "title: Hello # a comment\n",
        "title:\n",
        "title: |\n  text\n",
        "title: a\n  b\n",
        "title: a\ntitle: b\n",
        "true: a\n",
        'title: "a\\n"\n',
        "tags: [a, [b]]\n",
        "tags:\n  - a\n - b\n",
        "title: a\x85b\n",
        "# title\n",
    ],
)
def test_what_is_not_simple_is_left_to_the_parser(text):
    assert short(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "title: Hello, reader\n",
        "date: 2026-11-23 09:00\n",
        "date: 2026-11-23T09:00:00+01:00",
        "url: https://notes.example/#top\n",
        "title: 'quoted: text'\n",
        "title: \"C# & 'more'\"\ndraft: true\n",
        "tags: [a, b c,d]\nn: 12\n",
        "tags:\n  - a b\n  - https://x.example\nlast: 1.50\n",
        "tags:\n- a\n- true\n",
    ],
)
def test_what_posts_usually_hold_is_simple(text):
    assert short(text) == by_the_parser(text)
