"""A person's word: what it may change, what proves it wrong, and what the next run makes of it."""

from datetime import timedelta

import pytest

from pressrun.deliver.resolve import A_SEND, Verdict, resolve
from pressrun.deliver.steps import PAST_SENDING, SETTLED, History, Step
from pressrun.deliver.trail import Result
from pressrun.errors import Overtaken, UsageError
from pressrun.model import Remote, State
from support.issues import KEY, NOW
from support.ledgers import Crash
from support.providers import Runner, refused

LATER = NOW + A_SEND
OPEN = [step for step in Step if step not in SETTLED]
WRITES = {
    Verdict.SENT: Step.SENT,
    Verdict.NOT_SENT: Step.NOT_SENT,
    Verdict.DRAFT_AGAIN: Step.NOT_SENT,
    Verdict.NEVER: Step.ABANDONED,
}
REFUSES = {
    Verdict.SENT: {State.SCHEDULED, State.SENDING},
    Verdict.NOT_SENT: {State.SCHEDULED, State.SENDING, State.SENT},
    Verdict.DRAFT_AGAIN: {State.SCHEDULED, State.SENDING, State.SENT},
    Verdict.NEVER: {State.SCHEDULED, State.SENDING, State.SENT},
}


def at(step: Step, state: State = State.DRAFT) -> Runner:
    """Bring an issue to ``step``, its campaign at the provider being in ``state``."""
    run = Runner()
    campaign = run.provider.holds(KEY, state)
    ways = {
        Step.CLAIM: (),
        Step.DRAFTED: (Step.DRAFTED,),
        Step.KEPT: (Step.KEPT,),
        Step.UNSCHEDULED: (Step.DRAFTED, Step.SENDING, Step.SCHEDULED, Step.UNSCHEDULED),
        Step.SENDING: (Step.DRAFTED, Step.SENDING),
    }
    steps = ways.get(step, (Step.DRAFTED, Step.SENDING, step))
    run.was(Step.CLAIM, *steps, campaign=campaign)
    return run


def say(run: Runner, verdict: Verdict, *, asked: bool = True) -> History:
    """Let a person speak, as the command does: after a look at the campaign."""
    history = run.history
    remote = run.provider.status(history.campaign) if asked and history.campaign else None
    return resolve(history, verdict, "I looked", run.ledger, now=LATER, run="person", remote=remote)


@pytest.mark.parametrize(
    ("verdict", "step"),
    [
        (verdict, step)
        for verdict in Verdict
        for step in OPEN
        if verdict is not Verdict.DRAFT_AGAIN or step not in PAST_SENDING
    ],
)
def test_a_person_may_say_anything_of_an_open_issue(step, verdict):
    run = at(step)
    longer = say(run, verdict)
    assert longer == run.history
    line = longer.lines[-1]
    assert (line.step, line.run, line.because) == (WRITES[verdict], "person", "I looked")
    assert (line.at, line.provider) == (LATER, "")


@pytest.mark.parametrize("step", sorted(PAST_SENDING))
def test_what_may_have_gone_out_is_not_simply_drafted_again(step):
    run = at(step)
    with pytest.raises(UsageError) as caught:
        say(run, Verdict.DRAFT_AGAIN)
    assert str(caught.value) == (
        f"issue {KEY}: it is past the draft: a run has begun to send it. "
        "Say --not-sent if you are sure that nobody got it."
    )


def test_a_scheduled_issue_is_taken_back_and_not_talked_away():
    run = at(Step.SCHEDULED, State.SCHEDULED)
    with pytest.raises(UsageError, match=f"publish email --unschedule {KEY}"):
        say(run, Verdict.NEVER)


@pytest.mark.parametrize("step", SETTLED)
@pytest.mark.parametrize("verdict", Verdict)
def test_a_settled_issue_stays_as_it_is(step, verdict):
    run = Runner()
    run.was(*([] if step is Step.BASELINE else [Step.CLAIM]), step)
    with pytest.raises(UsageError) as caught:
        say(run, verdict)
    assert str(caught.value) == (
        f'issue {KEY}: it is "{step}", which --{verdict} cannot change. '
        "publish status shows what is open."
    )


@pytest.mark.parametrize("verdict", Verdict)
def test_an_issue_that_the_ledger_does_not_know_cannot_be_resolved(verdict):
    with pytest.raises(UsageError, match="is unknown to the ledger"):
        say(Runner(), verdict)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verdict", Verdict)
def test_the_providers_proof_wins_over_a_persons_word(verdict, state):
    run = at(Step.DRAFTED if verdict is Verdict.DRAFT_AGAIN else Step.SENDING)
    run.provider.turn("em_1", state)
    before = run.steps
    if state in REFUSES[verdict]:
        with pytest.raises(UsageError) as caught:
            say(run, verdict)
        assert str(caught.value).startswith(
            f"issue {KEY}: the provider shows campaign em_1 as fake-{state}. "
        )
        back = f"publish email --unschedule {KEY}"
        looks = "Run publish email: it writes down what the provider says."
        assert str(caught.value).endswith(back if state is State.SCHEDULED else looks)
        assert run.steps == before
    else:
        say(run, verdict)
        assert run.steps[-1] is WRITES[verdict]


def test_a_state_without_words_is_shown_in_ours():
    run = at(Step.SENDING)
    remote = Remote("em_1", State.SENT)
    with pytest.raises(UsageError, match="campaign em_1 as sent"):
        resolve(run.history, Verdict.NEVER, "", run.ledger, now=LATER, run="person", remote=remote)


def test_a_run_that_writes_meanwhile_wins():
    run = at(Step.SENDING)
    stale = run.history
    run.was(Step.SENT)
    with pytest.raises(Overtaken):
        resolve(stale, Verdict.NOT_SENT, "", run.ledger, now=LATER, run="person", remote=None)
    assert run.steps[-1] is Step.SENT


class TestTheNextRun:
    @pytest.mark.parametrize("step", sorted(PAST_SENDING))
    @pytest.mark.parametrize("state", [State.DRAFT, State.FAILED, State.CANCELLED, State.GONE])
    def test_not_sent_lets_it_go_out_once(self, step, state):
        run = at(step)
        run.provider.turn("em_1", state)
        say(run, Verdict.NOT_SENT)
        assert run.go().result is Result.SENT
        assert run.provider.delivered == [run.issue.digest]

    def test_not_sent_that_was_wrong_is_found_out(self):
        run = at(Step.SENDING)
        say(run, Verdict.NOT_SENT)
        run.provider.turn("em_1", State.SENT)
        assert run.go().result is Result.SENT
        assert run.provider.delivered == []

    @pytest.mark.parametrize("first", [Verdict.NOT_SENT])
    @pytest.mark.parametrize("second", Verdict)
    def test_a_person_may_think_again_before_it(self, first, second):
        run = at(Step.SENDING)
        say(run, first)
        run.provider.turn("em_1", State.DRAFT)
        say(run, second)
        assert run.steps[-1] is WRITES[second]

    @pytest.mark.parametrize("verdict", [Verdict.SENT, Verdict.NEVER])
    def test_what_a_person_closed_is_closed(self, verdict):
        run = at(Step.SENDING)
        say(run, verdict)
        assert run.history.settled
        run.go()
        assert run.provider.delivered == []


@pytest.mark.parametrize("verdict", [Verdict.NOT_SENT, Verdict.NEVER])
def test_nobody_may_say_so_while_a_run_may_still_be_at_it(verdict):
    run = at(Step.DRAFTED)
    run.provider.clock.sleep(3600)
    run.provider.script["send"] = [refused(Crash())]
    with pytest.raises(Crash):
        run.go()
    begun = run.provider.clock.now()
    with pytest.raises(UsageError) as caught:
        resolve(
            run.history,
            verdict,
            "I looked",
            run.ledger,
            now=begun + A_SEND - timedelta(seconds=1),
            run="person",
            remote=run.provider.status(run.history.campaign),
        )
    assert str(caught.value) == (
        f"issue {KEY}: run run-1 began to send it less than ten minutes ago. "
        "It may still be at it: say so again when it cannot be any more."
    )
