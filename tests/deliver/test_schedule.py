"""Issues that the provider's scheduler sends: handed over once, watched, taken back on order."""

from datetime import UTC, datetime, timedelta

import pytest

from pressrun.deliver.steps import Step
from pressrun.deliver.trail import Errand, Result
from pressrun.errors import LedgerError, NotNow, Rejected, Unsure
from pressrun.model import State
from support.issues import issue
from support.ledgers import Crash, fail_at, nothing
from support.providers import Runner, Scheduler, lost, refused, shows

DUE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
HANDED = [Step.CLAIM, Step.DRAFTED, Step.SENDING, Step.SCHEDULED]
LOST = Unsure.of("the answer was lost.")


def ahead(*, once: bool = False, lag: float = 0.0) -> Runner:
    return Runner(Scheduler(once=once, lag=lag), errand=Errand(at=DUE, because="a person said so"))


def handed() -> Runner:
    run = ahead()
    run.go()
    run.provider.clock.sleep(3600)
    run.provider.calls.clear()
    return run


class TestHandingOver:
    def test_a_complete_draft_is_handed_over_for_its_time_and_nothing_is_sent(self):
        run = ahead()
        assert run.go().result is Result.SCHEDULED
        assert run.steps == HANDED
        assert run.provider.handed == {"em_1": DUE}
        assert run.provider.calls == ["find", "draft", "schedule", "status"]
        assert run.provider.delivered == []

    def test_the_time_is_durable_before_it_is_handed_over(self):
        run = ahead()
        run.provider.script["schedule"] = [refused(Crash())]
        with pytest.raises(Crash):
            run.go()
        assert run.history.due == DUE
        assert run.history.step is Step.SENDING

    @pytest.mark.parametrize(
        ("act", "result"),
        [
            (lost(LOST), Result.SCHEDULED),
            (refused(LOST), Result.UNSURE),
            (refused(Rejected.of("no.")), Result.FAILED),
            (refused(NotNow.of("later.")), Result.FAILED),
        ],
    )
    def test_what_an_answer_leaves_open_the_provider_decides(self, act, result):
        run = ahead()
        run.provider.script["schedule"] = [act]
        assert run.go().result is result
        assert run.provider.calls.count("schedule") == 1

    @pytest.mark.parametrize("call", ["find", "draft", "schedule", "status"])
    @pytest.mark.parametrize("act", [refused(Crash()), lost(Crash())])
    def test_a_crash_at_any_call_is_settled_by_the_next_run(self, call, act):
        run = ahead()
        run.provider.script[call] = [act]
        with pytest.raises(Crash):
            run.go()
        outcome = run.ask() if run.history.step is Step.SENDING else run.go()
        asked = run.provider.campaigns["em_1"].state is State.DRAFT
        assert outcome.result is (Result.UNSURE if asked else Result.SCHEDULED)
        assert run.provider.calls.count("schedule") == 1

    def test_a_provider_that_refuses_a_second_one_is_asked_again_for_the_same_time(self):
        run = ahead(once=True)
        run.provider.script["schedule"] = [refused(Crash())]
        with pytest.raises(Crash):
            run.go()
        assert run.ask().result is Result.SCHEDULED
        assert run.provider.handed == {"em_1": DUE}

    def test_being_taken_and_shown_later_ends_as_scheduled(self):
        run = ahead()
        run.provider.script["status"] = [shows(State.DRAFT)] * 7
        assert run.go().result is Result.ACCEPTED
        assert run.ask().result is Result.SCHEDULED
        assert run.steps[-2:] == [Step.ACCEPTED, Step.SCHEDULED]

    def test_its_going_out_is_written_down(self):
        run = handed()
        run.provider.turn("em_1", State.SENDING)
        assert run.ask().result is Result.ACCEPTED
        run.provider.turn("em_1", State.SENT)
        assert run.ask().result is Result.SENT


class TestTakingBack:
    def test_it_lies_there_as_a_draft_again_and_can_be_handed_over_anew(self):
        run = handed()
        run.errand = Errand(because="the date is wrong")
        assert run.take_back().result is Result.UNSCHEDULED
        assert run.history.lines[-1].because == "the date is wrong"
        assert run.provider.campaigns["em_1"].state is State.DRAFT
        later = DUE + timedelta(days=1)
        run.errand, run.issue = Errand(at=later), issue("<p>Mended</p>")
        assert run.go().result is Result.SCHEDULED
        assert run.provider.handed == {"em_1": later}
        assert run.provider.campaigns["em_1"].digest == run.issue.digest

    @pytest.mark.parametrize("state", [State.CANCELLED, State.FAILED, State.UNKNOWN])
    def test_an_end_that_may_have_reached_some_readers_is_a_doubt(self, state):
        run = handed()
        run.provider.script["unschedule"] = [lambda _: run.provider.turn("em_1", state)]
        assert run.take_back().result is Result.UNSURE
        run.errand = Errand()
        assert run.ask().result is Result.UNSURE
        assert len(run.provider.campaigns) == 1

    @pytest.mark.parametrize("state", [State.SENDING, State.SENT])
    def test_what_has_begun_is_written_down_and_left_alone(self, state):
        run = handed()
        run.provider.turn("em_1", state)
        outcome = run.take_back()
        assert outcome.note == "it was too late to take it back"
        assert "unschedule" not in run.provider.calls

    @pytest.mark.parametrize("act", [lost(LOST), lost(NotNow.of("later."))])
    def test_a_lost_answer_is_cleared_up_by_the_provider(self, act):
        run = handed()
        run.provider.script["unschedule"] = [act]
        assert run.take_back().result is Result.UNSCHEDULED

    def test_a_refusal_leaves_it_scheduled_and_says_so(self):
        run = handed()
        run.provider.script["unschedule"] = [refused(Rejected.of("not any more."))]
        outcome = run.take_back()
        assert outcome.result is Result.FAILED
        assert outcome.note == "it is still scheduled there. not any more."
        assert run.steps == HANDED

    def test_a_refusal_and_what_the_provider_shows_are_both_told(self):
        run = handed()
        run.provider.script["unschedule"] = [refused(Rejected.of("not any more."))]
        run.provider.script["status"] = [shows(State.SCHEDULED), shows(State.CANCELLED)]
        assert run.take_back().note == "not any more. fake shows cancelled"

    def test_an_order_without_effect_is_told(self):
        run = handed()
        run.provider.script["unschedule"] = [lambda _: None]
        outcome = run.take_back()
        assert (outcome.result, outcome.note) == (Result.FAILED, "it is still scheduled there.")

    def test_a_lost_answer_and_a_silent_provider_are_a_doubt(self):
        run = ahead()
        run.provider.script["schedule"] = [lost(Crash())]
        with pytest.raises(Crash):
            run.go()
        run.provider.script["unschedule"] = [lost(LOST)]
        run.provider.script["status"] = [shows(State.SCHEDULED), refused(NotNow.of("later."))]
        outcome = run.take_back()
        assert (outcome.result, outcome.note) == (Result.UNSURE, "the answer was lost.")

    def test_a_provider_that_cannot_be_read_leaves_it_scheduled(self):
        run = handed()
        run.provider.script["status"] = [refused(NotNow.of("later."))]
        outcome = run.take_back()
        assert outcome.result is Result.SCHEDULED
        assert outcome.note == "its status could not be read now"
        assert run.steps == HANDED

    def test_an_unknown_state_is_a_doubt(self):
        run = handed()
        run.provider.script["status"] = [shows(State.UNKNOWN, "odd")]
        assert run.take_back().result is Result.UNSURE
        assert run.steps == HANDED

    @pytest.mark.parametrize("state", [State.DRAFT, State.GONE])
    def test_what_a_person_took_back_or_deleted_there_is_written_down(self, state):
        run = handed()
        run.provider.turn("em_1", state)
        assert run.take_back().result is Result.UNSCHEDULED
        assert "unschedule" not in run.provider.calls

    def test_a_draft_right_after_the_handing_over_may_be_a_reading_that_lags(self):
        run = ahead(lag=90)
        handing, run.errand = run.errand, Errand(send=False)
        run.go()
        run.provider.clock.sleep(3600)
        run.errand = handing
        run.go()
        run.provider.script["status"] = [shows(State.DRAFT)] * 3
        assert run.take_back().result is Result.UNSCHEDULED
        assert run.provider.calls.count("unschedule") == 1

    @pytest.mark.parametrize("call", ["unschedule", "status"])
    @pytest.mark.parametrize("act", [refused(Crash()), lost(Crash())])
    def test_a_crash_is_mended_by_ordering_it_again(self, call, act):
        run = handed()
        run.provider.script[call] = [act]
        with pytest.raises(Crash):
            run.take_back()
        assert run.take_back().result is Result.UNSCHEDULED
        run.errand = Errand()
        assert run.go().result is Result.SENT
        assert len(run.provider.delivered) == 1

    def test_a_line_that_is_not_surely_written_is_told(self):
        run = handed()
        run.ledger.hook = fail_at(1, LedgerError.of("the ledger is away."))
        outcome = run.take_back()
        assert (outcome.result, outcome.note) == (
            Result.UNSURE,
            "the ledger is away. The next run asks the provider.",
        )
        assert run.take_back().result is Result.UNSCHEDULED

    @pytest.mark.parametrize("moment", ["append", "appended"])
    def test_a_crash_at_its_line_loses_nothing(self, moment):
        run = handed()
        run.ledger.hook = fail_at(1, Crash(), moment)
        with pytest.raises(Crash):
            run.take_back()
        run.ledger.hook = nothing
        if moment == "append":
            assert run.take_back().result is Result.UNSCHEDULED
        assert run.history.step is Step.UNSCHEDULED
