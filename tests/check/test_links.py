"""Addresses are asked politely, and believed for a day where they answered."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.cache import links as kept
from pressrun.check import links
from pressrun.check.facts import of_content
from pressrun.check.links import Answer
from pressrun.http.shown import Shown
from pressrun.http.web import Sight
from pressrun.model import Image
from pressrun.render.pictures import Picture
from support.messages import LEAVE, a_message, a_post

A, B, C = "https://one.example/a", "https://one.example/b", "https://two.example/c"
NOW = 1_800_000_000.0
HTML = (
    f'<p><a href="{A}#x">one</a> <a href="{A}">two</a> <img src="{B}" alt="B">'
    f' <a href="{C}">three</a></p>'
)
BODY = f"[one]({A}#x) [two]({A})\n\n![B]({B})\n\n[c]({C})"


def facts():
    return of_content(a_post(BODY), a_message(HTML, LEAVE))


def ask(urls=(A, B, C), answers=None, known=None, now=NOW):
    asked, slept = [], []

    def look(url):
        asked.append(url)
        return (answers or {}).get(url, Sight(200, "answers 200"))

    found = links.ask(urls, look, known=known or {}, now=now, sleep=slept.append)
    return found, asked, slept


def test_each_address_of_the_web_is_listed_once_and_without_its_place_in_the_page():
    assert links.addresses(facts()) == [A, B, C]
    html = '<a href="mailto:a@x.example">a</a><a href="#x">b</a>'
    assert links.addresses(of_content(a_post(""), a_message(html, LEAVE))) == []


def test_no_host_is_asked_twice_in_a_second():
    _, asked, slept = ask()
    assert asked == [A, B, C]
    assert slept == [links.PAUSE]


def test_a_good_answer_is_believed_for_a_day_and_a_bad_one_is_not():
    known = {A: Answer(200, "answers 200", NOW), B: Answer(404, "answers 404", NOW)}
    assert ask(known=known, now=NOW + 80_000)[1] == [B, C]
    assert ask(known=known, now=NOW + 90_000)[1] == [A, B, C]
    assert ask(known=known, now=NOW - 10)[1] == [A, B, C]  # the clock was set back


def test_what_does_not_answer_is_found_with_its_line():
    answers = {A: Sight(404, "answers 404"), C: Sight(None, "cannot be reached (no such host)")}
    told = list(links.dead(facts(), ask(answers=answers)[0]))
    assert [(each.rule, each.line, each.what) for each in told] == [
        ("dead-link", 8, f'"{A}" answers 404'),
        ("dead-link", 12, f'"{C}" cannot be reached (no such host)'),
    ]
    assert {each.path for each in told} == {"posts/hello.md"}


@pytest.mark.parametrize("status", [200, 204, 403, 429, 999])
def test_what_tells_nothing_is_no_finding(status):
    answers = {A: Sight(status, f"answers {status}")}
    assert list(links.dead(facts(), ask(answers=answers)[0])) == []


def test_answers_are_kept(tmp_path):
    told = {
        A: Answer(200, "answers 200", NOW),
        B: Answer(None, "is gone", NOW),
        C: Answer(200, "answers 200", NOW, Shown("image/png", 1200, 630, 90_000)),
    }
    kept.keep(tmp_path, told)
    assert kept.recall(tmp_path) == told


def test_answers_of_an_earlier_pressrun_are_still_known(tmp_path):
    file = tmp_path / ".publish/cache/links.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({A: [200, "answers 200", NOW]}))
    assert kept.recall(tmp_path) == {A: (200, "answers 200", NOW, None)}


@pytest.mark.parametrize("odd", [[], ["image/png", 1, 2], ["image/png", 1, 2, "3"], [0, 1, 2, 3]])
def test_a_size_that_is_none_is_not_believed(tmp_path, odd):
    kept.keep(tmp_path, {A: (200, "answers 200", NOW, odd)})
    assert kept.recall(tmp_path) == {}


def with_cover():
    cover = Image(f"{C}#top", "C")
    return of_content(a_post(BODY, cover=cover), a_message(HTML.replace(f'"{C}"', '"#"'), LEAVE))


def test_pictures_are_known_from_pages_and_the_cover_is_one():
    assert links.pictures(with_cover()) == [C, B]
    assert links.addresses(with_cover()) == [A, B, C]
    picture = Answer(200, "answers 200", NOW, Shown("image/png", 1200, 630, 90_000))
    answers = {A: picture, B: picture, C: picture}
    measured = Picture(1200, 630, 90_000)
    assert links.measured(with_cover(), answers) == {f"{C}#top": measured, B: measured}
    assert links.measured(with_cover(), {B: Answer(200, "answers 200", NOW)}) == {}


def test_a_page_in_a_pictures_place_is_found():
    page = Answer(200, "answers 200", NOW, Shown("text/html", bytes=900))
    told = list(links.dead(with_cover(), {A: page, B: page, C: page}))
    assert [(each.rule, each.line, each.what) for each in told] == [
        ("dead-link", 5, f'"{C}" answers with a page where a picture is wanted'),
        ("dead-link", 10, f'"{B}" answers with a page where a picture is wanted'),
    ]
    assert links.measured(with_cover(), {B: page}) == {}


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists) | st.text())
def test_whatever_is_kept_the_run_goes_on(tmp_path_factory, odd):
    root = tmp_path_factory.getbasetemp()
    file = root / ".publish/cache/links.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    for content in (json.dumps(odd), json.dumps({A: odd}), str(odd)):
        file.write_bytes(content.encode(errors="replace"))
        assert kept.recall(root) == {}
    assert kept.recall(Path("/nowhere")) == {}
