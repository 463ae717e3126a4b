"""The plan: every post and every issue, what becomes of it in this run, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.deliver.orders import Orders
from pressrun.deliver.plan import Action, Plan, body_digest
from pressrun.deliver.planner import make
from pressrun.deliver.steps import MAY_FOLLOW, SETTLED, History, Step
from pressrun.errors import UsageError
from pressrun.model import Post, issue_key
from pressrun.posts.select import for_newsletter
from pressrun.publication import Email, Newsletter, Publication
from support.lines import line
from support.publications import post, settings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DUE = NOW - timedelta(hours=1)
SENDS = settings(email=Email(mode="send"))
DRAFTS = settings(email=Email(mode="draft"))
HELLO = post(slug="hello", published=DUE)
KEY = issue_key("notes", "main", "hello")


def about(one: Post = HELLO) -> dict[str, str]:
    """What the ledger remembers of a post."""
    return {"post": one.id, "title": one.title, "body": body_digest(one), "newsletter": "main"}


def history(*steps: Step, key: str = KEY, **fields) -> History:
    facts = {**about(), "campaign": "em_1", **fields}
    return History(key, tuple(line(step, **facts) for step in steps))


def plan(
    *posts: Post, known=(), publication: Publication = SENDS, now=NOW, step=None, **orders
) -> Plan:
    histories = None if known is None else {one.key: one for one in known}
    said = {name: ids if name == "because" else frozenset(ids) for name, ids in orders.items()}
    return make(publication, posts, histories, now, Orders(**said), step=step)


def shown(planned: Plan) -> list[tuple[str, str]]:
    return [(str(item.action), item.note) for item in planned.items]


def only(planned: Plan):
    (item,) = planned.items
    return item


NEVER = history(Step.CLAIM, Step.ABANDONED, because="written in anger")
OLDER = history(Step.BASELINE, at=datetime(2026, 11, 1, 23, 30, tzinfo=UTC))
AS_READ = {
    "due": (HELLO, [], "send", "new, due 2026-11-23 09:00 Europe/Berlin"),
    "begun": (
        HELLO,
        [history(Step.CLAIM)],
        "send",
        "begun before (claim), due 2026-11-23 09:00 Europe/Berlin",
    ),
    "sending": (HELLO, [history(Step.SENDING)], "check", "campaign em_1, sending"),
    "accepted": (HELLO, [history(Step.ACCEPTED)], "check", "campaign em_1, accepted"),
    "scheduled": (HELLO, [history(Step.SCHEDULED)], "check", "campaign em_1, scheduled"),
    "failed": (HELLO, [history(Step.FAILED)], "check", "campaign em_1, failed"),
    "sent": (HELLO, [history(Step.SENT)], "sent", "2026-11-23, campaign em_1"),
    "sent, a person says": (
        HELLO,
        [history(Step.SENT, campaign="")],
        "sent",
        "2026-11-23, campaign unknown",
    ),
    # Half past eleven in the evening in London was past midnight for the writer in Berlin.
    "older": (HELLO, [OLDER], "older", "was there before the ledger (2026-11-02)"),
    "never": (HELLO, [NEVER], "never", "written in anger"),
    "never, no reason": (HELLO, [history(Step.ABANDONED)], "never", "a person said never"),
    "no ledger": (
        HELLO,
        None,
        "wait",
        "due 2026-11-23 09:00 Europe/Berlin, but without a ledger nothing is sent",
    ),
}


@pytest.mark.parametrize(("one", "known", "action", "note"), AS_READ.values(), ids=AS_READ)
def test_each_issue_says_what_happens_and_why(one, known, action, note):
    assert shown(plan(one, known=known)) == [(action, note)]


@pytest.mark.parametrize(
    "one",
    [post(slug="hello", draft=True), post(slug="hello", published=NOW + timedelta(days=8))],
    ids=["off", "wait"],
)
def test_what_is_not_due_gives_the_selectors_reason(one):
    verdict = for_newsletter(one, "main", "all", NOW)
    assert shown(plan(one)) == [(verdict.outcome, verdict.reason)]


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("publication", [SENDS, DRAFTS], ids=["send", "draft"])
@pytest.mark.parametrize("fields", [{}, {"draft": True}, {"newsletter": False}, {"body": "New."}])
def test_nothing_that_may_have_gone_out_is_ever_planned_as_new(step, publication, fields):
    changed = post(slug="hello", **{"published": DUE, **fields})
    item = only(plan(changed, known=[history(step)], publication=publication))
    may_be_sent = item.action in {Action.SEND, Action.DRAFT}
    assert not may_be_sent or Step.CLAIM in MAY_FOLLOW[step]


@pytest.mark.parametrize("days", [-300, -8, 8, 300])
@pytest.mark.parametrize("step", SETTLED)
def test_a_new_date_makes_no_new_issue(days, step):
    moved = post(slug="hello", published=DUE + timedelta(days=days))
    planned = plan(moved, known=[history(step)])
    assert planned.pending == ()
    assert only(planned).action in {Action.SENT, Action.NEVER, Action.BASELINE}


def test_an_edited_post_makes_no_new_issue():
    edited = post(slug="hello", title="Hallo", body="All new.", published=DUE)
    assert only(plan(edited, known=[history(Step.SENT)])).action is Action.SENT


class TestLateness:
    def test_a_post_that_is_too_late_is_held_with_both_ways_out(self):
        old = post(slug="hello", published=NOW - timedelta(days=8, hours=3))
        late = "8 days late, more than max_lateness (7)"
        ways = "publish email --late hello, or publish baseline --post hello"
        assert shown(plan(old)) == [("held", f"{late}: {ways}")]

    def test_a_late_post_that_a_run_has_begun_is_dropped_by_resolve(self):
        old = post(slug="hello", published=NOW - timedelta(days=8))
        held = only(plan(old, known=[history(Step.CLAIM)]))
        assert held.note.endswith(f"publish email --late hello, or publish resolve {KEY} --never")

    @pytest.mark.parametrize(("more", "action"), [(0, Action.SEND), (1, Action.HELD)])
    def test_the_limit_itself_is_in_time(self, more, action):
        limit = post(slug="hello", published=NOW - timedelta(days=7, seconds=more))
        assert only(plan(limit)).action is action

    def test_late_posts_go_out_when_a_person_names_them(self):
        old = post(slug="hello", published=NOW - timedelta(days=80))
        assert only(plan(old, late=["hello"])).action is Action.SEND
        assert only(plan(old, late=["other"])).action is Action.HELD


class TestSeveral:
    POSTS = tuple(
        post(slug=f"p{n}", title=f"P{n}", body=f"{n}", published=DUE - timedelta(hours=n))
        for n in range(4)
    )

    def titles(self, planned: Plan, *actions: Action) -> list[str]:
        return [item.title for item in planned.of(*actions)]

    def test_one_issue_a_run_and_the_oldest_first(self):
        planned = plan(*self.POSTS)
        assert self.titles(planned, Action.SEND) == ["P3"]
        assert self.titles(planned, Action.NEXT) == ["P2", "P1", "P0"]
        assert {item.note for item in planned.of(Action.NEXT)} == {
            "due, but max_issues_per_run is 1"
        }

    def test_more_issues_a_run_still_go_oldest_first(self):
        publication = settings(email=Email(mode="send", max_issues_per_run=3))
        planned = plan(*self.POSTS, publication=publication)
        assert self.titles(planned, Action.SEND) == ["P3", "P2", "P1"]
        assert [item.title for item in planned.pending] == ["P3", "P2", "P1"]

    def test_a_held_issue_leaves_its_place_to_the_next(self):
        late = post(slug="late", title="Late", body="L", published=NOW - timedelta(days=9))
        planned = plan(late, *self.POSTS)
        assert self.titles(planned, Action.HELD) == ["Late"]
        assert self.titles(planned, Action.SEND) == ["P3"]

    def test_one_that_is_stopped_afterwards_leaves_its_place_too(self):
        planned = plan(*self.POSTS)
        stopped = planned.holding({planned.due[0].key: (Action.HELD, "tk-left: TK")})
        assert self.titles(stopped, Action.SEND) == ["P2"]
        (held,) = stopped.of(Action.HELD)
        assert (held.title, held.note) == ("P3", "tk-left: TK")
        assert stopped.limits == planned.limits

    def test_issues_in_doubt_take_no_place(self):
        doubt = history(Step.SENDING)
        planned = plan(HELLO, *self.POSTS, known=[doubt])
        assert self.titles(planned, Action.CHECK) == ["Hello"]
        assert self.titles(planned, Action.SEND) == ["P3"]

    def test_posts_of_one_moment_keep_one_order(self):
        pair = [post(slug=name, title=name, body=name, published=DUE) for name in ("a", "b")]
        first, second = plan(*pair), plan(*reversed(pair))
        assert first == second

    def test_what_went_out_is_listed_newest_first(self):
        known = [
            history(Step.SENT, key=issue_key("notes", "main", one.id), **about(one))
            for one in self.POSTS
        ]
        assert self.titles(plan(*self.POSTS, known=known), Action.SENT) == ["P0", "P1", "P2", "P3"]


class TestNewsletters:
    TWO = settings(
        email=Email(mode="send", max_issues_per_run=9),
        newsletters={"main": Newsletter(), "extra": Newsletter()},
    )

    def test_a_post_is_one_issue_in_each_newsletter(self):
        planned = plan(HELLO, publication=self.TWO)
        assert sorted(item.newsletter for item in planned.of(Action.SEND)) == ["extra", "main"]
        assert len({item.key for item in planned.items}) == 2

    def test_sent_in_one_is_still_due_in_the_other(self):
        planned = plan(HELLO, publication=self.TWO, known=[history(Step.SENT)])
        assert [(item.newsletter, str(item.action)) for item in planned.items] == [
            ("extra", "send"),
            ("main", "sent"),
        ]

    def test_a_post_names_its_newsletter(self):
        chosen = post(slug="hello", published=DUE, newsletter="extra")
        planned = plan(chosen, publication=self.TWO)
        assert [(item.newsletter, str(item.action)) for item in planned.items] == [
            ("extra", "send"),
            ("main", "off"),
        ]

    def test_an_issue_of_a_newsletter_that_is_gone_stays_in_sight(self):
        orphan = history(Step.ACCEPTED, key="orphan", newsletter="weekly")
        planned = plan(HELLO, known=[orphan, history(Step.SENT)])
        assert ("check", "its newsletter weekly is gone from publish.yml") in shown(planned)

    @pytest.mark.parametrize("step", [Step.SENT, Step.BASELINE, Step.ABANDONED, Step.SENDING])
    def test_a_new_name_for_a_newsletter_mails_nothing_again(self, step):
        publication = settings(email=Email(mode="send"), newsletters={"weekly": Newsletter()})
        planned = plan(HELLO, publication=publication, known=[history(step)])
        (held,) = planned.of(Action.HELD)
        gone = "was an issue of newsletter main, which is gone from publish.yml"
        ways = "put that name back, or publish baseline --newsletter weekly"
        assert (held.newsletter, held.note) == ("weekly", f"{gone}: {ways}")
        assert planned.of(Action.SEND) == ()

    def test_posts_that_came_after_the_old_name_go_out_under_the_new_one(self):
        publication = settings(email=Email(mode="send"), newsletters={"weekly": Newsletter()})
        fresh = post(slug="fresh", title="Fresh", body="F", published=DUE)
        planned = plan(HELLO, fresh, publication=publication, known=[history(Step.SENT)])
        assert [item.title for item in planned.of(Action.SEND)] == ["Fresh"]

    def test_opt_in_mails_only_what_says_so(self):
        publication = settings(email=Email(mode="send", posts="opt-in"))
        assert only(plan(HELLO, publication=publication)).action is Action.OFF
        chosen = post(slug="hello", published=DUE, newsletter=True)
        assert only(plan(chosen, publication=publication)).action is Action.SEND


class TestDraftMode:
    def drafted(self, **fields) -> History:
        return history(Step.CLAIM, Step.DRAFTED, **fields)

    def test_a_due_post_becomes_a_draft(self):
        assert only(plan(HELLO, publication=DRAFTS)).action is Action.DRAFT

    def test_an_unchanged_draft_waits_for_a_person(self):
        planned = plan(HELLO, publication=DRAFTS, known=[self.drafted()])
        assert shown(planned) == [("drafted", "waits as draft em_1 for a person to send it")]
        assert len(planned.pending) == 1

    @pytest.mark.parametrize("field", [{"title": "Hallo"}, {"body": "New."}])
    def test_a_changed_post_fills_its_draft_again(self, field):
        changed = post(slug="hello", **{"published": DUE, **field})
        item = only(plan(changed, publication=DRAFTS, known=[self.drafted()]))
        assert (item.action, item.note[:22]) == (Action.DRAFT, "begun before (drafted)")

    def test_a_draft_that_was_made_in_time_is_never_too_late(self):
        fields = {"slug": "hello", "published": NOW - timedelta(days=30)}
        known = [self.drafted()]
        assert only(plan(post(**fields), publication=DRAFTS, known=known)).action is Action.DRAFTED
        edited = post(**fields, body="New.")
        assert only(plan(edited, publication=DRAFTS, known=known)).action is Action.DRAFT

    def test_a_person_may_send_the_draft_of_a_post_that_was_taken_back(self):
        back = post(slug="hello", published=DUE, draft=True)
        planned = plan(back, publication=DRAFTS, known=[self.drafted()])
        reason = for_newsletter(back, "main", "all", NOW).reason
        assert shown(planned) == [("check", f"draft em_1 still lies there, but {reason}")]

    def test_switching_to_send_releases_what_waits(self):
        assert only(plan(HELLO, known=[self.drafted()])).action is Action.SEND


class TestVanished:
    @pytest.mark.parametrize("step", [Step.CLAIM, Step.NOT_SENT])
    def test_an_open_issue_without_its_post_is_held(self, step):
        held = only(plan(known=[history(step)]))
        ways = f"bring it back, or publish resolve {KEY} --never"
        assert (held.action, held.note) == (Action.HELD, f"its post hello is gone: {ways}")
        assert held.newsletter == "main"

    @pytest.mark.parametrize(
        "step", [Step.DRAFTED, Step.SENDING, Step.ACCEPTED, Step.SCHEDULED, Step.FAILED]
    )
    def test_the_provider_is_asked_about_what_may_have_gone_out_without_its_post(self, step):
        planned = plan(known=[history(step)])
        assert shown(planned) == [("check", "its post hello is gone")]
        assert (only(planned).title, only(planned).newsletter) == ("Hello", "main")

    @pytest.mark.parametrize("step", SETTLED)
    def test_a_settled_issue_without_its_post_is_history(self, step):
        assert plan(known=[history(step)]).items == ()

    def test_an_issue_without_any_title_is_shown_by_its_key(self):
        nameless = History("nameless", (line(Step.CLAIM),))
        assert only(plan(known=[nameless])).title == "nameless"


class TestRenamed:
    NEW = "looks like hello renamed: add `id: hello` to posts/moved.md"

    @pytest.mark.parametrize("step", [Step.SENT, Step.BASELINE, Step.ABANDONED])
    @pytest.mark.parametrize(
        "field", [{"title": "Hello", "body": "All new."}, {"title": "A new title"}]
    )
    @pytest.mark.parametrize("days", [-1, 3])
    def test_a_post_like_a_mailed_one_that_is_gone_is_held(self, step, field, days):
        moved = post(slug="moved", published=NOW + timedelta(days=days), **field)
        assert shown(plan(moved, known=[history(step)])) == [("held", self.NEW)]

    def test_the_advice_works(self):
        moved = post(slug="moved", id="hello", published=DUE)
        assert only(plan(moved, known=[history(Step.SENT)])).action is Action.SENT

    def test_both_names_are_in_sight_while_the_old_issue_is_open(self):
        moved = post(slug="moved", published=DUE)
        planned = plan(moved, known=[history(Step.CLAIM)])
        assert sorted(note for _, note in shown(planned)) == [
            f"its post hello is gone: bring it back, or publish resolve {KEY} --never",
            self.NEW,
        ]

    def test_a_copy_of_a_post_that_is_still_there_is_new(self):
        copy = post(slug="copy", published=DUE)
        assert len(plan(HELLO, copy, known=[history(Step.SENT)]).of(Action.SEND)) == 1

    def test_two_empty_bodies_are_no_likeness(self):
        gone = history(Step.SENT, body="", title="Another")
        empty = post(slug="moved", body=" \n", published=DUE)
        assert only(plan(empty, known=[gone])).action is Action.SEND

    def test_a_post_of_another_newsletter_is_no_likeness(self):
        gone = history(Step.SENT, newsletter="extra")
        moved = post(slug="moved", published=DUE)
        assert only(plan(moved, known=[gone])).action is Action.SEND

    def test_a_post_that_is_not_meant_to_go_out_is_not_held_for_its_name(self):
        moved = post(slug="moved", published=DUE, draft=True)
        assert only(plan(moved, known=[history(Step.SENT)])).action is Action.OFF

    def test_an_issue_that_a_run_has_begun_is_not_held_for_its_name(self):
        moved = post(slug="moved", published=DUE)
        begun = history(Step.CLAIM, key=issue_key("notes", "main", "moved"), **about(moved))
        assert only(plan(moved, known=[begun, history(Step.SENT)])).action is Action.SEND


def test_without_a_ledger_nothing_is_pending():
    assert plan(HELLO, known=None).pending == ()


def test_a_body_is_recognised_whatever_surrounds_it():
    assert body_digest(post(body="Text.\n")) == body_digest(post(body="\n Text."))
    assert body_digest(post(body="Text.")) != body_digest(post(body="text."))
    assert len(body_digest(post(body="Text."))) == 16
    assert body_digest(post(body=" \n")) == ""


@given(
    st.lists(
        st.tuples(
            st.integers(-20, 20),
            st.booleans(),
            st.sampled_from([None, True, False]),
            st.sampled_from([None, *Step]),
            st.booleans(),
        ),
        max_size=6,
    ),
    st.sampled_from(["send", "draft"]),
    st.integers(1, 3),
)
def test_every_post_and_every_open_issue_is_in_every_plan(cases, mode, limit):
    posts, known = [], []
    for number, (days, draft, newsletter, step, gone) in enumerate(cases):
        one = post(
            slug=f"p{number}",
            published=NOW + timedelta(days=days),
            draft=draft,
            newsletter=newsletter,
            title=f"{number}",
            body=f"{number}",
        )
        key = issue_key("notes", "main", one.id)
        posts += [] if gone else [one]
        known += [history(step, key=key, **about(one))] if step else []
    publication = settings(email=Email(mode=mode, max_issues_per_run=limit))
    planned = plan(*posts, known=known, publication=publication)
    keys = [item.key for item in planned.items]
    there = {issue_key("notes", "main", one.id) for one in posts}
    assert sorted(keys) == sorted(there | {one.key for one in known if not one.settled})
    assert all(item.note for item in planned.items)
    assert len(planned.of(Action.SEND, Action.DRAFT)) <= limit


class TestTimes:
    NIGHT = settings(email=Email(mode="send", quiet_hours="22:00-07:00"))
    APART = settings(email=Email(mode="send", min_gap=24, max_issues_per_run=5))

    def test_a_due_issue_waits_for_the_end_of_the_quiet_hours(self):
        night = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
        (item,) = plan(HELLO, publication=self.NIGHT, now=night).items
        until = "quiet hours until 2026-11-24 07:00 Europe/Berlin, 06:00 UTC"
        assert (item.action, item.note) == (Action.WAIT, until)
        assert only(plan(HELLO, publication=self.NIGHT)).action is Action.SEND

    def test_a_draft_wakes_nobody(self):
        quiet = settings(email=Email(mode="draft", quiet_hours="00:00-23:59"))
        assert only(plan(HELLO, publication=quiet)).action is Action.DRAFT

    def test_an_issue_keeps_its_distance_from_the_last_one(self):
        fields = {**about(), "post": "before", "title": "Before", "body": "", "campaign": "em_0"}
        at = NOW - timedelta(hours=23)
        sent = [line(step, **fields, at=at) for step in (Step.SENDING, Step.SENT)]
        before = History("before", tuple(sent))
        known = [before]
        waits = plan(
            HELLO, post(slug="before", title="Before"), known=known, publication=self.APART
        )
        item = next(one for one in waits.items if one.post and one.post.id == "hello")
        assert item.action is Action.WAIT
        assert item.note == (
            "another issue went or goes out at 2026-11-22 11:00 Europe/Berlin, 10:00 UTC, "
            "and min_gap is 24 hours"
        )

    def test_of_several_due_issues_one_goes_out_in_a_run(self):
        posts = [post(slug=name, title=name, body=name, published=DUE) for name in "abc"]
        actions = [str(item.action) for item in plan(*posts, publication=self.APART).items]
        assert sorted(actions) == ["next", "next", "send"]


AHEAD = post(slug="hello", published=datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Europe/Berlin")))
MINUTE = timedelta(minutes=1)
BY_PROVIDER = settings(email=Email(mode="send", schedule="provider"))


def handed(due: str = "2026-12-01T08:00:00+00:00", one: Post = AHEAD, **fields) -> History:
    facts = {**about(one), "campaign": "em_1", **fields}
    sending = line(Step.SENDING, **facts, due=due)
    return History(KEY, (line(Step.CLAIM, **facts), sending, line(Step.SCHEDULED)))


def scheduled(*posts: Post, publication=BY_PROVIDER, step=MINUTE, **more) -> Plan:
    return plan(*posts, publication=publication, step=step, **more)


class TestScheduling:
    def test_a_post_of_a_later_date_is_handed_over_with_the_time_in_both_zones(self):
        item = only(scheduled(AHEAD))
        assert (item.action, item.errand.at) == (Action.SCHEDULE, AHEAD.published)
        assert item.note == (
            "due in 8 days (2026-12-01 09:00 Europe/Berlin, 08:00 UTC): "
            "handed to the provider's scheduler"
        )

    def test_it_waits_for_a_later_run_unless_publish_yml_says_so(self):
        assert only(scheduled(AHEAD, publication=SENDS)).action is Action.WAIT
        assert only(scheduled(AHEAD, step=None)).action is Action.WAIT
        drafts = settings(email=Email(mode="draft", schedule="provider"))
        assert only(scheduled(AHEAD, publication=drafts)).action is Action.WAIT
        assert only(scheduled(AHEAD, known=None)).action is Action.WAIT

    @pytest.mark.parametrize(("minutes", "action"), [(10, Action.WAIT), (11, Action.SCHEDULE)])
    def test_what_is_nearly_due_is_sent_by_a_later_run(self, minutes, action):
        soon = post(slug="hello", published=NOW + timedelta(minutes=minutes))
        assert only(scheduled(soon)).action is action

    def test_its_time_lies_on_the_providers_grid_and_outside_the_quiet_hours(self):
        at = post(slug="hello", published=datetime(2026, 12, 1, 8, 1, tzinfo=UTC))
        item = only(scheduled(at, step=timedelta(minutes=15)))
        assert item.errand.at == datetime(2026, 12, 1, 8, 15, tzinfo=UTC)
        assert item.note.endswith("scheduler for 2026-12-01 09:15 Europe/Berlin, 08:15 UTC")
        quiet = settings(email=Email(mode="send", schedule="provider", quiet_hours="08:00-10:00"))
        item = only(scheduled(at, publication=quiet))
        assert item.errand.at == datetime(2026, 12, 1, 9, tzinfo=UTC)

    def test_an_unchanged_one_is_asked_about(self):
        item = only(scheduled(AHEAD, known=[handed()]))
        goes = "campaign em_1 goes out by itself at 2026-12-01 09:00 Europe/Berlin, 08:00 UTC"
        assert (item.action, item.note) == (Action.CHECK, goes)

    @pytest.mark.parametrize(
        ("fields", "drift"),
        [
            ({"draft": True}, "its post is not for it any more (draft: true (posts/hello.md:1))"),
            (
                {"published": datetime(2026, 12, 2, 8, tzinfo=UTC)},
                "its post now says 2026-12-02 09:00 Europe/Berlin, 08:00 UTC",
            ),
            ({"body": "Mended.\n"}, "its post has changed since"),
            ({"title": "Mended"}, "its post has changed since"),
            ({"newsletter": False}, "its post is not for it any more (newsletter: false)"),
        ],
    )
    def test_drift_is_held_and_still_asked_about(self, fields, drift):
        changed = post(**{"slug": "hello", "published": AHEAD.published, **fields})
        item = only(scheduled(changed, known=[handed()]))
        assert (item.action, item.asks) == (Action.HELD, True)
        ways = "publish email --reschedule hello or --unschedule hello"
        assert item.note.endswith(f", but {drift}: {ways}")

    def test_a_post_that_no_longer_counts_itself_in_drifts(self):
        opt_in = replace(BY_PROVIDER, email=replace(BY_PROVIDER.email, posts="opt-in"))
        assert only(scheduled(AHEAD, known=[handed()], publication=opt_in)).action is Action.HELD

    def test_a_post_that_names_its_newsletter_does_not_drift(self):
        named = replace(AHEAD, newsletter="main")
        assert only(scheduled(named, known=[handed()])).action is Action.CHECK

    def test_without_a_grid_it_is_compared_to_the_minute(self):
        odd = post(slug="hello", published=AHEAD.published + MINUTE)
        known = [handed("2026-12-01T08:01:00+00:00")]
        assert only(scheduled(odd, known=known, step=None)).action is Action.CHECK

    def test_it_keeps_its_distance_from_what_goes_out_near_its_own_time(self):
        apart = replace(BY_PROVIDER, email=replace(BY_PROVIDER.email, min_gap=24))
        other = post(slug="other", title="Other", body="other", published=AHEAD.published)
        known = [handed(one=other)]
        known[0] = replace(known[0], key=issue_key("notes", "main", "other"))
        items = {item.key: item for item in scheduled(AHEAD, known=known, publication=apart).items}
        assert items[KEY].action is Action.WAIT
        assert items[KEY].note.startswith("another issue went or goes out at 2026-12-01 09:00")
        far = replace(AHEAD, published=AHEAD.published + timedelta(hours=24))
        items = {item.key: item for item in scheduled(far, known=known, publication=apart).items}
        assert items[KEY].action is Action.SCHEDULE

    def test_what_had_its_time_can_drift_no_more(self):
        changed = post(slug="hello", published=AHEAD.published, body="Mended.\n")
        after = datetime(2026, 12, 1, 9, tzinfo=UTC)
        assert only(scheduled(changed, known=[handed()], now=after)).action is Action.CHECK

    @pytest.mark.parametrize("order", ["unschedule", "reschedule"])
    def test_a_person_has_it_taken_back(self, order):
        item = only(scheduled(AHEAD, known=[handed()], **{order: ["hello"]}))
        assert item.action is Action.UNSCHEDULE

    def test_one_without_its_post_is_held_and_taken_back_by_its_key(self):
        item = only(scheduled(known=[handed()]))
        assert (item.action, item.asks, item.newsletter) == (Action.HELD, True, "main")
        assert item.note.endswith(f"its post hello is gone: publish email --unschedule {KEY}")
        assert only(scheduled(known=[handed()], unschedule=[KEY])).action is Action.UNSCHEDULE

    def test_what_was_taken_back_stays_until_a_person_hands_it_over_again(self):
        back = History(KEY, (*handed().lines, line(Step.UNSCHEDULED)))
        item = only(scheduled(AHEAD, known=[back]))
        assert item.action is Action.HELD
        assert item.note == (
            "was taken back from the provider's scheduler: publish email --reschedule hello "
            f"or publish resolve {KEY} --never"
        )
        again = only(scheduled(AHEAD, known=[back], reschedule=["hello"]))
        assert again.action is Action.SCHEDULE
        now = only(plan(HELLO, known=[back], reschedule=["hello"]))
        assert now.action is Action.SEND


class TestOrders:
    def test_a_draft_is_released(self):
        drafted = history(Step.CLAIM, Step.DRAFTED)
        item = only(plan(HELLO, publication=DRAFTS, known=[drafted], send=["hello"]))
        assert (item.action, item.errand.send) == (Action.SEND, True)
        other = only(plan(HELLO, publication=DRAFTS, known=[drafted], send=["other"]))
        assert other.action is Action.DRAFTED

    def test_a_released_draft_is_not_too_late(self):
        old = post(slug="hello", published=NOW - timedelta(days=30))
        assert only(plan(old, publication=DRAFTS, send=["hello"])).action is Action.SEND

    @pytest.mark.parametrize("order", ["overwrite", "keep"])
    def test_a_word_on_a_changed_draft_touches_it_again(self, order):
        drafted = history(Step.CLAIM, Step.DRAFTED)
        item = only(plan(HELLO, publication=DRAFTS, known=[drafted], **{order: ["hello"]}))
        assert (item.action, str(item.errand.version)) == (Action.DRAFT, order)


class TestOnceMore:
    SENT = history(Step.CLAIM, Step.DRAFTED, Step.SENDING, Step.SENT)

    def again(self, *known: History, orders=("hello",), one: Post = HELLO, publication=SENDS):
        planned = plan(
            one, known=known, publication=publication, resend=orders, because="half of it was lost"
        )
        return {item.key.removeprefix(KEY): item for item in planned.items}

    @pytest.mark.parametrize("first", [SENT, history(Step.BASELINE)])
    def test_what_was_sent_is_mailed_once_more_under_a_key_of_its_own(self, first):
        items = self.again(first)
        assert set(items) == {"", "-r2"}
        assert items["-r2"].action is Action.SEND
        assert items["-r2"].errand.because == "half of it was lost"

    def test_each_settled_one_makes_room_for_the_next(self):
        second = history(*(line.step for line in self.SENT.lines), key=f"{KEY}-r2")
        assert set(self.again(self.SENT, second)) == {"", "-r2", "-r3"}

    @pytest.mark.parametrize("step", [Step.CLAIM, Step.DRAFTED, Step.NOT_SENT])
    @pytest.mark.parametrize("orders", [["hello"], []])
    def test_an_unsettled_one_is_continued_whether_ordered_again_or_not(self, step, orders):
        second = history(step, key=f"{KEY}-r2")
        items = self.again(self.SENT, second, orders=orders)
        assert set(items) == {"", "-r2"}
        assert items["-r2"].action is Action.SEND

    @pytest.mark.parametrize("step", [Step.SENDING, Step.ACCEPTED, Step.FAILED])
    def test_one_that_may_have_gone_out_is_asked_about(self, step):
        items = self.again(self.SENT, history(step, key=f"{KEY}-r2"))
        assert items["-r2"].action is Action.CHECK

    def test_in_draft_mode_it_becomes_a_draft_that_waits(self):
        assert self.again(self.SENT, publication=DRAFTS)["-r2"].action is Action.DRAFT
        second = history(Step.CLAIM, Step.DRAFTED, key=f"{KEY}-r2")
        assert self.again(self.SENT, second, publication=DRAFTS)["-r2"].action is Action.DRAFTED

    @pytest.mark.parametrize(
        ("fields", "action"),
        [
            ({"draft": True}, Action.OFF),
            ({"newsletter": "other"}, Action.OFF),
            ({"newsletter": "main"}, Action.SEND),
            ({"published": NOW + timedelta(hours=1)}, Action.WAIT),
        ],
    )
    def test_it_goes_only_where_its_post_still_goes(self, fields, action):
        assert self.again(self.SENT, one=replace(HELLO, **fields))["-r2"].action is action
        opt_in = settings(email=Email(mode="send", posts="opt-in"))
        assert self.again(self.SENT, publication=opt_in)["-r2"].action is Action.OFF

    def test_it_is_never_too_late(self):
        old = post(slug="hello", published=NOW - timedelta(days=30))
        assert self.again(self.SENT, one=old)["-r2"].action is Action.SEND

    @pytest.mark.parametrize("first", [None, history(Step.CLAIM), history(Step.SENDING), NEVER])
    def test_what_was_never_sent_cannot_be_mailed_once_more(self, first):
        with pytest.raises(UsageError) as caught:
            self.again(*([first] if first else []))
        assert str(caught.value) == (
            "posts/hello.md: 'Hello' was not sent yet, so it cannot be sent once more. "
            "publish status shows where it stands."
        )
