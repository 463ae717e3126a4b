"""Every provider is held to exactly-once: a clean run, and one mishap of each kind at each step."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from deliver.conformance import trials
from deliver.conformance.cases import CASES
from deliver.conformance.worlds import AHEAD, MARK, START, SUBJECT, Rig, World, ahead
from pressrun.deliver.providers import TABLE, adapter
from pressrun.deliver.providers.contract import Schedules
from pressrun.deliver.steps import Step
from pressrun.deliver.trail import Result
from pressrun.model import Email

DRAFT = Email(mode="draft")


def test_every_provider_has_a_case():
    assert set(CASES) == set(TABLE)


@pytest.fixture(params=sorted(CASES))
def rig(request, tmp_path: Path) -> Rig:
    return CASES[request.param](tmp_path)


@pytest.fixture(params=[name for name in sorted(CASES) if issubclass(adapter(name), Schedules)])
def scheduler(request, tmp_path: Path) -> Rig:
    return CASES[request.param](tmp_path)


def test_a_clean_run_delivers_one_complete_copy(rig):
    here = World(rig)
    here.run_until_quiet()
    assert_exactly_one_copy(rig)
    assert here.history.step is Step.SENT
    assert rig.drafts() == 0


def test_a_settled_issue_costs_nothing(rig):
    here = World(rig)
    here.run_until_quiet()
    before = rig.count()
    assert here.run() == []
    assert rig.count() == before


def test_a_draft_reaches_nobody_and_is_found_by_its_key_alone(rig):
    here = World(rig, email=DRAFT)
    assert [outcome.result for outcome in here.run()] == [Result.DRAFTED]
    assert rig.deliveries() == []
    rig.clock.sleep(600)
    found = rig.provider().find(here.issue.key)
    assert [remote.id for remote in found] == [here.history.campaign]
    assert rig.provider().find(here.issue.key[:-1]) == []
    assert rig.provider().find(f"{here.issue.key}0") == []


def test_a_changed_post_refills_its_draft_in_place(rig):
    here = World(rig, email=DRAFT)
    here.run()
    campaign = here.history.campaign
    here.post = replace(here.post, body=f"{MARK} Now longer.")
    here.run()
    here.email = Email(mode="send")
    here.run_until_quiet()
    assert here.history.campaign == campaign
    assert [MARK + " Now longer." in copy.body for copy in rig.deliveries()] == [True]
    assert rig.drafts() == 0


def test_a_scheduled_issue_goes_once_and_at_its_time(scheduler):
    here = ahead(scheduler)
    assert [outcome.result for outcome in here.run()] == [Result.SCHEDULED]
    here.run_until_quiet()
    assert scheduler.deliveries() == []
    scheduler.clock.moment = START + AHEAD
    here.run_until_quiet()
    assert_exactly_one_copy(scheduler)
    assert here.history.step is Step.SENT


def test_one_mishap_at_each_request_and_line(rig):
    records = list(trials.single(lambda: World(rig.again())))
    assert len(records) > 40
    assert wrong(records) == []


def test_one_mishap_on_the_way_to_the_scheduler(scheduler):
    records = list(trials.single(lambda: ahead(scheduler.again())))
    assert len(records) > 40
    assert wrong(records) == []


@pytest.mark.worlds
def test_two_mishaps(rig):
    assert wrong(trials.double(lambda: World(rig.again()))) == []


def wrong(records: Iterable[trials.Record]) -> list[str]:
    return [f"{record}: {', '.join(record.wrong)}" for record in records if record.wrong]


def assert_exactly_one_copy(rig: Rig) -> None:
    assert [copy.subject for copy in rig.deliveries()] == [SUBJECT]
    assert all(MARK in copy.body for copy in rig.deliveries())
