from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.deliver.providers.contract import Provider
from pressrun.deliver.providers.sendgrid import STATES, Options, SendGrid
from pressrun.errors import NotNow, Rejected, Unsure, UsageError, WireError
from pressrun.model import Figures, Remote, State
from pressrun.placeholders import TOKENS, fill
from pressrun.publication import Email
from pressrun.wire import Recorder, Request
from support.issues import KEY, NOW, issue
from support.openapi import Checked, Document
from support.wire_fakes.base import FakeServer, Fault, Kind, Reply, Sent, serve
from support.wire_fakes.sendgrid import (
    GROUP,
    LISTS,
    SEGMENTS,
    SENDS,
    UNSUBSCRIBE,
    WEBLINK,
    SendGridFake,
    connected,
    render,
    seen_in_html,
    seen_in_text,
    sender,
)

WORDS = ("draft", "scheduled", "triggered")
READER = {
    "unsubscribe_url": UNSUBSCRIBE,
    "view_url": WEBLINK,
    "first_name": "there",
    "postal_address": "1 Press Lane, Berlin,  10115, Germany",
}
TOKEN = TOKENS["unsubscribe_url"]
SYNTAX = [
    "{{ x }} {{{ x }}} {{{{ raw }}}} {{x}} {{{{/ raw }}}}",
    "{% raw %}{{ x }}{% endraw %} {# a comment #}",
    "{{#if x}} {{else}} {{/if}} {{> part}} {{! silence }} {{!-- silence --}} {{ x | there }}",
    r"\{{ x }} \\{{ x }} \ {\{ {{\x}} C:\{{x}}",
    "*|FNAME|* %recipient.name% {$name} %%{x}%% [[var:x]] @TrackLink -name- <%x%> [unsubscribe]",
    '<a href="/{{ x }}" title="{% y %}{{">{{</a>',
    "<style>@media print{#id{color:red}}a::before{content:'{{'}</style>",
    "<!--[if mso]><style>td{x:'{{'}</style><p>{{ x }}</p><![endif]--><!-- {{ x }} -->",
    "{{ over\ntwo lines }} {{",
    f"{{{TOKEN}}} {{{{{TOKEN}}}}} {{{{{{{TOKEN}}}}}}}",
    rf"\{TOKEN} \\{TOKEN} {TOKEN}{TOKEN} {TOKEN}}}}}",
    f"<style>a::before{{content:'{{{TOKEN}}}'}}</style>",
]


@pytest.fixture
def fake() -> SendGridFake:
    return SendGridFake()


@pytest.fixture
def server(fake) -> FakeServer:
    return FakeServer(fake)


@pytest.fixture
def sendgrid(server) -> SendGrid:
    return connected(server)


def writes(server: FakeServer) -> list[str]:
    reads = server.service.reads
    return [f"{sent.method} {sent.path}" for sent in server.requests if not reads(sent)]


def last(server: FakeServer) -> Sent:
    return [sent for sent in server.requests if sent.method != "GET"][-1]


# The account


def test_the_account_is_the_oldest_sender_whatever_the_options_say(server, fake):
    assert connected(server).account() == "sender 701"
    assert connected(server, Options(sender="702")).account() == "sender 701"
    fake.senders.append(sender(900, "later@example.org"))
    assert connected(server).account() == "sender 701"


def test_an_account_without_a_sender_says_so(sendgrid, fake):
    fake.senders.clear()
    with pytest.raises(UsageError, match="no sender yet"):
        sendgrid.account()


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_its_variable_and_never_the_key(server, fake, status):
    echo = {"errors": [{"field": None, "message": f"bad Bearer {SendGridFake.key}"}]}
    fake.refuse("GET", "/v3/marketing/senders", Reply.json(echo, status))
    with pytest.raises(Rejected, match="Check SENDGRID_API_KEY") as failure:
        connected(server).account()
    assert "canary" not in str(failure.value)


# Drafts


def test_a_new_draft_is_complete_and_reaches_nobody(sendgrid, fake, server):
    remote = sendgrid.draft(issue(), None)
    assert (remote.state, remote.detail, remote.at) == (State.DRAFT, "draft", None)
    assert fake.deliveries == []
    assert writes(server) == [f"POST {SENDS}"]
    assert last(server).json == {
        "name": f"publish {KEY}",
        "categories": [f"publish-{KEY}"],
        "send_to": {"list_ids": [], "segment_ids": [], "all": True},
        "email_config": {
            "subject": "Hello",
            "html_content": "<p>Hello</p>",
            "plain_content": "Hello",
            "generate_plain_content": False,
            "editor": "code",
            "sender_id": 701,
            "suppression_group_id": 456,
        },
    }


def test_the_fake_replaces_a_text_that_nobody_locked(sendgrid, fake):
    config = {"html_content": "<p>all</p>", "plain_content": "ours"}
    new = {"name": "Oops", "email_config": config}
    sendgrid.wire.call(Request("POST", SENDS, json=new))
    (one,) = fake.state.values()
    assert one["email_config"]["plain_content"] == "all"


def test_the_longest_name_that_a_key_makes_is_short_enough(sendgrid, fake):
    sendgrid.draft(issue(key=f"{'x' * 30}-{'0' * 20}"), None)
    assert fake.drafts() == 1


def test_a_refill_replaces_the_content_in_place_and_starts_nothing(sendgrid, fake, server):
    first = sendgrid.draft(issue(), None)
    again = sendgrid.draft(issue("<p>Better</p>", subject="New"), first.id)
    assert again.id == first.id
    assert again.content != first.content
    (one,) = fake.state.values()
    assert one["email_config"]["html_content"] == "<p>Better</p>"
    assert one["email_config"]["subject"] == "New"
    assert writes(server)[1:] == [f"PATCH {SENDS}/{first.id}"]
    assert not {"status", "send_at"} & set(last(server).json)


@pytest.mark.parametrize("word", ["scheduled", "triggered", "In Progress"])
def test_only_a_draft_is_refilled(sendgrid, fake, server, word):
    remote = sendgrid.draft(issue(), None)
    fake.state[remote.id] |= {"status": word, "send_at": "2026-12-24T12:00:00Z"}
    with pytest.raises(Rejected, match=word):
        sendgrid.draft(issue("<p>Better</p>"), remote.id)
    assert len(writes(server)) == 1


def test_a_draft_that_is_gone_is_not_refilled(sendgrid, server):
    with pytest.raises(Rejected, match="not found"):
        sendgrid.draft(issue(), "33333333-0000-4000-8000-000000000009")
    assert writes(server) == []


def test_a_draft_that_somebody_sends_while_we_refill_it_is_no_draft(fake):
    def send_by_hand() -> None:
        for one in fake.state.values():
            one["status"] = "triggered"

    server = FakeServer(fake)
    sendgrid = connected(server)
    remote = sendgrid.draft(issue(), None)
    server.faults = [Fault(Kind.CUT_IN, server.count + 4, send_by_hand)]
    with pytest.raises(Rejected, match="triggered"):
        sendgrid.draft(issue("<p>Better</p>"), remote.id)
    assert last(server).method == "PATCH"


@pytest.mark.parametrize(("before", "after"), [("", "friends"), ("friends", ""), ("keen", "")])
def test_a_draft_that_keeps_its_old_audience_is_refused(sendgrid, fake, before, after):
    remote = sendgrid.draft(issue(audience=before), None)
    with pytest.raises(Rejected, match="did not take its audience") as failure:
        sendgrid.draft(issue(audience=after), remote.id)
    assert "Delete this draft" in str(failure.value)


def test_an_audience_can_change_where_blanks_are_heard():
    fake = SendGridFake(keeps_blank=False)
    sendgrid = connected(FakeServer(fake))
    remote = sendgrid.draft(issue(audience="friends"), None)
    sendgrid.draft(issue(audience=""), remote.id)
    assert fake.state[remote.id]["send_to"] == {"list_ids": [], "segment_ids": [], "all": True}


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "triggered"},
        {"categories": []},
        {"categories": [f"publish-{KEY}-r2"]},
        {"send_to": {"list_ids": [LISTS["friends"]], "all": True}},
        {"send_to": {"list_ids": [], "all": False}},
        {"email_config": {"sender_id": 702, "suppression_group_id": 456}},
        {"email_config": {"sender_id": 701, "suppression_group_id": None}},
        {"email_config": {"sender_id": 701}},
    ],
)
def test_a_write_is_believed_only_as_far_as_its_answer_shows_it(sendgrid, fake, wrong):
    config = {"sender_id": 701, "suppression_group_id": 456}
    right: dict[str, Any] = {"id": "x", "status": "draft", "categories": [f"publish-{KEY}"]}
    right |= {"send_to": {"all": True}, "email_config": config}
    fake.refuse("POST", SENDS, Reply.json(right, 201))
    fake.refuse("GET", f"{SENDS}/x", Reply.json(right))
    assert sendgrid.draft(issue(), None).id == "x"
    fake.refuse("POST", SENDS, Reply.json(right | wrong, 201))
    with pytest.raises(Rejected):
        sendgrid.draft(issue(), None)


def test_what_sendgrid_warns_of_is_shown_and_stops_no_draft(sendgrid, fake):
    shown = {"field": "email_config.sender_id", "message": "is on holiday", "warning_id": "w"}
    remote = sendgrid.draft(issue(), None)
    answer = {**fake.state[remote.id], "warnings": [shown, {"message": "so there"}]}
    fake.refuse("GET", f"{SENDS}/{remote.id}", Reply.json(answer))
    warned = sendgrid.status(remote.id)
    words = "draft (SendGrid warns: email_config.sender_id is on holiday; so there)"
    assert (warned.state, warned.detail) == (State.DRAFT, words)


# Who it comes from, and how to leave


@pytest.mark.parametrize("wanted", ["702", "Sender 702", "notes@notes.example"])
def test_a_sender_is_named_by_id_nickname_or_address(server, wanted):
    sendgrid = connected(server, Options(sender=wanted, unsubscribe_group=GROUP))
    sendgrid.draft(issue(), None)
    assert last(server).json["email_config"]["sender_id"] == 702


def test_without_the_option_the_sender_is_the_one_with_our_address(sendgrid, server):
    message = replace(issue().message, sender='"Notes, all" <Notes@Notes.example>')
    sendgrid.draft(replace(issue(), message=message), None)
    assert last(server).json["email_config"]["sender_id"] == 702


@pytest.mark.parametrize("mailbox", ["Nobody <nobody@example.org>", ""])
def test_a_sender_that_is_not_there_stops_before_anything_is_written(sendgrid, server, mailbox):
    nobody = replace(issue(), message=replace(issue().message, sender=mailbox))
    with pytest.raises(UsageError, match="Sender 702 = 702 = notes@notes"):
        sendgrid.draft(nobody, None)
    assert writes(server) == []


def test_two_senders_with_one_address_have_to_be_told_apart(sendgrid, fake):
    fake.senders.append(sender(709, "press@example.org", nickname="Replies elsewhere"))
    with pytest.raises(UsageError, match="more than one sender"):
        sendgrid.draft(issue(), None)


@pytest.mark.parametrize("wanted", ["456", GROUP, GROUP.lower()])
def test_an_unsubscribe_group_is_named_by_id_or_name(server, wanted):
    connected(server, Options(unsubscribe_group=wanted)).draft(issue(), None)
    assert last(server).json["email_config"]["suppression_group_id"] == 456


def test_a_page_of_ones_own_takes_the_place_of_the_group(server):
    page = "https://example.org/leave"
    connected(server, Options(custom_unsubscribe_url=page)).draft(issue(), None)
    config = last(server).json["email_config"]
    assert config["custom_unsubscribe_url"] == page
    assert "suppression_group_id" not in config


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (Options(), "needs either an unsubscribe_group"),
        (Options(unsubscribe_group=GROUP, custom_unsubscribe_url="https://a.example/"), "either"),
        (Options(unsubscribe_group="Newsletters"), "There: Newsletter = 456, Receipts = 455"),
    ],
)
def test_there_has_to_be_one_way_to_unsubscribe(server, options, words):
    with pytest.raises(UsageError, match=words):
        connected(server, options).draft(issue(), None)
    assert writes(server) == []


# Finding


def test_find_matches_the_whole_key_on_every_page(sendgrid, fake):
    ours = sendgrid.draft(issue(), None)
    for number in range(3):
        sendgrid.draft(issue(key=f"{KEY}-{number}"), None)
    for ending in ("-r2", "-test", "0"):
        other = sendgrid.draft(issue(key=f"{KEY}{ending}"), None)
        fake.state[other.id]["categories"] += [f"publish-{KEY}-x"]
    copies = [sendgrid.draft(issue(), None).id for _ in range(4)]
    assert [remote.id for remote in sendgrid.find(KEY)] == [ours.id, *copies]
    assert sendgrid.find(KEY[:-1]) == []
    assert sendgrid.find("publish") == []


def test_a_search_that_finds_too_much_is_not_believed(sendgrid, fake):
    sendgrid.draft(issue(key=f"{KEY}-r2"), None)
    (one,) = fake.state.values()
    fake.refuse("POST", f"{SENDS}/search", Reply.json({"result": [one]}))
    assert sendgrid.find(KEY) == []


def test_find_asks_by_the_category_alone_and_is_a_read(sendgrid, server):
    assert sendgrid.find(KEY) == []
    assert last(server).json == {"categories": [f"publish-{KEY}"]}
    assert server.service.reads(last(server))
    recorder = Recorder(sendgrid.wire)
    assert SendGrid(sendgrid.options, recorder).find(KEY) == []
    assert recorder.requests == []


def test_a_draft_from_sendgrids_own_screen_is_none_of_ours(sendgrid, fake):
    sendgrid.wire.call(Request("POST", SENDS, json={"name": f"publish {KEY}"}))
    assert sendgrid.find(KEY) == []


def test_a_new_draft_is_found_when_the_search_has_caught_up():
    time = NOW.timestamp()
    fake = SendGridFake(lambda: time, lag=SendGrid.find_lag)
    sendgrid = connected(FakeServer(fake))
    remote = sendgrid.draft(issue(), None)
    assert sendgrid.find(KEY) == []
    time += SendGrid.find_lag
    assert [one.id for one in sendgrid.find(KEY)] == [remote.id]


def test_a_list_that_never_ends_is_left(sendgrid, fake):
    sendgrid.draft(issue(), None)
    (one,) = fake.state.values()
    page = {"result": [one], "_metadata": {"next": f"https://evil.example{SENDS}?page_token=2"}}
    fake.refuse("POST", f"{SENDS}/search", Reply.json(page))
    assert len(sendgrid.find(KEY)) == 1


# Sending, and its states


def test_a_send_is_one_request_and_reaches_readers_once():
    time = NOW.timestamp()
    fake = SendGridFake(lambda: time)
    server = FakeServer(fake)
    sendgrid = connected(server)
    remote = sendgrid.draft(issue(), None)
    sendgrid.send(issue(), remote.id)
    assert writes(server)[1:] == [f"PUT {SENDS}/{remote.id}/schedule"]
    assert last(server).json == {"send_at": "now"}
    assert [(one.subject, one.body, one.text) for one in fake.deliveries] == [
        ("Hello", "<p>Hello</p>", "Hello")
    ]
    states = [sendgrid.status(remote.id).state]
    time += 60
    states += [sendgrid.status(remote.id).state, sendgrid.find(KEY)[0].state]
    assert states == [State.SCHEDULED, State.SENT, State.SENT]


def test_a_second_send_is_not_promised_to_have_no_effect(sendgrid, fake):
    assert not SendGrid.can.send_once
    remote = sendgrid.draft(issue(), None)
    for _ in range(2):
        sendgrid.send(issue(), remote.id)
    assert len(fake.deliveries) == 2


def test_a_refused_send_says_what_is_missing(sendgrid, fake):
    remote = sendgrid.draft(issue(), None)
    fake.senders[1]["verified"] = False
    with pytest.raises(Rejected, match=r"400 email_config\.sender_id: is required"):
        sendgrid.send(issue(), remote.id)
    assert fake.deliveries == []


@pytest.mark.parametrize("word", WORDS)
def test_each_documented_state_has_a_meaning(sendgrid, fake, word):
    remote = sendgrid.draft(issue(), None)
    fake.state[remote.id] |= {"status": word, "send_at": "2026-12-24T12:00:00.123Z"}
    seen = sendgrid.status(remote.id)
    assert (seen.state, seen.detail) == (STATES[word], word)
    assert seen.state is not State.UNKNOWN
    at = datetime(2026, 12, 24, 12, 0, 0, 123000, UTC)
    assert seen.at == (None if word == "draft" else at)
    assert set(STATES) == set(WORDS)


def test_a_word_of_tomorrow_is_unknown(sendgrid, fake):
    remote = sendgrid.draft(issue(), None)
    fake.state[remote.id]["status"] = "In Progress"
    assert sendgrid.status(remote.id).state is State.UNKNOWN
    assert sendgrid.find(KEY)[0].state is State.UNKNOWN


@pytest.mark.parametrize("moment", [None, "", "soon", 7])
def test_a_time_that_cannot_be_read_is_no_time(sendgrid, fake, moment):
    remote = sendgrid.draft(issue(), None)
    answer = {**fake.state[remote.id], "status": "scheduled", "send_at": moment}
    fake.refuse("GET", f"{SENDS}/{remote.id}", Reply.json(answer))
    assert sendgrid.status(remote.id).at is None


def test_a_time_without_a_zone_is_utc(sendgrid, fake):
    remote = sendgrid.draft(issue(), None)
    answer = {**fake.state[remote.id], "status": "triggered", "send_at": "2026-12-24T12:00:00"}
    fake.refuse("GET", f"{SENDS}/{remote.id}", Reply.json(answer))
    assert sendgrid.status(remote.id).at == datetime(2026, 12, 24, 12, tzinfo=UTC)


def test_what_is_not_there_is_gone(sendgrid, fake):
    remote = sendgrid.draft(issue(), None)
    fake.remove(remote.id)
    assert sendgrid.status(remote.id) == Remote(remote.id, State.GONE, "not found")


def test_a_refused_key_or_a_proxys_page_does_not_make_a_campaign_gone(sendgrid, fake):
    fake.refuse("GET", f"{SENDS}/x", Reply(404, b"<h1>Not found</h1>"))
    with pytest.raises(NotNow):
        sendgrid.status("x")
    fake.key = "another key"
    with pytest.raises(NotNow, match="Check SENDGRID_API_KEY"):
        sendgrid.status("x")


@pytest.mark.parametrize(
    "body",
    [{}, [], [1], {"id": "x"}, {"status": "draft"}, {"id": 7}, {"result": [1]}, {"results": [1]}],
)
def test_an_answer_of_another_shape_is_no_accident(sendgrid, fake, body):
    fake.refuse("POST", SENDS, Reply.json(body, 201))
    with pytest.raises(Unsure, match="promise"):
        sendgrid.draft(issue(), None)
    fake.refuse("POST", f"{SENDS}/search", Reply.json(body))
    places = ("senders", "lists", "segments/2.0", "contacts/count", "singlesends/x")
    for path in (*places, "stats/singlesends/x"):
        fake.refuse("GET", f"/v3/marketing/{path}", Reply.json(body))
    for call in (
        lambda: sendgrid.find(KEY),
        lambda: sendgrid.readers(""),
        lambda: sendgrid.readers("friends"),
        lambda: sendgrid.figures("x"),
        lambda: sendgrid.draft(issue(), None),
        sendgrid.account,
    ):
        with pytest.raises((WireError, UsageError)):
            call()
    with pytest.raises(NotNow, match="promise"):
        sendgrid.status("x")


# What a draft holds


def test_the_digest_of_a_draft_changes_when_a_person_does_something(sendgrid, fake):
    remote = sendgrid.draft(issue(), None)
    assert remote.content
    assert sendgrid.status(remote.id) == remote
    fake.state[remote.id]["updated_at"] = "2027-01-01T00:00:00Z"
    assert sendgrid.status(remote.id) == remote
    fake.edit(remote.id, "Enjoy!")
    assert sendgrid.status(remote.id).content not in {"", remote.content}


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("email_config", {"subject": "Other"}),
        ("email_config", {"plain_content": "Other"}),
        ("email_config", {"sender_id": 702}),
        ("email_config", {"suppression_group_id": 455}),
        ("send_to", {"all": False, "list_ids": [LISTS["friends"]]}),
        ("send_to", {"segment_ids": [SEGMENTS["keen"]]}),
    ],
)
def test_the_digest_sees_everything_that_decides_what_goes_to_whom(sendgrid, fake, where, what):
    remote = sendgrid.draft(issue(), None)
    fake.state[remote.id][where] |= what
    assert sendgrid.status(remote.id).content not in {"", remote.content}


@pytest.mark.parametrize("kind", [Kind.STALE_READ, Kind.CUT_IN])
def test_a_digest_is_kept_only_where_a_read_shows_what_was_written(fake, kind):
    server = FakeServer(fake)
    sendgrid = connected(server)
    remote = sendgrid.draft(issue(), None)
    server.faults = [Fault(kind, server.count + 5, lambda: fake.edit(remote.id, "<!-- tidy -->"))]
    again = sendgrid.draft(issue("<p>Better</p>"), remote.id)
    assert (again.state, again.content) == (State.DRAFT, "")
    assert sendgrid.draft(issue("<p>Better</p>"), remote.id).content


def test_nothing_and_an_empty_value_are_the_same_to_the_digest(sendgrid, fake):
    remote = sendgrid.draft(issue(), None)
    fake.state[remote.id]["send_to"] = {"list_ids": None, "all": True}
    fake.state[remote.id]["email_config"]["custom_unsubscribe_url"] = ""
    assert sendgrid.status(remote.id).content == remote.content


def test_a_list_shows_too_little_for_a_digest(sendgrid):
    sendgrid.draft(issue(), None)
    assert sendgrid.find(KEY)[0].content == ""


# Audiences


@pytest.mark.parametrize(
    ("audience", "field", "number"),
    [
        ("friends", "list_ids", LISTS["friends"]),
        (LISTS["friends"], "list_ids", LISTS["friends"]),
        ("keen", "segment_ids", SEGMENTS["keen"]),
        (SEGMENTS["keen"], "segment_ids", SEGMENTS["keen"]),
    ],
)
def test_an_audience_is_a_list_or_a_segment_by_name_or_id(
    sendgrid, server, audience, field, number
):
    sendgrid.draft(issue(audience=audience), None)
    empty = {"list_ids": [], "segment_ids": [], "all": False}
    assert last(server).json["send_to"] == {**empty, field: [number]}


def test_an_audience_that_nobody_knows_stops_before_anything_is_written(sendgrid, server):
    for call in (
        lambda: sendgrid.draft(issue(audience="freinds"), None),
        lambda: sendgrid.readers("freinds"),
    ):
        with pytest.raises(UsageError, match=r"no list or segment 'freinds'.*everyone = .*keen ="):
            call()
    assert writes(server) == []


def test_a_list_and_a_segment_of_one_name_have_to_be_told_apart(sendgrid, fake):
    fake.segments["friends"] = "22222222-0000-4000-8000-000000000009"
    with pytest.raises(UsageError, match="more than one list or segment"):
        sendgrid.readers("friends")
    assert sendgrid.readers(LISTS["friends"]) == 3


def test_lists_are_looked_for_on_every_page(sendgrid, fake):
    fake.lists |= {f"list {number}": f"id-{number}" for number in range(7)}
    fake.counts["id-6"] = 61
    assert sendgrid.readers("list 6") == 61


def test_readers_are_counted_at_each_kind_of_audience(sendgrid):
    assert [sendgrid.readers(name) for name in ("", "everyone", "keen")] == [20, 12, 5]


# Escapes and tags


def delivered(sendgrid: SendGrid, fake: SendGridFake, body: str, text: str = "Hello") -> Any:
    message = replace(issue(body).message, text=text)
    this = replace(issue(), message=message)
    remote = sendgrid.draft(this, None)
    sendgrid.send(this, remote.id)
    (delivery,) = fake.deliveries
    return delivery


@pytest.mark.parametrize("text", SYNTAX)
def test_the_writers_braces_arrive_as_written(sendgrid, fake, text):
    html = f"<p>{text}</p>"
    delivery = delivered(sendgrid, fake, html, text)
    assert delivery.body == fill(html, READER)
    assert delivery.text == fill(text, READER)


def test_the_fake_renders_what_is_not_escaped():
    assert render("{{first_name}}a{{! b }}c{{!-- }} --}}d{{x}}") == "acd"
    assert render(r"\{{x}} \\{{x}} \{{{x}}}") == r"{{x}} \ {{{x}}}"
    assert render("{{insert first_name 'default=you'}} {{~ first_name ~}}") == "you "
    for wrong in (
        "{{",
        "{{ }}",
        "{{#if x}}",
        "{{{{a}}}}",
        "{{x}}}",
        "{{{x}}}}",
        "{{a | b}}",
        "{{%",
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - it has no words for a person
            render(wrong)


PIECES = [*"{}\\~!#/ x\n", "&#123;", "<style>", "</style>", *TOKENS.values()]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_braces_ever_become_a_template(text):
    sendgrid = SendGrid(Options(), Recorder(Recorder([])))
    message = replace(issue(text).message, text=text, subject=text)
    localised = sendgrid.localise(message)
    assert seen_in_html(render(localised.html)) == seen_in_html(fill(text, READER))
    assert seen_in_text(render(localised.text)) == fill(text, READER)
    assert seen_in_text(render(localised.subject)) == text


class Page(HTMLParser):
    """Read a page as a mail program does."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[object] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


def test_a_mail_program_reads_the_escape_as_the_braces_it_stands_for(sendgrid):
    html = '<a href="/{{ x }}" title=\'{{{\'>{{ "y" }} \\{{z}}</a>'
    assert Page(sendgrid.escape_html(html)).seen == Page(html).seen
    assert "{{" not in sendgrid.escape_html(html)


def test_what_is_no_template_stays_as_it_is(sendgrid):
    html = "<style>@media x{a{margin:0}}</style><p>{a} C:\\x }} {%x%}</p>"
    assert sendgrid.escape_html(html) == html
    assert sendgrid.escape_text(html) == html


@pytest.mark.parametrize("text", [line for line in SYNTAX if "pressrun" not in line])
def test_a_subject_reads_the_same_whether_it_is_rendered_or_not(sendgrid, text):
    message = sendgrid.localise(replace(issue().message, subject=text, preheader=text))
    for line in (message.subject, message.preheader):
        assert seen_in_text(render(line)) == seen_in_text(line) == text


def test_our_own_tags_take_the_place_of_the_tokens(sendgrid, fake):
    assert set(sendgrid.placeholders) == set(TOKENS)
    html = "".join(f"<i>{TOKENS[name]}</i>" for name in TOKENS)
    assert delivered(sendgrid, fake, html).body == "".join(
        f"<i>{READER[name]}</i>" for name in TOKENS
    )


# Schedules


def test_a_draft_is_handed_over_for_a_time_and_goes_then():
    time = NOW.timestamp()
    fake = SendGridFake(lambda: time)
    server = FakeServer(fake)
    sendgrid = connected(server)
    at = datetime.fromisoformat("2026-12-24T13:00:00+01:00")
    remote = sendgrid.draft(issue(), None)
    sendgrid.schedule(issue(), remote.id, at)
    assert last(server).json == {"send_at": "2026-12-24T12:00:00Z"}
    waiting = sendgrid.status(remote.id)
    assert (waiting.state, waiting.at) == (State.SCHEDULED, at)
    assert fake.deliveries == []
    time = at.timestamp() + 1
    assert sendgrid.status(remote.id).state is State.SENT
    assert len(fake.deliveries) == 1


def test_a_scheduled_one_is_taken_back_and_is_a_draft_again(sendgrid, fake, server):
    remote = sendgrid.draft(issue(), None)
    sendgrid.schedule(issue(), remote.id, datetime(2026, 12, 24, tzinfo=UTC))
    sendgrid.unschedule(remote.id)
    assert last(server).method == "DELETE"
    assert sendgrid.status(remote.id) == remote


@pytest.mark.parametrize("word", ["draft", "triggered", "In Progress"])
def test_only_a_scheduled_one_is_taken_back(sendgrid, fake, server, word):
    remote = sendgrid.draft(issue(), None)
    fake.state[remote.id]["status"] = word
    with pytest.raises(Rejected, match=word):
        sendgrid.unschedule(remote.id)
    assert len(writes(server)) == 1


# Tests


def test_a_test_reaches_the_named_addresses_one_by_one_and_nobody_else(sendgrid, fake, server):
    html = f'<a href="{TOKENS["view_url"]}">{{{{ x }}}} {TOKENS["first_name"]}</a>'
    message = replace(issue(html).message, text=f"{{{{ x }}}} {TOKENS['postal_address']}")
    this = replace(issue(), message=replace(message, subject="{{ x }}"))
    sendgrid.send_test(this, "", ["ann@example.org", "bob@example.org", "ann@example.org"])
    assert writes(server) == ["POST /v3/mail/send"]
    assert [one.to for one in fake.tests] == [("ann@example.org",), ("bob@example.org",)]
    assert {(one.subject, one.body, one.text) for one in fake.tests} == {
        (
            "{{ x }}",
            '<a href="https://example.org/hello/">{{ x }} there</a>',
            "{{ x }} 1 Press Lane, Berlin, 10115, Germany",
        )
    }
    assert (fake.deliveries, fake.state) == ([], {})


def test_a_test_comes_from_the_sender_and_counts_apart(sendgrid, server):
    sendgrid.send_test(issue(), "", ["ann@example.org"])
    mail = last(server).json
    assert mail["from"] == {"email": "press@example.org", "name": "Press"}
    assert mail["reply_to"]["email"] == "replies@example.org"
    assert mail["categories"] == ["publish-test"]
    assert [one["type"] for one in mail["content"]] == ["text/plain", "text/html"]
    assert not SendGrid.test_needs_draft


# Clearing up


def test_a_draft_is_discarded_and_what_is_gone_stays_gone(sendgrid, fake, server):
    remote = sendgrid.draft(issue(), None)
    sendgrid.discard(remote.id)
    assert fake.state == {}
    sendgrid.discard(remote.id)
    assert writes(server)[1:] == [f"DELETE {SENDS}/{remote.id}"]


@pytest.mark.parametrize("word", ["scheduled", "triggered", "In Progress"])
def test_only_a_draft_is_discarded(sendgrid, fake, word):
    remote = sendgrid.draft(issue(), None)
    fake.state[remote.id] |= {"status": word, "send_at": "2026-12-24T12:00:00Z"}
    with pytest.raises(Rejected, match=word):
        sendgrid.discard(remote.id)
    assert remote.id in fake.state


# Figures


def test_figures_are_those_of_the_campaign(sendgrid):
    remote = sendgrid.draft(issue(), None)
    assert sendgrid.figures(remote.id) == Figures()
    sendgrid.send(issue(), remote.id)
    assert sendgrid.figures(remote.id) == Figures(
        recipients=20,
        delivered=18,
        opens=7,
        clicks=4,
        bounces=2,
        unsubscribes=1,
        complaints=0,
    )


def test_what_is_not_tracked_is_not_taken_for_nobody(sendgrid, fake):
    counted = {"requests": 9, "delivered": 9, "unique_opens": 0, "unique_clicks": 0, "bounces": 0}
    path = "/v3/marketing/stats/singlesends/x"
    fake.refuse("GET", path, Reply.json({"results": [{"stats": counted}]}))
    assert sendgrid.figures("x") == Figures(recipients=9, delivered=9, bounces=0)


# Concerns


def worries(provider: Provider, *, reply_to: str = "", to: str = "") -> str:
    email = Email(sender="Press <press@example.org>", reply_to=reply_to)
    return "\n".join(map(str, provider.concerns(email, to)))


def test_where_all_is_well_there_is_no_concern(sendgrid, server):
    assert worries(sendgrid) == ""
    assert worries(sendgrid, to="friends") == ""
    assert writes(server) == []


def test_a_sender_that_is_in_use_is_no_concern(sendgrid, fake):
    fake.senders[1]["locked"] = True
    assert worries(sendgrid) == ""


@pytest.mark.parametrize(
    ("options", "to", "words"),
    [
        ({"sender": "new@example.org"}, "", "has not verified the sender new@example.org"),
        ({"sender": "702"}, "", "come from notes@notes.example, not from Press <press@"),
        ({"sender": "nobody"}, "", "no sender 'nobody'"),
        ({"unsubscribe_group": "999"}, "", "no unsubscribe group '999'"),
        ({"unsubscribe_group": ""}, "", "either an unsubscribe_group"),
        ({}, "freinds", "no list or segment 'freinds'"),
        ({}, "empty", "empty: nobody is there"),
    ],
)
def test_what_would_stop_a_send_is_a_concern(server, fake, options, to, words):
    fake.lists["empty"] = "11111111-0000-4000-8000-000000000003"
    sendgrid = connected(server, Options(**{"unsubscribe_group": GROUP, **options}))
    assert words in worries(sendgrid, to=to)


def test_answers_that_would_go_elsewhere_are_a_concern(sendgrid, fake):
    assert "go to replies@example.org, not to me@example.org" in worries(
        sendgrid, reply_to="me@example.org"
    )
    assert worries(sendgrid, reply_to="Replies@example.org") == ""
    fake.senders[1]["reply_to"] = {}
    assert worries(sendgrid, reply_to="press@example.org") == ""


def test_a_key_without_marketing_is_the_first_concern(sendgrid, fake):
    fake.scopes.remove("marketing.read")
    assert "SENDGRID_API_KEY may not use Marketing" in worries(sendgrid)


def test_several_concerns_are_all_named(server):
    sendgrid = connected(server, Options(sender="nobody"))
    assert len(worries(sendgrid).splitlines()) == 2


# Around


def test_a_dry_run_writes_the_requests_down_and_changes_nothing(sendgrid, server):
    recorder = Recorder(sendgrid.wire)
    dry = SendGrid(sendgrid.options, recorder)
    remote = dry.draft(issue(audience="friends"), None)
    dry.send(issue(), remote.id)
    assert [f"{one.method} {one.path}" for one in recorder.requests] == [
        f"POST {SENDS}",
        f"PUT {SENDS}/{{id of request 1}}/schedule",
    ]
    assert writes(server) == []
    assert "canary" not in repr(recorder.requests)


def test_another_region_is_another_address(fake):
    with serve(fake) as url:
        sendgrid = connected(None, Options(unsubscribe_group=GROUP, base_url=url))
        remote = sendgrid.draft(issue(), None)
        sendgrid.send_test(issue(), "", ["ann@example.org"])
        sendgrid.send(issue(), remote.id)
        assert sendgrid.find(KEY)[0].id == remote.id
        sendgrid.wire.close()
    assert (len(fake.deliveries), len(fake.tests)) == (1, 1)


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.ERROR_AFTER, Kind.GARBAGE, Kind.REDIRECT])
def test_a_lost_answer_never_makes_a_second_single_send(fake, kind):
    server = FakeServer(fake)
    sendgrid = connected(server)
    server.faults = [Fault(kind, 3)]
    with pytest.raises(Unsure):
        sendgrid.draft(issue(), None)
    assert len(fake.state) == (kind is not Kind.REDIRECT)
    assert server.count == 3


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.GARBAGE, Kind.BROKEN, Kind.TIMEOUT])
def test_a_lost_answer_never_sends_twice(fake, kind):
    server = FakeServer(fake)
    sendgrid = connected(server)
    remote = sendgrid.draft(issue(), None)
    server.faults = [Fault(kind, server.count + 1)]
    with pytest.raises(Unsure):
        sendgrid.send(issue(), remote.id)
    assert len(fake.deliveries) == 1


# The official document


def null_too(data: Any) -> None:
    """Write `nullable`, which this document keeps from an older OpenAPI, as 3.1 wants it."""
    if isinstance(data, dict):
        if data.pop("nullable", False) and isinstance(data.get("type"), str):
            data["type"] = [data["type"], "null"]
        data = data.values()
    if not isinstance(data, str):
        for each in data if hasattr(data, "__iter__") else ():
            null_too(each)


@pytest.fixture
def conversation() -> Checked:
    """Say everything about single sends to SendGrid that the adapter can say, and record it."""
    time = NOW.timestamp()
    server = Checked(SendGridFake(lambda: time))
    page = Options(custom_unsubscribe_url="https://example.org/leave")
    for sendgrid in (connected(server), connected(server, page)):
        for audience in ("", "friends", "keen"):
            remote = sendgrid.draft(issue(audience=audience), None)
            sendgrid.draft(issue("<p>Better</p>", audience=audience), remote.id)
            sendgrid.schedule(issue(), remote.id, datetime(2026, 12, 24, tzinfo=UTC))
            sendgrid.unschedule(remote.id)
            sendgrid.send(issue(), remote.id)
    sendgrid.find(KEY)
    sendgrid.status("33333333-0000-4000-8000-000000000099")
    sendgrid.discard(sendgrid.draft(issue(), None).id)
    server.answers = [one for one in server.answers if one[0].path.startswith(SENDS)]
    return server


def at_a_time(sent: Sent) -> Sent:
    """Give the word `now`, which the document allows in prose alone, the form that it asks for."""
    at_once = sent.json == {"send_at": "now"}
    return sent._replace(json={"send_at": "2026-12-24T00:00:00Z"}) if at_once else sent


def test_every_request_is_one_that_the_document_knows(conversation):
    document = Document.named("sendgrid_mc_singlesends.yaml", SendGridFake.base_url, null_too)
    conversation.answers = [(at_a_time(sent), reply) for sent, reply in conversation.answers]
    assert conversation.request_problems(document) == {}
    methods = {sent.method for sent, _ in conversation.answers}
    assert methods == {"GET", "POST", "PATCH", "PUT", "DELETE"}


def test_the_fake_answers_as_the_document_says(conversation):
    document = Document.named("sendgrid_mc_singlesends.yaml", SendGridFake.base_url, null_too)
    assert conversation.answer_problems(document) == {}
