"""TOML, Pelican's and Nikola's headers: values, lines and what is wrong with them."""

import json
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pressrun.errors import PostError
from pressrun.posts.front_matter import read, without_body
from pressrun.strict_yaml import Value, plain

TOML = """\
+++
title = "A: b # c"
date = 2026-11-23T09:00:00+01:00
draft=false
weight = 3.10
text = '''
fake = 1
[fake]
'''
list = [
  [1],
  "x = y",
]
site.name = 'S' # "
"quoted key" = 2026-11-23

[taxonomies]
tags = ["a", "b"]

[[extra.links]]
url = "u"
[extra]
toc = true
+++
Body
"""


def values(text):
    return {key: plain(value) for key, value in read(text.encode(), "a.md").header.items()}


def problem(text):
    with pytest.raises(PostError) as caught:
        read(text.encode(), "a.md")
    return str(caught.value)


def test_toml_gives_values_with_lines():
    matter = read(TOML.encode(), "a.md")
    assert {key: plain(value) for key, value in matter.header.items()} == {
        "title": "A: b # c",
        "date": "2026-11-23T09:00:00+01:00",
        "draft": False,
        "weight": 3.1,
        "text": "fake = 1\n[fake]\n",
        "list": [[1], "x = y"],
        "site": {"name": "S"},
        "quoted key": "2026-11-23",
        "taxonomies": {"tags": ["a", "b"]},
        "extra": {"links": [{"url": "u"}], "toc": True},
    }
    lines = {key: value.key_line for key, value in matter.header.items()}
    assert lines == {
        "title": 2,
        "date": 3,
        "draft": 4,
        "weight": 5,
        "text": 6,
        "list": 10,
        "site": 14,
        "quoted key": 15,
        "taxonomies": 17,
        "extra": 20,
    }
    assert matter.header["weight"].raw == "3.10"
    assert matter.header["taxonomies"].data["tags"].key_line == 18
    assert matter.header["extra"].data["toc"].key_line == 23
    assert (matter.body, matter.body_line) == ("Body\n", 25)


def test_a_body_is_cut_off_where_toml_ends_plainly():
    cut = without_body(TOML.encode())
    assert cut.endswith(b"toc = true\n+++\n")
    assert read(cut, "a.md").header == read(TOML.encode(), "a.md").header


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("a = 1\na = 2", "a.md:3: this is not valid TOML: cannot overwrite a value. A key can be"),
        ("a = 1\n[b]\n[b]", "a.md:4: this is not valid TOML: cannot declare ('b',) twice. A table"),
        ("title = Hello", "a.md:2: this is not valid TOML: invalid value. Text stands in quotes"),
        ("title: Hello", "a.md:2: this is not valid TOML: expected '=' after a key"),
        ('a = 1\nb = "x', "a.md:3: this is not valid TOML: "),
        ("a = 1\nb = [1,", "a.md:3: this is not valid TOML: "),
        (f"a = {'9' * 5000}", "a.md:2: this is not valid TOML: a number is too long."),
        (f"a = {'[' * 5000}", "a.md:2: this is nested deeper than 100 levels. Flatten it."),
        (f"a{'.a' * 120} = 1", "a.md:2: this is nested deeper than 100 levels. Flatten it."),
        ('a = 1\nb = "\\u0007"', "a.md:3: the character U+0007 is not allowed. Remove it."),
    ],
)
def test_what_is_wrong_with_toml_is_told_with_its_line(lines, message):
    assert problem(f"+++\n{lines}\n+++\n").startswith(message)


def test_toml_that_does_not_end_is_explained():
    message = "a.md:1: the front matter begins here and does not end. Add a line +++ after it."
    assert problem("+++\na = 1\n---\n") == message


PELICAN = """\
Title: My: "super" title
Date: 2026-11-23 10:20
Tags: pelican,
    publishing
Category:
Feed: false
Summary: One
\tTwo

Body: text
"""


def test_a_header_of_pelican_is_keys_up_to_the_first_blank_line():
    matter = read(PELICAN.encode(), "a.md")
    assert {key: plain(value) for key, value in matter.header.items()} == {
        "Title": 'My: "super" title',
        "Date": "2026-11-23 10:20",
        "Tags": "pelican,\npublishing",
        "Category": None,
        "Feed": False,
        "Summary": "One\nTwo",
    }
    assert [value.key_line for value in matter.header.values()] == [1, 2, 3, 5, 6, 7]
    assert (matter.body, matter.body_line) == ("Body: text\n", 10)


def test_a_line_without_a_key_in_a_header_is_explained():
    said = problem("Title: x\nThe text.\n\nMore.\n")
    assert said.startswith("a.md:2: this line has no key, and the front matter has not ended: The")


NIKOLA = """\
<!--
.. title: A: title
.. slug: a-title
.. date: 2026-11-23 09:00:00 UTC+01:00
.. category:

.. has_math: true
-->

Body
"""


@pytest.mark.parametrize("begin", ["<!--\n", "<!-- \n", "<!-- "])
def test_a_comment_of_nikola_is_front_matter(begin):
    matter = read(NIKOLA.replace("<!--\n", begin).encode(), "a.md")
    assert {key: plain(value) for key, value in matter.header.items()} == {
        "title": "A: title",
        "slug": "a-title",
        "date": "2026-11-23 09:00:00 UTC+01:00",
        "category": None,
        "has_math": True,
    }
    one_less = 0 if "\n" in begin else 1
    lines = [line - one_less for line in (2, 3, 4, 5, 7)]
    assert [value.key_line for value in matter.header.values()] == lines
    assert (matter.body, matter.body_line) == ("\nBody\n", 9 - one_less)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "<!--\n.. title: x\n",
            "a.md:1: the front matter begins here and does not end. Add a line",
        ),
        ("<!--\ntitle: x\n-->\n", "a.md:2: this line has no key, and the front matter has not"),
        ("Title: x\nTitle: y\n", 'a.md:2: the key "Title" is there twice, first on line 1. Keep'),
        ('{\n"title": "x"\n}\n', "a.md:1: front matter in JSON is not supported. Write it as YAML"),
        (";;;\n{}\n;;;\n", "a.md:1: front matter in JSON is not supported."),
        ("---json\n{}\n---\n", "a.md:1: front matter in json is not supported. Write it as YAML"),
        ("\n+++\n+++\n", "a.md:1: blank lines stand before the first +++. Remove them."),
        ("<!-- a remark -->\n", "a.md:1: there is no front matter. Begin with"),
        ("https://notes.example/\n", "a.md:1: there is no front matter. Begin with"),
    ],
)
def test_what_is_no_front_matter_of_ours_is_explained(text, message):
    assert problem(text).startswith(message)


KEYS = st.text("abcdefgh_-0", min_size=1, max_size=6).filter(lambda key: not key.startswith("-"))
TEXTS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=20)
SCALARS = (
    TEXTS
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.sampled_from([0.5, -3.25, 1e16])
    | st.dates()
    | st.datetimes()
)


def tables(inner):
    return st.dictionaries(KEYS, inner, max_size=4)


TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | tables(inner), max_leaves=8
)


def written(data, is_, between):
    """Write a value within a line; ``is_`` stands between a key and its value."""
    if isinstance(data, dict):
        items = (f'"{key}"{is_}{written(each, is_, between)}' for key, each in data.items())
        return "{" + between.join(items) + "}"
    if isinstance(data, list):
        return "[" + between.join(written(each, is_, between) for each in data) + "]"
    if isinstance(data, date):
        return data.isoformat()
    return json.dumps(data, ensure_ascii=False)


TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | tables(inner), max_leaves=8
)


def as_toml(data):
    """Write a value as TOML does within a line."""
    if isinstance(data, dict):
        return "{" + ", ".join(f'"{key}" = {as_toml(each)}' for key, each in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(as_toml, data)) + "]"
    return as_yaml(data)


def as_yaml(data):
    return json.dumps(data, ensure_ascii=False)


def shape(value):
    """Leave only what must be equal: values, and the lines of the first two levels."""
    if isinstance(value.data, dict):
        return {key: shape(inner) for key, inner in value.data.items()}
    if isinstance(value.data, list):
        return [shape(inner) for inner in value.data]
    return (type(value.data), value.data)


@examples(deadline=None, max_examples=150)
@given(tables(TREES))
@example({"title": "a\\b \"c\" 'd' # = ["})
def test_what_is_written_in_yaml_and_in_toml_reads_equal(data):
    yaml, toml = (
        "".join(f'"{key}"{is_}{written(each, is_, ", ")}\n' for key, each in data.items())
        for is_ in (": ", " = ")
    )
    one = read(f"---\n{yaml}---\nBody\n".encode(), "a.md")
    two = read(f"+++\n{toml}+++\nBody\n".encode(), "a.md")
    assert shape(Value(dict(one.header), 1)) == shape(Value(dict(two.header), 1))
    lines = [[each.key_line for each in matter.header.values()] for matter in (one, two)]
    assert lines[0] == lines[1] == list(range(2, len(data) + 2))
    assert (one.body, one.body_line) == (two.body, two.body_line)


NOISE = st.text(st.sampled_from("abT:=[]{}\"'.# \n-+<>!0"), max_size=60)


@examples(deadline=None, max_examples=200)
@given(
    st.sampled_from(["+++\n", "<!--\n.. ", "Title: "]),
    NOISE,
    st.sampled_from(["\n+++\n", "\n-->\n"]),
)
@example("+++\n", 'a."".b = 1', "\n+++\n")
def test_any_header_is_front_matter_or_a_problem_with_a_place(begin, noise, end):
    text = begin + noise + end
    try:
        matter = read(text.encode(), "a.md")
    except PostError as error:
        for each in error.problems:
            assert 1 <= int(each.where.removeprefix("a.md:")) <= text.count("\n") + 1
        return
    assert all(1 <= each.key_line <= matter.body_line for each in matter.header.values())
