"""An issue that did not go out: told in every run, in a red job, until it is out or closed."""

from dataclasses import replace

import pytest

from support.publishing import NEW_POST
from support.wire_fakes.base import Kind, Reply

ONE_COPY = ["Once is enough"]
NOTHING = "Nothing to send.\n"
TWICE = NEW_POST.replace("Once", "Twice").replace("09:00", "09:10")
NOT_CONFIRMED = Reply.json({"code": "email_not_confirmed", "detail": "Confirm first."}, 400)
PUBLISH = ("POST", "/emails/em_0001/publish")


def test_send_that_was_refused_is_not_reported_as_no_changes(here):
    here.service.refuse(*PUBLISH, NOT_CONFIRMED)
    for _ in range(2):
        said = here.publish("email")
        assert said.code == 1
        assert "failed   Once is enough" in said.out
        assert "Confirm your address in Buttondown's settings" in said.out
        assert said.out.endswith("Sent 0 issues, 1 failed.\n")
        assert "begun before (not-sent)" in here.publish("status").out
    here.service.refusals.clear()
    assert here.publish("email").code == 0
    assert (here.subjects(), len(here.service.state)) == (ONE_COPY, 1)


@pytest.mark.parametrize(
    "kind",
    [
        Kind.REFUSED,
        Kind.CONNECT_TIMEOUT,
        Kind.UNAVAILABLE,
        Kind.ERROR_BEFORE,
        Kind.PROXY_PAGE,
        Kind.REDIRECT,
    ],
)
def test_error_of_the_provider_makes_the_job_red_and_the_next_one_sends(here, kind):
    here.internet.upset(kind, "POST", "/emails")
    said = here.publish("email")
    assert (said.code, said.out.splitlines()[-1]) == (1, "Sent 0 issues, 1 failed.")
    assert here.publish("email").code == 0
    assert here.subjects() == ONE_COPY


def test_key_that_is_refused_makes_the_job_red_and_loses_nothing(here):
    right = here.world
    here.world = replace(right, environ={"BUTTONDOWN_API_KEY": "canary-old-canary"})
    said = here.publish("email")
    assert (said.code, "BUTTONDOWN_API_KEY" in said.err) == (1, True)
    here.world = right
    assert here.publish("email").code == 0
    assert here.subjects() == ONE_COPY


def test_one_of_two_issues_that_failed_is_named_and_goes_out_in_the_next_run(at):
    here = at(more="  max_issues_per_run: 2\n")
    here.write("posts/twice.md", TWICE)
    here.internet.upset(Kind.PROXY_PAGE, "POST", "/emails")
    said = here.publish("email")
    assert (said.code, said.out.splitlines()[-1]) == (5, "Sent 1 issue, 1 failed.")
    assert "failed   Once is enough" in said.out
    assert here.publish("email").code == 0
    assert sorted(here.subjects()) == ["Once is enough", "Twice is enough"]


def test_issue_in_doubt_does_not_stop_the_next_one(here):
    here.write("posts/twice.md", TWICE)
    here.internet.upset(Kind.ERROR_BEFORE, "POST", "/publish")
    assert here.publish("email").code == 4
    said = here.publish("email")
    assert (said.code, said.out.splitlines()[-1]) == (4, "Sent 1 issue, 1 in doubt.")
    assert here.subjects() == ["Twice is enough"]


def test_send_that_broke_off_is_told_in_every_run_until_a_person_speaks(here):
    def break_off() -> None:
        here.service.state["em_0001"]["status"] = "errored"

    here.internet.upset(Kind.CUT_IN, "GET", "/emails/em_0001", break_off)
    said = here.publish("email")
    assert (said.code, "buttondown shows errored" in said.out) == (4, True)
    [ledger] = here.root.glob(".publish/ledger/once-*.jsonl")
    before = ledger.read_bytes()
    for _ in range(3):
        here.later(hours=1)
        again = here.publish("email")
        assert (again.code, "UNSURE   Once is enough" in again.out) == (4, True)
    assert ledger.read_bytes() == before
    because = ("--because", "the list there shows that all have it")
    assert here.publish("resolve", "once", "--sent", *because).code == 0
    assert here.publish("email").out == NOTHING
    assert here.subjects() == ONE_COPY


def test_post_finished_days_after_its_date_is_not_skipped(here):
    here.publish("email")
    here.write("posts/twice.md", TWICE.replace("2026-11-23", "2026-11-19"))
    assert "sent     Twice is enough" in here.publish("email").out
    assert here.publish("email").out == NOTHING


def test_draft_that_waits_for_a_person_is_told_in_every_run(here):
    here.configure("mode: send", "mode: draft")
    for _ in range(3):
        said = here.publish("email")
        assert (said.code, said.out.splitlines()[-1]) == (0, "Sent 0 issues, 1 drafted.")
        assert "drafted  Once is enough   campaign em_0001, waits there for a person" in said.out
        here.later(days=3)
    assert "waits as draft em_0001" in here.publish("status").out
    assert here.subjects() == []


def test_whoever_wonders_why_nothing_went_out_finds_a_reason_for_each_post(here):
    posts = {
        "draft": ("draft: true", "off Draft draft: true (posts/draft.md:2)"),
        "private": ("newsletter: false", "off Private newsletter: false (posts/private.md:2)"),
        "early": ("", "wait Early due in 8 days (2026-12-01 09:00 Europe/Berlin, 08:00 UTC)"),
        "unfinished": (
            "",
            "held Unfinished tk-left: TK is left in the text (posts/unfinished.md:6)",
        ),
    }
    (here.root / "posts/once.md").unlink()
    for name, (field, _) in posts.items():
        day = "2026-12-01" if name == "early" else "2026-11-23"
        head = f"---\n{field}\ntitle: {name.title()}\ndate: {day} 09:00\n---\n"
        body = "The number is TK.\n" if name == "unfinished" else f"The text of {name}.\n"
        here.write(f"posts/{name}.md", head + body)
    said = here.publish("email", "--dry-run")
    assert said.code == 4
    for _, shown in posts.values():
        assert shown in " ".join(said.out.split())
    assert here.publish("email").code == 4
    assert here.subjects() == []
