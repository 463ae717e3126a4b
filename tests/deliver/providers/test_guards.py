import pytest

from pressrun.deliver.providers.guards import can_delete, must_be
from pressrun.errors import Rejected
from pressrun.model import Remote, State

OTHERS = sorted(set(State) - {State.DRAFT, State.GONE})


def test_a_campaign_in_the_state_that_is_wanted_may_be_touched():
    must_be(State.SCHEDULED, Remote("em_1", State.SCHEDULED), "at Press")
    with pytest.raises(Rejected, match=r"^campaign em_1 is on its way at Press, not scheduled\.$"):
        must_be(
            State.SCHEDULED, Remote("em_1", State.SENDING, "on its way"), "at Press, not scheduled"
        )


def test_a_draft_can_be_deleted_and_what_is_gone_need_not_be():
    assert can_delete(Remote("em_1", State.DRAFT), "at Press")
    assert not can_delete(Remote("em_1", State.GONE), "at Press")


@pytest.mark.parametrize("state", OTHERS)
def test_nothing_but_a_draft_is_deleted(state):
    with pytest.raises(Rejected, match="em_1 is on its way at Press"):
        can_delete(Remote("em_1", state, "on its way"), "at Press")
