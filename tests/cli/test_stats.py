"""``publish stats``: what it asks, what it says, and that it changes nothing."""

import io
import json
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from click import unstyle

from pressrun import config
from pressrun.cli import run
from pressrun.cli.stats import tied
from pressrun.deliver.ledger.contract import Entry
from pressrun.deliver.providers import TABLE, adapter
from pressrun.deliver.providers.contract import abilities
from pressrun.deliver.steps import Line, Step
from support.issues import issue
from support.publishing import NEW_POST, NOW, SENDING, desk
from support.wire_fakes.base import FakeServer, Fault, Kind, Reply
from support.wire_fakes.buttondown import ButtondownFake
from support.wire_fakes.listmonk import ListmonkFake

AT_ONCE = f"{SENDING}  postal_address: 1 Example Street, Berlin\n  require_live: false\n"
AT_BUTTONDOWN = AT_ONCE.replace("name: outbox", "name: buttondown")
AT_LISTMONK = AT_ONCE.replace(
    "name: outbox",
    "name: listmonk\n  base_url: https://lists.example.org/mail\n  api_user: press-bot",
)
WENT = (Step.CLAIM, Step.DRAFTED, Step.SENDING, Step.SENT)
COUNTED = {
    "recipients": 1204,
    "deliveries": 1198,
    "opens": 512,
    "clicks": 102,
    "permanent_failures": 6,
    "unsubscriptions": 3,
    "complaints": 0,
}


@pytest.fixture
def service():
    return ButtondownFake()


@pytest.fixture
def server(service):
    return FakeServer(service)


@pytest.fixture
def here(tmp_path, capsys, server):
    """A publication at Buttondown, with a ledger in which nothing has gone out."""
    here = desk(tmp_path, capsys, config=AT_BUTTONDOWN)
    environ = {"BUTTONDOWN_API_KEY": ButtondownFake.key}
    here.world = replace(here.world, environ=environ, transport=server)
    here.publish("baseline")
    return here


def counts(service, campaign: str, **more: int) -> None:
    """Let Buttondown have counted this for a campaign."""
    reply = Reply.json({**COUNTED, **more})
    service.refuse("GET", f"/emails/{campaign}/analytics", reply)


def went(desk, slug: str, *, days_ago: float = 0, steps=WENT, **facts: str) -> str:
    """Let an issue have gone out as campaign ``em_SLUG``; return its key."""
    ledger = desk.world.ledger(config.load(desk.root))
    there = {"provider": "buttondown", "account": "press", "campaign": f"em_{slug}"}
    about = {"newsletter": "main", "post": slug, "title": slug.title(), **there, **facts}
    key, at = f"{slug}-0123456789abcdef0123", NOW - timedelta(days=days_ago)
    lines = [Line(step, "run", at, **about) for step in steps]
    ledger.append([Entry(key, number, line) for number, line in enumerate(lines)])
    return key


def notes(said) -> dict[str, str]:
    """Return what is noted of each issue, by title."""
    return {one["title"]: one["note"] for one in json.loads(said.out)["issues"]}


# What is shown


def test_an_issue_that_a_run_has_sent_is_shown_with_its_numbers(here, service):
    here.write("posts/once.md", NEW_POST)
    assert here.publish("email").code == 0
    [campaign] = service.state
    counts(service, campaign)
    said = here.publish("stats")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "Notes -> buttondown (press)",
        "",
        "sent        title                delivered    opens    clicks   unsubs  bounces  spam",
        "2026-11-23  Once is enough  1,198 of 1,204  512 43%  102 8.5%  3 0.25%  6 0.50%     0",
        "",
        "1 issue.",
    ]


def test_the_newest_ten_are_shown_or_all(here, service):
    for number in range(12):
        went(here, f"post{number:02}", days_ago=number)
        counts(service, f"em_post{number:02}")
    said = here.publish("stats")
    days = [line.split()[0] for line in said.out.splitlines()[3:13]]
    assert days == [f"2026-11-{23 - number}" for number in range(10)]
    assert said.out.endswith("\nThe newest 10 of 12 issues; --all shows all of them.\n")
    said = here.publish("stats", "--all")
    assert "Post11" in said.out
    assert said.out.endswith("\n12 issues.\n")


@pytest.mark.parametrize("name", ["hello", "posts/hello.md"])
def test_a_post_is_shown_with_all_of_its_issues(here, service, name):
    first = went(here, "hello", days_ago=11)
    went(here, "other")
    for number in range(11):
        went(here, f"again{number}", post="hello", days_ago=number)
    said = json.loads(here.publish("stats", name, "--json").out)
    again = [f"em_again{number}" for number in range(11)]
    assert [one["campaign"] for one in said["issues"]] == [*again, "em_hello"]
    (one,) = json.loads(here.publish("stats", first, "--json").out)["issues"]
    assert one["campaign"] == "em_hello"


def test_posts_that_cannot_be_read_hide_no_issue(here, service):
    went(here, "gone")
    counts(service, "em_gone")
    here.write("posts/broken.md", "---\ntitle: [\n---\n")
    assert here.publish("stats", "gone").code == here.publish("stats").code == 0


def test_issues_are_told_apart_by_their_newsletters(here, service):
    went(here, "hello")
    went(here, "friends", title="Hello", newsletter="friends")
    for campaign in ("em_hello", "em_friends"):
        counts(service, campaign)
    said = here.publish("stats")
    assert "  Hello (main)  " in said.out
    assert "  Hello (friends)  " in said.out


def test_an_issue_is_of_the_day_that_it_was_where_the_site_is(here, service):
    went(here, "hello", days_ago=9 / 24)  # 23:30 UTC
    counts(service, "em_hello")
    assert "\n2026-11-23  Hello" in here.publish("stats").out


def test_shares_are_of_those_whom_it_reached_and_bounces_of_all(here, service):
    went(here, "hello")
    counts(service, "em_hello", deliveries=1000, permanent_failures=204, opens=1001, clicks=1000)
    shown = here.publish("stats").out.splitlines()[3].split()
    assert shown[5:] == ["1,001", "1,000", "100%", "3", "0.30%", "204", "17%", "0"]


def test_where_deliveries_are_not_told_those_are_reached_who_did_not_bounce(here, service):
    went(here, "hello")
    told = {"recipients": 100, "opens": 60, "permanent_failures": 7}
    service.refuse("GET", "/emails/em_hello/analytics", Reply.json(told))
    head, shown = here.publish("stats").out.splitlines()[2:4]
    assert head.split()[2:] == ["recipients", "opens", "bounces"]
    assert shown.split()[2:] == ["100", "60", "65%", "7", "7.0%"]


# What is not told


def test_what_is_not_told_is_no_zero(here, service):
    went(here, "tracked")
    went(here, "untracked", days_ago=1)
    counts(service, "em_tracked", complaints=2)
    counts(service, "em_untracked", opens=0, clicks=0)
    head, tracked, untracked, _, remark, *_ = here.publish("stats").out.splitlines()[2:]
    assert "opens" in head
    assert " 512 43% " in tracked
    assert untracked.split()[5:] == ["-", "-", "3", "0.25%", "6", "0.50%", "0"]
    assert remark == 'A "-" is a number that buttondown does not tell.'


def test_what_is_told_of_no_issue_has_no_column(here, service):
    went(here, "hello")
    counts(service, "em_hello", opens=0, clicks=0)
    said = here.publish("stats").out
    assert said.splitlines()[2].split() == [
        *("sent", "title", "delivered", "unsubs", "bounces", "spam")
    ]
    assert '"-"' not in said


def test_a_provider_that_tells_little_shows_little(tmp_path, capsys):
    service = ListmonkFake()
    here = desk(tmp_path, capsys, config=AT_LISTMONK)
    environ = {"LISTMONK_TOKEN": ListmonkFake.key}
    here.world = replace(here.world, environ=environ, transport=FakeServer(service))
    here.publish("baseline")
    here.write("posts/once.md", NEW_POST)
    assert here.publish("email").code == 0
    here.later(days=1)
    said = here.publish("stats").out.splitlines()
    assert said[2:4] == [
        "sent        title           recipients",
        "2026-11-23  Once is enough           2",
    ]
    [campaign] = service.state.values()
    campaign |= {"views": 3, "clicks": 1, "bounces": 1}
    assert here.publish("stats").out.splitlines()[2:] == [
        "sent        title           recipients  opens  clicks  bounces",
        "2026-11-23  Once is enough           2      3       1    1 50%",
        "",
        "At listmonk, opens and clicks may count one reader several times.",
        "1 issue.",
    ]


def test_machines_get_null_for_what_is_not_told(here, service):
    key = went(here, "hello")
    counts(service, "em_hello", opens=0)
    content = json.loads(here.publish("stats", "--json").out)
    (one,) = content.pop("issues")
    assert content == {
        "publication": "notes",
        "provider": "buttondown",
        "account": "press",
        "unique_opens": True,
        "total": 1,
        "pending": 0,
    }
    assert one == {
        "key": key,
        "newsletter": "main",
        "post": "hello",
        "title": "Hello",
        "sent": "2026-11-23T08:30:00+00:00",
        "provider": "buttondown",
        "account": "press",
        "campaign": "em_hello",
        "figures": {
            "recipients": 1204,
            "delivered": 1198,
            "opens": None,
            "clicks": 102,
            "bounces": 6,
            "unsubscribes": 3,
            "complaints": 0,
        },
        "note": "",
        "failed": False,
    }


# What went out elsewhere, or is gone


def test_an_issue_of_another_account_is_listed_and_not_asked_about(here, server):
    went(here, "hello", account="press/news_7")
    went(here, "older", provider="ghost", account="https://notes.example", days_ago=9)
    said = here.publish("stats")
    assert said.code == 0
    now = "publish.yml now says buttondown (press)"
    assert said.out.splitlines()[2:5] == [
        "sent        title",
        f"2026-11-23  Hello  it was begun at buttondown (press/news_7), {now}",
        f"2026-11-14  Older  it was begun at ghost (https://notes.example), {now}",
    ]
    assert [sent.path for sent in server.requests] == ["/accounts/me"]


def test_an_issue_without_a_campaign_is_listed(here):
    went(here, "hello", campaign="", steps=(Step.CLAIM, Step.SENT))
    said = here.publish("stats", "--json")
    assert (said.code, notes(said)) == (0, {"Hello": "the ledger knows no campaign of it"})


def test_a_campaign_that_is_gone_is_listed(here, service):
    went(here, "hello")
    went(here, "older", days_ago=1)
    counts(service, "em_older", **dict.fromkeys(COUNTED, 0))
    went(here, "oldest", days_ago=2)
    service.refuse("GET", "/emails/em_oldest/analytics", Reply(404))
    said = here.publish("stats", "--json")
    assert said.code == 0
    assert notes(said) == {
        "Hello": "campaign em_hello is gone at buttondown",
        "Older": "campaign em_older is gone at buttondown",
        "Oldest": "campaign em_oldest is gone at buttondown",
    }


def test_a_campaign_of_which_nothing_is_counted_yet_shows_no_zeros(here, service):
    here.write("posts/once.md", NEW_POST)
    here.publish("email")
    counts(service, *service.state, **dict.fromkeys(COUNTED, 0))
    said = here.publish("stats")
    assert said.code == 0
    assert "2026-11-23  Once is enough  buttondown has counted nothing\n" in said.out


# What goes wrong


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply.json({"detail": "down for a while"}, 503), "503 down for a while."),
        (Reply.json({"detail": "not with this key"}, 403), "403 not with this key. Check BUTTON"),
        (Reply(403, b"<h1>Proxy</h1>"), "403"),
        (Reply(200, b"nonsense"), "200 with an answer that is not JSON."),
        (Reply.json({"opens": 1}), "has no 'recipients', which its documents promise."),
    ],
)
def test_an_issue_that_cannot_be_read_hides_no_other(here, service, reply, words):
    went(here, "bad")
    went(here, "good", days_ago=1)
    counts(service, "em_good")
    service.state["em_bad"] = {"id": "em_bad", "status": "sent", "publish_date": None}
    service.refuse("GET", "/emails/em_bad/analytics", reply)
    said = here.publish("stats")
    assert said.code == 1
    bad, good = said.out.splitlines()[3:5]
    assert bad.startswith("2026-11-23  Bad ")
    assert words in bad
    assert "1,198 of 1,204" in good
    assert said.out.endswith("\n2 issues.\nThe figures of 1 issue could not be read.\n")
    issues = json.loads(here.publish("stats", "--json").out)["issues"]
    assert [one["failed"] for one in issues] == [True, False]
    assert set(issues[0]["figures"].values()) == {None}


def test_a_campaign_that_cannot_be_read_now_is_asked_about_in_one_way_only(here, service, server):
    went(here, "bad")
    service.refuse("GET", "/emails/em_bad/analytics", Reply(503))
    here.publish("stats")
    assert {sent.path for sent in server.requests} == {
        "/accounts/me",
        "/emails/em_bad/analytics",
    }


def test_a_provider_that_cannot_be_reached_is_asked_once_only(here, server):
    went(here, "hello")
    server.faults = [Fault(Kind.REFUSED, number) for number in range(1, 30)]
    said = here.publish("stats")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("GET https://api.buttondown.com/v1/accounts/me: no connection (")
    assert server.count == 4


def test_a_missing_secret_is_named(here, server):
    went(here, "hello")
    here.world = replace(here.world, environ={})
    said = here.publish("stats")
    assert (said.code, said.out, server.count) == (2, "", 0)
    assert said.err.startswith("publish.yml:9: BUTTONDOWN_API_KEY is not set. It holds the secret")


def test_a_secret_that_is_refused_is_named_and_never_shown(here):
    went(here, "hello")
    wrong = "canary-of-another-account"
    here.world = replace(here.world, environ={"BUTTONDOWN_API_KEY": wrong})
    said = here.publish("stats")
    assert (said.code, "Check BUTTONDOWN_API_KEY" in said.err) == (1, True)
    assert wrong not in said.out + said.err


def test_a_provider_without_statistics_says_so_before_anything_is_read(tmp_path, capsys):
    here = desk(tmp_path, capsys)
    said = here.publish("stats")
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "publish.yml:9: outbox has no statistics. "
        "publish providers shows what each provider can do, statistics among it.\n"
    )


def test_an_absent_ledger_is_an_error(tmp_path, capsys):
    said = desk(tmp_path, capsys, config=AT_BUTTONDOWN).publish("stats")
    assert (said.code, said.out) == (2, "")
    assert "publish baseline" in said.err


def test_an_issue_that_is_not_there_is_an_error_with_a_mend(here):
    went(here, "hello")
    said = here.publish("stats", "helo")
    assert (said.code, said.out) == (2, "")
    assert said.err == "the ledger has no issue 'helo'. Did you mean \"hello\"?\n"


# Nothing to ask


def test_before_anything_has_gone_out_nobody_is_asked(here, server):
    said = here.publish("stats")
    assert (said.code, said.out, said.err) == (0, "Nothing has gone out yet.\n", "")
    assert here.publish("stats", "hello").out == "Nothing of hello has gone out yet.\n"
    content = json.loads(here.publish("stats", "--json").out)
    assert (content["account"], content["issues"]) == (None, [])
    assert server.count == 0


def test_what_a_person_may_have_sent_there_is_mentioned(here, service):
    went(here, "draft", steps=WENT[:2])
    said = here.publish("stats")
    assert said.out.splitlines() == [
        "Nothing has gone out yet.",
        "1 issue may have gone out since the last run: publish email finds out.",
    ]
    went(here, "hello")
    counts(service, "em_hello")
    assert here.publish("stats").out.splitlines()[-2:][0] == "1 issue."
    assert json.loads(here.publish("stats", "--json").out)["pending"] == 1


@pytest.mark.parametrize("step", [Step.NOT_SENT, Step.ABANDONED])
def test_what_nobody_got_is_not_among_them(here, step):
    went(here, "hello", steps=(*WENT[:3], step))
    assert here.publish("stats").out == "Nothing has gone out yet.\n"


# Tied hands


def test_nothing_is_changed(here, service, server):
    here.write("posts/once.md", NEW_POST)
    here.publish("email")
    went(here, "gone")
    files = {path: path.read_bytes() for path in here.root.rglob("*") if path.is_file()}
    state, before = dict(service.state), len(server.requests)
    here.publish("stats")
    assert {sent.method for sent in server.requests[before:]} == {"GET"}
    assert service.state == state
    assert {path: path.read_bytes() for path in here.root.rglob("*") if path.is_file()} == files


def test_the_provider_is_asked_with_tied_hands(here, service, server):
    provider = tied(here.world, config.load(here.root))
    provider.send(issue(), provider.draft(issue(), None).id)
    assert (server.requests, service.state, service.deliveries) == ([], {}, [])


def test_every_provider_but_the_outbox_has_statistics():
    without = {name for name in TABLE if not abilities(adapter(name))["statistics"]}
    assert without == {"outbox"}


# On a terminal


class Terminal(io.StringIO):
    """Somebody's screen."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(here, service, monkeypatch):
    """Show ``publish stats`` on a terminal with so many columns; return its lines."""
    title = "Exactly-once is hard"
    went(here, "hard", title=title)
    went(here, "gone", days_ago=1)
    counts(service, "em_hard", complaints=1)

    def show(columns: int) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(sys, "stdout", shown := Terminal())
        assert run(["stats"], here.world) == 0
        return [unstyle(line).rstrip() for line in shown.getvalue().splitlines()]

    return show


WIDE = """\
sent        title                      delivered    opens    clicks   unsubs  bounces     spam
2026-11-23  Exactly-once is hard  1,198 of 1,204  512 43%  102 8.5%  3 0.25%  6 0.50%  1 0.08%
2026-11-22  Gone                  campaign em_gone is gone at buttondown
"""

EIGHTY = """\
sent        title               delivered  opens  clicks  unsubs  bounces   spam
2026-11-23  Exactly-once is         1,198    512     102       3        6      1
            hard                 of 1,204    43%    8.5%   0.25%    0.50%  0.08%
2026-11-22  Gone                campaign em_gone is gone at buttondown
"""


def test_a_wide_terminal_shows_an_issue_in_a_line(screen):
    assert screen(100)[2:-2] == WIDE.splitlines()


def test_a_terminal_of_eighty_columns_shows_shares_below_their_numbers(screen):
    assert screen(80)[2:-2] == EIGHTY.splitlines()


def test_a_note_has_room_beside_a_long_title(here, service, screen):
    went(here, "long", title=10 * "Letters " + "end")
    service.refuse("GET", "/emails/em_long/analytics", Reply.json({"recipients": 9}))
    service.refuse("GET", "/emails/em_hard/analytics", Reply.json({"recipients": 8}))
    assert any(line.endswith("campaign em_gone is gone at buttondown") for line in screen(80))


def test_a_terminal_too_narrow_for_columns_shows_plain_lines(screen):
    assert screen(60)[2:-2] == WIDE.splitlines()


def test_a_terminal_is_told_how_far_the_questions_are(here, service, monkeypatch):
    went(here, "hello")
    counts(service, "em_hello")
    monkeypatch.setattr(sys, "stderr", shown := Terminal())
    assert run(["stats", "--json"], here.world) == 0
    assert "Asking buttondown" in shown.getvalue()
