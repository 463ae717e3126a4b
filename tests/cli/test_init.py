"""``publish init``: it makes what works at once, and overwrites nothing."""

import os
import pty
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pressrun import config, posts, strict_yaml
from pressrun.cli import run, starter
from pressrun.cli.surroundings import look
from pressrun.cli.world import World
from support.publications import HELLO, MINIMAL
from support.require import require

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@notes.example",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@notes.example",
}
EVERYTHING = {
    "publish.yml",
    ".publish/publish.schema.json",
    "posts/hello.md",
    ".github/workflows/newsletter.yml",
    ".gitignore",
}


@pytest.fixture
def world(tmp_path):
    return a_world(tmp_path)


def a_world(folder):
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "Europe/Berlin", **GIT}
    return World(folder, environ, lambda: NOW, run="run")


def git(folder, *arguments):
    require("git")
    environ = {"PATH": os.environ["PATH"], **GIT}
    done = subprocess.run(
        ("git", *arguments), cwd=folder, env=environ, check=True, capture_output=True, text=True
    )
    return done.stdout


def files(root):
    below = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    return {path for path in below if not path.startswith(".git/")}


def test_an_empty_folder_becomes_a_publication(world, capsys):
    assert run(["init", "notes", "--title", "Notes"], world) == 0
    root = world.folder / "notes"
    made = files(root)
    assert made >= EVERYTHING
    assert {"email_templates/letter/message.html", "email_templates/partials/footer.html"} <= made
    publication = config.load(root)
    assert (publication.id, publication.site.title) == ("notes", "Notes")
    assert publication.feeds.authority_date.isoformat() == "2026-11-23"
    assert publication.site.timezone.key == "Europe/Berlin"
    assert publication.email.mode == "send"
    assert publication.ledger.store == "file"
    assert [post.title for post in posts.load(publication)] == ["Hello"]
    said = capsys.readouterr().out
    assert "wrote  publish.yml" in said
    assert "cd notes" in said
    assert "email.from                  is a placeholder" in said


def test_what_it_makes_plans_and_sends_to_the_outbox_once(world, capsys):
    assert run(["init", "--title", "Notes"], world) == 0
    assert run(["feed"], world) == 0
    assert run(["email", "--dry-run"], world) == 0
    capsys.readouterr()
    assert run(["email"], world) == 0
    assert "Sent 1 issue" in capsys.readouterr().out
    assert run(["email"], world) == 0
    assert "Nothing to send" in capsys.readouterr().out
    assert len(list((world.folder / "outbox").glob("*/message.eml"))) == 1


def test_a_second_run_changes_nothing(world, capsys):
    run(["init"], world)
    before = {path: (world.folder / path).read_bytes() for path in files(world.folder)}
    capsys.readouterr()
    assert run(["init", "--title", "Other"], world) == 0
    assert {path: (world.folder / path).read_bytes() for path in files(world.folder)} == before
    said = capsys.readouterr().out
    assert "kept   publish.yml" in said
    assert "wrote" not in said
    assert "Change these" not in said


@pytest.mark.parametrize("folder", ["posts", "_posts", "content/posts", "src/content/blog"])
def test_posts_that_are_there_stay_and_are_not_mailed(world, capsys, folder):
    path = world.folder / folder / "2026-11-10-hello.md"
    path.parent.mkdir(parents=True)
    path.write_text(HELLO, encoding="utf-8")
    assert run(["init"], world) == 0
    assert path.read_text(encoding="utf-8") == HELLO
    assert config.load(world.folder).posts.folder == folder
    assert list(path.parent.iterdir()) == [path]
    assert "1 post counts as known to your readers" in capsys.readouterr().out
    assert run(["email"], world) == 0
    assert "Nothing to send" in capsys.readouterr().out


def test_posts_that_cannot_be_read_are_said_and_no_ledger_is_begun(world, capsys):
    path = world.folder / "posts" / "broken.md"
    path.parent.mkdir()
    path.write_text("no front matter\n", encoding="utf-8")
    assert run(["init"], world) == 1
    said = capsys.readouterr()
    assert "posts/broken.md" in said.err
    assert "run publish init again" in said.err
    assert not (world.folder / ".publish" / "ledger").exists()


def test_a_gitignore_that_is_there_is_kept_and_what_it_needs_is_said(world, capsys):
    (world.folder / ".gitignore").write_text("node_modules/\n", encoding="utf-8")
    run(["init"], world)
    assert (world.folder / ".gitignore").read_text(encoding="utf-8") == "node_modules/\n"
    assert "See that .gitignore has: /build/" in capsys.readouterr().out


def test_in_a_clone_the_ledger_goes_to_a_branch_of_the_remote(tmp_path, capsys):
    remote, clone = tmp_path / "remote.git", tmp_path / "clone"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(tmp_path, "init", "--quiet", "--initial-branch=trunk", str(clone))
    git(clone, "remote", "add", "origin", str(remote))
    assert run(["init"], a_world(clone)) == 0
    assert config.load(clone).ledger.store == "git"
    assert "publish-ledger" in git(remote, "branch", "--list")
    workflow = (clone / starter.WORKFLOW).read_text(encoding="utf-8")
    assert 'branches: ["trunk"]' in workflow
    assert "git push" in capsys.readouterr().out


def test_without_its_remote_the_ledger_waits(tmp_path, capsys):
    git(tmp_path, "init", "--quiet", ".")
    git(tmp_path, "remote", "add", "upstream", str(tmp_path / "nowhere.git"))
    assert run(["init"], a_world(tmp_path)) == 0
    ledger = config.load(tmp_path).ledger
    assert (ledger.store, ledger.remote) == ("git", "upstream")
    assert "publish baseline" in capsys.readouterr().out


def test_at_a_real_provider_a_person_looks_first(world, capsys):
    assert run(["init", "--provider", "buttondown"], world) == 0
    publication = config.load(world.folder)
    assert publication.email.mode == "draft"
    (key,) = publication.provider.options
    assert key == "api_key_env"
    assert all(post.draft for post in posts.load(publication))
    workflow = (world.folder / starter.WORKFLOW).read_text(encoding="utf-8")
    assert "BUTTONDOWN_API_KEY: ${{ secrets.BUTTONDOWN_API_KEY }}" in workflow
    assert "BUTTONDOWN_API_KEY" in capsys.readouterr().out


def test_a_configuration_that_is_there_counts(world):
    posts_folder = world.folder / "articles"
    posts_folder.mkdir()
    (posts_folder / "hello.md").write_text(HELLO, encoding="utf-8")
    written = MINIMAL.replace("outbox", "buttondown\n  api_key_env: OUR_KEY")
    config_file = world.folder / "publish.yml"
    config_file.write_text(f"{written}posts:\n  folder: articles\n", encoding="utf-8")
    assert run(["init"], world) == 0
    workflow = (world.folder / starter.WORKFLOW).read_text(encoding="utf-8")
    assert "OUR_KEY: ${{ secrets.OUR_KEY }}" in workflow
    assert '"articles/**"' in workflow
    assert not (world.folder / "posts").exists()


def test_bad_answers_are_said_all_at_once_and_nothing_is_written(world, capsys):
    bad = ["--url", "ftp://x", "--from", "nobody", "--timezone", "Mars/Base", "--language", "e n"]
    assert run(["init", *bad], world) == 2
    said = capsys.readouterr().err
    places = [line.partition(":")[0] for line in said.splitlines()]
    assert places == ["--url", "--from", "--language", "--timezone"]
    assert files(world.folder) == set()


def test_a_file_where_a_folder_is_needed_is_an_error(world, capsys):
    (world.folder / "email_templates").write_text("", encoding="utf-8")
    assert run(["init"], world) == 2
    assert "letter/message.html: cannot be written: Not a directory" in capsys.readouterr().err


def test_in_ci_a_ledger_in_files_is_left_for_later(world, capsys):
    in_ci = replace(world, environ={**world.environ, "CI": "true"})
    assert run(["init"], in_ci) == 0
    assert "could not be made yet" in capsys.readouterr().out


@pytest.mark.parametrize("title", ['No: "x" # y', "no", "1e3", "2026-01-01", "Café ☃", "'", "- a"])
def test_any_title_and_sender_arrive_as_written(world, title):
    sender = f'"{title.replace(chr(34), "")}" <ada@notes.example>'
    assert run(["init", "--title", title, "--from", sender], world) == 0
    publication = config.load(world.folder)
    assert publication.site.title == title
    assert publication.email.sender == sender


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))))
def test_any_text_is_one_safe_line_of_yaml(text):
    line = starter.scalar(text)
    expected = " ".join(text.split())
    assert "\n" not in line
    assert yaml.safe_load(f"key: {line} # comment") == {"key": expected}
    assert strict_yaml.plain(strict_yaml.parse(f"key: {line} # c\n", "x.yml")) == {"key": expected}


def test_the_schema_named_in_the_first_line_is_there(world):
    run(["init"], world)
    first = (world.folder / "publish.yml").read_text(encoding="utf-8").splitlines()[0]
    assert (world.folder / first.partition("$schema=")[2]).is_file()


def on_a_terminal(folder, typed):
    require("pty", present=Path("/dev/pts/ptmx").exists())
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        (sys.executable, "-m", "pressrun", "init"),
        cwd=folder,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.write(ours, typed)
    process.communicate(timeout=30)
    os.close(theirs)
    os.close(ours)
    return config.load(folder)


def test_on_a_terminal_it_asks(tmp_path):
    publication = on_a_terminal(tmp_path, b"My Notes\nhttps://notes.example/\n\n")
    site = publication.site
    assert (site.title, site.url) == ("My Notes", "https://notes.example/")
    assert publication.email.sender == "My Notes <you@example.org>"


def test_on_a_terminal_what_the_sites_generator_says_is_the_default(tmp_path):
    written = "title: Old Notes\nurl: https://old.example\n"
    (tmp_path / "_config.yml").write_text(written, encoding="utf-8")
    site = on_a_terminal(tmp_path, b"\nhttps://new.example/\n\n").site
    assert (site.title, site.url) == ("Old Notes", "https://new.example/")


def zone(tmp_path, environ, **etc):
    folder = tmp_path / "etc"
    folder.mkdir()
    for name, content in etc.items():
        if isinstance(content, Path):
            (folder / name).symlink_to(content)
        else:
            (folder / name).write_text(content, encoding="utf-8")
    return look(tmp_path, environ, folder).timezone


@pytest.mark.parametrize(
    ("environ", "etc", "expected"),
    [
        ({"TZ": "Europe/Rome"}, {"timezone": "Asia/Tokyo\n"}, "Europe/Rome"),
        ({"TZ": "CET-1CEST"}, {"timezone": "Asia/Tokyo\n"}, "Asia/Tokyo"),
        ({}, {"localtime": Path("/usr/share/zoneinfo/Europe/Oslo")}, "Europe/Oslo"),
        ({}, {"timezone": "Etc/UTC\n"}, "UTC"),
        ({}, {"timezone": "../x"}, "UTC"),
        ({}, {}, "UTC"),
    ],
)
def test_the_time_zone_is_this_machines(tmp_path, environ, etc, expected):
    assert zone(tmp_path, environ, **etc) == expected
