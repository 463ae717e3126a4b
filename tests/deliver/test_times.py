"""Quiet hours, the provider's grid and the gap between issues, at any time in any zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.deliver.steps import History, Step
from pressrun.deliver.times import loud, on_grid, too_near
from pressrun.publication import Email
from support.lines import line

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Email(quiet_hours="22:00-07:00")
MOMENTS = st.integers(0, 2 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
HOURS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("22:00-07:00", "2026-11-23 21:59", "2026-11-23 21:59"),
        ("22:00-07:00", "2026-11-23 22:00", "2026-11-24 07:00"),
        ("22:00-07:00", "2026-11-24 00:30", "2026-11-24 07:00"),
        ("22:00-07:00", "2026-11-24 06:59", "2026-11-24 07:00"),
        ("22:00-07:00", "2026-11-24 07:00", "2026-11-24 07:00"),
        ("12:00-13:30", "2026-11-23 12:00", "2026-11-23 13:30"),
        ("12:00-13:30", "2026-11-23 13:30", "2026-11-23 13:30"),
        ("12:00-13:30", "2026-11-23 22:00", "2026-11-23 22:00"),
        ("22:00-07:00", "2026-10-24 23:00", "2026-10-25 07:00"),  # the clocks go back that night
        ("", "2026-11-23 03:00", "2026-11-23 03:00"),
    ],
)
def test_nothing_goes_out_before_the_quiet_hours_end(hours, now, until):
    assert loud(berlin(now), Email(quiet_hours=hours), BERLIN) == berlin(until)


@given(MOMENTS, HOURS, HOURS)
def test_the_end_of_the_quiet_hours_is_near_and_loud(moment, begin, end):
    email = Email(quiet_hours=f"{begin}-{end}")
    until = loud(moment, email, BERLIN)
    assert moment <= until <= moment + timedelta(hours=26)
    assert loud(until, email, BERLIN) == until


@given(MOMENTS, st.sampled_from([1, 5, 15, 60]))
def test_a_time_moves_up_to_the_grid_by_less_than_a_step(moment, minutes):
    step = timedelta(minutes=minutes)
    at = on_grid(moment, step)
    assert moment <= at < moment + step
    assert (at - datetime.fromtimestamp(0, UTC)) % step == timedelta(0)


SENT = History("a", (line(Step.SENDING, newsletter="main"),))
DUE = History("b", (line(Step.SENDING, newsletter="main", due="2026-12-01T08:00:00+00:00"),))
GAP = timedelta(hours=24)


@pytest.mark.parametrize(
    ("moment", "near"),
    [
        (datetime(2026, 11, 24, 7, 59, tzinfo=UTC), SENT.sent_at),
        (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 30, 8, 1, tzinfo=UTC), DUE.due),
        (datetime(2026, 12, 2, 7, 59, tzinfo=UTC), DUE.due),
        (datetime(2026, 12, 2, 8, 0, tzinfo=UTC), None),
    ],
)
def test_issues_keep_apart_from_what_went_out_and_from_what_will(moment, near):
    assert too_near(moment, GAP, "main", [SENT, DUE, History("c")]) == near
    assert too_near(moment, GAP, "other", [SENT, DUE]) is None
