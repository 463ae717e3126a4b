"""Rendered bodies are found again for the same file, configuration and program, and only then."""

import sqlite3
from dataclasses import replace

import pytest

from pressrun.cache.bodies import Bodies
from pressrun.cache.stamps import YOUNG_NS, Stamp
from pressrun.model import Body, Finding, Severity

STAMP = Stamp(10, 1_700_000_000_000_000_000, 7)
LATER = STAMP.changed + 2 * YOUNG_NS
LOST = Finding("lost-content", Severity.WARNING, "posts/a.md", 7, "an <iframe>", "Use a link.")
BODY = Body(
    html="<p>Über &amp; \U0001f600</p>",
    text="",
    summary_html="<p>short</p>",
    related_html="<ul></ul>",
    markdown="Über & \U0001f600",
    findings=(LOST,),
)


@pytest.fixture
def bodies(tmp_path):
    kept = Bodies(tmp_path, "context")
    kept.keep({"posts/a.md": STAMP}, {"posts/a.md": BODY}, LATER)
    return kept


def test_a_body_comes_back_as_it_was(bodies):
    assert bodies.known({"posts/a.md": STAMP}) == {"posts/a.md": BODY}


@pytest.mark.parametrize(
    "changed", [{"size": 11}, {"changed": STAMP.changed + 1}, {"inode": 8}], ids=str
)
def test_another_file_is_not_known(bodies, changed):
    assert bodies.known({"posts/a.md": STAMP._replace(**changed)}) == {}


def test_another_post_or_context_is_not_known(bodies, tmp_path):
    assert bodies.known({"posts/b.md": STAMP}) == {}
    assert Bodies(tmp_path, "another").known({"posts/a.md": STAMP}) == {}


def test_what_was_too_young_is_not_kept(tmp_path):
    young = Bodies(tmp_path, "context")
    young.keep({"posts/a.md": STAMP}, {"posts/a.md": BODY}, STAMP.changed + 1)
    assert young.known({"posts/a.md": STAMP}) == {}


def test_bodies_of_posts_that_are_in_no_feed_any_more_go(bodies):
    other = replace(BODY, html="other")
    bodies.keep({"posts/b.md": STAMP}, {"posts/b.md": other}, LATER)
    assert bodies.known({"posts/a.md": STAMP, "posts/b.md": STAMP}) == {"posts/b.md": other}


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"not a database, but a text of some length" * 100,
        b"SQLite format 3\0" + b"\xff" * 5000,
    ],
)
def test_a_damaged_file_is_made_again(bodies, tmp_path, damage):
    (tmp_path / ".publish/cache/bodies.sqlite").write_bytes(damage)
    assert bodies.known({"posts/a.md": STAMP}) == {}
    bodies.keep({"posts/a.md": STAMP}, {"posts/a.md": BODY}, LATER)
    assert bodies.known({"posts/a.md": STAMP}) == {"posts/a.md": BODY}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '[1, "", "", "", []]', '["", "", "", "", [[1]]]', "\0"]
)
def test_a_damaged_row_is_not_believed(bodies, tmp_path, text):
    with sqlite3.connect(tmp_path / ".publish/cache/bodies.sqlite") as database:
        database.execute("UPDATE bodies SET body = ?", (text,))
    database.close()
    assert bodies.known({"posts/a.md": STAMP}) == {}


def test_where_nothing_can_be_kept_nothing_is_lost(tmp_path):
    (tmp_path / ".publish").write_text("a file", encoding="utf-8")
    homeless = Bodies(tmp_path, "context")
    homeless.keep({"posts/a.md": STAMP}, {"posts/a.md": BODY}, LATER)
    assert homeless.known({"posts/a.md": STAMP}) == {}
