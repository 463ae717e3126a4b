"""Drafts that somebody has changed at the provider: held until a person says whose text counts."""

import pytest

from pressrun.deliver.steps import Step
from pressrun.deliver.trail import Errand, Result, Version
from pressrun.errors import Unsure
from pressrun.model import State
from support.issues import KEY, issue
from support.ledgers import Crash, fail_at, nothing
from support.providers import Runner, lost, refused

EDITED = (
    "its draft was changed there: publish email --overwrite hello puts the post into it, "
    "--keep hello lets it stand"
)
OUTDATED = (
    "its post, a picture of it or its audience changed, the draft there is kept: "
    "publish email --overwrite hello puts the post into it, --keep hello lets it stand"
)


def drafted() -> Runner:
    run = Runner(send=False)
    run.go()
    return run


def edited() -> Runner:
    run = drafted()
    run.provider.edit("em_1")
    return run


def order(run: Runner, version: Version, *, send: bool) -> Result:
    run.errand = Errand(send=send, version=version)
    result = run.go().result
    run.errand = None
    return result


def test_the_ledger_remembers_what_the_draft_showed():
    run = drafted()
    assert run.history.content == run.issue.digest


@pytest.mark.parametrize("send", [True, False])
def test_a_changed_draft_is_neither_filled_nor_sent_however_often_we_look(send):
    run = edited()
    run.send = send
    for _ in range(3):
        outcome = run.go()
        assert (outcome.result, outcome.note) == (Result.HELD, EDITED)
    assert run.steps == [Step.CLAIM, Step.DRAFTED]
    assert run.provider.campaigns["em_1"].digest == "theirs"


def test_a_draft_that_waits_is_held_as_soon_as_it_was_changed():
    run = edited()
    outcome = run.ask()
    assert (outcome.result, outcome.note) == (Result.HELD, EDITED)


def test_a_changed_draft_that_a_person_sent_there_is_written_down():
    run = edited()
    run.provider.release("em_1")
    assert run.ask().result is Result.SENT


@pytest.mark.parametrize("send", [True, False])
def test_overwrite_puts_ours_back(send):
    run = edited()
    order(run, Version.OURS, send=send)
    assert run.provider.campaigns["em_1"].digest == run.issue.digest
    assert run.provider.delivered == ([run.issue.digest] if send else [])
    assert not run.history.kept


def test_keep_sends_theirs():
    run = edited()
    assert order(run, Version.THEIRS, send=True) is Result.SENT
    assert run.provider.delivered == ["theirs"]
    assert run.steps[2:] == [Step.CLAIM, Step.KEPT, Step.SENDING, Step.SENT]


def test_keep_lets_theirs_wait_for_a_person_until_the_post_changes():
    run = edited()
    assert order(run, Version.THEIRS, send=False) is Result.DRAFTED
    assert [run.ask().result for _ in range(2)] == [Result.DRAFTED] * 2
    run.issue = issue("<p>Mended</p>")
    assert (run.ask().note, run.go().note) == (OUTDATED, OUTDATED)
    assert run.provider.campaigns["em_1"].digest == "theirs"


def test_a_kept_draft_that_is_changed_once_more_is_held_once_more():
    run = edited()
    order(run, Version.THEIRS, send=False)
    run.provider.turn("em_1", State.DRAFT)
    run.provider.campaigns["em_1"] = run.provider.campaigns["em_1"].__class__(
        "em_1", KEY, "theirs again", State.DRAFT, run.provider.clock.now()
    )
    assert run.go().note == EDITED


@pytest.mark.parametrize("line", [1, 2, 3])
@pytest.mark.parametrize("moment", ["append", "appended"])
def test_a_kept_draft_survives_a_crash_at_each_line(line, moment):
    run = edited()
    run.ledger.hook = fail_at(line, Crash(), moment)
    run.errand = Errand(version=Version.THEIRS)
    with pytest.raises(Crash):
        run.go()
    run.errand, run.ledger.hook, run.send = None, nothing, True
    if run.history.step is Step.SENDING:
        assert run.ask().result is Result.UNSURE
        return
    first = run.go()
    if run.history.kept:
        assert run.provider.delivered == ["theirs"]
    else:  # the claim alone does not say whose text was meant
        assert (first.result, first.note) == (Result.HELD, EDITED)


def test_what_a_dead_run_had_filled_is_not_taken_for_another_hand():
    run = drafted()
    run.issue = issue("<p>Mended</p>")
    run.provider.script["draft"] = [lost(Crash())]
    with pytest.raises(Crash):
        run.go()
    assert run.go().result is Result.DRAFTED
    assert run.provider.campaigns["em_1"].digest == run.issue.digest


def test_a_provider_that_does_not_show_its_drafts_is_trusted():
    run = drafted()
    run.provider.edit("em_1")
    run.provider.script["status"] = [lambda work: work().__class__("em_1", State.DRAFT)]
    assert run.go().result is Result.DRAFTED


def test_an_overwriting_that_had_no_effect_is_held_and_may_be_ordered_again():
    run = edited()
    run.provider.script["draft"] = [refused(Unsure.of("the answer was lost."))]
    order(run, Version.OURS, send=False)
    assert run.go().note == EDITED
    assert order(run, Version.OURS, send=False) is Result.DRAFTED
    assert run.provider.campaigns["em_1"].digest == run.issue.digest
