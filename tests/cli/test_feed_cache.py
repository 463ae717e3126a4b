"""A run that an earlier one has done already is known at once, and nothing else is."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pressrun.cache import snapshot
from support.publications import HELLO, MINIMAL
from support.publishing import NEW_POST, NOW, Desk, desk, tree

CONFIG = MINIMAL.replace("provider:", "  by:\n    tag: tags/{name}\nprovider:")
POSTS = {
    "hello.md": HELLO.replace("title:", "tags: [ink]\ntitle:"),
    "talk.md": HELLO.replace("title:", "enclosure: /talk.mp3\ntitle:").replace("Hello", "A talk"),
    "lossy.md": HELLO.replace("Hello", "A film")
    + '\n<iframe src="https://v.example/"></iframe>\n\n[Films](/films/)\n',
    "soon.md": NEW_POST.replace("2026-11-23 09:00", "2026-11-24 09:00"),
    "brief.md": HELLO.replace("title:", "expires: 2026-11-25\ntitle:").replace("Hello", "Brief"),
}
LONG_AGO = (NOW - timedelta(hours=1)).timestamp()
CACHE = ".publish/cache"

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def settle(here: Desk, at: float = LONG_AGO) -> None:
    """Let all files be old enough to be known again by their stamps."""
    for path in (here.root / "publish.yml", *here.root.rglob("posts/*"), *here.root.rglob("*.mp3")):
        os.utime(path, (at, at))


def ready(tmp_path, capsys) -> Desk:
    here = desk(tmp_path, capsys, config=CONFIG, posts=POSTS)
    here.write("static/talk.mp3", "sound")
    settle(here)
    return here


@pytest.fixture
def here(tmp_path, capsys):
    return ready(tmp_path, capsys)


def line(said):
    """Give what a run printed, without the time that it took."""
    return said.code, said.out.rpartition(". ")[0], said.err


def public(here):
    return {path: content for path, (content, _) in tree(here.root / "public").items()}


def is_kept(here):
    return (here.root / CACHE / "feed.json").exists()


def knows(here):
    """Whether the next run would have nothing to do but to look."""
    return snapshot.recall(here.root, here.world.now().timestamp()) is not None


# --- While nothing changes


def test_a_second_run_reads_no_post(here):
    here.publish("feed")
    hello = here.root / "posts/hello.md"
    hello.write_text(POSTS["hello.md"].replace("Hello", "Jello"), encoding="utf-8")
    settle(here)
    assert "nothing changed" in here.publish("feed").out
    assert b"Jello" not in (here.root / "public/feed.xml").read_bytes()
    here.publish("feed", "--no-cache")
    assert b"Jello" in (here.root / "public/feed.xml").read_bytes()


def test_a_second_run_says_the_same_of_the_posts(here):
    first = here.publish("feed")
    assert "posts/lossy.md:8: warning lost-content" in first.err
    again = here.publish("feed")
    code, told, findings = line(here.publish("feed", "--no-cache"))
    assert line(again) == (code, told, findings) == (0, told, first.err)
    assert told == "public: 2 feeds: 4 of 5 posts; nothing changed"


def test_a_new_post_makes_no_other_be_rendered_again(here):
    here.publish("feed")
    hello = here.root / "posts/hello.md"
    hello.write_text(POSTS["hello.md"].replace("reader", "writer"), encoding="utf-8")
    here.write("posts/new.md", NEW_POST)
    settle(here)
    here.publish("feed")
    assert b"writer" not in (here.root / "public/feed.xml").read_bytes()
    assert b"Once is enough" in (here.root / "public/feed.xml").read_bytes()
    here.publish("feed", "--no-cache")
    assert b"writer" in (here.root / "public/feed.xml").read_bytes()


def test_a_check_after_a_run_reads_no_post_and_says_so_in_its_own_words(here):
    here.publish("feed")
    before = tree(here.root)
    (here.root / "posts/hello.md").write_text("-" * len(POSTS["hello.md"]), encoding="utf-8")
    settle(here)
    said = here.publish("feed", "--check")
    assert (said.code, said.out) == (0, "public: 2 feeds: 4 of 5 posts; nothing would change.\n")
    assert {**tree(here.root), "posts/hello.md": None} == {**before, "posts/hello.md": None}


def test_without_a_cache_none_is_kept(here):
    here.publish("feed", "--no-cache")
    assert not (here.root / ".publish").exists()


def test_a_file_younger_than_two_seconds_is_read_again(here):
    for age, kept in ((1.9, False), (2.1, True), (1.9, False)):
        moment = NOW.timestamp() - age
        os.utime(here.root / "posts/hello.md", (moment, moment))
        here.publish("feed")
        assert is_kept(here) is kept
    settle(here)
    here.publish("feed")
    moment = NOW.timestamp() - 1
    os.utime(here.root / "static/talk.mp3", (moment, moment))
    here.publish("feed")
    assert not is_kept(here)


def test_it_is_so_by_the_real_clock_and_for_the_real_program(here):
    def publish(*arguments):
        ran = subprocess.run(
            [sys.executable, "-m", "pressrun", "feed", *arguments],
            cwd=here.root,
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout

    settle(here, time.time() - 3600)
    assert "all changed" in publish()
    before = tree(here.root / "public")
    assert is_kept(here)
    kept = (here.root / CACHE / "feed.json").stat().st_mtime_ns
    assert "nothing changed" in publish()
    assert (here.root / CACHE / "feed.json").stat().st_mtime_ns == kept  # it was believed
    assert "nothing would change" in publish("--check")
    here.write("publish.yml", CONFIG.replace("title: Notes", "title: Leaves"))
    assert "files changed" in publish()
    assert not is_kept(here)  # what was written just now is not trusted yet
    assert tree(here.root / "public") != before


# --- When something does


def _later(here, **time):
    here.later(**time)


def _write(name: str, content: str) -> Callable[[Desk], None]:
    return lambda here: here.write(name, content)


def _remove(name: str) -> Callable[[Desk], None]:
    return lambda here: (here.root / name).unlink(missing_ok=True)


EDITS: dict[str, Callable[[Desk], object]] = {
    "a post is edited": _write("posts/hello.md", POSTS["hello.md"].replace("Hello", "Good day")),
    "a post is new": _write("posts/new.md", NEW_POST),
    "a post is in a new folder": _write("posts/new/index.md", NEW_POST),
    "a post is gone": _remove("posts/hello.md"),
    "a post is broken": _write("posts/hello.md", "---\ntitle: [\n---\n"),
    "the settings change": _write("publish.yml", CONFIG.replace("title: Notes", "title: Leaves")),
    "the site moves": _write("publish.yml", CONFIG.replace("//notes", "//leaves.notes")),
    "feeds carry Markdown": _write(
        "publish.yml", CONFIG.replace("provider:", "  markdown: true\nprovider:")
    ),
    "the settings are broken": _write("publish.yml", CONFIG.replace("title", "titular")),
    "a sound is longer": _write("static/talk.mp3", "more sound"),
    "a sound is gone": _remove("static/talk.mp3"),
    "a sound that comes first is there": _write("public/talk.mp3", "another"),
    "a feed is gone": _remove("public/atom.xml"),
    "a feed of a tag is gone": _remove("public/tags/ink/feed.xml"),
    "a feed is edited": _write("public/feed.json", "{}"),
    "the manifest is gone": _remove("public/.pressrun.json"),
    "a post is due": lambda here: _later(here, days=1),
    "a post has expired": lambda here: _later(here, days=3),
    "the clock is set back": lambda here: _later(here, days=-400),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_run_is_done_again_when(here, edit):
    here.publish("feed")
    assert knows(here)
    edit(here)
    settle(here)
    assert not knows(here)
    said, found = here.publish("feed"), public(here)
    again = here.publish("feed", "--no-cache")
    assert (again.code, again.err) == (said.code, said.err)
    assert said.code or "nothing changed" in again.out
    assert public(here) == found


def test_a_sound_that_was_missed_is_found_as_soon_as_it_is_there(here):
    (here.root / "static/talk.mp3").unlink()
    here.write(
        "posts/talk.md", POSTS["talk.md"].replace("enclosure:", "enclosure:\n  length: 7\n  url:")
    )
    settle(here)
    assert here.publish("feed").code == 0
    assert knows(here)
    here.write("static/talk.mp3", "sound")
    settle(here)
    said = here.publish("feed")
    assert (said.code, '"enclosure" has the length 7, but talk.mp3 has 5 bytes' in said.err) == (
        1,
        True,
    )


STEPS = {
    **EDITS,
    "nothing": lambda _: None,
    "the cache is gone": lambda here: shutil.rmtree(here.root / ".publish", ignore_errors=True),
    "the bodies are gone": _remove(f"{CACHE}/bodies.sqlite"),
    "the bodies are damaged": _write(f"{CACHE}/bodies.sqlite", "SQLite format 3\0" * 99),
    "the run is forgotten": _remove(f"{CACHE}/feed.json"),
    "the run is damaged": _write(f"{CACHE}/feed.json", '{"inputs": 1}'),
    "all is as it was": lambda here: [
        _write("publish.yml", CONFIG)(here),
        *(_write(f"posts/{name}", content)(here) for name, content in POSTS.items()),
        _write("static/talk.mp3", "sound")(here),
    ],
}


@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=5))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_a_cache_changes_no_byte_and_no_word(tmp_path_factory, capsys, steps):
    here = ready(tmp_path_factory.mktemp("with"), capsys)
    here.publish("feed")
    for step in steps:
        STEPS[step](here)
        settle(here)
        bare = tmp_path_factory.mktemp("without") / "publication"
        shutil.copytree(here.root, bare)
        other = Desk(replace(here.world, folder=bare), capsys)
        assert line(here.publish("feed")) == line(other.publish("feed", "--no-cache"))
        assert public(here) == public(other)


# --- Damage


@given(anything)
def test_whatever_json_is_found_no_run_is_made_of_it(tmp_path_factory, kept):
    root = tmp_path_factory.mktemp("root")
    path = root / CACHE / "feed.json"
    path.parent.mkdir(parents=True)
    for written in (json.dumps(kept), f"{'0' * 64}\n{json.dumps(kept)}"):
        path.write_text(written, encoding="utf-8")
        assert snapshot.recall(root, NOW.timestamp()) is None


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_kept_run_that_lost_or_changed_a_byte_is_not_believed(here, data):
    path = here.root / CACHE / "feed.json"
    if not path.exists():
        here.publish("feed")
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    put = data.draw(st.binary(max_size=1).filter(lambda put: put != whole[at : at + 1]))
    path.write_bytes(whole[:at] + put + whole[at + 1 :])
    believed = knows(here)
    path.write_bytes(whole)
    assert (believed, knows(here)) == (False, True)


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"[" * 99_999, b"null", b"\n", b"{}\n{}"])
@pytest.mark.parametrize("name", ["feed.json", "bodies.sqlite"])
def test_a_damaged_cache_changes_nothing_and_is_made_again(here, name, damage):
    here.publish("feed")
    before = tree(here.root / "public")
    for path in (here.root / CACHE).iterdir():
        path.write_bytes(damage if path.name == name else path.read_bytes())
    (here.root / CACHE / "feed.json").write_bytes(damage)
    said = here.publish("feed")
    assert (said.code, "nothing changed" in said.out) == (0, True)
    assert tree(here.root / "public") == before
    assert knows(here)


@pytest.mark.parametrize("place", [".publish", CACHE])
def test_where_no_cache_can_be_there_is_none(here, place):
    here.write(place, "a file")
    expected = here.publish("feed", "--no-cache")
    for _ in range(2):
        assert here.publish("feed").err == expected.err
    moment = NOW.timestamp() - 1
    os.utime(here.root / "posts/hello.md", (moment, moment))
    said = here.publish("feed")
    assert (said.code, said.err) == (0, expected.err)
    assert (here.root / place).read_text() == "a file"


@pytest.mark.parametrize("name", ["feed.json", "bodies.sqlite"])
def test_a_folder_in_the_place_of_a_cache_is_left_alone(here, name):
    (here.root / CACHE / name / "inner").mkdir(parents=True)
    assert here.publish("feed").code == 0
    moment = NOW.timestamp() - 1
    os.utime(here.root / "posts/hello.md", (moment, moment))
    assert here.publish("feed").code == 0
    assert [path.name for path in (here.root / CACHE / name).iterdir()] == ["inner"]
