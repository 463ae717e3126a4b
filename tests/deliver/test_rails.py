"""Guard rails that ask the provider and the web before an issue is claimed."""

from dataclasses import replace

import pytest

from pressrun.deliver.orders import Orders
from pressrun.deliver.plan import Action, Item
from pressrun.deliver.providers.contract import Audiences, Can
from pressrun.deliver.rails import Rails, Ready, Stop
from pressrun.deliver.steps import History, Step
from pressrun.deliver.trail import Errand
from pressrun.http.web import Sight
from pressrun.publication import Email, Newsletter
from support.issues import KEY, issue
from support.lines import line
from support.providers import FakeProvider
from support.publications import post, settings


class Counted(FakeProvider, Audiences):
    """A provider that tells how many readers an audience has."""

    def readers(self, audience: str) -> int:
        return {"": 1200, "friends": 40}[audience]


def item(action: Action = Action.SEND, *, send: bool = True) -> Item:
    return Item(action, "main", History(KEY), "", post(slug="hello"), Errand(send=send))


def rails(provider: FakeProvider | None = None, *histories: History, **more) -> Rails:
    fields = {"email": Email(mode="send"), "newsletters": {"main": Newsletter()}, **more}
    orders = fields.pop("orders", Orders())
    look = fields.pop("look", lambda _: Sight(200, "answers 200"))
    known = {history.key: history for history in histories}
    return Rails(settings(**fields), provider or Counted(), known, look, orders)


def mailed(readers: str, *, audience: str = "", newsletter: str = "main", hour: int = 8) -> History:
    at = line().at.replace(hour=hour)
    claim = line(Step.CLAIM, newsletter=newsletter, audience=audience)
    sending = line(Step.SENDING, readers=readers, provider="fake", at=at)
    return History(f"before-{hour}", (claim, line(Step.DRAFTED), sending, line(Step.SENT)))


READY = Ready(issue())


def test_what_a_check_holds_is_held_first():
    stop = rails().stop(item(), Ready(issue(), "tk-left: TK"), 1200)
    assert stop == Stop(Action.HELD, "tk-left: TK")


class TestReaders:
    def test_are_counted_where_the_provider_tells(self):
        friends = {"newsletters": {"main": Newsletter(audience="friends")}}
        assert rails().readers("main") == 1200
        assert rails(**friends).readers("main") == 40
        assert rails(FakeProvider()).readers("main") is None

    @pytest.mark.parametrize(
        ("before", "held"),
        [("800", False), ("799", True), ("2399", False), ("2401", True), ("1200", False)],
    )
    def test_an_audience_of_another_size_is_held(self, before, held):
        stop = rails(None, mailed(before)).stop(item(), READY, 1200)
        assert bool(stop) is held

    def test_the_words_say_both_numbers_and_the_way_on(self):
        stop = rails(None, mailed("12000")).stop(item(), READY, 1200)
        assert stop == Stop(
            Action.HELD,
            "its audience has 1,200 readers and had 12,000 the last time, a change of more than "
            "max_audience_change (50 %): publish email --audience-changed hello",
        )

    def test_a_person_may_let_it_through(self):
        allowed = rails(None, mailed("12000"), orders=Orders(resized=frozenset({"hello"})))
        assert allowed.stop(item(), READY, 1200) is None

    @pytest.mark.parametrize(
        "before",
        [
            mailed("12000", audience="friends"),
            mailed("12000", newsletter="other"),
            mailed(""),
            History("older", (line(Step.BASELINE, newsletter="main"),)),
        ],
    )
    def test_only_the_same_audience_is_compared(self, before):
        assert rails(None, before).stop(item(), READY, 1200) is None

    def test_the_newest_issue_counts(self):
        known = (mailed("12000", hour=7), mailed("1200", hour=9))
        assert rails(None, *known).stop(item(), READY, 1200) is None
        assert rails(None, *reversed(known)).stop(item(), READY, 1200) is None

    def test_a_few_friends_more_are_no_alarm(self):
        assert rails(None, mailed("10")).stop(item(), READY, 60) is None
        assert rails(None, mailed("10")).stop(item(), READY, 61) is not None

    def test_a_draft_or_a_provider_that_does_not_tell_is_not_measured(self):
        here = rails(None, mailed("12000"))
        assert here.stop(item(Action.DRAFT, send=False), READY, 1200) is None
        assert here.stop(item(), READY, None) is None

    def test_the_rail_can_be_taken_down(self):
        open_ = rails(None, mailed("12000"), email=Email(max_audience_change=0))
        assert open_.stop(item(), READY, 1200) is None


MISSING = {"look": lambda _: Sight(404, "answers 404")}


class TestLive:
    def test_an_issue_waits_until_its_page_answers(self):
        stop = rails(**MISSING).stop(item(), READY, None)
        note = "https://example.org/hello/ answers 404 (not deployed yet)"
        assert stop == Stop(Action.WAIT, note)

    def test_so_it_does_for_its_own_pictures(self):
        here = rails(look=lambda url: Sight(404 if url.endswith(".png") else 200, "answers"))
        own = Ready(issue('<img src="https://notes.example/a.png">'))
        assert here.stop(item(), own, None) is not None
        foreign = Ready(issue('<img src="https://elsewhere.example/a.png">'))
        assert here.stop(item(), foreign, None) is None

    @pytest.mark.parametrize("action", [Action.DRAFT, Action.SCHEDULE])
    def test_a_draft_or_a_scheduled_issue_does_not(self, action):
        assert rails(**MISSING).stop(item(action), READY, None) is None

    def test_nor_where_nothing_leaves_this_machine_or_nobody_wants_it(self):
        local = FakeProvider()
        local.can = Can(local=True)
        assert rails(local, **MISSING).stop(item(), READY, None) is None
        email = Email(mode="send", require_live=False)
        assert rails(email=email, **MISSING).stop(item(), READY, None) is None


def test_a_placeholder_without_a_tag_holds_the_issue():
    message = replace(issue().message, html="<p>pressrun0unsubscribe0url0</p>")
    stop = rails().stop(item(), Ready(replace(issue(), message=message)), None)
    note = "fake has no tag for unsubscribe_url: set it in publish.yml or leave it out"
    assert stop == Stop(Action.HELD, note)
