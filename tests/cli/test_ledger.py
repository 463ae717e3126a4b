"""``publish ledger``: what went out can be shown years later, checked, and moved."""

import json
import subprocess
import sys
from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from support.git_remote import GitRemote
from support.publishing import NEW_POST, desk
from support.require import require


@pytest.fixture
def here(tmp_path, capsys):
    here = desk(tmp_path, capsys)
    here.publish("baseline")
    here.write("posts/once.md", NEW_POST)
    here.publish("email")
    return here


def key_of(here) -> str:
    [ledger] = here.root.glob(".publish/ledger/once-*.jsonl")
    return ledger.stem


def test_all_issues_are_shown_in_a_line_each(here):
    said = here.publish("ledger", "show")
    assert said.code == 0
    older, sent, count = said.out.splitlines()
    assert older.split()[0] == "baseline"
    assert sent.split("   ")[-1] == key_of(here)
    assert "sent     Once is enough   2026-11-23 09:30:00, campaign once-" in sent
    assert count == "2 issues."


@pytest.mark.parametrize("name", ["once", "posts/once.md", "KEY"])
def test_one_issue_is_shown_with_each_step(here, name):
    key = key_of(here)
    said = here.publish("ledger", "show", key if name == "KEY" else name)
    title, issue, *lines, kept = said.out.splitlines()
    assert (title, issue) == ("Once is enough (main)", f"issue {key}, post once")
    assert [line.split()[2] for line in lines][:3] == ["claim", "drafted", "sending"]
    assert lines[1].startswith("  2026-11-23 09:30:00  drafted      run run, outbox (")
    assert "campaign once-" in lines[1]
    assert kept.startswith("kept: eml ")


def test_the_message_comes_out_byte_for_byte(here):
    out = subprocess.run(
        [sys.executable, "-m", "pressrun", "-C", here.root, "ledger", "show", "once", "--eml"],
        check=True,
        capture_output=True,
    ).stdout
    [kept] = here.root.glob(".publish/ledger/sent/once-*.eml")
    assert out == kept.read_bytes()
    assert message_from_bytes(out, policy=policy.default)["Subject"] == "Once is enough"


def test_a_post_that_is_gone_can_still_be_shown(here):
    (here.root / "posts" / "once.md").unlink()
    assert here.publish("ledger", "show", "once").code == 0
    here.write("posts/broken.md", "---\ntitle: [\n---\n")
    assert here.publish("ledger", "show", "once").code == 0


def test_machines_get_json(here):
    listed = json.loads(here.publish("ledger", "show", "--json").out)
    assert [issue["step"] for issue in listed] == ["baseline", "sent"]
    [issue] = json.loads(here.publish("ledger", "show", "once", "--json").out)
    assert issue["key"] == key_of(here)
    assert [line["step"] for line in issue["lines"]][:2] == ["claim", "drafted"]
    assert set(issue["kept"]) == {"eml", "json"}
    assert len(issue["kept"]["eml"]["sha256"]) == 64


def test_what_cannot_be_shown_is_an_error_with_a_mend(here):
    said = here.publish("ledger", "show", "onec")
    assert said.code == 2
    assert said.err == "the ledger has no issue 'onec'. Did you mean \"once\"?\n"
    said = here.publish("ledger", "show", "--eml")
    assert (said.code, "Name a post." in said.err) == (2, True)
    said = here.publish("ledger", "show", "hello", "--eml")
    assert (said.code, "nothing that was sent is kept of hello-" in said.err) == (2, True)


def test_an_absent_ledger_is_an_error(tmp_path, capsys):
    here = desk(tmp_path, capsys)
    for words in (["show"], ["verify"], ["move", "git"]):
        said = here.publish("ledger", *words)
        assert (said.code, "publish baseline" in said.err) == (2, True)


def test_a_ledger_in_order_is_verified(here):
    said = here.publish("ledger", "verify")
    assert said.code == 0
    assert said.out.startswith("2 issues, ")
    assert said.out.endswith(" lines, 1 kept message: all as Pressrun wrote it.\n")


def test_a_changed_message_is_damage(here):
    [kept] = here.root.glob(".publish/ledger/sent/once-*.eml")
    kept.write_bytes(kept.read_bytes().replace(b"lost", b"last"))
    said = here.publish("ledger", "verify")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"issue {key_of(here)}: The message that is kept is not the one")


def test_an_emptied_file_is_damage(here):
    [ledger] = here.root.glob(".publish/ledger/once-*.jsonl")
    key = key_of(here)
    ledger.write_bytes(b"")
    said = here.publish("ledger", "verify")
    assert (said.code, f"issue {key}: A message is kept" in said.err) == (1, True)


def test_a_changed_line_is_damage(here):
    [ledger] = here.root.glob(".publish/ledger/once-*.jsonl")
    ledger.write_text(ledger.read_text().replace('"claim"', '"sent"'))
    said = here.publish("ledger", "verify")
    assert (said.code, f"{ledger.name}:1" in said.err) == (1, True)


@pytest.fixture
def git(here, tmp_path):
    require("git")
    remote = GitRemote.make(tmp_path)
    remote.git("init", "--quiet", str(here.root))
    remote.git("remote", "add", "origin", str(remote.folder), within=here.root)
    here.world = replace(here.world, environ=remote.environ)
    return remote


def test_a_moved_ledger_is_found_where_publish_yml_then_says(here, git):
    before = here.publish("ledger", "show", "--json").out
    said = here.publish("ledger", "move", "git")
    assert said.code == 0
    assert "moved from .publish/ledger to branch publish-ledger of origin" in said.out
    assert said.out.endswith("\n    ledger: git\n")

    old = here.publish("email")
    assert (old.code, "publish.yml must say `ledger: git`" in old.err) == (2, True)
    again = here.publish("ledger", "move", "git")
    assert (again.code, "publish.yml must say `ledger: git`" in again.err) == (2, True)

    config = (here.root / "publish.yml").read_text()
    assert "ledger" not in config
    here.write("publish.yml", f"{config}ledger: git\n")
    assert here.publish("ledger", "show", "--json").out == before
    assert here.publish("ledger", "verify").code == 0
    assert here.publish("email").out == "Nothing to send.\n"


def test_a_store_may_be_given_as_in_publish_yml(here, git):
    store = "{store: git, branch: other-ledger}"
    said = here.publish("ledger", "move", store)
    assert said.out.endswith(f"    ledger: {store}\n")
    assert git.git("rev-parse", "other-ledger")


@pytest.mark.parametrize(
    ("store", "message"),
    [
        ("cloud", 'STORE:1: "store" in ledger must be file, git or postgresql://'),
        ("postgresql://me:canary@db.example/x", "must not hold a password"),
        ("{store: git, brnch: x}", 'Did you mean "branch"?'),
        ("{", "STORE:"),
        ("", "STORE"),
        ("file", "names already"),
    ],
)
def test_a_store_that_cannot_be_is_refused(here, store, message):
    said = here.publish("ledger", "move", store)
    assert (said.code, message in said.err) == (2, True), said.err
    assert "canary" not in said.err
    assert here.publish("ledger", "verify").code == 0


def test_ledger_moves_into_a_database(here, postgres):
    from support.postgres import PASSWORD

    here.world = replace(here.world, environ={"PGPASSWORD": PASSWORD})
    store = postgres.url(postgres.schema())
    said = here.publish("ledger", "move", store)
    assert (said.code, said.err) == (0, "")
    config = (here.root / "publish.yml").read_text()
    here.write("publish.yml", f"{config}ledger: {store}\n")
    assert here.publish("ledger", "verify").code == 0
    assert here.publish("email").out == "Nothing to send.\n"
    assert PASSWORD not in said.out
