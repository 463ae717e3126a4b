"""A post that was edited, dated anew, withdrawn or moved: never a new one by itself."""

import json

from support.publications import HELLO
from support.publishing import NEW_POST
from support.wire_fakes.base import Kind

ONE_COPY = ["Once is enough"]
NOTHING = "Nothing to send.\n"
TWICE = NEW_POST.replace("Once", "Twice")


def feed_ids(here) -> list[str]:
    here.publish("feed")
    feed = json.loads((here.root / "public/feed.json").read_text(encoding="utf-8"))
    return [item["id"] for item in feed["items"]]


def test_post_dated_ahead_after_it_was_sent_is_not_sent_on_the_next_day(here):
    here.publish("email")
    here.write("posts/once.md", NEW_POST.replace("2026-11-23", "2026-11-24"))
    for _ in range(3):
        assert here.publish("email").out == NOTHING
        here.later(days=1)
    assert here.subjects() == ONE_COPY


def test_post_that_was_taken_back_and_published_again_is_not_sent_again(here):
    here.publish("email")
    here.write("posts/once.md", NEW_POST.replace("title:", "draft: true\ntitle:"))
    assert here.publish("email").out == NOTHING
    here.write("posts/once.md", NEW_POST)
    assert here.publish("email").out == NOTHING
    (here.root / "posts/once.md").unlink()
    assert here.publish("email").out == NOTHING
    here.write("posts/once.md", NEW_POST)
    assert here.publish("email").out == NOTHING
    assert here.subjects() == ONE_COPY


def test_new_address_of_post_and_site_makes_nothing_new_in_feed_or_mail(here):
    here.publish("email")
    before = feed_ids(here)
    here.write("posts/once.md", NEW_POST.replace("title:", "slug: only-once\ntitle:"))
    here.configure("https://notes.example/", "https://www.notes.example/")
    here.configure("email:\n", "posts:\n  url: /{year}/{slug}/\nemail:\n")
    assert here.publish("email").out == NOTHING
    assert feed_ids(here) == before
    assert "https://www.notes.example/2026/only-once/" in (
        here.root / "public/feed.json"
    ).read_text(encoding="utf-8")
    assert here.subjects() == ONE_COPY


def test_edit_of_a_sent_post_in_the_push_of_a_new_one_mails_the_new_one_only(room):
    room.job()
    room.desk.write("posts/once.md", f"{NEW_POST}\nCorrected.\n")
    room.desk.write("posts/hello.md", f"{HELLO}\nCorrected.\n")
    room.desk.write("posts/twice.md", TWICE)
    room.push()
    assert "Sent 1 issue." in room.job().out
    assert room.job().out == NOTHING
    assert room.desk.subjects() == ["Once is enough", "Twice is enough"]


def test_merge_of_an_old_branch_brings_no_issue_back(room):
    room.git("checkout", "--quiet", "-b", "typos")
    room.desk.write("posts/once.md", NEW_POST.replace("A lost answer", "An answer lost"))
    room.commit()
    room.git("checkout", "--quiet", "main")
    room.job()
    room.git("merge", "--quiet", "--no-edit", "--no-ff", "typos")
    room.push()
    assert room.job().out == NOTHING
    assert room.desk.subjects() == ONE_COPY


def test_sending_writes_nothing_into_the_posts(room):
    posts = {path: path.read_bytes() for path in room.desk.root.glob("posts/*")}
    assert room.desk.publish("email").code == 0
    assert {path: path.read_bytes() for path in room.desk.root.glob("posts/*")} == posts
    assert room.git("status", "--porcelain") == ""
    assert room.git("log", "--format=%s", "origin/main") == room.git("log", "--format=%s")
    assert room.desk.subjects() == ONE_COPY


def test_scheduled_issue_whose_post_is_dated_anew_is_shown_and_goes_out_once(at):
    here = at(more="  schedule: provider\n")
    here.write("posts/once.md", NEW_POST.replace("2026-11-23", "2026-12-01"))
    assert "scheduled Once is enough" in here.publish("email").out
    here.write("posts/once.md", NEW_POST.replace("2026-11-23", "2026-12-03"))
    moved = here.publish("email")
    assert moved.code == 4
    assert "its post now says 2026-12-03 09:00 Europe/Berlin" in moved.out
    here.later(days=8)
    assert here.subjects() == ONE_COPY
    for _ in range(3):
        here.publish("email")
        here.later(days=1)
    assert here.publish("email").out == NOTHING
    assert here.subjects() == ONE_COPY


def test_scheduled_issue_that_is_scheduled_anew_goes_out_at_its_new_time_only(at):
    here = at(more="  schedule: provider\n")
    here.write("posts/once.md", NEW_POST.replace("2026-11-23", "2026-12-01"))
    here.publish("email")
    here.write("posts/once.md", NEW_POST.replace("2026-11-23", "2026-12-03"))
    assert here.publish("email", "--reschedule", "once").code == 0
    here.later(days=9)
    assert here.subjects() == []
    here.later(days=1)
    assert here.subjects() == ONE_COPY
    assert len(here.service.state) == 1


def test_correction_is_mailed_once_more_with_its_reason_on_record(here):
    here.publish("email")
    here.write("posts/once.md", NEW_POST.replace("A lost answer", "An answer that was lost"))
    because = ("--because", "the first sentence was wrong")
    assert here.publish("email", "--resend", "once", *because).code == 0
    first, second = here.delivered
    assert ("A lost answer" in first.body, "An answer that was lost" in second.body) == (True, True)
    record = here.publish("ledger", "show", "once").out
    assert record.count(because[1]) == 1
    assert record.count("  sent  ") == 2
    assert here.publish("email").out == NOTHING


def test_resend_that_is_ordered_again_in_doubt_is_continued_and_makes_no_third_copy(here):
    here.publish("email")
    order = ("email", "--resend", "once", "--because", "half of the readers got nothing")
    here.internet.upset(Kind.ERROR_BEFORE, "POST", "/publish")
    assert here.publish(*order).code == 4
    here.later(minutes=15)
    assert here.publish(*order).code == 4
    assert here.subjects() == ONE_COPY
    assert here.publish("resolve", "once", "--not-sent", "--because", "a draft").code == 0
    assert here.publish("email").code == 0
    assert here.subjects() == ONE_COPY * 2
    assert here.publish("email").out == NOTHING
