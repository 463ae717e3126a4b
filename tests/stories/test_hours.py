"""An issue at a wrong time: zones, schedules long past, two on a day, a page not yet there."""

from datetime import datetime

import pytest

from support.publishing import NEW_POST

ONE_COPY = ["Once is enough"]
NOTHING = "Nothing to send.\n"
TWICE = NEW_POST.replace("Once", "Twice").replace("09:00", "09:10")


def test_nine_in_berlin_is_nine_in_berlin_on_a_machine_that_counts_in_utc(here):
    here.write("posts/once.md", NEW_POST.replace("2026-11-23", "2026-11-24"))
    here.later(hours=23, minutes=29)
    early = "due in 1 minute (2026-11-24 09:00 Europe/Berlin, 08:00 UTC)"
    assert early in here.publish("email").out
    assert here.subjects() == []
    here.later(minutes=1)
    assert here.publish("email").code == 0
    assert here.subjects() == ONE_COPY


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-12-01 09:00", "2026-12-01T08:00:00Z"),
        ("2026-12-01T09:00:00-05:00", "2026-12-01T14:00:00Z"),
        ("2027-04-01 09:00", "2027-04-01T07:00:00Z"),
    ],
    ids=["the site's zone", "a zone of its own", "summer time"],
)
def test_scheduled_time_is_handed_over_without_a_doubt_about_its_zone(at, written, utc):
    here = at(more="  schedule: provider\n")
    here.write("posts/once.md", NEW_POST.replace("2026-11-23 09:00", written))
    assert here.publish("email").code == 0
    assert here.service.state["em_0001"]["publish_date"] == utc
    due = datetime.fromisoformat(utc) - here.world.now()
    here.later(seconds=due.total_seconds() - 1)
    assert here.subjects() == []
    here.later(seconds=1)
    assert here.subjects() == ONE_COPY


def test_two_posts_of_one_day_are_not_mailed_on_one_day(at):
    here = at(more="  min_gap: 24\n  max_issues_per_run: 5\n")
    here.write("posts/twice.md", TWICE)
    assert "due, but min_gap keeps issues apart" in here.publish("email").out
    here.later(hours=8)
    assert "min_gap is 24 hours" in here.publish("email").out
    assert here.subjects() == ONE_COPY
    here.later(hours=16)
    here.publish("email")
    assert here.subjects() == ["Once is enough", "Twice is enough"]


def test_job_that_comes_at_night_wakes_nobody(at):
    here = at(more="  quiet_hours: 22:00-07:00\n")
    here.later(hours=14)
    said = here.publish("email")
    assert "quiet hours until 2026-11-24 07:00 Europe/Berlin, 06:00 UTC" in said.out
    assert here.subjects() == []
    here.later(hours=8)
    here.publish("email")
    assert here.subjects() == ONE_COPY


def test_schedule_that_stopped_for_weeks_does_not_fire_late_by_itself(here):
    here.later(days=61)
    for _ in range(2):
        said = here.publish("email")
        assert (said.code, "61 days late, more than max_lateness (7)" in said.out) == (4, True)
    assert (here.subjects(), here.internet.writes()) == ([], [])


def test_push_before_the_site_is_built_waits_for_page_and_picture(room):
    picture = "![A curve](/images/curve.png)\n"
    room.desk.write("posts/once.md", f"{NEW_POST}\n{picture}")
    room.push()
    missing = room.desk.internet.site.missing
    missing |= {"/once/", "/images/curve.png"}
    said = room.job()
    page = "https://notes.example/once/ answers 404 (not deployed yet)"
    assert (said.code, page in said.out) == (0, True)
    missing.remove("/once/")
    said = room.job()
    assert (said.code, "images/curve.png answers 404" in said.out) == (0, True)
    assert room.desk.subjects() == []
    missing.clear()
    room.job()
    assert room.desk.subjects() == ONE_COPY


def test_day_without_an_hour_is_a_day_in_the_site_s_zone(here):
    here.write("posts/once.md", NEW_POST.replace("2026-11-23 09:00", "2026-11-24"))
    here.later(hours=14, minutes=29)  # 23:59 there, 22:59 UTC
    here.publish("email")
    assert here.subjects() == []
    here.later(minutes=1)
    here.publish("email")
    assert here.subjects() == ONE_COPY
