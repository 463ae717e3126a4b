"""The names and digests that a ledger keeps for years."""

import pickle
import re
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pressrun.model import issue_key
from support.issues import issue, picture
from support.publications import post

# Frozen: a changed key is an issue that nobody remembers to have sent.
GOLDEN = {
    ("notes", "main", "hello"): "hello-17b4112dd26c2c4ac4c6",
    ("notes", "extra", "hello"): "hello-079f3047923329f8228f",
    ("press", "main", "hello"): "hello-b02a9fb4b0501be5f553",
    ("notes", "main", "2026/exactly-once"): "2026-exactly-once-9f1e31599e41b9d894b5",
    ("notes", "main", "Ünïcödé — Straße"): "n-c-d-stra-e-57cb95f859c21af301d6",
    ("notes", "main", "走る"): "post-8e887941f55f8e27f80c",
    ("notes", "main", "a-very-long-name-of-a-post-that-goes-on-and-on"): (
        "a-very-long-name-of-a-post-tha-7952e49e2ec6a2c71134"
    ),
    ("notes", "main", "abcdefghijklmnopqrstuvwxyz-ab-cd"): (
        "abcdefghijklmnopqrstuvwxyz-ab-0b196a5d38cdf521cb7d"
    ),
    ("notes", "main", "🖨️"): "post-5d277b7a0d8c6f560c86",
}

NAMES = st.text(max_size=80)


@pytest.mark.parametrize(("parts", "key"), GOLDEN.items())
def test_keys_are_for_ever(parts, key):
    assert issue_key(*parts) == key


@given(NAMES, NAMES, NAMES)
def test_a_key_fits_a_tag_a_slug_and_a_file_name(publication, newsletter, name):
    key = issue_key(publication, newsletter, name)
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-[0-9a-f]{20}", key)
    assert len(key) <= 51
    assert "--" not in key
    assert key == issue_key(publication, newsletter, name)


@given(st.tuples(NAMES, NAMES, NAMES), st.tuples(NAMES, NAMES, NAMES))
def test_different_issues_have_different_keys(one, other):
    assume(one != other)
    assert issue_key(*one) != issue_key(*other)


@given(NAMES, NAMES, NAMES, st.integers(0, 80))
def test_no_letter_may_move_from_one_part_into_the_next(publication, newsletter, name, at):
    whole = publication + newsletter
    moved = (whole[:at], whole[at:], name)
    assume(moved != (publication, newsletter, name))
    assert issue_key(*moved) != issue_key(publication, newsletter, name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "b", "c"), ("a", "b1:c", "")),
        (("1:a", "b", "c"), ("", "a1:b", "c")),
        (("ab", "", "c"), ("a", "b", "c")),
        (("a", "b", "Hello"), ("a", "b", "hello")),
    ],
)
def test_lengths_and_case_keep_issues_apart(one, other):
    assert issue_key(*one) != issue_key(*other)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "x"),
        ("preheader", "x"),
        ("html", "x"),
        ("text", "x"),
        ("sender", "x"),
        ("reply_to", "x"),
    ],
)
def test_the_digest_covers_everything_that_a_reader_gets(field, value):
    message = issue().message
    assert replace(message, **{field: value}).digest != message.digest
    assert replace(message).digest == message.digest == issue().digest
    assert re.fullmatch("[0-9a-f]{64}", message.digest)


def test_text_cannot_move_between_two_fields_unseen():
    message = issue().message
    one = replace(message, subject='a", "b', preheader="c")
    other = replace(message, subject="a", preheader='b", "c')
    assert one.digest != other.digest


def test_a_digest_is_for_ever():
    assert issue("<p>Grüße</p>").digest == (
        "edc8cb7e68e058c62d3a6ab15a96b97a19d91b05691099a658e3c215e9654331"
    )


def test_a_post_says_where_its_fields_stand():
    one = post(slug="hello", lines={"draft": 4})
    assert (one.place("draft"), one.place("title"), one.place()) == (
        "posts/hello.md:4",
        "posts/hello.md:1",
        "posts/hello.md:1",
    )


def test_a_post_is_the_same_after_a_way_through_a_pipe():
    made = post(tags=("a", "b"), extra={"layout": ["x"]}, lines={"title": 2})
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own


def test_an_issue_is_another_one_when_a_picture_that_goes_with_it_has_changed(tmp_path):
    bare, harbour = issue(), picture(tmp_path)
    by_day = replace(bare, pictures=(harbour,))
    by_night = replace(bare, pictures=(picture(tmp_path, content=b"the same by night"),))
    assert len({bare.digest, by_day.digest, by_night.digest}) == 3
    assert bare.digest == bare.message.digest
    assert by_day.digest == replace(bare, pictures=(picture(tmp_path),)).digest
