"""The steps of an issue: what may follow what, and what a history remembers."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.deliver.steps import DRAFTS, MAY_FOLLOW, PAST_SENDING, SETTLED, History, Step
from pressrun.errors import LedgerDamaged
from support.lines import line

# Frozen: a ledger that was written yesterday must be readable for ever.
TABLE = """
beginning  claim baseline
claim      claim drafted kept accepted scheduled sent not-sent abandoned
drafted    claim sending accepted scheduled sent not-sent abandoned
kept       claim sending accepted scheduled sent not-sent abandoned
sending    accepted scheduled sent not-sent failed abandoned
accepted   scheduled sent not-sent failed abandoned
scheduled  accepted unscheduled sent not-sent failed abandoned
unscheduled claim sent not-sent abandoned
sent
not-sent   claim sent not-sent abandoned
failed     sent not-sent abandoned
abandoned
baseline
"""
SUCCESSIONS = {first: set(rest) for first, *rest in map(str.split, TABLE.strip().splitlines())}
PAIRS = list(itertools.product([None, *Step], Step))


def history(*steps: Step, **fields: str) -> History:
    made = History("key")
    for step in steps:
        made = made.then(line(step, **fields))
    return made


@pytest.mark.parametrize(("before", "step"), PAIRS)
def test_a_step_follows_another_only_by_the_table(before, step):
    lines = (line(before),) if before else ()
    allowed = step in SUCCESSIONS[before or "beginning"]
    assert (step in MAY_FOLLOW[before]) is allowed
    if allowed:
        assert History("key", lines).then(line(step)).step is step
    else:
        with pytest.raises(LedgerDamaged):
            History("key", lines).then(line(step))


def test_only_a_complete_draft_is_ever_sent():
    assert {step for step in MAY_FOLLOW if Step.SENDING in MAY_FOLLOW[step]} == DRAFTS
    for draft in DRAFTS:
        assert [step for step in MAY_FOLLOW if draft in MAY_FOLLOW[step]] == [Step.CLAIM]


def test_after_a_send_only_a_proof_that_nobody_got_it_leads_to_another_one():
    reached, ahead = set(), {Step.SENDING}
    while ahead:
        step = ahead.pop()
        reached.add(step)
        ahead |= MAY_FOLLOW[step] - {Step.NOT_SENT, Step.UNSCHEDULED} - reached
    assert reached == PAST_SENDING | {Step.SENT, Step.ABANDONED}


def test_a_settled_issue_has_no_future():
    assert {step for step, after in MAY_FOLLOW.items() if not after} == SETTLED
    assert [history(Step.BASELINE).settled, history(Step.CLAIM).settled] == [True, False]
    assert not History("key").settled


@pytest.mark.parametrize("step", [step for step in Step if step not in SETTLED])
def test_a_person_has_a_way_out_of_every_open_step(step):
    assert MAY_FOLLOW[step] >= {Step.SENT, Step.NOT_SENT, Step.ABANDONED}


def test_damage_is_shown_with_issue_line_and_what_it_means():
    with pytest.raises(LedgerDamaged) as caught:
        history(Step.CLAIM, Step.SENDING)
    assert str(caught.value) == (
        'issue key, line 2: step "sending" cannot follow claim '
        "Somebody else wrote to the ledger. Nothing is sent until a person has looked."
    )
    with pytest.raises(LedgerDamaged, match="cannot follow the beginning"):
        history(Step.SENT)


@pytest.mark.parametrize("name", ["campaign", "digest", "title", "post", "newsletter", "body"])
def test_the_newest_line_that_says_a_thing_counts(name):
    made = History("key", (line(**{name: "old"}), line(**{name: "new"}), line()))
    assert getattr(made, name) == "new"
    assert getattr(History("key", (line(),)), name) == ""


@pytest.mark.parametrize(
    ("steps", "provider", "taken_back"),
    [
        ((), "", False),
        ((Step.CLAIM,), "", False),
        ((Step.CLAIM, Step.DRAFTED), "", False),
        ((Step.CLAIM, Step.NOT_SENT), "", True),
        ((Step.CLAIM, Step.NOT_SENT, Step.CLAIM, Step.CLAIM), "", True),
        ((Step.CLAIM, Step.NOT_SENT, Step.CLAIM, Step.DRAFTED), "", False),
        ((Step.CLAIM, Step.DRAFTED, Step.SENDING, Step.NOT_SENT), "fake", False),
        ((Step.CLAIM, Step.DRAFTED, Step.SENDING, Step.SCHEDULED, Step.UNSCHEDULED), "fake", True),
    ],
)
def test_an_issue_is_taken_back_by_a_person_until_the_next_draft(steps, provider, taken_back):
    assert history(*steps, provider=provider).taken_back is taken_back


@given(st.lists(st.sampled_from(Step), max_size=12))
def test_a_history_grows_or_refuses_and_never_changes(steps):
    made = History("key")
    for number, step in enumerate(steps):
        before = made
        try:
            made = made.then(line(step, run=str(number)))
        except LedgerDamaged:
            assert step not in MAY_FOLLOW[before.step]
        else:
            assert made.lines[:-1] == before.lines
    sends = [one for one in made.lines if one.step is Step.SENDING]
    taken_back = [one for one in made.lines if one.step in {Step.NOT_SENT, Step.UNSCHEDULED}]
    assert len(sends) <= len(taken_back) + 1


def test_what_a_claim_says_of_the_audience_counts_even_where_it_is_everybody():
    made = history(Step.CLAIM, audience="friends").then(line(Step.DRAFTED))
    assert made.audience == "friends"
    assert made.then(line(Step.CLAIM)).audience == ""


def test_the_newest_draft_says_what_it_holds_and_whose_it_is():
    made = history(Step.CLAIM).then(line(Step.DRAFTED, content="ours")).then(line(Step.CLAIM))
    assert (made.content, made.kept) == ("ours", False)
    kept = made.then(line(Step.KEPT, content="theirs")).then(line(Step.CLAIM))
    assert (kept.content, kept.kept) == ("theirs", True)
    again = kept.then(line(Step.DRAFTED))
    assert (again.content, again.kept) == ("", False)


def test_only_the_newest_sending_says_when_it_goes_out():
    sending = line(Step.SENDING, due="2026-12-01T08:00:00+00:00")
    made = history(Step.CLAIM, Step.DRAFTED).then(sending).then(line(Step.SCHEDULED))
    assert made.due == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert made.sent_at == sending.at
    back = made.then(line(Step.UNSCHEDULED)).then(line(Step.CLAIM)).then(line(Step.DRAFTED))
    assert back.then(line(Step.SENDING)).due is None
    assert History("key").due is History("key").sent_at is None
