"""Tests of an issue: marked, to named addresses only, and gone afterwards."""

from dataclasses import dataclass

import pytest

from pressrun.deliver import trial
from pressrun.deliver.providers.contract import SendsTests
from pressrun.errors import NotNow, Rejected, UsageError
from pressrun.model import State
from support.issues import KEY, issue
from support.providers import Discarding, FakeProvider, lost, refused


@dataclass
class Proof:
    """A test that was sent: which campaign, to whom, with what in it."""

    campaign: str
    to: list[str]
    subject: str


class Prover(Discarding, SendsTests):
    """A provider that sends tests of drafts and deletes drafts."""

    test_limits = "Two addresses at a time."

    def __init__(self) -> None:
        super().__init__()
        self.tests = []

    def send_test(self, issue, remote_id, addresses) -> None:
        tested = Proof(remote_id, list(addresses), issue.message.subject)
        self._do("send_test", lambda: self.tests.append(tested))


class Undeleted(FakeProvider, SendsTests):
    test_limits = "Any."

    def send_test(self, issue, remote_id, addresses) -> None:
        self.calls.append("send_test")


TO = ["me@example.org"]


def test_it_is_marked_and_goes_through_a_draft_of_its_own_that_is_deleted():
    provider = Prover()
    ours = provider.holds(KEY, State.DRAFT, digest="the issue's own draft")
    assert trial.send(provider, issue(), TO) == ""
    assert provider.tests == [Proof("em_2", TO, "[Test] Hello")]
    assert list(provider.campaigns) == [ours]
    assert provider.campaigns[ours].digest == "the issue's own draft"
    assert provider.delivered == []


def test_what_an_interrupted_test_left_is_used_up():
    provider = Prover()
    for _ in range(2):
        provider.holds(f"{KEY}-test", State.DRAFT)
    trial.send(provider, issue(), TO)
    assert [one.campaign for one in provider.tests] == ["em_1"]
    assert provider.campaigns == {}


@pytest.mark.parametrize("error", [Rejected.of("too many."), NotNow.of("later.")])
def test_its_draft_is_deleted_although_the_test_failed(error):
    provider = Prover()
    provider.script["send_test"] = [refused(error)]
    with pytest.raises(type(error)):
        trial.send(provider, issue(), TO)
    assert provider.campaigns == {}


@pytest.mark.parametrize("act", [refused, lost])
def test_a_draft_that_stays_is_named(act):
    provider = Prover()
    provider.script["discard"] = [act(NotNow.of("later."))]
    left = trial.send(provider, issue(), TO)
    assert left == "Its draft em_1 is still at fake: later. "
    assert len(provider.tests) == 1


def test_a_provider_that_deletes_nothing_says_so():
    assert trial.send(Undeleted(), issue(), TO) == (
        "Its draft em_1 stays at fake: delete it there. "
    )


def test_no_draft_is_made_where_none_is_needed():
    provider = Prover()
    provider.test_needs_draft = False
    trial.send(provider, issue(), TO)
    assert provider.calls == ["send_test"]
    assert provider.tests[0].campaign == ""


def test_the_limits_are_known_beforehand_and_so_is_it_when_there_are_no_tests():
    assert trial.limits(Prover()) == "Two addresses at a time."
    with pytest.raises(UsageError, match="fake sends no tests"):
        trial.limits(FakeProvider())


def test_a_test_has_a_key_that_no_issue_has():
    assert trial.marked(issue()).key == f"{KEY}-test"
