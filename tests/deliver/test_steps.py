"""The steps of an issue: what may follow what, and what a history remembers."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.deliver.steps import MAY_FOLLOW, PAST_SENDING, SETTLED, History, Step
from pressrun.errors import LedgerDamaged
from support.lines import line

# Frozen: a ledger that was written yesterday must be readable for ever.
TABLE = """
beginning  claim baseline
claim      claim drafted accepted scheduled sent not-sent abandoned
drafted    claim sending accepted scheduled sent not-sent abandoned
sending    accepted scheduled sent not-sent failed abandoned
accepted   sent not-sent failed abandoned
scheduled  accepted sent not-sent failed abandoned
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
    assert [step for step in MAY_FOLLOW if Step.SENDING in MAY_FOLLOW[step]] == [Step.DRAFTED]
    assert [step for step in MAY_FOLLOW if Step.DRAFTED in MAY_FOLLOW[step]] == [Step.CLAIM]


def test_after_a_send_nothing_but_not_sent_leads_to_another_one():
    reached, ahead = set(), {Step.SENDING}
    while ahead:
        step = ahead.pop()
        reached.add(step)
        ahead |= MAY_FOLLOW[step] - {Step.NOT_SENT} - reached
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
    taken_back = [one for one in made.lines if one.step is Step.NOT_SENT]
    assert len(sends) <= len(taken_back) + 1
