"""The one place that reaches readers: what a run does and writes, whatever it meets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pressrun.deliver.send import deliver
from pressrun.deliver.settle import settle
from pressrun.deliver.steps import PAST_SENDING, Step
from pressrun.deliver.trail import Errand, Outcome, Result
from pressrun.errors import LedgerError, NotNow, Rejected, Unsure, UsageError
from pressrun.model import State
from support.issues import KEY, issue
from support.ledgers import Crash, fail_at, nothing
from support.providers import Act, Discarding, FakeProvider, Runner, after, lost, refused, shows

REJECTED = Rejected.of("the sender is not confirmed.")
NOT_NOW = NotNow.of("too many requests.")
UNSURE = Unsure.of("the answer was lost.")
MANY = 99

DELETED = (
    f"somebody deleted its draft there: publish resolve {KEY} --draft-again makes it anew, "
    "--sent or --never closes it"
)
WAYS_OUT = f"publish resolve {KEY} --not-sent drafts it anew, --sent or --never closes it"
CLEAN = [Step.CLAIM, Step.DRAFTED, Step.SENDING, Step.SENT]


def script(provider: FakeProvider, call: str, *acts: Act) -> None:
    provider.script[call] = list(acts)


def result_and_step(outcome: Outcome, run: Runner) -> tuple[str, str]:
    return str(outcome.result), str(run.steps[-1])


class TestCleanRun:
    def test_sends_the_complete_draft_once(self):
        run = Runner()
        assert run.go() == Outcome(Result.SENT, KEY, "em_1")
        assert run.steps == CLEAN
        assert run.provider.delivered == [run.issue.digest]
        assert run.provider.calls == ["find", "draft", "send", "status"]

    def test_names_run_provider_and_account_on_each_line_and_the_post_on_the_claim(self):
        run = Runner()
        run.go()
        for line in run.history.lines:
            assert (line.run, line.provider, line.account) == ("run-1", "fake", "the account")
        assert [line.post for line in run.history.lines] == ["hello", "", "", ""]
        history = run.history
        assert (history.post, history.newsletter, history.title) == ("hello", "main", "Hello")

    def test_freezes_the_digest_of_what_the_draft_holds(self):
        run = Runner()
        run.go()
        digest = run.issue.digest
        assert [line.digest for line in run.history.lines] == ["", digest, digest, ""]
        assert run.provider.campaigns["em_1"].digest == digest

    def test_the_claim_says_why_a_person_ordered_it(self):
        run = Runner(errand=Errand(because="readers asked for it"))
        run.go()
        assert run.history.lines[0].because == "readers asked for it"

    def test_remembers_how_many_readers_there_were_at_the_send(self):
        run = Runner()
        deliver(run.issue, run.trail(), readers="1204")
        assert [line.readers for line in run.history.lines] == ["", "", "1204", ""]

    def test_each_line_is_durable_before_what_it_promises(self):
        run = Runner()
        order = []
        run.ledger.hook = lambda moment, entries: order.extend(
            str(entry.line.step) for entry in entries if moment == "appended"
        )
        for call in ("draft", "send"):
            script(run.provider, call, after(lambda call=call: order.append(call.upper())))
        run.go()
        assert order == ["claim", "DRAFT", "drafted", "sending", "SEND", "sent"]


# What the provider shows after the send -> result, last step; None: it cannot be read.
WENT = {
    State.SCHEDULED: ("scheduled", "scheduled"),
    State.SENDING: ("accepted", "accepted"),
    State.SENT: ("sent", "sent"),
}
DOUBT = {
    State.FAILED: ("UNSURE", "failed"),
    State.CANCELLED: ("UNSURE", "sending"),
    State.GONE: ("UNSURE", "sending"),
    State.UNKNOWN: ("UNSURE", "sending"),
}
NO_EFFECT = {State.DRAFT: ("failed", "not-sent"), None: ("failed", "not-sent")}
TAKEN = {State.DRAFT: ("accepted", "accepted"), None: ("accepted", "accepted")}
NO_PROOF = {State.DRAFT: ("UNSURE", "sending"), None: ("UNSURE", "sending")}
MATRIX = {
    "answered": (lambda _: None, {**WENT, **DOUBT, **TAKEN}),
    "rejected": (refused(REJECTED), {**WENT, **DOUBT, **NO_EFFECT}),
    "not now": (refused(NOT_NOW), {**WENT, **DOUBT, **NO_EFFECT}),
    "unsure": (refused(UNSURE), {**WENT, **DOUBT, **NO_PROOF}),
}
WORLDS = [
    pytest.param(act, state, expected, id=f"{name}, then {state or 'unreadable'}")
    for name, (act, states) in MATRIX.items()
    for state, expected in states.items()
]


class TestAfterTheSend:
    @pytest.mark.parametrize(("send", "state", "expected"), WORLDS)
    def test_the_provider_is_believed_and_a_doubt_stays_one(self, send, state, expected):
        run = Runner()
        status = refused(NOT_NOW) if state is None else shows(state)
        script(run.provider, "send", send)
        script(run.provider, "status", *[status] * MANY)
        outcome = run.go()
        assert result_and_step(outcome, run) == expected
        assert run.provider.calls.count("send") == 1
        assert sum(run.provider.clock.slept) <= 60

    @pytest.mark.parametrize(("send", "state", "expected"), WORLDS)
    def test_nothing_that_may_have_gone_is_sent_or_touched_by_a_later_run(
        self, send, state, expected
    ):
        run = Runner()
        status = refused(NOT_NOW) if state is None else shows(state)
        script(run.provider, "send", send)
        script(run.provider, "status", *[status] * MANY)
        run.go()
        lines = len(run.steps)
        if run.history.step in PAST_SENDING:
            run.provider.calls.clear()
            for _ in range(3):
                run.ask()
            assert set(run.provider.calls) == {"status"}
            assert len(run.steps) == lines, "each run wrote a line"

    @pytest.mark.parametrize(
        ("error", "note"),
        [
            (REJECTED, "not sent: the sender is not confirmed."),
            (NOT_NOW, "not sent: too many requests."),
        ],
    )
    def test_a_refused_send_says_why_and_the_next_run_sends_the_same_campaign(self, error, note):
        run = Runner()
        script(run.provider, "send", refused(error))
        assert run.go().note == note
        assert run.history.lines[-1].because == str(error)
        assert run.go().result is Result.SENT
        assert list(run.provider.campaigns) == ["em_1"]

    def test_a_lost_answer_is_cleared_up_by_the_provider(self):
        run = Runner()
        script(run.provider, "send", lost(UNSURE))
        assert result_and_step(run.go(), run) == ("sent", "sent")
        assert len(run.provider.delivered) == 1

    @pytest.mark.parametrize(
        ("error", "status", "note"),
        [
            (UNSURE, shows(State.DRAFT, "draft"), "the answer was lost. fake shows draft"),
            (UNSURE, refused(NOT_NOW), "the answer was lost."),
            (REJECTED, shows(State.FAILED), "the sender is not confirmed. fake shows failed"),
        ],
    )
    def test_a_doubt_names_the_fault_and_what_the_provider_shows(self, error, status, note):
        run = Runner()
        script(run.provider, "send", refused(error))
        script(run.provider, "status", *[status] * MANY)
        assert run.go().note == note

    @pytest.mark.parametrize("passing", [State.GONE, State.UNKNOWN, State.DRAFT, None])
    @pytest.mark.parametrize("send", [lambda work: work(), lost(UNSURE)])
    def test_a_reading_that_lags_asks_nobody(self, passing, send):
        run = Runner()
        script(run.provider, "send", send)
        stale = refused(NOT_NOW) if passing is None else shows(passing)
        script(run.provider, "status", *[stale] * 4)
        assert run.go().result is Result.SENT

    @pytest.mark.parametrize("seconds", [1, 29, 60])
    def test_what_shows_within_a_minute_is_seen(self, seconds):
        run = Runner()
        clock = run.provider.clock
        shown = clock.moment + timedelta(seconds=seconds)

        def late(work):
            return shows(State.SENT if clock.moment >= shown else State.SENDING)(work)

        script(run.provider, "status", *[late] * MANY)
        assert run.go().result is Result.SENT
        assert sum(clock.slept) <= 60

    @pytest.mark.parametrize("seconds", [14, 25])
    def test_a_slow_provider_is_polled_for_a_minute_too(self, seconds):
        run = Runner()
        clock = run.provider.clock
        begun = clock.moment

        def slow(work):
            clock.moment += timedelta(seconds=seconds)
            return replace(work(), state=State.SENDING)

        script(run.provider, "status", *[slow] * MANY)
        assert run.go() == Outcome(Result.ACCEPTED, KEY, "em_1")
        assert clock.moment - begun <= timedelta(seconds=60 + seconds)

    def test_being_on_its_way_is_written_once_and_early(self):
        run = Runner()
        script(run.provider, "status", shows(State.SENDING), refused(Crash()))
        with pytest.raises(Crash):
            run.go()
        assert run.steps == [*CLEAN[:3], Step.ACCEPTED]
        assert run.ask().result is Result.SENT
        assert run.steps == [*CLEAN[:3], Step.ACCEPTED, Step.SENT]

    def test_an_error_that_no_adapter_should_raise_counts_as_a_doubt(self):
        run = Runner()
        script(run.provider, "send", lost(UsageError.of("there is no such audience.")))
        assert result_and_step(run.go(), run) == ("UNSURE", "sending")
        assert run.ask().result is Result.SENT


class TestBeforeTheSend:
    @pytest.mark.parametrize("error", [REJECTED, NOT_NOW, UNSURE, UsageError.of("no such tag.")])
    @pytest.mark.parametrize("call", ["find", "draft"])
    def test_a_failed_call_sends_nothing_and_the_next_run_does(self, call, error):
        run = Runner()
        script(run.provider, call, refused(error))
        outcome = run.go()
        assert (outcome.result, outcome.note) == (Result.FAILED, f"not sent by this run: {error}")
        assert run.provider.delivered == []
        assert run.go().result is Result.SENT

    def test_a_provider_that_cannot_be_read_costs_no_line(self):
        run = Runner()
        script(run.provider, "find", *[refused(NOT_NOW)] * 3)
        for _ in range(3):
            assert run.go().result is Result.FAILED
        assert run.steps == []

    def test_a_draft_whose_answer_was_lost_is_found_and_filled(self):
        run = Runner()
        script(run.provider, "draft", lost(UNSURE))
        run.go()
        run.issue = issue("<p>Mended</p>")
        assert run.go().result is Result.SENT
        assert list(run.provider.campaigns) == ["em_1"]
        assert run.provider.delivered == [run.issue.digest]

    def test_an_edited_post_is_sent_as_it_is_now(self):
        run = Runner(send=False)
        run.go()
        run.issue, run.send = issue("<p>Mended</p>"), True
        run.go()
        (sending,) = [line for line in run.history.lines if line.step is Step.SENDING]
        assert run.provider.delivered == [run.issue.digest] == [sending.digest]
        assert list(run.provider.campaigns) == ["em_1"]


class TestLaggingList:
    LAG = 90.0

    def interrupted(self) -> Runner:
        run = Runner(FakeProvider(lag=self.LAG))
        script(run.provider, "draft", lost(Crash()))
        with pytest.raises(Crash):
            run.go()
        return run

    def test_a_run_after_an_interrupted_one_waits_for_the_list(self):
        run = self.interrupted()
        assert run.go().result is Result.SENT
        assert list(run.provider.campaigns) == ["em_1"]
        waiting = run.provider.clock.slept
        assert self.LAG <= sum(waiting) < self.LAG + max(waiting)

    def test_it_looks_once_more_when_the_lag_is_over(self):
        run = self.interrupted()
        run.provider.lag = self.LAG - 0.1
        run.go()
        assert list(run.provider.campaigns) == ["em_1"]

    @pytest.mark.parametrize("lag", [LAG, LAG + 1])
    def test_it_creates_one_when_the_lag_is_over_and_nothing_was_found(self, lag):
        run = Runner(FakeProvider(lag=lag))
        run.was(Step.CLAIM)
        assert run.go().result is Result.SENT
        assert sum(run.provider.clock.slept[:-1]) < lag <= sum(run.provider.clock.slept)

    def test_a_new_issue_and_a_known_campaign_do_not_wait(self):
        fresh = Runner(FakeProvider(lag=self.LAG))
        fresh.go()
        known = Runner(FakeProvider(lag=self.LAG))
        known.was(Step.CLAIM, Step.DRAFTED, campaign=known.provider.holds(KEY, State.DRAFT))
        known.was(Step.CLAIM)
        known.go()
        assert fresh.provider.clock.slept == known.provider.clock.slept == []

    def test_a_draft_made_after_a_person_took_it_back_is_waited_for_too(self):
        run = Runner(FakeProvider(lag=self.LAG))
        failed = run.provider.holds(KEY, State.FAILED)
        run.was(Step.CLAIM, Step.DRAFTED, Step.SENDING, Step.FAILED, campaign=failed)
        run.say(Step.NOT_SENT)
        run.provider.clock.sleep(1000)
        script(run.provider, "draft", lost(Crash()))
        with pytest.raises(Crash):
            run.go()
        assert run.go().result is Result.SENT
        assert len(run.provider.campaigns) == 2

    def test_runs_that_wait_at_the_same_time_let_one_of_them_through(self):
        run = self.interrupted()
        other = Runner(run.provider, run.ledger.another(), name="other")
        results = []
        script(run.provider, "find", after(lambda: results.append(other.go().result)))
        results.append(run.go().result)
        assert results == [Result.SENT, Result.OVERTAKEN]
        assert len(run.provider.delivered) == 1


class TestTwoRunners:
    @pytest.mark.parametrize("line", range(4))
    def test_an_overtaken_run_stops_at_its_next_line(self, line):
        run = Runner()
        run.was(*CLEAN[:line], campaign=run.provider.holds(KEY, State.DRAFT) if line > 1 else "")
        stale = run.trail()
        other = Runner(run.provider, run.ledger.another(), name="other")
        other.was(Step.CLAIM) if line < 3 else other.was(Step.ACCEPTED, campaign="em_1")
        run.provider.calls.clear()
        if line < 3:
            outcome = deliver(run.issue, stale)
        else:
            run.provider.turn("em_1", State.SENT)
            outcome = settle(stale)
        assert outcome.result is Result.OVERTAKEN
        assert "other" in outcome.note
        assert "send" not in run.provider.calls
        assert "draft" not in run.provider.calls

    @pytest.mark.parametrize("call", ["find", "draft", "send"])
    def test_a_second_runner_at_any_call_makes_no_second_copy(self, call):
        run = Runner()
        other = Runner(run.provider, run.ledger.another(), name="other")
        again = {"send": other.ask}.get(call, other.go)
        script(run.provider, call, after(again))
        run.go()
        for _ in range(3):
            run.ask() if run.history.step in PAST_SENDING else None
        assert len(run.provider.delivered) == 1
        assert run.steps[-1] is Step.SENT

    @pytest.mark.parametrize("discard", [lambda work: work(), lost(NOT_NOW)])
    def test_an_overtaken_run_deletes_its_draft_where_another_one_counts(self, discard):
        run = Runner(Discarding())
        other = Runner(run.provider, run.ledger.another(), name="other")
        script(run.provider, "draft", after(other.go))
        script(run.provider, "discard", discard)
        assert run.go().result is Result.OVERTAKEN
        assert list(run.provider.campaigns) == [other.history.campaign] == ["em_1"]

    @pytest.mark.parametrize("step", [Step.CLAIM, Step.ABANDONED])
    def test_an_overtaken_run_leaves_its_draft_where_there_is_no_other(self, step):
        run = Runner(Discarding())
        script(run.provider, "draft", after(lambda: run.was(step)))
        assert run.go().result is Result.OVERTAKEN
        assert list(run.provider.campaigns) == ["em_1"]

    def test_an_overtaken_run_leaves_its_draft_to_the_run_that_took_it_up(self):
        run = Runner(Discarding(), send=False)
        other = Runner(run.provider, run.ledger.another(), send=False, name="other")

        def drafts_and_lingers(work):
            made = work()
            other.go()
            return made

        script(run.provider, "draft", drafts_and_lingers)
        assert run.go().result is Result.OVERTAKEN
        assert list(run.provider.campaigns) == ["em_1"]

    def test_a_run_is_not_called_off_while_it_sends(self):
        run = Runner()
        other = Runner(run.provider, run.ledger.another(), name="other")
        asked = []
        script(run.provider, "send", after(lambda: asked.append(other.ask())))
        assert run.go().result is Result.SENT
        assert asked[0].result is Result.UNSURE
        assert run.steps == CLEAN


class TestLedgerFaults:
    @pytest.mark.parametrize("moment", ["append", "appended"])
    @pytest.mark.parametrize("line", [1, 2, 3])
    def test_a_line_that_is_not_surely_written_stops_the_issue_before_the_send(self, line, moment):
        run = Runner()
        run.ledger.hook = fail_at(line, LedgerError.of("the ledger is away."), moment)
        outcome = run.go()
        assert (outcome.result, outcome.note) == (
            Result.FAILED,
            "not sent by this run: the ledger is away.",
        )
        assert run.provider.delivered == []

    @pytest.mark.parametrize("moment", ["append", "appended"])
    def test_a_result_that_is_not_surely_written_is_asked_for_by_the_next_run(self, moment):
        run = Runner()
        run.ledger.hook = fail_at(4, LedgerError.of("the ledger is away."), moment)
        outcome = run.go()
        assert (outcome.result, outcome.note) == (
            Result.UNSURE,
            "the ledger is away. The next run asks the provider.",
        )
        run.ledger.hook = nothing
        if moment == "append":
            assert run.ask().result is Result.SENT
        assert run.steps == CLEAN

    def test_what_a_person_did_with_a_draft_is_read_again_when_it_could_not_be_written(self):
        run = Runner(send=False)
        run.go()
        run.provider.release("em_1")
        run.ledger.hook = fail_at(1, LedgerError.of("the ledger is away."))
        assert run.ask().note == "not sent by this run: the ledger is away."
        assert run.ask().result is Result.SENT

    def test_a_settled_issue_cannot_be_delivered_by_mistake(self):
        for step in (Step.SENDING, Step.ACCEPTED, Step.SENT):
            run = Runner()
            run.was(*CLEAN[: CLEAN.index(Step.SENDING)], campaign=run.provider.holds(KEY, "draft"))
            run.was(Step.SENDING)
            run.was(*([step] if step is not Step.SENDING else []))
            run.go()
            assert run.provider.delivered == []


class TestAdoption:
    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            (State.SENT, ("sent", "sent")),
            (State.SENDING, ("accepted", "accepted")),
            (State.SCHEDULED, ("scheduled", "scheduled")),
        ],
    )
    @pytest.mark.parametrize("begun", [(), (Step.CLAIM,), (Step.CLAIM, Step.DRAFTED)])
    def test_one_campaign_that_went_out_unknown_to_the_ledger_is_taken_over(
        self, state, expected, begun
    ):
        run = Runner()
        run.was(*begun, campaign=run.provider.holds(KEY, state))
        outcome = run.go()
        assert result_and_step(outcome, run) == expected
        assert outcome.campaign == "em_1"
        assert outcome.note == "was sent at the provider; the ledger did not know"
        assert run.provider.delivered == []

    @pytest.mark.parametrize("known", [State.DRAFT, State.GONE])
    def test_a_second_draft_that_a_person_sent_is_taken_over(self, known):
        run = Runner()
        run.was(*CLEAN[:2], campaign=run.provider.holds(KEY, State.DRAFT))
        run.provider.turn("em_1", known)
        run.provider.holds(KEY, State.SENT)
        outcome = run.go()
        assert (outcome.result, outcome.campaign) == (Result.SENT, "em_2")
        assert run.provider.delivered == []

    def test_several_campaigns_past_draft_are_held_without_growing_the_ledger(self):
        run = Runner()
        run.provider.holds(KEY, State.SENT)
        run.provider.holds(KEY, State.SCHEDULED)
        for _ in range(3):
            outcome = run.go()
            there = "em_1 (fake-sent), em_2 (fake-scheduled)"
            closes = f"publish resolve {KEY} --sent or --never closes it"
            assert outcome.result is Result.HELD
            assert outcome.note == (
                f"the provider has {there}: delete there what nobody got, or {closes}"
            )
        assert run.steps == [Step.CLAIM]

    @pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
    def test_a_campaign_that_ended_unknown_to_the_ledger_is_held(self, state):
        run = Runner()
        run.provider.holds(KEY, state)
        assert run.go().note == f"the provider has em_1 (fake-{state}): {WAYS_OUT}"
        run.say(Step.NOT_SENT)
        assert run.go().result is Result.SENT
        assert len(run.provider.campaigns) == 2

    def test_a_state_nobody_knows_is_held_whatever_a_person_said(self):
        run = Runner()
        run.provider.holds(KEY, State.UNKNOWN)
        run.go()
        run.say(Step.NOT_SENT)
        assert run.go().result is Result.HELD
        assert run.provider.delivered == []

    def test_of_several_drafts_always_the_same_one_is_filled(self):
        run = Runner(send=False)
        for name in ("em_2", "em_1", "em_3"):
            run.provider.made = int(name[-1]) - 1
            run.provider.holds(KEY, State.DRAFT)
        assert run.go().campaign == "em_1"
        run.provider.turn("em_1", State.GONE)
        assert run.go().result is Result.HELD

    def test_campaigns_of_other_issues_are_left_alone(self):
        run = Runner()
        run.provider.holds(f"{KEY}0", State.SENT)
        assert run.go().campaign == "em_2"


class TestDeletedDraft:
    def test_a_draft_deleted_by_hand_is_held_without_growing_the_ledger(self):
        run = Runner(send=False)
        run.go()
        run.provider.turn("em_1", State.GONE)
        for _ in range(3):
            assert run.go().note == DELETED
            assert run.ask().note == DELETED
        assert run.steps == [Step.CLAIM, Step.DRAFTED]

    @pytest.mark.parametrize("then", [(), (Step.CLAIM,)])
    def test_a_person_lets_it_be_drafted_anew(self, then):
        run = Runner()
        run.was(Step.CLAIM, Step.DRAFTED, *then, campaign="em_lost")
        assert run.go().result is Result.HELD
        run.say(Step.NOT_SENT)
        assert run.go() == Outcome(Result.SENT, KEY, "em_1")

    def test_a_refused_send_is_no_leave_to_draft_anew(self):
        run = Runner()
        script(run.provider, "send", refused(REJECTED))
        run.go()
        run.provider.turn("em_1", State.GONE)
        assert run.go().result is Result.HELD
        run.say(Step.NOT_SENT)
        assert run.go().campaign == "em_2"

    def test_a_send_that_failed_is_not_repeated_with_a_new_campaign(self):
        run = Runner()
        script(run.provider, "send", refused(REJECTED))
        run.go()
        run.provider.turn("em_1", State.FAILED)
        assert run.go().result is Result.HELD
        assert run.provider.delivered == []


class TestDraftMode:
    def test_a_draft_waits_for_a_person(self):
        run = Runner(send=False)
        waits = Outcome(Result.DRAFTED, KEY, "em_1", "waits there for a person to send it")
        assert run.go() == waits
        assert run.ask() == waits
        assert run.steps == [Step.CLAIM, Step.DRAFTED]
        assert "send" not in run.provider.calls

    @pytest.mark.parametrize(
        ("becomes", "expected"),
        [
            (State.SENT, ("sent", "sent")),
            (State.SENDING, ("accepted", "accepted")),
            (State.SCHEDULED, ("scheduled", "scheduled")),
        ],
    )
    def test_what_a_person_sent_there_is_written_down(self, becomes, expected):
        run = Runner(send=False)
        run.go()
        run.provider.becomes = becomes
        run.provider.release("em_1")
        outcome = run.ask()
        assert (*result_and_step(outcome, run), outcome.note) == (
            *expected,
            "a person sent it there",
        )

    def test_a_draft_that_cannot_be_read_still_waits(self):
        run = Runner(send=False)
        run.go()
        script(run.provider, "status", refused(NOT_NOW))
        assert run.ask() == Outcome(Result.DRAFTED, KEY, "em_1", "could not be read now")
        assert run.steps[-1] is Step.DRAFTED

    @pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
    def test_a_draft_that_ended_there_is_held(self, state):
        run = Runner(send=False)
        run.go()
        run.provider.turn("em_1", state)
        outcome = run.ask()
        assert (outcome.result, outcome.note) == (
            Result.HELD,
            f"the provider has em_1 (fake-{state}): {WAYS_OUT}",
        )

    def test_a_draft_whose_post_is_gone_is_held_until_a_person_acts(self):
        run = Runner(send=False)
        run.go()
        outcome = run.ask(post_is_gone=True)
        gone = "its post or newsletter is gone, its draft is not"
        never = f"delete that there, then say publish resolve {KEY} --never"
        assert (outcome.result, outcome.note) == (Result.HELD, f"{gone}: {never}")
        run.provider.release("em_1")
        assert run.ask(post_is_gone=True).result is Result.SENT

    def test_a_changed_post_fills_the_same_draft_again(self):
        run = Runner(send=False)
        run.go()
        run.issue = issue("<p>Mended</p>")
        run.go()
        assert [one.digest for one in run.provider.campaigns.values()] == [run.issue.digest]
        assert run.history.digest == run.issue.digest


class TestSettling:
    def begun(self, *steps: Step, state: State = State.DRAFT, once: bool = False) -> Runner:
        run = Runner(FakeProvider(once=once))
        run.was(*CLEAN[:3], *steps, campaign=run.provider.holds(KEY, state))
        return run

    @pytest.mark.parametrize("state", [*State, None])
    @pytest.mark.parametrize("step", [None, Step.ACCEPTED, Step.SCHEDULED, Step.FAILED])
    def test_one_look_sends_nothing_and_never_fails(self, step, state):
        run = self.begun(*([step] if step else []))
        act = refused(NOT_NOW) if state is None else shows(state)
        script(run.provider, "status", act)
        outcome = run.ask()
        assert run.provider.calls.count("status") == 1
        assert run.provider.delivered == run.provider.clock.slept == []
        asked = outcome.result is Result.UNSURE
        quiet = state is None and step in {Step.ACCEPTED, Step.SCHEDULED}
        assert asked is not (state in WENT or quiet)

    @pytest.mark.parametrize(
        ("step", "state"),
        [
            (None, State.DRAFT),
            (Step.ACCEPTED, State.SENDING),
            (Step.ACCEPTED, State.GONE),
            (Step.SCHEDULED, State.SCHEDULED),
            (Step.FAILED, State.FAILED),
        ],
    )
    def test_a_stuck_issue_is_reported_in_every_run_and_costs_no_line(self, step, state):
        run = self.begun(*([step] if step else []), state=state)
        before = run.steps
        assert len({run.ask() for _ in range(3)}) == 1
        assert run.steps == before

    def test_a_failure_is_written_once_in_the_providers_words(self):
        run = self.begun(Step.ACCEPTED, state=State.FAILED)
        for _ in range(3):
            assert run.ask().note == "fake shows fake-failed"
        assert run.history.lines[-1].because == "fake-failed"
        assert run.steps.count(Step.FAILED) == 1

    def test_a_failure_that_the_provider_got_over_is_sent(self):
        run = self.begun(Step.FAILED, state=State.SENDING)
        assert run.ask().result is Result.ACCEPTED
        run.provider.turn("em_1", State.SENT)
        assert result_and_step(run.ask(), run) == ("sent", "sent")

    def test_a_person_is_asked_in_words_when_the_provider_is_silent(self):
        run = self.begun()
        script(run.provider, "status", refused(NOT_NOW))
        assert run.ask().note == "the provider did not answer when it was asked"


class TestSendOnce:
    """A provider that is proved to refuse a second send may be asked again: nobody else."""

    def crashed(self, act: Act, *, once: bool = True) -> Runner:
        run = Runner(FakeProvider(once=once))
        script(run.provider, "send", act)
        with pytest.raises(Crash):
            run.go()
        return run

    @pytest.mark.parametrize("act", [refused(Crash()), lost(Crash())])
    def test_a_crash_at_the_send_is_mended_without_a_person(self, act):
        run = self.crashed(act)
        assert result_and_step(run.ask(), run) == ("sent", "sent")
        assert len(run.provider.delivered) == 1

    def test_any_other_provider_is_never_asked_again(self):
        run = self.crashed(refused(Crash()), once=False)
        assert run.ask().result is Result.UNSURE
        assert run.provider.delivered == []

    def test_a_stale_draft_makes_no_second_copy(self):
        run = self.crashed(lost(Crash()))
        script(run.provider, "status", shows(State.DRAFT))
        assert run.ask().result is Result.SENT
        assert len(run.provider.delivered) == 1

    @pytest.mark.parametrize("error", [REJECTED, NOT_NOW, UNSURE])
    def test_a_refusal_leaves_the_doubt(self, error):
        run = self.crashed(refused(Crash()))
        script(run.provider, "send", refused(error))
        outcome = run.ask()
        assert (outcome.result, outcome.note) == (Result.UNSURE, str(error))
        assert run.steps[-1] is Step.SENDING
        assert run.ask().result is Result.SENT

    @pytest.mark.parametrize(
        "state", [State.FAILED, State.CANCELLED, State.GONE, State.UNKNOWN, None]
    )
    def test_only_a_draft_that_still_lies_there_is_asked_for_again(self, state):
        run = self.crashed(refused(Crash()))
        run.provider.calls.clear()
        script(run.provider, "status", refused(NOT_NOW) if state is None else shows(state))
        assert run.ask().result is Result.UNSURE
        assert run.provider.calls == ["status"]

    def test_without_its_post_it_is_left_to_a_person(self):
        run = self.crashed(refused(Crash()))
        assert run.ask(post_is_gone=True).result is Result.UNSURE

    @pytest.mark.parametrize("step", [Step.ACCEPTED, Step.FAILED])
    def test_what_was_accepted_or_failed_once_is_not_asked_for_again(self, step):
        run = Runner(FakeProvider(once=True))
        run.was(*CLEAN[:3], step, campaign=run.provider.holds(KEY, State.DRAFT))
        assert run.ask().result is Result.UNSURE
        assert run.provider.delivered == []

    def test_an_unsure_send_is_repeated_when_the_draft_is_still_there(self):
        run = Runner(FakeProvider(once=True))
        script(run.provider, "send", refused(UNSURE))
        assert run.go().result is Result.SENT
        assert run.steps == CLEAN


CRASHES: dict[str, Callable[[BaseException], Act]] = {"before": refused, "after": lost}


@pytest.mark.parametrize("call", ["find", "draft", "send", "status"])
@pytest.mark.parametrize("moment", CRASHES)
def test_a_crash_at_any_call_loses_nothing_and_doubles_nothing(call, moment):
    run = Runner()
    script(run.provider, call, CRASHES[moment](Crash()))
    with pytest.raises(Crash):
        run.go()
    outcome = run.ask() if run.history.step in PAST_SENDING else run.go()
    asked = (call, moment) == ("send", "before")
    assert outcome.result is (Result.UNSURE if asked else Result.SENT)
    assert len(run.provider.delivered) == (0 if asked else 1)
