"""``publish doctor``: what it looks at, what it says, and that it changes nothing."""

import json
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from pressrun import config
from pressrun.cli import starter
from pressrun.cli.checkup.service import call
from support.issues import issue
from support.publishing import NEW_POST, NOW, SENDING, desk
from support.wire_fakes.base import FakeServer, Fault, Kind, Reply
from support.wire_fakes.buttondown import ButtondownFake

ADDRESS = "  postal_address: 1 Example Street, Berlin\n"
AT_BUTTONDOWN = SENDING.replace("name: outbox", "name: buttondown") + ADDRESS
WORKFLOW = ".github/workflows/newsletter.yml"


@pytest.fixture
def here(tmp_path, capsys):
    """A publication in good order, with the outbox."""
    here = desk(tmp_path, capsys, config=SENDING + ADDRESS)
    here.publish("baseline")
    return here


class Clocked(ButtondownFake):
    """Buttondown with a clock that is ``ahead`` of ours, in seconds."""

    ahead = 0.0

    def answer(self, sent):
        date = format_datetime(NOW + timedelta(seconds=self.ahead), usegmt=True)
        reply = super().answer(sent)
        return reply._replace(headers={**reply.headers, "Date": date})


@pytest.fixture
def service():
    return Clocked()


@pytest.fixture
def server(service):
    return FakeServer(service)


@pytest.fixture
def there(tmp_path, capsys, server):
    """A publication in good order, at Buttondown."""
    there = desk(tmp_path, capsys, config=AT_BUTTONDOWN)
    there.publish("baseline")
    environ = {"BUTTONDOWN_API_KEY": ButtondownFake.key}
    there.world = replace(there.world, environ=environ, transport=server)
    return there


def rules(desk) -> dict[str, str]:
    """Return the severity of each rule that found something."""
    content = json.loads(desk.publish("doctor", "--json").out)
    found = [one for part in content["parts"].values() for one in part["findings"]]
    return {one["rule"]: one["severity"] for one in found}


def reconfigure(desk, old: str, new: str) -> None:
    text = (desk.root / "publish.yml").read_text(encoding="utf-8")
    assert old in text
    desk.write("publish.yml", text.replace(old, new))


def snapshot(desk) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in desk.root.rglob("*") if path.is_file()}


def test_what_is_fine_is_said_part_by_part(here):
    said = here.publish("doctor")
    assert (said.code, said.err) == (0, "")
    written = "last written 2026-11-23 09:30 Europe/Berlin"
    assert said.out.splitlines() == [
        "  ok       configuration   publish.yml holds together",
        "  ok       posts           1 post in posts/, 0 drafts",
        "  ok       template        letter shows Hello (posts/hello.md)",
        "  ok       secrets         outbox needs none",
        "  ok       provider        outbox answers, the account is outbox",
        "  note     readers         main: outbox does not count them",
        "  ok       sender          from Notes <notes@notes.example>",
        "  ok       sender          the postal address is set",
        f"  ok       ledger          .publish/ledger: 1 issue, {written}",
        "  ok       clock           in Europe/Berlin it is 2026-11-23 09:30",
        "  note     clock           outbox does not tell the time",
        "  note     workflows       there is no .github/workflows/",
        "",
        "0 errors, 0 warnings. Nothing was changed.",
    ]


def test_nothing_is_changed_or_sent(there, service, server):
    there.write("posts/once.md", NEW_POST)
    before, state = snapshot(there), dict(service.state)
    assert there.publish("doctor").code == 0
    assert snapshot(there) == before
    assert {sent.method for sent in server.requests} == {"GET"}
    assert (service.state, service.deliveries, service.tests) == (state, [], [])


def test_the_provider_is_asked_with_tied_hands(there, server):
    provider = call(there.world, config.load(there.root)).provider
    provider.send(issue(), provider.draft(issue(), None).id)
    assert {sent.method for sent in server.requests} == {"GET"}


def test_a_provider_says_who_we_are_who_reads_and_what_time_it_is(there):
    said = there.publish("doctor")
    assert said.code == 0
    assert "secrets         BUTTONDOWN_API_KEY is set" in said.out
    assert "provider        buttondown answers, the account is press" in said.out
    assert 'readers         main: audience "everyone", 2 readers' in said.out
    assert "clock           buttondown has the same time" in said.out


def test_without_its_secret_the_provider_is_not_asked_and_the_rest_goes_on(there, server):
    there.world = replace(there.world, environ={"BUTTONDOWN_API_KEY": " "})
    said = there.publish("doctor")
    assert said.code == 3
    assert (
        "publish.yml:9: error secret: BUTTONDOWN_API_KEY is not set: It holds the secret for "
        "buttondown: put it into the environment, never into a file.\n"
    ) in said.out
    assert "provider        buttondown was not asked: a secret is missing" in said.out
    assert "ledger          .publish/ledger: 1 issue" in said.out
    assert server.requests == []


def test_a_secret_that_is_refused_is_named_and_never_shown(there):
    wrong = "canary-of-another-account"
    there.world = replace(there.world, environ={"BUTTONDOWN_API_KEY": wrong})
    said = there.publish("doctor")
    assert said.code == 3
    assert "error provider: GET https://api.buttondown.com/v1/accounts/me: 401" in said.out
    assert "Check BUTTONDOWN_API_KEY" in said.out
    assert "readers         not asked" in said.out
    assert wrong not in said.out + said.err


def test_a_provider_that_cannot_be_reached_is_asked_once_only(there, server):
    server.faults = [Fault(Kind.REFUSED, number) for number in range(1, 30)]
    said = there.publish("doctor")
    assert said.code == 3
    assert "no connection (" in said.out
    assert "readers         not asked" in said.out
    assert server.count == 4
    assert "ok       ledger" in said.out


def test_an_answer_that_says_nothing_still_gets_a_mend(there, server):
    server.faults = [Fault(Kind.PROXY_PAGE, number) for number in range(1, 30)]
    assert "403: Look into it, then run this again.\n" in there.publish("doctor").out


def test_a_tag_that_is_not_there_is_an_error_with_its_line(there):
    reconfigure(
        there,
        "name: buttondown\n",
        "name: buttondown\nnewsletters:\n  main:\n    audience: frends\n",
    )
    said = there.publish("doctor")
    assert said.code == 3
    assert "publish.yml:13: error readers: there is no tag 'frends' at Buttondown" in said.out


def test_an_audience_without_readers_is_a_warning(there, service):
    service.subscribers = []
    assert rules(there) == {"readers": "warning"}
    assert there.publish("doctor").code == 0


def test_the_providers_own_worries_are_shown(there, service):
    service.newsletters[0]["test_mode"] = True
    said = there.publish("doctor")
    assert said.code == 0
    assert "warning readers: newsletter press at Buttondown: test mode is on" in said.out


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(7.0, "is 7 seconds ahead of this machine"), (-61.0, "is 61 seconds behind this machine")],
)
def test_the_difference_of_the_clocks_is_shown(there, service, ahead, said):
    service.ahead = ahead
    assert f"clock           buttondown {said}" in there.publish("doctor").out


def test_a_clock_that_would_stop_a_run_is_an_error(there, service):
    service.ahead = 3600.0
    said = there.publish("doctor")
    assert said.code == 3
    assert "error clock: GET https://api.buttondown.com/v1/accounts/me: the server says" in said.out
    assert "Set this machine's clock" in said.out
    assert "provider        it answers, and has another time" in said.out


def test_a_missing_postal_address_is_a_warning(here):
    reconfigure(here, ADDRESS, "")
    said = here.publish("doctor")
    assert said.code == 0
    assert "publish.yml:11: warning postal-address: there is no postal address" in said.out


# What a person may have done to the files


def test_a_mistake_in_the_configuration_is_found_with_its_line_and_the_workflows_still_are(here):
    reconfigure(here, "  timezone:", "  timezoen:")
    here.write(WORKFLOW, "on: push\njobs: [\n")
    said = here.publish("doctor")
    assert said.code == 3
    assert 'publish.yml:5: error configuration: unknown key "timezoen"' in said.out
    assert f"{WORKFLOW}:2: error workflow-unread: it cannot be checked: " in said.out


def test_no_configuration_at_all_is_an_error(tmp_path, capsys):
    here = desk(tmp_path, capsys)
    (here.root / "publish.yml").unlink()
    said = here.publish("doctor")
    assert said.code == 3
    assert "error configuration: there is no publish.yml in this folder: Change into" in said.out


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("name: outbox", "name: postbox", 'there is no provider "postbox"'),
        ("name: outbox", "name: outbox\n  foldr: x", 'unknown key "foldr" in provider'),
    ],
)
def test_a_provider_that_is_none_is_found_with_its_line(here, old, new, complaint):
    reconfigure(here, old, new)
    said = here.publish("doctor")
    assert said.code == 3
    assert f"error provider: {complaint}" in said.out
    assert "ok       ledger" in said.out


def test_a_post_that_cannot_be_read_is_found_with_its_line(here):
    here.write("posts/bad.md", "---\ntitle: Bad\ndate: soon\n---\nText.\n")
    said = here.publish("doctor")
    assert said.code == 3
    assert "posts/bad.md:3: error posts: " in said.out
    assert "note     template        there is no post to try it with" in said.out


def test_a_template_that_fails_is_found_with_its_line(here):
    here.write("email_templates/letter/message.html", "<p>\n{{ nonsense }}</p>\n")
    said = here.publish("doctor")
    assert said.code == 3
    assert "email_templates/letter/message.html:2: error template: " in said.out


def test_an_absent_ledger_is_an_error(tmp_path, capsys):
    said = desk(tmp_path, capsys).publish("doctor")
    assert said.code == 3
    assert "error ledger: there is no ledger yet (.publish/ledger): publish baseline" in said.out


def test_a_damaged_ledger_is_found_with_its_line(here):
    [ledger] = here.root.glob(".publish/ledger/hello-*.jsonl")
    ledger.write_text("nonsense\n", encoding="utf-8")
    said = here.publish("doctor")
    assert said.code == 3
    assert f".publish/ledger/{ledger.name}:1: error ledger: This is not a line that" in said.out


def test_a_ledger_that_cannot_be_read_is_an_error(here):
    [ledger] = here.root.glob(".publish/ledger/hello-*.jsonl")
    ledger.unlink()
    ledger.mkdir()
    said = here.publish("doctor")
    assert said.code == 3
    assert (
        "error ledger: .publish/ledger: The ledger cannot be read or written: Is a dir" in said.out
    )


def test_a_remote_that_is_not_there_is_an_error(here):
    reconfigure(here, "id: notes\n", "id: notes\nledger: git\n")
    assert rules(here) == {"ledger": "error"}


def test_a_ledger_in_files_is_an_error_in_ci(here):
    here.world = replace(here.world, environ={"CI": "true"})
    assert rules(here) == {"ledger-in-ci": "error"}
    reconfigure(here, "id: notes\n", "id: notes\nledger:\n  persistent: true\n")
    assert rules(here) == {}


def test_what_is_open_is_a_note_and_what_is_in_doubt_a_warning(here):
    here.write("posts/once.md", NEW_POST)
    here.publish("email")
    [ledger] = here.root.glob(".publish/ledger/once-*.jsonl")
    lines = ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    ledger.write_text(lines[0], encoding="utf-8")
    said = here.publish("doctor").out
    assert "note     ledger          open: Once is enough, claim since 2026-11-23 09:30" in said
    upto = next(number for number, line in enumerate(lines) if '"sending"' in line)
    ledger.write_text("".join(lines[: upto + 1]), encoding="utf-8")
    said = here.publish("doctor")
    assert said.code == 0
    assert f"warning in-doubt: Once is enough ({ledger.stem}) is in doubt: sending" in said.out


# Workflow files


def test_the_workflow_that_init_writes_is_fine(here):
    here.write(WORKFLOW, starter.workflow(posts="posts"))
    reconfigure(here, "id: notes\n", "id: notes\nledger: git\n")
    assert f"ok       workflows       {WORKFLOW}\n" in here.publish("doctor").out


def test_a_workflow_for_a_ledger_on_this_machine_is_a_warning(here):
    here.write(WORKFLOW, starter.workflow(posts="posts"))
    assert rules(here) == {"file-ledger": "warning"}


@pytest.mark.parametrize("place", [".github/workflows", WORKFLOW])
def test_what_stands_in_the_place_of_workflows_is_named(here, place):
    if place == WORKFLOW:
        (here.root / place).mkdir(parents=True)
    else:
        here.write(place, "in the way")
    said = here.publish("doctor")
    assert said.code == 3
    assert f"{place}:1: error workflow-unread: it cannot be read: " in said.out


def test_workflows_are_those_at_the_top_of_the_repository(here):
    (here.root.parent / ".git").mkdir()
    above = here.root.parent / ".github/workflows"
    above.mkdir(parents=True)
    (above / "mail.yaml").write_text("jobs: [\n", encoding="utf-8")
    said = here.publish("doctor")
    assert "../.github/workflows/mail.yaml:1: error workflow-unread: " in said.out


# For machines


def test_machines_get_the_same_as_json(here):
    reconfigure(here, ADDRESS, "")
    said = here.publish("doctor", "--json")
    content = json.loads(said.out)
    assert (content["errors"], content["warnings"]) == (0, 1)
    assert content["parts"]["posts"]["facts"] == [
        {"word": "ok", "what": "1 post in posts/, 0 drafts"}
    ]
    (finding,) = content["parts"]["sender"]["findings"]
    assert set(finding) == {"rule", "severity", "path", "line", "what", "mend"}
    assert (finding["path"], finding["line"]) == ("publish.yml", 11)


def test_every_finding_names_its_place_and_its_mend(there, service):
    there.write(WORKFLOW, starter.workflow(posts="posts").replace("17 *", "0 *"))
    reconfigure(there, ADDRESS, "")
    service.subscribers = []
    service.refuse("GET", "/newsletters", Reply.json({"detail": "no"}, 403))
    content = json.loads(there.publish("doctor", "--json").out)
    found = [one for part in content["parts"].values() for one in part["findings"]]
    assert {one["rule"] for one in found} >= {"readers", "postal-address", "full-hour"}
    assert all(one["path"] and one["line"] > 0 and one["mend"] for one in found)
