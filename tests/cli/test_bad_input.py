"""What a person gets for odd input and odd machines: a sentence and an exit code, no bug report."""

from datetime import UTC, datetime

import pytest

from pressrun.cli import run
from pressrun.cli.world import World
from support.publications import publication

NOW = datetime(2026, 11, 23, 8, 30, 59, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(publication(tmp_path), {}, lambda: NOW)


@pytest.mark.parametrize(
    ("command", "place"),
    [
        (["email", "--dry-run", "--all"], "build"),
        (["email", "--dry-run", "--all"], "build/email"),
    ],
)
def test_a_file_where_a_folder_must_be_is_named(world, capsys, command, place):
    (world.folder / place).parent.mkdir(exist_ok=True)
    (world.folder / place).write_text("in the way")
    assert run(command, world) == 1
    message = capsys.readouterr().err
    assert place in message
    assert "cannot be read or written" in message
    assert (world.folder / place).read_text() == "in the way"


def test_a_file_where_the_folder_of_the_feeds_must_be_is_named(world, capsys):
    (world.folder / "public").write_text("in the way")
    assert run(["feed"], world) == 2
    assert capsys.readouterr().err.startswith("public: it is there in the place of a folder.")
    assert (world.folder / "public").read_text() == "in the way"


@pytest.mark.parametrize("place", ["", "/letter", "/partials", "/locale"])
def test_a_file_where_a_template_s_folder_must_be_is_named(world, capsys, place):
    place = f"email_templates{place}"
    (world.folder / place).parent.mkdir(exist_ok=True)
    (world.folder / place).write_text("in the way")
    assert run(["email", "--dry-run", "--all"], world) == 1
    assert capsys.readouterr().err.startswith(f"{place}: it is a file, where a folder must be.")


def test_a_folder_where_a_feed_must_be_is_named(world, capsys):
    (world.folder / "public/feed.xml").mkdir(parents=True)
    assert run(["feed"], world) == 2
    assert "public/feed.xml: it is there already" in capsys.readouterr().err
    assert not list(world.folder.glob("public/.*"))


def test_any_number_of_days_may_be_too_late(world, capsys):
    settings = world.folder / "publish.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("email:\n", "email:\n  max_lateness: 9999999999\n"), encoding="utf-8"
    )
    assert run(["email", "--dry-run"], world) == 0
    assert "days late" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("title", "complaint"),
    [
        ("bell \x07", "control character"),
        ("not UTF-8 \udcff", "not UTF-8"),
        ("y" * 300, "--slug"),
    ],
)
def test_a_title_that_no_post_can_carry_leaves_no_file(world, capsys, title, complaint):
    before = sorted(world.folder.rglob("*.md"))
    assert run(["new", title], world) == 2
    assert complaint in capsys.readouterr().err
    assert sorted(world.folder.rglob("*.md")) == before


def test_a_title_of_two_lines_becomes_one(world):
    assert run(["new", "One\ntwo"], world) == 0
    assert 'title: "One two"' in (world.folder / "posts/one-two.md").read_text(encoding="utf-8")


def test_a_file_where_the_ledger_must_be_stops_sending_without_a_machine_path(world, capsys):
    (world.folder / ".publish").mkdir()
    (world.folder / ".publish/ledger").write_text("in the way")
    assert run(["email"], world) == 1
    message = capsys.readouterr().err
    assert message.startswith(".publish/ledger: The ledger cannot be locked: File exists. Make")
    assert str(world.folder) not in message
