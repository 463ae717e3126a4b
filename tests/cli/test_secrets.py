"""A provider's key and a ledger's token, through every command that meets them.

The search of ``support.canary_hooks`` goes through all that these tests leave behind: terminal,
plans, previews, requests on record, ledgers and their git history.
"""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import pytest

from deliver.conformance.cases import CASES
from deliver.conformance.over_http import HttpRig
from support.git_http import git_server
from support.git_remote import GitRemote
from support.publications import MINIMAL
from support.publishing import NEW_POST, Desk, Said, desk
from support.require import require
from support.wire_fakes.base import FakeServer, respond, talkative

EMAIL = """\
email:
  from: Press <press@example.org>
  mode: send
  postal_address: 1 Press Lane, Berlin
  require_live: false
"""
PLAN = ("email", "--dry-run", "--save-plan", "plan.json")
TEST = ("email", "--test-to", "me@example.org", "--post", "once")
COMMANDS = [
    PLAN,
    ("email", "--dry-run", "--all", "--json"),
    TEST,
    ("email", "--plan", "plan.json"),
    ("email",),
    ("email", "--resend", "once", "--because", "it was torn"),
    ("status",),
    ("stats",),
    ("doctor",),
    ("doctor", "--json"),
    ("ledger", "show", "once"),
    ("ledger", "verify"),
]
FAILING = [PLAN, TEST, ("email", "--plan", "plan.json"), ("email",), ("doctor",)]


class Parrot(FakeServer):
    """A server in front of a service that repeats the secret in its errors, while it has any."""

    status = 0

    def send(self, request, *_, **__):
        if self.status:
            return respond(talkative(request, self.status), request)
        return super().send(request)


def providers() -> list[str]:
    return [name for name in sorted(CASES) if name != "outbox"]


def settings(rig: HttpRig, ledger: str) -> str:
    chosen = {one.name: getattr(rig.options, one.name) for one in fields(rig.options)}
    lines = [f"  {name}: {json.dumps(value)}\n" for name, value in chosen.items() if value]
    provider = "".join([f"  name: {rig.adapter.name}\n", *lines])
    return MINIMAL.replace("  name: outbox\n", provider) + f"ledger: {ledger}\n{EMAIL}"


def at(rig: HttpRig, tmp_path: Path, capsys, ledger: str = "file", **environ: str) -> Desk:
    """Return somebody with a publication at the rig's provider, and a new post."""
    here = desk(tmp_path, capsys, config=settings(rig, ledger))
    key = dict.fromkeys(rig.adapter.secret_names(rig.options), rig.service.key)
    clock, server = rig.clock, Parrot(rig.service)
    here.world = replace(
        here.world, environ=environ | key, now=clock.now, sleep=clock.sleep, transport=server
    )
    assert here.publish("baseline").code == 0
    here.write("posts/once.md", NEW_POST)
    return here


def runs(here: Desk, commands: Sequence[tuple[str, ...]]) -> list[Said]:
    """Run one command every ten minutes."""
    said = []
    for command in commands:
        here.world.sleep(600)
        said.append(here.publish(*command))
    return said


@pytest.mark.parametrize("name", providers())
def test_no_command_shows_or_keeps_the_key(tmp_path, capsys, name):
    rig = CASES[name](tmp_path)
    said = runs(at(rig, tmp_path, capsys), COMMANDS)
    # Ghost and listmonk do not send tests to everybody.
    assert {command for command, one in zip(COMMANDS, said, strict=True) if one.code} <= {TEST}
    assert len(rig.deliveries()) == 2


@pytest.mark.parametrize("name", providers())
def test_no_command_repeats_the_key_after_a_server_that_does(tmp_path, capsys, name):
    here = at(CASES[name](tmp_path), tmp_path, capsys)
    here.publish(*PLAN)
    for status in (401, 429, 500):
        here.world.transport.status = status
        assert "***" in "".join(one.out + one.err for one in runs(here, FAILING))


def test_a_token_for_git_stays_out_of_the_ledger_and_the_clone(tmp_path, capsys):
    require("git-http-backend", present=Path("/usr/lib/git-core/git-http-backend").exists())
    remote, token = GitRemote.make(tmp_path), "canary/git+token==canary"
    with git_server(remote, "x-access-token", token) as server:
        ledger = f"{{store: git, remote: {server.url()}}}"
        environ = remote.environ | {"PUBLISH_GIT_TOKEN": token}
        here = at(CASES["buttondown"](tmp_path), tmp_path, capsys, ledger, **environ)
        assert [one.code for one in runs(here, (PLAN, ("email",)))] == [0, 0]
        server.password = "canary-of-tomorrow"
        assert [one.code for one in runs(here, (("email",), ("doctor",)))] == [1, 3]
    assert len(remote.subjects()) > 5
