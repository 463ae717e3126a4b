"""One run over several issues: what it renders, asks, sends and leaves alone, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from pressrun.deliver.ledger.contract import Entry
from pressrun.deliver.orders import Orders
from pressrun.deliver.plan import Plan, body_digest
from pressrun.deliver.planner import make
from pressrun.deliver.providers.contract import Audiences
from pressrun.deliver.rails import Rails, Ready
from pressrun.deliver.run import Run
from pressrun.deliver.steps import History, Step
from pressrun.deliver.trail import Desk
from pressrun.errors import NotNow, Rejected, Unsure, UsageError
from pressrun.http.web import Sight
from pressrun.model import Post, State, issue_key
from pressrun.publication import Email, Newsletter, Publication
from support.issues import NOW, issue
from support.ledgers import MemoryLedger
from support.lines import line
from support.providers import Scheduler, refused, shows
from support.publications import post, settings

DRAFTS = settings(email=Email(mode="draft"))
SENDS = settings(email=Email(mode="send"))
SCHEDULES = settings(email=Email(mode="send", schedule="provider"))
OLD = post(slug="old", title="Old", body="old", published=NOW - timedelta(days=2))
NEW = post(slug="new", title="New", body="new", published=NOW - timedelta(days=1))
AHEAD = post(slug="ahead", title="Ahead", body="ahead", published=NOW + timedelta(days=1))


class Counted(Scheduler, Audiences):
    """A provider that tells how many readers an audience has."""

    def readers(self, audience: str) -> int:
        return self._do("readers", lambda: {"": 1204, "friends": 40}[audience])


@dataclass
class Desks:
    """Runs of one publication; ``held`` are posts that a check holds, ``style`` is its template."""

    publication: Publication = SENDS
    posts: tuple[Post, ...] = (NEW, OLD)
    provider: Scheduler = field(default_factory=Counted)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    account: str = "the account"
    style: str = "<p>"
    held: Mapping[str, str] = field(default_factory=dict)
    rendered: list[str] = field(default_factory=list)

    def run(self, *, back: bool = False, **orders) -> list[tuple[str, str, str]]:
        """Run once, or only take ``back``; return the post, the result and the note of each."""
        said = {name: ids if name == "because" else frozenset(ids) for name, ids in orders.items()}
        ordered, histories = Orders(**said), self.ledger.read()
        runner = self._runner(ordered, histories)
        plan = self._plan(ordered, histories)
        done = runner.take_back(plan) if back else runner.carry_out(plan)
        return [
            (item.post.id if item.post else item.history.post, str(out.result), out.note)
            for item, out in done
        ]

    def results(self, **orders) -> dict[str, str]:
        return {name: result for name, result, _ in self.run(**orders)}

    def history(self, name: str, newsletter: str = "main") -> History:
        key = issue_key("notes", newsletter, name)
        return self.ledger.read().get(key, History(key))

    def _plan(self, orders: Orders, histories: Mapping[str, History]) -> Plan:
        now = self.provider.clock.now()
        return make(
            self.publication, self.posts, histories, now, orders, step=self.provider.time_step
        )

    def _runner(self, orders: Orders, histories: Mapping[str, History]) -> Run:
        clock = self.provider.clock
        desk = Desk(self.ledger, self.provider, "run", clock.now, clock.sleep, self.account)
        found = Sight(200, "answers 200")
        rails = Rails(self.publication, self.provider, histories, lambda _: found, orders)
        return Run(desk, rails, self._prepare)

    def _prepare(self, one: Post, newsletter: str) -> Ready:
        self.rendered.append(one.id)
        if "broken" in self.style:
            raise UsageError.of("the template is broken.")
        audience = self.publication.newsletters[newsletter].audience
        made = issue(f"{self.style}{one.body}", audience=audience, key="provisional")
        return Ready(made, self.held.get(one.id, ""))


class TestHowMany:
    def test_the_oldest_goes_and_the_others_cost_nothing(self):
        here = Desks()
        assert here.results() == {"old": "sent"}
        assert (here.rendered, here.history("new").lines) == (["old"], ())
        assert here.results() == {"new": "sent"}
        assert here.results() == {}

    def test_as_many_go_as_publish_yml_allows(self):
        third = post(slug="third", title="Third", body="third", published=NOW)
        two = settings(email=Email(mode="send", max_issues_per_run=2))
        assert Desks(two, (third, NEW, OLD)).results() == {"old": "sent", "new": "sent"}

    def test_issues_that_keep_apart_go_one_a_newsletter(self):
        newsletters = {"main": Newsletter(), "friends": Newsletter(audience="friends")}
        email = Email(mode="send", max_issues_per_run=9, min_gap=1)
        here = Desks(settings(email=email, newsletters=newsletters))
        here.posts = tuple(replace(one, newsletter="main") for one in here.posts)
        here.posts += (post(slug="third", newsletter="friends", published=NOW),)
        assert here.results() == {"old": "sent", "third": "sent"}

    @pytest.mark.parametrize("state", [State.SENT, State.SENDING, State.SCHEDULED, State.UNKNOWN])
    def test_what_may_have_gone_out_is_enough_for_a_run(self, state):
        here = Desks()
        here.provider.script["status"] = [shows(state)] * 99
        assert list(here.results()) == ["old"]

    def test_so_is_a_draft(self):
        assert Desks(DRAFTS).results() == {"old": "drafted"}

    @pytest.mark.parametrize("error", [Rejected.of("no."), NotNow.of("later.")])
    def test_an_issue_that_did_not_go_out_makes_room_for_the_next(self, error):
        here = Desks()
        here.provider.script["send"] = [refused(error)]
        assert here.results() == {"old": "failed", "new": "sent"}

    def test_so_does_one_that_a_check_holds(self):
        here = Desks(held={"old": "tk-left: TK"})
        assert here.run() == [("old", "held", "tk-left: TK"), ("new", "sent", "")]
        assert here.history("old").lines == ()

    def test_and_one_that_cannot_be_rendered(self):
        here = Desks(style="broken")
        why = "not sent: the template is broken."
        assert here.run() == [("old", "failed", why), ("new", "failed", why)]
        assert here.provider.calls == []


class TestWhatIsWritten:
    def test_the_claim_says_what_the_post_was_and_for_whom(self):
        friends = {"main": Newsletter(), "friends": Newsletter(audience="friends")}
        here = Desks(replace(SENDS, newsletters=friends), (replace(OLD, newsletter="friends"),))
        here.run()
        claim = here.history("old", "friends").lines[0]
        assert (claim.newsletter, claim.audience) == ("friends", "friends")
        assert (claim.post, claim.title, claim.body) == ("old", "Old", body_digest(OLD))

    def test_the_issue_goes_out_under_the_key_of_its_plan(self):
        here = Desks(posts=(OLD,))
        here.run()
        here.run(resend=["old"], because="half of it was lost")
        key = here.history("old").key
        assert [one.key for one in here.provider.campaigns.values()] == [key, f"{key}-r2"]

    def test_a_send_remembers_its_readers_and_a_draft_asks_for_none(self):
        here = Desks(DRAFTS, (OLD,))
        here.run()
        assert "readers" not in here.provider.calls
        here.run(send=["old"])
        (sending,) = [line for line in here.history("old").lines if line.step is Step.SENDING]
        assert sending.readers == "1204"

    def test_a_provider_that_does_not_tell_its_readers_is_none_with_no_readers(self):
        here = Desks(posts=(OLD,), provider=Scheduler())
        assert here.results() == {"old": "sent"}
        assert {line.readers for line in here.history("old").lines} == {""}

    def test_an_audience_of_another_size_is_held(self):
        here = Desks()
        here.run()
        here.provider.script["readers"] = [lambda _: 12]
        assert here.results() == {"new": "held"}

    def test_readers_that_cannot_be_counted_stop_the_issue(self):
        here = Desks(posts=(OLD,))
        here.provider.script["readers"] = [refused(NotNow.of("later."))]
        assert here.run() == [("old", "failed", "not sent: later.")]
        assert here.history("old").lines == ()


class TestElsewhere:
    """An issue that was begun at one account is not continued at another one."""

    NOTE = "it was begun at fake (the account), publish.yml now says fake (another)"

    def moved(self, publication: Publication, one: Post) -> Desks:
        here = Desks(publication, (one,))
        here.run()
        here.account = "another"
        here.provider.calls.clear()
        return here

    def test_a_draft_is_held_whether_it_waits_or_is_to_be_sent(self):
        here = self.moved(DRAFTS, OLD)
        assert here.run() == here.run(send=["old"]) == [("old", "held", self.NOTE)]
        assert here.provider.calls == []

    def test_a_scheduled_issue_is_neither_watched_nor_taken_back_there(self):
        here = self.moved(SCHEDULES, AHEAD)
        held = [("ahead", "held", self.NOTE)]
        assert here.run() == here.run(back=True, unschedule=["ahead"]) == held
        assert here.provider.calls == []

    def test_what_a_person_took_back_begins_anew(self):
        here = self.moved(DRAFTS, OLD)
        here.provider.turn("em_1", State.GONE)
        before = here.history("old")
        here.ledger.append([Entry(before.key, 2, line(Step.NOT_SENT, because="I deleted it"))])
        assert here.run() == [("old", "drafted", "waits there for a person to send it")]
        assert list(here.provider.campaigns) == ["em_2"]


class TestWhatWaits:
    def drafted(self) -> Desks:
        here = Desks(DRAFTS, (OLD,))
        here.run()
        here.provider.calls.clear()
        return here

    def test_a_draft_is_looked_at_and_left_alone(self):
        here = self.drafted()
        assert here.results() == {"old": "drafted"}
        assert here.provider.calls == ["status"]

    def test_another_template_fills_it_again_and_sends_nothing(self):
        here = self.drafted()
        here.style = "<h1>"
        assert here.results() == {"old": "drafted"}
        assert here.provider.calls == ["status", "status", "find", "draft"]
        assert here.results() == {"old": "drafted"}
        assert here.provider.calls[-1] == "status"

    def test_a_template_that_is_broken_leaves_it_as_it_was(self):
        here = self.drafted()
        here.style = "broken"
        outcomes = here.run()
        assert [(name, result) for name, result, _ in outcomes] == [("old", "failed")]
        here.provider.script["status"] = [refused(NotNow.of("later."))]
        assert here.run() == [("old", "drafted", "could not be read now")]
        assert here.provider.calls == ["status", "status"]

    def test_a_draft_that_a_person_sent_is_written_down_whatever_the_template(self):
        here = self.drafted()
        here.provider.release("em_1")
        here.style = "<h1>"
        assert here.run() == [("old", "sent", "a person sent it there")]
        assert here.provider.calls == ["status"]

    def test_a_draft_that_a_person_kept_is_not_filled_again(self):
        here = self.drafted()
        here.provider.edit("em_1")
        assert here.results(keep=["old"]) == {"old": "drafted"}
        here.style = "<h1>"
        assert here.results() == {"old": "held"}
        assert here.provider.campaigns["em_1"].digest == "theirs"

    def test_a_draft_without_its_post_is_settled_without_rendering(self):
        here = self.drafted()
        here.posts = ()
        here.rendered.clear()
        ((name, result, note),) = here.run()
        assert (name, result, here.rendered) == ("old", "held", [])
        assert note.startswith("its post or newsletter is gone, its draft is not")


class TestScheduled:
    def handed(self) -> Desks:
        here = Desks(SCHEDULES, (AHEAD,))
        assert here.results() == {"ahead": "scheduled"}
        return here

    def test_an_issue_that_drifts_is_held_for_as_long_as_it_is_still_to_go(self):
        here = self.handed()
        here.posts = (replace(AHEAD, body="Mended."),)
        ((name, result, note),) = here.run()
        assert (name, result) == ("ahead", "held")
        assert "its post has changed since" in note
        here.provider.turn("em_1", State.SENT)
        assert here.results() == {"ahead": "sent"}

    def test_only_what_a_person_names_is_taken_back(self):
        here = self.handed()
        assert here.run(back=True) == []
        assert here.run(back=True, unschedule=["ahead"], because="the date is wrong") == [
            ("ahead", "unscheduled", "taken back, it lies there as a draft")
        ]
        assert here.history("ahead").lines[-1].because == "the date is wrong"

    def test_a_doubt_at_a_provider_that_refuses_a_second_send_renders_again(self):
        here = Desks(posts=(OLD,), provider=Counted(once=True))
        here.provider.script["send"] = [refused(Unsure.of("no answer."))]
        here.provider.script["status"] = [refused(NotNow.of("later."))] * 7
        assert here.results() == {"old": "UNSURE"}
        assert here.results() == {"old": "sent"}
        assert len(here.provider.delivered) == 1
