"""An issue that reached the wrong people, or too many of them, or was blank."""

import json
from contextlib import suppress

import pytest

from support.newsroom import press
from support.publications import HELLO
from support.publishing import NEW_POST
from support.wire_fakes.base import Crash, Kind, Reply
from support.wire_fakes.listmonk import ListmonkFake, a_list
from support.wire_fakes.mailchimp import MailchimpFake

ONE_COPY = ["Once is enough"]
NOTHING = "Nothing to send.\n"
TO_FRIENDS = "newsletters:\n  main: { audience: friends }\n"
REFUSED = Reply.json({"code": "email_not_confirmed", "detail": "Confirm first."}, 400)


def blog(days: range) -> dict[str, str]:
    """Return an archive with a post on each of these days of November."""
    return {
        f"day-{day}.md": HELLO.replace("Hello", f"Day {day}").replace("11-10", f"11-{day:02}")
        for day in days
    }


def tags(campaign) -> list[str]:
    """Return the tags of those who get a campaign at Buttondown."""
    return [one["value"] for one in campaign["filters"]["filters"]]


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.UNAVAILABLE, Kind.CRASH_AFTER])
def test_draft_that_is_filled_again_keeps_its_audience(at, kind):
    here = at(more=TO_FRIENDS)
    here.internet.upset(kind, "POST", "/emails")
    with suppress(Crash):
        here.publish("email")
    assert here.publish("email").code == 0
    [campaign] = here.service.state.values()
    assert (tags(campaign), here.subjects()) == (["sub_tag_2"], ONE_COPY)


def test_send_that_failed_is_tried_again_for_the_same_readers(at):
    here = at(more=TO_FRIENDS)
    here.service.refuse("POST", "/emails/em_0001/publish", REFUSED)
    assert here.publish("email").code == 1
    here.service.refusals.clear()
    assert here.publish("email").code == 0
    [campaign] = here.service.state.values()
    assert (tags(campaign), here.subjects()) == (["sub_tag_2"], ONE_COPY)


def test_newsletter_whose_issue_failed_is_tried_again_for_its_own_readers(at):
    streams = "newsletters:\n  everybody: {}\n  inner: { audience: friends }\n"
    here = at(more=f"  max_issues_per_run: 2\n{streams}")
    here.write("posts/once.md", NEW_POST.replace("title:", "newsletter: inner\ntitle:"))
    here.write("posts/twice.md", NEW_POST.replace("Once", "Twice").replace("09:00", "09:10"))
    here.internet.upset(Kind.PROXY_PAGE, "POST", "/emails")
    assert here.publish("email").code == 5
    assert here.publish("email").code == 0
    reached = {one["subject"]: tags(one) for one in here.service.state.values()}
    assert reached == {"Once is enough": ["sub_tag_2"], "Twice is enough": []}
    assert here.subjects() == ["Twice is enough", "Once is enough"]


def test_audience_that_was_corrected_reaches_the_draft_that_waits_for_a_person(at):
    here = at(more="newsletters:\n  main: {}\n")
    here.configure("mode: send", "mode: draft")
    here.publish("email")
    here.configure("main: {}", "main: { audience: friends }")
    assert "begun before (drafted)" in here.publish("email", "--dry-run").out
    assert here.publish("email").code == 0
    [campaign] = here.service.state.values()
    assert tags(campaign) == ["sub_tag_2"]


def test_audience_that_was_corrected_is_not_forgotten_for_a_draft_that_somebody_kept(at):
    here = at(more="newsletters:\n  main: {}\n")
    here.configure("mode: send", "mode: draft")
    here.publish("email")
    here.service.edit("em_0001", "A word of thanks.")
    assert here.publish("email", "--keep", "once").code == 0
    here.configure("main: {}", "main: { audience: friends }")
    said = here.publish("email")
    assert (said.code, "its post, a picture of it or its audience changed" in said.out) == (4, True)
    assert here.publish("email", "--overwrite", "once").code == 0
    [campaign] = here.service.state.values()
    assert tags(campaign) == ["sub_tag_2"]


def test_scheduled_issue_whose_audience_was_corrected_is_shown_before_it_goes_out(at):
    here = at(more="  schedule: provider\nnewsletters:\n  main: {}\n")
    here.write("posts/once.md", NEW_POST.replace("2026-11-23", "2026-12-01"))
    here.publish("email")
    here.configure("main: {}", "main: { audience: friends }")
    said = here.publish("email")
    assert (said.code, 'its audience is now "friends"' in said.out) == (4, True)
    assert here.publish("email", "--reschedule", "once").code == 0
    here.later(days=8)
    [campaign] = here.service.state.values()
    assert (tags(campaign), here.subjects()) == (["sub_tag_2"], ONE_COPY)


def test_list_with_many_more_readers_than_last_time_is_held(here):
    here.service.subscribers = [("regular", [])] * 100
    here.publish("email")
    here.write("posts/twice.md", NEW_POST.replace("Once", "Twice"))
    here.service.subscribers = [("regular", [])] * 9_000
    said = here.publish("email")
    assert said.code == 4
    assert "its audience has 9,000 readers and had 100 the last time" in said.out
    assert here.subjects() == ONE_COPY
    assert here.publish("email", "--audience-changed", "twice").code == 0
    assert here.subjects() == ["Once is enough", "Twice is enough"]


def test_list_that_is_not_there_is_no_reason_to_write_to_everybody(at):
    here = at(ListmonkFake)
    here.service.lists.append(a_list(2, "Friends", confirmed=1))
    here.configure("email:\n", "newsletters:\n  main: { audience: Freinds }\nemail:\n")
    said = here.publish("email")
    assert said.code == 1
    assert "Lists there: Everybody (1), Friends (2)" in said.out
    assert (here.internet.writes(), here.subjects()) == ([], [])


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.ERROR_BEFORE, Kind.REFUSED, Kind.RATE_LIMITED])
def test_campaign_whose_text_did_not_arrive_is_not_sent_blank(at, kind):
    here = at(MailchimpFake)
    here.internet.upset(kind, "PUT", "/content")
    here.publish("email")
    here.publish("email")
    [one] = here.delivered
    assert "A lost answer is not a lost request." in one.body
    assert len(here.service.state) == 1


def test_test_reaches_the_addresses_that_were_named_and_nobody_else(here):
    ledger = here.root / ".publish/ledger"
    before = {path.name: path.read_bytes() for path in ledger.glob("*.jsonl")}
    said = here.publish("email", "--test-to", "me@example.org", "--post", "once")
    assert said.code == 0
    [test] = here.service.tests
    assert (test.to, "[Test] Once is enough" in test.subject) == (("me@example.org",), True)
    assert (here.subjects(), here.service.state) == ([], {})
    assert {path.name: path.read_bytes() for path in ledger.glob("*.jsonl")} == before
    assert here.publish("email").code == 0
    assert here.subjects() == ONE_COPY


def test_test_that_failed_and_left_its_draft_there_is_not_what_a_run_sends(here):
    here.internet.upset(Kind.ERROR_BEFORE, "POST", "/send-draft")
    here.internet.upset(Kind.ERROR_BEFORE, "DELETE", "/emails/em_0001")
    assert here.publish("email", "--test-to", "me@example.org", "--post", "once").code == 1
    assert here.publish("email").code == 0
    assert here.subjects() == ONE_COPY
    assert here.service.state["em_0001"]["subject"] == "[Test] Once is enough"
    assert here.service.state["em_0001"]["status"] == "draft"


def test_first_run_on_an_old_blog_mails_nobody(tmp_path, capsys):
    here = press(tmp_path, capsys, posts=blog(range(1, 24)))
    said = here.publish("email")
    assert (said.code, "publish baseline" in said.err) == (2, True)
    assert here.publish("baseline").out.startswith("23 issues marked")
    assert here.publish("email").out == NOTHING
    here.write("posts/once.md", NEW_POST)
    assert here.publish("email").code == 0
    assert here.subjects() == ONE_COPY


def test_archive_that_is_imported_later_is_held_and_the_new_post_goes_out(here):
    for name, text in blog(range(1, 11)).items():
        here.write(f"posts/{name}", text)
    said = here.publish("email")
    assert (said.code, said.out.count("days late, more than max_lateness")) == (4, 10)
    assert here.subjects() == ONE_COPY
    assert here.publish("baseline").out.startswith("10 issues marked")
    for _ in range(3):
        here.publish("email")
    assert here.publish("email").out == NOTHING


def test_feed_with_many_recent_posts_at_once_does_not_flood_anybody(here):
    (here.root / "posts/once.md").unlink()
    for name, text in blog(range(17, 23)).items():
        here.write(f"posts/{name}", text)
    said = here.publish("email")
    assert said.out.count("due, but max_issues_per_run is 1") == 5
    assert here.subjects() == ["Day 17"]


@pytest.mark.parametrize("field", ["draft: true", "published: false", "date: 2026-12-24 09:00"])
def test_what_is_not_for_readers_yet_leaks_into_neither_feed_nor_mail(here, field):
    without_date = NEW_POST.replace("date: 2026-11-23 09:00\n", "")
    text = without_date if "date" in field else NEW_POST
    here.write("posts/once.md", text.replace("title:", f"{field}\ntitle:"))
    assert here.publish("email").out.endswith(NOTHING)
    assert here.publish("feed").code == 0
    items = json.loads((here.root / "public/feed.json").read_text(encoding="utf-8"))["items"]
    assert [item["title"] for item in items] == ["Hello"]
    assert (here.internet.writes(), here.subjects()) == ([], [])


def test_dry_run_of_a_stranger_s_pull_request_needs_no_secret_and_asks_no_provider(room):
    room.desk.world.environ.pop("BUTTONDOWN_API_KEY")
    said = room.job("email", "--dry-run")
    assert said.code == 0
    assert "not asked, BUTTONDOWN_API_KEY is not set" in said.out
    assert "send     Once is enough" in said.out
    assert room.desk.internet.requests == []


@pytest.mark.parametrize("trouble", ["page", "audience", "text"])
def test_dry_run_finds_the_reason_for_which_the_run_holds_an_issue(here, trouble):
    here.service.subscribers = [("regular", [])] * 100
    here.publish("email")
    here.write("posts/twice.md", NEW_POST.replace("Once", "Twice"))
    if trouble == "page":
        here.internet.site.missing.add("/twice/")
    elif trouble == "audience":
        here.service.subscribers = [("regular", [])] * 9_000
    else:
        here.write("posts/twice.md", NEW_POST.replace("Once", "Twice") + "TK\n")
    before = here.internet.writes()
    dry = here.publish("email", "--dry-run")
    assert here.internet.writes() == before
    wet = here.publish("email")
    [planned] = [line for line in dry.out.splitlines() if "Twice is enough  " in line]
    [held] = [line for line in wet.out.splitlines() if "Twice is enough  " in line]
    assert planned.startswith(held)
    assert (dry.code, here.subjects()) == (wet.code, ONE_COPY)
