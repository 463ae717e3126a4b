"""``publish status``, ``baseline``, ``resolve`` and ``providers``."""

import json

import pytest

from pressrun.deliver.providers import TABLE
from pressrun.deliver.steps import Step
from support.publishing import NEW_POST, desk


@pytest.fixture
def here(tmp_path, capsys):
    here = desk(tmp_path, capsys)
    here.publish("baseline")
    here.write("posts/once.md", NEW_POST)
    return here


def tear_off(here, step: Step) -> None:
    """Leave the ledger as a run that died after ``step`` would have."""
    [ledger] = here.root.glob(".publish/ledger/once-*.jsonl")
    lines = ledger.read_text().splitlines(keepends=True)
    kept = next(n for n, line in enumerate(lines) if f'"{step}"' in line)
    ledger.write_text("".join(lines[: kept + 1]))


def test_status_counts_what_is_open_sent_and_older(here):
    said = here.publish("status")
    assert said.code == 0
    assert "send     Once is enough" in said.out
    assert "2 posts: 1 open, 0 sent, 1 older than the ledger." in said.out
    here.publish("email")
    said = here.publish("status")
    assert "sent     Once is enough   2026-11-23, campaign once-" in said.out


def test_status_says_that_there_is_no_ledger(tmp_path, capsys):
    said = desk(tmp_path, capsys).publish("status")
    assert (said.code, "There is no ledger yet" in said.out) == (0, True)


def test_a_baseline_marks_what_is_due_and_nothing_else(tmp_path, capsys):
    here = desk(tmp_path, capsys)
    here.write("posts/draft.md", NEW_POST.replace("title:", "draft: true\ntitle:"))
    here.write("posts/future.md", NEW_POST.replace("2026-11-23", "2026-12-01"))
    said = here.publish("baseline")
    assert said.out.startswith("1 issue marked as older than the ledger")
    assert here.publish("baseline").out.startswith("0 issues marked")


def test_a_newsletter_that_is_not_there_is_an_error(here):
    said = here.publish("baseline", "--newsletter", "mian")
    assert (said.code, 'Did you mean "main"?' in said.err) == (2, True)


def test_a_run_that_died_before_its_send_is_taken_up(here):
    here.publish("email")
    [sent] = here.root.glob("outbox/once-*")
    sent.rename(here.root / "outbox/.drafts" / sent.name)
    tear_off(here, Step.DRAFTED)
    said = here.publish("email")
    assert (said.code, "Sent 1 issue." in said.out) == (0, True)


def test_a_person_settles_what_nobody_can_tell(here):
    here.publish("email")
    [sent] = here.root.glob("outbox/once-*")
    sent.rename(here.root / "gone")
    tear_off(here, Step.SENDING)
    unsure = here.publish("email")
    assert unsure.code == 4
    assert "UNSURE   Once is enough" in unsure.out
    assert "publish resolve once --sent   or   --not-sent" in unsure.out
    assert here.publish("email").code == 4
    said = here.publish("resolve", "once", "--sent", "--because", "I saw it.")
    assert (said.code, said.out) == (0, "Once is enough: written down as sent.\n")
    assert here.publish("email").out == "Nothing to send.\n"


def test_what_the_provider_shows_wins_over_what_a_person_says(here):
    here.publish("email")
    tear_off(here, Step.SENDING)
    said = here.publish("resolve", "once", "--not-sent", "--because", "I think so.")
    assert (said.code, "the provider shows campaign" in said.err) == (2, True)
    assert here.publish("email").code == 0


def test_resolve_needs_a_word(here):
    said = here.publish("resolve", "once")
    assert (said.code, "--sent, --not-sent, --draft-again or --never" in said.err) == (2, True)


def test_an_unknown_issue_is_an_error(here):
    said = here.publish("resolve", "nobody", "--sent")
    assert (said.code, "the ledger has no issue 'nobody'" in said.err) == (2, True)


def test_every_provider_is_listed_with_what_it_can_do(here):
    said = here.publish("providers")
    assert all(name in said.out for name in TABLE)
    table = json.loads(here.publish("providers", "--json").out)
    assert table["outbox"]["can"]["send_once"] is True


def test_an_issue_begun_elsewhere_is_held_and_that_place_is_not_asked(here):
    here.publish("email")
    tear_off(here, Step.SENDING)
    config = (here.root / "publish.yml").read_text()
    here.write("publish.yml", config.replace("name: outbox", "name: outbox\n  folder: elsewhere"))
    held = here.publish("email")
    assert held.code == 4
    assert "it was begun at outbox (outbox), publish.yml now says outbox (elsewhere)" in held.out
    said = here.publish("resolve", "once", "--sent")
    assert (said.code, "outbox (outbox) was not asked" in said.err) == (0, True)
