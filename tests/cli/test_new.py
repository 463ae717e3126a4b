"""``publish new``: the beginning of a post, in the right place, over nothing."""

from datetime import UTC, datetime

import pytest

from pressrun import config, posts
from pressrun.cli import run
from pressrun.cli.world import World
from pressrun.slug import slugify
from support.publications import publication

NOW = datetime(2026, 11, 23, 8, 30, 59, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(publication(tmp_path, posts={}), {}, lambda: NOW)


def test_a_new_post_is_a_draft_of_this_minute(world, capsys):
    assert run(["new", "On typefaces"], world) == 0
    assert capsys.readouterr().out == "posts/on-typefaces.md\n"
    written = (world.folder / "posts/on-typefaces.md").read_text(encoding="utf-8")
    assert written == (
        '---\ntitle: "On typefaces"\ndate: 2026-11-23 09:30\ndescription: ""\ntags: []\n'
        "draft: true\n---\n"
    )


@pytest.mark.parametrize("title", ['No: "x" # y', "Ünïcode ☃", "a: b", "no"])
def test_any_title_is_read_back_as_written(world, title):
    assert run(["new", title], world) == 0
    (path,) = (world.folder / "posts").iterdir()
    path.write_text(path.read_text(encoding="utf-8") + "Text.\n", encoding="utf-8")
    (post,) = posts.load(config.load(world.folder))
    assert post.title == title
    assert post.published == NOW.replace(second=0)
    assert post.draft


def test_a_bundle_is_a_folder(world, capsys):
    assert run(["new", "With images", "--bundle"], world) == 0
    assert capsys.readouterr().out == "posts/with-images/index.md\n"


@pytest.mark.parametrize(("first", "second"), [([], ["--bundle"]), (["--bundle"], []), ([], [])])
def test_a_post_that_is_there_is_never_overwritten(world, capsys, first, second):
    assert run(["new", "Twice", *first], world) == 0
    before = {path: path.read_bytes() for path in world.folder.rglob("*.md")}
    assert run(["new", "Twice", *second], world) == 2
    assert "there is such a post already" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in world.folder.rglob("*.md")} == before


def test_the_slug_can_be_chosen_and_stays_in_the_folder(world, capsys):
    assert run(["new", "日本語", "--slug", "../Nihongo"], world) == 0
    assert capsys.readouterr().out == "posts/nihongo.md\n"


def test_a_title_without_latin_letters_asks_for_a_slug(world, capsys):
    assert run(["new", "日本語"], world) == 2
    assert "--slug my-post" in capsys.readouterr().err


def test_it_works_from_a_folder_below(world, capsys):
    below = World(world.folder / "posts", {}, lambda: NOW)
    assert run(["new", "From below"], below) == 0
    assert capsys.readouterr().out == "from-below.md\n"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Café Größe", "cafe-grosse"),
        ("Don't panic", "dont-panic"),
        ("  A -- b!  ", "a-b"),
        ("fi ①", "fi-1"),
        ("☃", ""),
    ],
)
def test_slugs_are_ascii_words(title, slug):
    assert slugify(title) == slug
