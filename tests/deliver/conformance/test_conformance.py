"""Every provider is held to exactly-once: a clean run, and one fault of each kind at each step."""

from dataclasses import replace
from pathlib import Path

import pytest

from deliver.conformance.cases import CASES
from deliver.conformance.worlds import MARK, SUBJECT, Rig, World
from pressrun.deliver.providers import TABLE
from pressrun.deliver.steps import Step
from pressrun.deliver.trail import Result
from pressrun.errors import LedgerError, PressrunError
from support import canary
from support.ledgers import Crash, MemoryLedger, fail_at, nothing

MOST_STEPS = 40
ASKS = {Result.UNSURE, Result.HELD}


def test_every_provider_has_a_case():
    assert set(CASES) == set(TABLE)


@pytest.fixture(params=sorted(CASES))
def rig(request, tmp_path: Path) -> Rig:
    return CASES[request.param](tmp_path)


def world(rig: Rig, **fields) -> World:
    return World(rig, MemoryLedger(), **fields)


def test_a_clean_run_delivers_one_complete_copy(rig):
    here = world(rig)
    here.run_until_quiet()
    assert_exactly_one_copy(rig)
    assert here.ledger.steps(here.issue.key)[-1] is Step.SENT
    assert rig.drafts() == 0


def test_a_settled_issue_costs_nothing(rig):
    here = world(rig)
    here.run_until_quiet()
    rig.fail(1, rig.kinds[0])
    assert here.run() == []
    assert not rig.fired()


def test_a_draft_reaches_nobody_and_is_found_by_its_key_alone(rig):
    here = world(rig, mode="draft")
    assert [outcome.result for outcome in here.run()] == [Result.DRAFTED]
    assert rig.deliveries() == []
    rig.clock.sleep(600)
    found = rig.provider().find(here.issue.key)
    assert [remote.id for remote in found] == [here.ledger.read()[here.issue.key].campaign]
    assert rig.provider().find(here.issue.key[:-1]) == []
    assert rig.provider().find(f"{here.issue.key}0") == []


def test_a_changed_post_refills_its_draft_in_place(rig):
    here = world(rig, mode="draft")
    here.run()
    campaign = here.ledger.read()[here.issue.key].campaign
    here.post = replace(here.post, body=f"{MARK} Now longer.")
    here.run()
    here.mode = "send"
    here.run_until_quiet()
    assert here.ledger.read()[here.issue.key].campaign == campaign
    assert [MARK + " Now longer." in copy.body for copy in rig.deliveries()] == [True]
    assert rig.drafts() == 0


def test_one_fault_at_each_request(rig):
    for kind in rig.kinds:
        for at in range(1, MOST_STEPS):
            one = rig.again()
            here = world(one)
            one.fail(at, kind)
            run_into(here)
            if not one.fired():
                break
            one.fail(0, kind)
            assert_settled(here, one, f"{kind} at request {at}")
        else:
            pytest.fail(f"{kind}: the run never ends")


@pytest.mark.parametrize("moment", ["append", "appended"])
@pytest.mark.parametrize("fault", ["crash", "refused"])
def test_one_fault_at_each_ledger_line(rig, moment, fault):
    for at in range(1, MOST_STEPS):
        one = rig.again()
        here = world(one)
        error = Crash() if fault == "crash" else LedgerError.of("the ledger is away.")
        here.ledger.hook = fail_at(at, error, moment)
        run_into(here)
        if at > len(here.ledger.steps(here.issue.key)) + 1:
            break
        here.ledger.hook = nothing
        assert_settled(here, one, f"{fault} at line {at} ({moment})")
    else:
        pytest.fail("the run never ends")


def test_a_second_runner_may_cut_in_before_each_line(rig):
    for at in range(1, MOST_STEPS):
        one = rig.again()
        here = world(one)
        ran = cut_in(here, at)
        run_into(here)
        if not ran:
            break
        assert_settled(here, one, f"second runner before line {at}")
    else:
        pytest.fail("the run never ends")


def cut_in(here: World, at: int) -> list[int]:
    """Let another process on another machine run just before the ``at``-th line."""
    ran: list[int] = []
    seen = 0
    first = here.ledger

    def hook(moment, entries) -> None:
        nonlocal seen
        seen += moment == "append"
        if moment == "append" and seen == at and not ran:
            ran.append(at)
            other = World(here.rig, first.another(same_machine=False), here.mode)
            other.runs = 100
            run_into(other)

    first.hook = hook
    first.exclusive = False
    return ran


def run_into(here: World) -> None:
    """Run once; whatever happens to this process, the next one starts afresh."""
    try:
        here.run()
    except (Crash, PressrunError) as error:
        canary.search_error(error)
        here.ledger.disk.held = False


def assert_settled(here: World, rig: Rig, what: str) -> None:
    """When the faults end, there is one complete copy, or a person is asked; never more."""
    last = here.run_until_quiet()
    copies = rig.deliveries()
    assert len(copies) <= 1, what
    asked = bool(last) and last[-1].result in ASKS
    if not asked:
        assert len(copies) == 1, f"lost: {what}"
        assert here.ledger.steps(here.issue.key)[-1] is Step.SENT, what
        assert rig.drafts() == 0, f"a stray draft: {what}"
    for copy in copies:
        assert (copy.subject, MARK in copy.body) == (SUBJECT, True), what


def assert_exactly_one_copy(rig: Rig) -> None:
    assert [copy.subject for copy in rig.deliveries()] == [SUBJECT]
    assert all(MARK in copy.body for copy in rig.deliveries())
