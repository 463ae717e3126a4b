from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pressrun.posts.select import Verdict, for_feed, for_newsletter, in_feeds
from support.publications import post

NOW = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
PAST = datetime(2026, 11, 20, 9, tzinfo=BERLIN)
FUTURE = datetime(2026, 12, 1, 9, tzinfo=BERLIN)


def both(verdict, **fields):
    made = post(**{"published": PAST} | fields)
    assert for_feed(made, NOW) == verdict
    assert for_newsletter(made, "main", "all", NOW) == verdict


def test_a_post_of_the_past_is_in():
    both(Verdict("in", "due 2026-11-20 09:00 Europe/Berlin"))


def test_a_post_is_due_from_its_very_moment_on():
    assert for_feed(post(published=NOW), NOW).outcome == "in"
    assert for_feed(post(published=NOW), NOW - timedelta(seconds=1)).outcome == "wait"


def test_an_hour_that_comes_twice_is_not_taken_for_the_other_one():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)
    assert for_feed(post(published=second), first).outcome == "wait"
    assert for_feed(post(published=first), second).outcome == "in"


def test_a_draft_is_off_even_in_the_future():
    verdict = Verdict("off", "draft: true (posts/hello.md:4)")
    both(verdict, draft=True, lines={"draft": 4})
    both(verdict, draft=True, lines={"draft": 4}, published=FUTURE)


def test_a_post_of_the_future_waits_and_says_how_long():
    both(
        Verdict("wait", "due in 8 days (2026-12-01 09:00 Europe/Berlin, 08:00 UTC)"),
        published=FUTURE,
    )


def test_an_expired_post_is_off():
    where = {"expires": PAST, "lines": {"expires": 5}}
    both(Verdict("off", "expired on 2026-11-20 09:00 Europe/Berlin (posts/hello.md:5)"), **where)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=30), "in less than a minute"),
        (timedelta(seconds=70), "in 1 minute"),
        (timedelta(minutes=90), "in 90 minutes"),
        (timedelta(hours=2), "in 2 hours"),
        (timedelta(hours=47), "in 47 hours"),
        (timedelta(hours=48), "in 2 days"),
        (timedelta(days=7, hours=23, minutes=55), "in 8 days"),
        (timedelta(days=400), "in 400 days"),
    ],
)
def test_the_distance_is_told_in_a_fitting_unit(ahead, words):
    assert f"due {words} (" in for_feed(post(published=NOW + ahead), NOW).reason


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 12, 1, 9, tzinfo=UTC), "(2026-12-01 09:00 UTC)"),
        (
            datetime(2026, 12, 1, 0, tzinfo=BERLIN),
            "(2026-12-01 00:00 Europe/Berlin, 2026-11-30 23:00 UTC)",
        ),
    ],
)
def test_utc_is_told_where_it_differs(moment, words):
    assert for_feed(post(published=moment), NOW).reason.endswith(words)


def test_a_post_can_stay_out_of_the_feeds_only():
    made = post(feed=False, lines={"feed": 6}, published=PAST)
    assert for_feed(made, NOW) == Verdict("off", "feed: false (posts/hello.md:6)")
    assert for_newsletter(made, "main", "all", NOW).outcome == "in"


@pytest.mark.parametrize(
    ("said", "default", "outcome", "reason"),
    [
        (None, "all", "in", "due"),
        (None, "opt-in", "off", "does not say newsletter: true, and email.posts is opt-in"),
        (True, "opt-in", "in", "due"),
        (False, "all", "off", "newsletter: false (posts/hello.md:7)"),
        ("main", "opt-in", "in", "due"),
        ("weekly", "all", "off", "goes to weekly (posts/hello.md:7)"),
    ],
)
def test_a_post_says_which_newsletter_it_is_for(said, default, outcome, reason):
    made = post(newsletter=said, lines={"newsletter": 7}, published=PAST)
    verdict = for_newsletter(made, "main", default, NOW)
    assert verdict.outcome == outcome
    assert verdict.reason.startswith(reason)
    assert for_feed(made, NOW).outcome == "in"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"draft": True},
        {"feed": False},
        {"expires": datetime(2026, 11, 22, tzinfo=UTC)},
        {"expires": datetime(2026, 11, 24, tzinfo=UTC)},
        {"published": datetime(2026, 11, 24, tzinfo=UTC)},
        {"published": datetime(2026, 11, 23, tzinfo=UTC)},
    ],
    ids=str,
)
def test_the_posts_in_feeds_are_those_that_the_judgement_says_are_in(fields):
    judged, now = post(**fields), datetime(2026, 11, 23, tzinfo=UTC)
    expected = [judged] if for_feed(judged, now).outcome == "in" else []
    assert in_feeds([judged], now) == expected
