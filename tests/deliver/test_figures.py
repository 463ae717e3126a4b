"""Which issues went out, when, and what keeps their figures away."""

from datetime import timedelta

import pytest

from pressrun.deliver.figures import may_have_gone, sent, went_out
from pressrun.deliver.steps import History, Step
from support.lines import AT, line

DUE = AT + timedelta(days=2)


def history(key: str, *steps: Step, begun: timedelta = timedelta(), **facts: str) -> History:
    """Make a history with an hour between its steps."""
    times = [AT + begun + timedelta(hours=number) for number in range(len(steps))]
    lines = [line(step, at=at, **facts) for step, at in zip(steps, times, strict=True)]
    return History(key, tuple(lines))


def test_an_issue_went_out_when_its_sending_was_begun():
    steps = (Step.CLAIM, Step.DRAFTED, Step.SENDING, Step.ACCEPTED, Step.SENT)
    assert sent(history("a", *steps)) == AT + timedelta(hours=2)


def test_an_issue_that_the_provider_scheduled_went_out_at_its_time():
    steps = (Step.CLAIM, Step.DRAFTED, Step.SENDING, Step.SCHEDULED, Step.SENT)
    assert sent(history("a", *steps, due=DUE.isoformat())) == DUE


def test_of_a_draft_that_a_person_sent_it_is_known_when_a_run_saw_it():
    steps = (Step.CLAIM, Step.DRAFTED, Step.ACCEPTED, Step.SENT)
    assert sent(history("a", *steps)) == AT + timedelta(hours=2)


def test_the_newest_comes_first():
    steps = (Step.CLAIM, Step.DRAFTED, Step.SENDING, Step.SENT)
    older, newer = history("a", *steps), history("b", *steps, begun=timedelta(days=1))
    assert went_out([older, newer]) == [newer, older]


@pytest.mark.parametrize("step", set(Step))
def test_only_what_was_taken_or_sent_went_out(step):
    went = bool(went_out([history("a", step)]))
    assert went is (step in {Step.ACCEPTED, Step.SENT})


@pytest.mark.parametrize("step", set(Step))
def test_what_lies_at_the_provider_may_have_gone_out(step):
    gone = bool(may_have_gone([history("a", step, campaign="em_1")]))
    assert gone is (step in {Step.DRAFTED, Step.KEPT, Step.SENDING, Step.SCHEDULED})
    assert may_have_gone([history("a", step)]) == []
