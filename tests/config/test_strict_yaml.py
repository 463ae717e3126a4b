import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.errors import PressrunError
from pressrun.strict_yaml import MAX_DEPTH, Value, decode, parse, plain


def read(text: str):
    return plain(parse(text, "a.yml"))


def problems(text: str) -> list[str]:
    with pytest.raises(PressrunError) as caught:
        parse(text, "a.yml")
    return [str(problem) for problem in caught.value.problems]


TEXT = "no on yes Off 012 2026-11-23 12:30:00 1_000 0x1F 0o17 .inf .nan 1e999 1.2.3 = + -x"


@pytest.mark.parametrize("text", [*TEXT.split(), "2026-11-23 09:00", "9" * 30])
def test_what_looks_like_something_else_stays_text(text):
    assert read(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("null", None), ("~", None), ("", None), ("true", True), ("False", False), ("0", 0)],
        *[("-12", -12), ("+7", 7), ("1.10", 1.1), ("1e3", 1000.0), (".5", 0.5), ("'5'", "5")],
        *[("!!str 5", "5"), ("'null'", "null"), ("[1, a]", [1, "a"])],
        ("{b: {c: 1}}", {"b": {"c": 1}}),
    ],
)
def test_plain_values_have_the_types_of_json(text, value):
    assert read(f"a: {text}") == {"a": value}


def test_a_number_keeps_the_way_it_was_written():
    assert parse("a: 3.10", "a.yml").data["a"].raw == "3.10"


def test_every_value_knows_its_line_and_that_of_its_key():
    root = parse("a: 1\nb:\n  - x\n  -\n    c: 2\nd:\n  e\n", "a.yml", first_line=10)
    items = root.data["b"]
    assert (root.line, root.data["a"].line, items.key_line, items.line) == (10, 10, 11, 12)
    assert [each.line for each in items.data] == [12, 14]
    assert items.data[1].data["c"] == Value(2, 14, 14, "2")
    assert (root.data["d"].key_line, root.data["d"].line) == (15, 16)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", 'a.yml:2: the key "a" is there twice, first on line 1. Keep one of them.'),
        ("a: &x 1", "a.yml:1: an anchor (&x) is not allowed."),
        ("a: *x", "a.yml:1: an alias (*name) is not allowed."),
        ("<<: {a: 1}", "a.yml:1: a merge (<<) is not allowed."),
        ("a: !!python/object:os.system x", "a.yml:1: a tag (tag:yaml.org,2002:python/object"),
        ("a: !!int '5'", "a.yml:1: a tag"),
        ("a: !x {}", "a.yml:1: a tag (!x) is not allowed."),
        ("1: x", 'a.yml:1: a key must be text, not 1. Put it in quotes: "1".'),
        ("true: x", "a.yml:1: a key must be text, not true."),
        ("~: x", "a.yml:1: a key must be text, not ~."),
        ("? [a]\n: x", "a.yml:1: a key must be text."),
        ("[a]: x", "a.yml:1: a key must be text."),
        ("a: 1\n---\nb: 2", "a.yml:2: a second YAML document begins here."),
        ('a: "\\0"', "a.yml:1: the character U+0000 is not allowed."),
        ("a: 1\nb: \x01", "a.yml:2: the character U+0001 is not allowed."),
        ("a:\n\tb: 1", "a.yml:2: this is not valid YAML"),
        ("a: 1\nb: 'x\n", "a.yml:2: this is not valid YAML"),
        ("a: 1\nb: x\u2028y", "a.yml:2: the character U+2028 is not allowed. Remove it."),
        ("a: @b", "Indent with spaces, not tabs, and put text in quotes."),
    ],
)
def test_what_is_doubtful_is_refused_with_its_line(text, message):
    (only,) = problems(text)
    assert only.startswith(message) or message in only


def test_several_problems_are_told_in_one_run():
    assert len(problems("a: 1\na: 2\nb: &x 1\n3: 4\n")) == 3


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_is_bounded_and_ends_no_process(opening):
    assert "nested deeper than 100 levels" in problems(opening * 50_000)[0]
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH)


def test_a_thousand_million_laughs_stop_at_the_first():
    bomb = "a: &a [x, x]\n" + "".join(f"{c}: &{c} [*a, *a]\n" for c in "bcdef")
    assert "anchor (&a)" in problems(bomb)[0]


def test_text_comes_without_mark_and_with_line_feeds_only():
    assert decode(b"\xef\xbb\xbfa\r\nb\rc\n", "a.yml") == "a\nb\nc\n"


def test_other_encodings_are_refused_on_the_line_of_the_first_bad_byte():
    with pytest.raises(PressrunError, match=r"^a.yml:3: this is not UTF-8 \(byte 0xE9\). Save"):
        decode(b"a\r\nb\rcaf\xe9\n", "a.yml")


@settings(deadline=None, max_examples=300)
@given(st.text("ab:-[]{}&*!|>'\"%@`?#,. \n\t\\~0", max_size=40) | st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text):
    try:
        parse(text, "a.yml")
    except PressrunError as error:
        for problem in error.problems:
            place, _, line = problem.where.rpartition(":")
            assert place == "a.yml"
            assert 1 <= int(line) <= text.count("\n") + 1
