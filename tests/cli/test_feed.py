"""``publish feed``: what it writes, what it leaves alone, what it says."""

import json

import pytest

from support.publications import HELLO
from support.publishing import NEW_POST, desk


@pytest.fixture
def here(tmp_path, capsys):
    return desk(tmp_path, capsys)


def names(here):
    items = json.loads((here.root / "public/feed.json").read_text())["items"]
    return [item["title"] for item in items]


def test_three_feeds_are_written_and_named(here):
    said = here.publish("feed")
    assert said.code == 0
    line = "public/feed.xml  public/atom.xml  public/feed.json: 1 of 1 posts; all changed."
    assert said.out.startswith(line)


def test_unchanged_feeds_are_not_touched(here):
    here.publish("feed")
    before = {path: path.stat().st_mtime_ns for path in here.root.glob("public/*")}
    assert "nothing changed" in here.publish("feed").out
    assert {path: path.stat().st_mtime_ns for path in here.root.glob("public/*")} == before
    assert {path.name for path in before} > {"feed.xml", "atom.xml", "feed.json", ".pressrun.json"}


def test_a_lost_feed_is_written_again_and_the_others_left(here):
    here.publish("feed")
    (here.root / "public/atom.xml").unlink()
    assert "atom.xml changed, the others did not" in here.publish("feed").out


@pytest.mark.parametrize(
    "field", ["draft: true", "date: 2099-01-01", "expires: 2026-11-22", "feed: false"]
)
def test_posts_that_are_not_for_the_feed_stay_out(here, field):
    dated = NEW_POST.replace("date: 2026-11-23 09:00\n", "") if "date" in field else NEW_POST
    here.write("posts/once.md", dated.replace("title:", f"{field}\ntitle:"))
    here.write("posts/twice.md", NEW_POST.replace("Once", "Twice"))
    here.publish("feed")
    assert names(here) == ["Twice is enough", "Hello"]


def test_every_bad_post_is_named_and_nothing_is_written(here):
    here.write("posts/bad.md", "no front matter\n")
    (here.root / "posts/latin.md").write_bytes(HELLO.replace("reader", "café").encode("latin-1"))
    said = here.publish("feed")
    assert said.code == 1
    assert [line.split(": ")[0] for line in said.err.splitlines()] == [
        "posts/bad.md:1",
        "posts/latin.md:6",
    ]
    assert not (here.root / "public").exists()


def test_a_misspelt_key_is_shown_with_its_line_and_mend(here):
    config = (
        (here.root / "publish.yml").read_text().replace("  timezone", "  languge: en\n  timezone")
    )
    here.write("publish.yml", config)
    said = here.publish("feed")
    problem = 'publish.yml:5: unknown key "languge" in site. Did you mean "language"?\n'
    assert (said.code, said.err) == (2, problem)


def test_what_a_feed_cannot_carry_is_reported(here):
    here.write("posts/once.md", f'{NEW_POST}\n<iframe src="https://video.example/1"></iframe>\n')
    assert "posts/once.md:8: warning lost-content" in here.publish("feed").err


def test_it_works_from_a_folder_below(here, monkeypatch):
    said = here.publish("-C", str(here.root / "posts"), "feed")
    assert said.code == 0
    assert (here.root / "public/feed.xml").exists()


def test_what_the_sites_generator_would_run_is_reported(here):
    here.write("posts/once.md", f"{NEW_POST}\n{{% include chart.html %}}\n")
    assert "posts/once.md:8: warning template-tag: {% include chart.html %}" in (
        here.publish("feed").err
    )
