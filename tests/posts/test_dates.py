from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pressrun.posts.dates import moment
from pressrun.posts.notes import Wrong

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-23", "2026-11-22T23:00"),
        ("2026-11-23 09:00", "2026-11-23T08:00"),
        ("2026-11-23T09:00:30", "2026-11-23T08:00:30"),
        ("2026-11-23T09:00:30.25", "2026-11-23T08:00:30.250000"),
        ("2026-11-23T09:00:00Z", "2026-11-23T09:00"),
        ("2026-11-23T09:00:00.123456789Z", "2026-11-23T09:00:00.123456"),
        ("2026-11-23T09:00+01:00", "2026-11-23T08:00"),
        ("2026-11-23 09:00:00 -0730", "2026-11-23T16:30"),
        ("2026-11-23 09:00 +05", "2026-11-23T04:00"),
        ("2024-02-29", "2024-02-28T23:00"),
        (" 2026-07-01 ", "2026-06-30T22:00"),
        ("2026/11/23", "2026-11-22T23:00"),
        ("2026/11/23 09:00:00", "2026-11-23T08:00"),
        ("2026-11-23 09:00:00 UTC+01:00", "2026-11-23T08:00"),
        ("2026-11-23 09:00:00 UTC-0730", "2026-11-23T16:30"),
        ("2026-11-23 09:00:00 UTC", "2026-11-23T09:00"),
        ("2026-11-23T09:00:00 GMT", "2026-11-23T09:00"),
        ("Jul 08 2022", "2022-07-07T22:00"),
        ("July 8th, 2022", "2022-07-07T22:00"),
        ("8 Sept. 2022", "2022-09-07T22:00"),
        ("Nov 23, 2026 09:00 +0100", "2026-11-23T08:00"),
    ],
)
def test_dates_are_read_in_the_publication_s_zone(text, utc):
    found = moment(text, BERLIN)
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert found.tzinfo == BERLIN


OTHERS = """tomorrow 23.11.2026 2026-1-5 20261123 2026-W48-1 2026-11-23T 2026-11-23Z ٢٠٢٦-١١-٢٣"""
OTHERS += " 2026-11/23 23/11/2026 11/23/2026 Jly-8-2022"
TIMES = ("9:00", "09", "09:00 CET", "09:00:00.", "09:00 +1")


@pytest.mark.parametrize("text", ["", *OTHERS.split(), *(f"2026-11-23 {time}" for time in TIMES)])
def test_other_forms_are_refused(text):
    with pytest.raises(Wrong, match="is not a date that we can read") as caught:
        moment(text, BERLIN)
    assert caught.value.mend == "Write it like 2026-11-23 or 2026-11-23 09:00."


@pytest.mark.parametrize(
    "text", ["Last Modified", "git Last Modified", "git Created", "Created", "last-modified", "now"]
)
def test_a_date_that_moves_is_refused(text):
    with pytest.raises(Wrong, match="is no fixed date") as caught:
        moment(text, BERLIN)
    assert caught.value.mend.startswith("Write the day itself, like 2026-11-23")


NO_DAYS = ("Feb 30 2026", "2026-02-29", "2026-13-01", "2026-00-10", "2026-11-31", "0000-01-01")
NO_TIMES = ("24:00", "09:60", "09:00:60", "09:00+24:00", "09:00+01:60")


@pytest.mark.parametrize("text", [*NO_DAYS, *(f"2026-11-23 {time}" for time in NO_TIMES)])
def test_what_no_calendar_shows_is_refused(text):
    with pytest.raises(Wrong, match="does not exist"):
        moment(text, BERLIN)


@pytest.mark.parametrize(
    "text", ["0202-11-23", "1899-12-31", "3000-01-01", "9999-12-31T23:59-14:00"]
)
def test_a_year_far_away_is_a_typo(text):
    with pytest.raises(Wrong, match="has a year outside 1900 to 2999"):
        moment(text, BERLIN)


def test_an_hour_that_the_clocks_skip_is_refused():
    with pytest.raises(Wrong, match="clocks of Europe/Berlin skip: 2026-03-29 02:30") as caught:
        moment("2026-03-29 02:30", BERLIN)
    assert "offset" in caught.value.mend
    assert moment("2026-03-29 02:30+01:00", BERLIN).hour == 3


def test_a_day_whose_midnight_is_skipped_begins_an_hour_later():
    assert moment("2018-11-04", ZoneInfo("America/Sao_Paulo")).hour == 1


def test_of_an_hour_that_comes_twice_the_first_is_meant():
    found = moment("2026-10-25 02:30", BERLIN)
    assert found.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
