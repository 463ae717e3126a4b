from dataclasses import replace
from datetime import timedelta, timezone
from html import unescape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.deliver.providers.contract import Audiences, abilities
from pressrun.deliver.providers.resend import MISSING, STATES, Options, Resend
from pressrun.errors import NotNow, Rejected, Unsure, UsageError, WireError
from pressrun.model import Figures, Issue, State
from pressrun.placeholders import TOKENS
from pressrun.publication import Email
from pressrun.wire import Recorder, Request
from support.issues import KEY, NOW, issue
from support.wire_fakes.base import FakeServer, Fault, Kind, Reply, serve
from support.wire_fakes.resend import ResendFake, connected, render

GENERAL = "aaaaaaaa-0000-4000-8000-000000000001"
FRIENDS = "aaaaaaaa-0000-4000-8000-000000000002"
FIRST = "bbbbbbbb-0000-4000-8000-000000000001"
NOWHERE = "bbbbbbbb-0000-4000-8000-000000009999"
UNSUBSCRIBE = "https://unsubscribe.resend.com/reader"
# The documented words: https://resend.com/docs/dashboard/broadcasts/manage-broadcasts
WORDS = ("draft", "scheduled", "queued", "sent", "canceled")
SYNTAX = [
    "{{ x }}",
    "{{{ x }}} {{{contact.first_name|there}}} {{{RESEND_UNSUBSCRIBE_URL}}}",
    "{{{{raw}}}} {{ y }} {{{{/raw}}}}",
    "{{#if x}}a{{else}}b{{/if}} {{!-- no comment --}} {{~x~}} {{> partial}}",
    r"\{{ x }} \\{{{ y }}}",
    "{% raw %}{{ x }}{% endraw %} {# a comment #}",
    "*|FNAME|* %recipient.name% {$name} %%{x}%% [[var:x]] @TrackLink",
    '<a href="/{{ x }}" title="{{{ y }}}">{{</a>',
    "<style>@media print{#id{color:red}}a::before{content:'{{x}}'}</style>{{ after }}",
    "<!-- {{ x }} --><!--[if mso]><style>b::before{content:'{{{y}}}'}</style>{{z}}<![endif]-->",
    "{{ over\ntwo lines }}",
    "{" + TOKENS["unsubscribe_url"] + "}",
    "{{" + TOKENS["unsubscribe_url"] + "}}",
    "\\" + TOKENS["unsubscribe_url"],
    "{{ never closed",
]


@pytest.fixture
def fake() -> ResendFake:
    return ResendFake(NOW.timestamp)


@pytest.fixture
def server(fake) -> FakeServer:
    return FakeServer(fake)


@pytest.fixture
def resend(server) -> Resend:
    return connected(server)


def writes(server: FakeServer) -> list[str]:
    return [f"{sent.method} {sent.path}" for sent in server.requests if sent.method != "GET"]


def seen(html: str) -> str:
    """Return what a reader's program makes of the text; there is one escape more in CSS."""
    return unescape(html.replace(r"\7b ", "{"))


def filled(text: str) -> str:
    return text.replace(TOKENS["unsubscribe_url"], UNSUBSCRIBE)


def with_message(**fields: Any) -> Issue:
    return replace(issue(), message=replace(issue().message, **fields))


def become(fake: ResendFake, campaign: str, word: str) -> None:
    """Put a broadcast into a state."""
    fake.state[campaign] |= {"status": word, "scheduled_at": "2099-01-01 00:00:00.000+00"}


# The account


def test_the_account_is_the_oldest_domain_whatever_comes_after_it(resend, fake):
    assert resend.account() == "example.org/dddddddd-0000-4000-8000-000000000000"
    fake.domains = {
        "new.example": {
            **fake.domains["example.org"],
            "id": "0",
            "name": "new.example",
            "created_at": "2026-11-01 00:00:00.000+00",
        },
        **fake.domains,
    }
    assert resend.account() == "example.org/dddddddd-0000-4000-8000-000000000000"


def test_a_team_without_a_domain_cannot_send_and_is_told_so(resend, fake):
    fake.domains = {}
    with pytest.raises(UsageError, match=r"resend\.com/domains"):
        resend.account()


def test_each_request_says_who_we_are(resend, server):
    resend.find(KEY)
    resend.draft(issue(), None)
    assert all(sent.headers["User-Agent"].startswith("pressrun/") for sent in server.requests)


# Drafts


def test_a_new_draft_is_complete_and_reaches_nobody(resend, fake, server):
    remote = resend.draft(issue(), None)
    assert (remote.id, remote.state, remote.detail) == (FIRST, State.DRAFT, "draft")
    assert fake.deliveries == []
    assert writes(server) == ["POST /broadcasts"]
    (created,) = [sent for sent in server.requests if sent.method == "POST"]
    assert created.json == {
        "name": f"publish:{KEY}",
        "segment_id": GENERAL,
        "from": "Press <press@example.org>",
        "subject": "Hello",
        "preview_text": "A first line",
        "html": "<p>Hello</p>",
        "text": "Hello",
    }


def test_the_fake_sends_what_comes_with_send(resend, fake):
    broadcast = {"segment_id": GENERAL, "from": "a@example.org", "subject": "Oops", "html": ""}
    resend.wire.call(Request("POST", "/broadcasts", json={**broadcast, "send": True}))
    assert [one.subject for one in fake.deliveries] == ["Oops"]


def test_a_refill_replaces_everything_and_can_start_nothing(resend, fake, server):
    fake.segments[FRIENDS] = "Friends"
    first = resend.draft(
        replace(with_message(reply_to="editor@example.org"), audience="Friends"), None
    )
    assert fake.state[FIRST]["reply_to"] == ["editor@example.org"]
    better = with_message(html="<p>Better</p>", subject="New", text="", preheader="")
    again = resend.draft(replace(better, audience="General"), first.id)
    assert (again.id, again.state) == (first.id, State.DRAFT)
    (broadcast,) = fake.state.values()
    expected = {
        "subject": "New",
        "html": "<p>Better</p>",
        "text": "",
        "preview_text": "",
        "reply_to": None,
        "segment_id": GENERAL,
        "name": f"publish:{KEY}",
    }
    assert {name: broadcast[name] for name in expected} == expected
    patch = server.requests[-2]
    assert (patch.method, patch.path) == ("PATCH", f"/broadcasts/{FIRST}")
    assert not {"send", "scheduled_at", "status"} & set(patch.json)


def test_an_empty_field_is_only_written_where_it_takes_something_away(resend, server):
    remote = resend.draft(issue(), None)
    resend.draft(issue(), remote.id)
    assert all("reply_to" not in (sent.json or {}) for sent in server.requests)


def test_an_empty_text_part_is_not_made_from_the_html(resend, fake):
    resend.draft(with_message(text=""), None)
    assert fake.state[FIRST]["text"] == ""


def test_a_draft_that_a_person_renamed_gets_its_name_back(resend, fake):
    remote = resend.draft(issue(), None)
    fake.state[remote.id]["name"] = "My draft"
    resend.draft(issue(), remote.id)
    assert [one.id for one in resend.find(KEY)] == [remote.id]


@pytest.mark.parametrize("word", [*WORDS[1:], "teleported"])
def test_only_a_draft_is_refilled(resend, fake, server, word):
    remote = resend.draft(issue(), None)
    become(fake, remote.id, word)
    with pytest.raises(Rejected, match=word):
        resend.draft(issue("<p>Better</p>"), remote.id)
    assert writes(server) == ["POST /broadcasts"]


def test_a_draft_that_is_gone_is_not_refilled(resend, server):
    with pytest.raises(Rejected, match="not found"):
        resend.draft(issue(), NOWHERE)
    assert writes(server) == []


def test_a_draft_that_somebody_sends_while_we_refill_it_is_no_draft(fake):
    remote = connected(FakeServer(fake)).draft(issue(), None)
    server = FakeServer(fake, [Fault(Kind.CUT_IN, 4, lambda: send_by_hand(fake))])
    with pytest.raises(Rejected, match="queued"):
        connected(server).draft(issue("<p>Better</p>"), remote.id)


def send_by_hand(fake: ResendFake) -> None:
    for one in fake.state.values():
        one["status"] = "queued"


def test_a_draft_that_somebody_deletes_while_we_refill_it_is_no_draft(fake):
    remote = connected(FakeServer(fake)).draft(issue(), None)
    server = FakeServer(fake, [Fault(Kind.CUT_IN, 4, lambda: fake.remove(remote.id))])
    with pytest.raises(Rejected, match="not found"):
        connected(server).draft(issue("<p>Better</p>"), remote.id)


@pytest.mark.parametrize("change", [{"name": "other"}, {"segment_id": FRIENDS}, {"name": None}])
def test_a_draft_for_other_readers_or_of_another_name_is_not_believed(resend, fake, change):
    remote = resend.draft(issue(), None)
    shown = {"audience_id": None, **fake.state[remote.id], **change}
    fake.refuse("GET", f"/broadcasts/{remote.id}", Reply.json(shown))
    with pytest.raises(NotNow, match="name and segment"):
        resend.draft(issue(), remote.id)


def test_a_segment_may_be_shown_by_its_older_name(resend, fake):
    remote = resend.draft(issue(), None)
    shown = {**fake.state[remote.id], "segment_id": None, "audience_id": GENERAL}
    fake.refuse("GET", f"/broadcasts/{remote.id}", Reply.json(shown))
    assert resend.draft(issue(), remote.id).state is State.DRAFT


def test_a_draft_needs_a_sender(resend, server):
    with pytest.raises(UsageError, match="sender"):
        resend.draft(with_message(sender=""), None)
    assert writes(server) == []


# What a draft holds


def test_content_stays_as_long_as_nobody_edits(resend, fake):
    drafted = resend.draft(with_message(reply_to="editor@example.org"), None)
    assert drafted.content
    assert resend.status(drafted.id) == drafted
    again = resend.draft(with_message(reply_to="editor@example.org"), drafted.id)
    assert again == drafted
    fake.state[drafted.id] |= {"name": "renamed", "created_at": "2026-12-01 00:00:00.000+00"}
    assert resend.status(drafted.id).content == drafted.content


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Edited"},
        {"preview_text": "Edited"},
        {"from": "Other <press@example.org>"},
        {"reply_to": ["other@example.org"]},
        {"text": "Edited"},
        {"html": None},
        {"segment_id": FRIENDS},
        {"topic_id": "b6d24b8e-af0b-4c3c-be0c-359bbd97381e"},
    ],
)
def test_content_changes_with_whatever_a_person_edits(resend, fake, change):
    drafted = resend.draft(issue(), None)
    fake.state[drafted.id] |= change
    edited = resend.status(drafted.id).content
    assert edited
    assert edited != drafted.content


def test_content_changes_with_a_word_in_the_editor(resend, fake):
    drafted = resend.draft(issue(), None)
    fake.edit(drafted.id, "a word")
    assert resend.status(drafted.id).content != drafted.content


def test_content_is_what_resend_makes_of_it(resend, fake):
    fake.tidied = lambda html: f"{html}\n"
    drafted = resend.draft(issue(), None)
    assert drafted.content
    refilled = resend.draft(issue("<p>Better</p>"), drafted.id)
    assert refilled.content not in {"", drafted.content}
    assert resend.status(drafted.id) == refilled


def test_a_refill_that_shows_no_change_and_not_our_words_is_not_known(resend, fake):
    fake.tidied = lambda html: f"{html}\n"
    drafted = resend.draft(issue(), None)
    assert resend.draft(issue(), drafted.id).content == ""


@pytest.mark.parametrize("html", ["<p>Hello</p>", "<p>Better</p>"])
def test_a_refill_that_is_read_back_from_an_old_copy_is_not_taken_for_new(fake, html):
    drafted = connected(FakeServer(fake)).draft(issue(), None)
    server = FakeServer(fake, [Fault(Kind.STALE_READ, 4)])
    refilled = connected(server).draft(issue(html), drafted.id)
    known = drafted.content if html == "<p>Hello</p>" else ""
    assert (refilled.state, refilled.content) == (State.DRAFT, known)


def test_a_new_draft_that_a_copy_has_not_heard_of_is_there_all_the_same(fake):
    server = FakeServer(fake, [Fault(Kind.STALE_READ, 3)])
    drafted = connected(server).draft(issue(), None)
    assert (drafted.id, drafted.state, drafted.content) == (FIRST, State.DRAFT, "")


# Finding


def test_find_matches_the_whole_key_on_every_page(resend):
    for number in range(5):
        resend.draft(issue(key=f"other-{number}"), None)
    ours = resend.draft(issue(), None)
    for suffix in ("-r2", "-test", "0"):
        resend.draft(issue(key=f"{KEY}{suffix}"), None)
    assert [one.id for one in resend.find(KEY)] == [ours.id]
    assert [one.id for one in resend.find("other-0")] == [FIRST]
    assert resend.find(KEY[:-1]) == []
    assert resend.find(KEY.upper()) == []


def test_find_sees_every_campaign_of_the_name(resend, fake):
    for word in ("draft", "sent", "canceled"):
        remote = resend.draft(issue(), None)
        fake.state[remote.id]["status"] = word
    states = [one.state for one in resend.find(KEY)]
    assert states == [State.CANCELLED, State.SENT, State.DRAFT]


@pytest.mark.parametrize("name", [None, "", KEY, f"publish:{KEY} ", f"publish: {KEY}"])
def test_broadcasts_of_other_names_are_none_of_ours(resend, fake, name):
    remote = resend.draft(issue(), None)
    fake.state[remote.id]["name"] = name
    assert resend.find(KEY) == []


def test_a_list_that_grows_meanwhile_shows_each_once(fake):
    for number in range(4):
        connected(FakeServer(fake)).draft(issue(key=f"{KEY}-{number}"), None)
    server = FakeServer(fake, [Fault(Kind.CUT_IN, 2, lambda: another(fake))])
    found = [one["id"] for one in connected(server)._pages("/broadcasts")]
    assert found == sorted(set(found), reverse=True)
    assert len(found) == 4


def another(fake: ResendFake) -> None:
    connected(FakeServer(fake)).draft(issue(key="newest"), None)


def test_a_new_draft_is_found_when_the_lists_have_caught_up():
    time = NOW.timestamp()
    fake = ResendFake(lambda: time, lag=Resend.find_lag)
    resend = connected(FakeServer(fake))
    remote = resend.draft(issue(), None)
    assert resend.find(KEY) == []
    time += Resend.find_lag
    assert [one.id for one in resend.find(KEY)] == [remote.id]


def test_a_list_that_never_ends_is_no_proof_that_nothing_is_there(resend, fake):
    for data in ([], [{"id": "b", "name": "n", "status": "draft"}]):
        page = {"object": "list", "has_more": True, "data": data}
        fake.refuse("GET", "/broadcasts", Reply.json(page))
        with pytest.raises(NotNow, match="does not end"):
            resend.find(KEY)


# Sending


def test_a_send_is_one_request_and_reaches_readers_once(resend, fake, server):
    remote = resend.draft(issue(), None)
    before = len(server.requests)
    resend.send(issue(), remote.id)
    (sent,) = server.requests[before:]
    assert (sent.method, sent.path, sent.json) == ("POST", f"/broadcasts/{FIRST}/send", {})
    assert [(one.campaign, one.subject, one.text) for one in fake.deliveries] == [
        (remote.id, "Hello", "Hello")
    ]
    assert [resend.status(remote.id).detail for _ in range(3)] == ["queued", "sent", "sent"]
    assert resend.status(remote.id).at == NOW


def test_the_fake_delivers_a_second_time_when_it_is_asked_twice(resend, fake):
    remote = resend.draft(issue(), None)
    for _ in range(2):
        resend.send(issue(), remote.id)
    assert len(fake.deliveries) == 2
    assert not resend.can.send_once


REFUSALS = [
    (401, "restricted_api_key", "full access"),
    (403, "restricted_api_key", "not active"),
    (403, "invalid_permission", "full access"),
    (403, "suspended_api_key", r"resend\.com/contact"),
    (403, "validation_error", r"resend\.com/domains"),
    (409, "resource_locked", "run again"),
    (403, "something_new", "Check RESEND_API_KEY"),
]


@pytest.mark.parametrize(("status", "name", "advice"), REFUSALS)
def test_a_refusal_that_a_writer_can_mend_says_how(resend, fake, status, name, advice):
    remote = resend.draft(issue(), None)
    refusal = {"statusCode": status, "name": name, "message": "No, not so."}
    fake.refuse("POST", f"/broadcasts/{remote.id}/send", Reply.json(refusal, status))
    with pytest.raises(Rejected, match=advice) as failure:
        resend.send(issue(), remote.id)
    assert "No, not so." in str(failure.value)
    assert (failure.value.status, failure.value.code) == (status, name)
    assert fake.deliveries == []


def test_a_key_that_may_only_send_single_emails_is_told_apart(resend, fake):
    fake.restricted = True
    for call in (resend.account, lambda: resend.find(KEY), lambda: resend.draft(issue(), None)):
        with pytest.raises(Rejected, match="full access"):
            call()


def test_an_unverified_domain_is_named_with_what_helps(resend, fake):
    fake.domains["example.org"]["status"] = "pending"
    with pytest.raises(Rejected, match=r"domain is not verified.*email\.from"):
        resend.draft(issue(), None)


def test_a_refused_key_is_no_reason_to_think_that_a_campaign_is_gone(server, fake):
    resend = connected(server)
    fake.key = "another key"
    with pytest.raises(NotNow, match="Check RESEND_API_KEY"):
        resend.status(FIRST)


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.ERROR_AFTER, Kind.GARBAGE, Kind.REDIRECT])
def test_a_lost_answer_never_makes_a_second_broadcast(fake, kind):
    server = FakeServer(fake, [Fault(kind, 2)])
    with pytest.raises(Unsure):
        connected(server).draft(issue(), None)
    assert len(fake.state) == (kind is not Kind.REDIRECT)
    assert writes(server) == ["POST /broadcasts"] * len(fake.state)


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.TIMEOUT, Kind.BROKEN])
def test_a_send_whose_answer_is_lost_is_not_repeated(fake, kind):
    remote = connected(FakeServer(fake)).draft(issue(), None)
    with pytest.raises(Unsure):
        connected(FakeServer(fake, [Fault(kind, 1)])).send(issue(), remote.id)
    assert len(fake.deliveries) == 1


# States


@pytest.mark.parametrize("word", WORDS)
def test_each_documented_state_has_a_meaning(resend, fake, word):
    remote = resend.draft(issue(), None)
    become(fake, remote.id, word)
    shown = resend.status(remote.id)
    assert (shown.state, shown.detail) == (STATES[word], word)
    assert set(STATES) - {MISSING} == set(WORDS)


def test_a_word_of_tomorrow_is_unknown(resend, fake):
    remote = resend.draft(issue(), None)
    fake.state[remote.id]["status"] = "teleported"
    assert resend.status(remote.id).state is State.UNKNOWN
    assert [one.state for one in resend.find(KEY)] == [State.UNKNOWN]


def test_what_is_not_there_is_gone(resend):
    assert resend.status(NOWHERE).state is State.GONE


def test_a_proxys_page_does_not_make_a_campaign_gone(resend, fake):
    fake.refuse("GET", f"/broadcasts/{FIRST}", Reply(404, b"<h1>Not found</h1>"))
    with pytest.raises(NotNow):
        resend.status(FIRST)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-23 09:00:00.977+00", NOW + timedelta(milliseconds=977)),
        ("2026-11-23T10:00:00+01:00", NOW),
        ("2026-11-23T09:00:00Z", NOW),
        ("2026-11-23 09:00:00", NOW),
        ("soon", None),
        (None, None),
    ],
)
def test_times_are_read_as_far_as_they_are_times(resend, fake, written, moment):
    remote = resend.draft(issue(), None)
    fake.state[remote.id] |= {"status": "sent", "sent_at": written}
    assert resend.status(remote.id).at == moment


@pytest.mark.parametrize("body", [{}, [], {"object": "broadcast"}, {"id": 7}])
def test_an_answer_to_a_write_of_another_shape_leaves_doubt(resend, fake, body):
    fake.refuse("POST", "/broadcasts", Reply.json(body, 201))
    with pytest.raises(Unsure, match="promise"):
        resend.draft(issue(), None)


@pytest.mark.parametrize("body", [{}, [], {"id": "b"}, {"status": "draft"}, {"id": 7}])
def test_an_answer_of_another_shape_is_no_accident(resend, fake, body):
    for path in (f"/broadcasts/{FIRST}", "/broadcasts", "/segments", "/domains", "/emails/metrics"):
        fake.refuse("GET", path, Reply.json(body))
    for call in (
        lambda: resend.status(FIRST),
        lambda: resend.find(KEY),
        lambda: resend.draft(issue(), None),
        lambda: resend.figures(FIRST),
        lambda: list(resend.concerns(Email(sender="a@example.org"), "")),
        resend.account,
    ):
        with pytest.raises(WireError):
            call()


# Audiences


@pytest.mark.parametrize("audience", ["Friends", FRIENDS])
def test_an_audience_is_a_segment_by_name_or_id(resend, fake, audience):
    fake.segments |= {FRIENDS: "Friends", "aaaaaaaa-0000-4000-8000-000000000003": "Third"}
    remote = resend.draft(issue(audience=audience), None)
    assert fake.state[remote.id]["segment_id"] == FRIENDS


def test_no_audience_is_the_only_segment(resend, fake):
    remote = resend.draft(issue(), None)
    assert fake.state[remote.id]["segment_id"] == GENERAL


@pytest.mark.parametrize("audience", ["", "General", "freinds"])
def test_an_audience_that_is_not_clear_stops_before_anything_is_written(
    resend, fake, server, audience
):
    fake.segments[FRIENDS] = "General"
    with pytest.raises(UsageError, match=rf"General \({GENERAL}\), General \({FRIENDS}\)"):
        resend.draft(issue(audience=audience), None)
    assert writes(server) == []


def test_a_team_without_segments_is_told_so(resend, fake):
    fake.segments = {}
    with pytest.raises(UsageError, match="none yet"):
        resend.draft(issue(), None)


def test_segments_are_looked_for_on_every_page(resend, fake):
    fake.segments |= {f"id_{number}": f"Segment {number}" for number in range(7)}
    fake.segments["id_6"] = "General 6"
    remote = resend.draft(issue(audience="General 6"), None)
    assert fake.state[remote.id]["segment_id"] == "id_6"


def test_readers_are_not_counted_since_that_would_mean_to_read_them(resend):
    assert not isinstance(resend, Audiences)
    able = {name for name, there in abilities(Resend).items() if there}
    assert able == {
        *("plain_text", "preheader", "sender", "unique_opens"),
        *("schedule", "test_send", "discard", "statistics"),
    }


# Escapes and tags


@pytest.mark.parametrize("text", SYNTAX)
def test_the_writers_braces_arrive_as_written(resend, fake, text):
    html = f"<p>{text}</p>"
    remote = resend.draft(issue(html), None)
    resend.send(issue(html), remote.id)
    (delivery,) = fake.deliveries
    assert seen(delivery.body) == filled(html)


def test_only_what_could_be_a_tag_is_touched(resend):
    html = "<style>@media print{a{b:c}}</style><p>{ x } }} {</p>"
    assert resend.escape_html(html) == html
    assert resend.escape_html("<p>{{</p>") == "<p>&#123;{</p>"
    assert resend.escape_html("<STYLE a='b'>{{</STYLE>") == r"<STYLE a='b'>\7b {</STYLE>"


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([*"{}#! x|\\\n", TOKENS["unsubscribe_url"]])).map("".join))
def test_no_braces_ever_become_a_tag(text):
    resend = Resend(Options(), Recorder(Recorder([])))
    message = resend.localise(with_message(html=text, text=text).message)
    assert seen(render(message.html)) == filled(text)
    assert render(message.text).replace("\N{ZERO WIDTH SPACE}", "") == filled(text)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([*"{}'\n", "<style>", "</style>", "<p>"])).map("".join))
def test_nothing_that_opens_a_tag_is_left_in_or_beside_style_sheets(text):
    escaped = Resend(Options(), Recorder(Recorder([]))).escape_html(text)
    assert "{{" not in escaped
    assert seen(escaped) == text


@pytest.mark.parametrize("text", [line for line in SYNTAX if "pressrun" not in line])
def test_a_subject_reads_the_same_whether_it_is_rendered_or_not(resend, text):
    message = resend.localise(with_message(subject=text, preheader=text).message)
    for line in (message.subject, message.preheader):
        assert render(line) == line
        assert line.replace("\N{ZERO WIDTH SPACE}", "") == text


def test_our_own_tags_take_the_place_of_the_tokens(resend, fake):
    text = " ".join(TOKENS[name] for name in resend.placeholders)
    ours = with_message(html=f'<a href="{TOKENS["unsubscribe_url"]}">{text}</a>', text=text)
    resend.send(ours, resend.draft(ours, None).id)
    (delivery,) = fake.deliveries
    assert delivery.body == f'<a href="{UNSUBSCRIBE}">{UNSUBSCRIBE} there</a>'
    assert delivery.text == f"{UNSUBSCRIBE} there"


def test_a_page_on_the_web_and_a_postal_address_have_no_tag_there(resend):
    message = issue(TOKENS["postal_address"] + TOKENS["view_url"]).message
    assert set(resend.lacking(message)) == {"view_url", "postal_address"}


# Schedules

LATER = NOW + timedelta(hours=3)


def test_a_schedule_is_one_request_in_universal_time(resend, fake, server):
    remote = resend.draft(issue(), None)
    before = len(server.requests)
    resend.schedule(issue(), remote.id, LATER.astimezone(timezone(timedelta(hours=1))))
    (sent,) = server.requests[before:]
    assert (sent.path, sent.json) == (
        f"/broadcasts/{FIRST}/send",
        {"scheduled_at": "2026-11-23T12:00:00Z"},
    )
    scheduled = resend.status(remote.id)
    assert (scheduled.state, scheduled.at) == (State.SCHEDULED, LATER)
    assert fake.deliveries == []


def test_a_scheduled_broadcast_goes_out_by_itself():
    time = NOW.timestamp()
    fake = ResendFake(lambda: time)
    resend = connected(FakeServer(fake))
    remote = resend.draft(issue(), None)
    resend.schedule(issue(), remote.id, LATER)
    time = LATER.timestamp()
    assert resend.status(remote.id).state is State.SENDING
    assert len(fake.deliveries) == 1


def test_a_scheduled_broadcast_is_taken_back_to_a_draft(resend, fake):
    remote = resend.draft(issue(), None)
    resend.schedule(issue(), remote.id, LATER)
    resend.unschedule(remote.id)
    assert resend.status(remote.id) == remote
    fake.now = (LATER + timedelta(days=1)).timestamp
    fake.tick()
    assert fake.deliveries == []


@pytest.mark.parametrize("word", ["draft", "queued", "sent", "canceled", "teleported"])
def test_only_a_scheduled_broadcast_is_taken_back(resend, fake, server, word):
    remote = resend.draft(issue(), None)
    become(fake, remote.id, word)
    with pytest.raises(Rejected, match=word):
        resend.unschedule(remote.id)
    assert writes(server) == ["POST /broadcasts"]


# Tests


def test_a_test_reaches_the_named_addresses_and_nobody_else(resend, fake, server):
    html = f"<p>{{{{ x }}}} {TOKENS['first_name']}</p><a href='{TOKENS['unsubscribe_url']}'>u</a>"
    ours = with_message(
        html=html, text=f"{{{{ x }}}} {TOKENS['first_name']}", reply_to="editor@example.org"
    )
    resend.send_test(ours, "", ["ada@example.net", "ben@example.net"])
    assert fake.deliveries == []
    assert fake.state == {}
    (test,) = fake.tests
    assert test.to == ("ada@example.net", "ben@example.net")
    assert test.subject == "Hello"
    assert seen(test.body) == (
        "<p>{{ x }} there</p><a href='https://pressrun.invalid/unsubscribe'>u</a>"
    )
    assert test.text == "{{ x }} there"
    assert server.requests[-1].json["reply_to"] == ["editor@example.org"]
    assert not any(token in str(server.requests[-1].json) for token in TOKENS.values())


def test_a_test_asked_for_twice_comes_twice(resend, fake):
    for _ in range(2):
        resend.send_test(issue(), "", ["ada@example.net"])
    assert len(fake.tests) == 2


def test_more_addresses_than_resend_takes_are_refused_as_a_whole(resend, fake):
    with pytest.raises(Rejected, match="50"):
        resend.send_test(issue(), "", [f"{number}@example.net" for number in range(51)])
    assert fake.tests == []


# Discarding


def test_a_draft_is_deleted_and_may_be_gone_already(resend, fake):
    remote = resend.draft(issue(), None)
    resend.discard(remote.id)
    resend.discard(remote.id)
    assert fake.state == {}


@pytest.mark.parametrize("word", [*WORDS[1:], "teleported"])
def test_only_a_draft_is_deleted(resend, fake, server, word):
    remote = resend.draft(issue(), None)
    become(fake, remote.id, word)
    with pytest.raises(Rejected, match=word):
        resend.discard(remote.id)
    assert writes(server) == ["POST /broadcasts"]


def test_a_draft_that_somebody_deletes_before_us_is_deleted(fake):
    remote = connected(FakeServer(fake)).draft(issue(), None)
    server = FakeServer(fake, [Fault(Kind.CUT_IN, 2, lambda: fake.remove(remote.id))])
    connected(server).discard(remote.id)
    assert fake.state == {}


# Figures


def test_figures_are_the_totals_of_the_whole_time(resend, fake):
    fake.counted[FIRST] = {
        "sent": 1204,
        "delivered": 1180.0,
        "unique_opened": 590,
        "opened": 9999,
        "unique_clicked": 90,
        "bounced": 24,
        "unsubscribed": 3,
        "complained": 1,
    }
    assert resend.figures(FIRST) == Figures(1204, 1180, 590, 90, 24, 3, 1)


def test_where_nothing_is_tracked_nobody_seems_to_read(resend, fake):
    fake.counted[FIRST] = {"sent": 5, "delivered": 5}
    figures = resend.figures(FIRST)
    assert (figures.opens, figures.clicks) == (None, None)
    assert (figures.bounces, figures.complaints) == (0, 0)


# Concerns


def concerns(resend: Resend, sender: str = "Press <press@example.org>", audience: str = "") -> str:
    return "\n".join(map(str, resend.concerns(Email(sender=sender), audience)))


def test_a_verified_domain_and_a_known_segment_are_no_concern(resend):
    assert concerns(resend) == ""
    assert concerns(resend, "press@Notes.Example", "General") == ""


@pytest.mark.parametrize("status", ["pending", "failed", "not_started", "partially_verified"])
def test_a_domain_that_is_not_verified_is_a_concern(resend, fake, status):
    fake.domains["example.org"]["status"] = status
    assert f"example.org of email.from is {status}" in concerns(resend)


def test_a_domain_that_may_not_send_is_a_concern(resend, fake):
    fake.domains["example.org"]["capabilities"] = {"sending": "disabled", "receiving": "enabled"}
    assert "closed for sending" in concerns(resend)


@pytest.mark.parametrize("sender", ["press@sub.example.org", "press@example.com", ""])
def test_a_domain_that_is_not_there_is_a_concern(resend, sender):
    assert "is not there" in concerns(resend, sender)


def test_an_audience_that_is_not_there_is_a_concern(resend):
    assert "Segments there: General" in concerns(resend, audience="freinds")


# Around


def test_a_dry_run_writes_the_requests_down_and_changes_nothing(resend, server):
    recorder = Recorder(resend.wire)
    dry = Resend(resend.options, recorder)
    remote = dry.draft(issue(), None)
    dry.send(issue(), remote.id)
    assert [f"{one.method} {one.path}" for one in recorder.requests] == [
        "POST /broadcasts",
        "POST /broadcasts/{id of request 1}/send",
    ]
    assert [f"{sent.method} {sent.path}" for sent in server.requests] == ["GET /segments"]
    assert ResendFake.key not in repr(recorder.requests)


def test_a_server_that_echoes_the_key_does_not_bring_it_into_a_message(resend, fake):
    body = {"statusCode": 400, "name": f"Bearer {fake.key}", "message": f"Bearer {fake.key}?"}
    for status in (400, 403, 500):
        fake.refuse("POST", "/broadcasts", Reply.json(body, status))
        with pytest.raises(WireError) as failure:
            resend.draft(issue(), None)
        assert "canary" not in f"{failure.value} {failure.value.code}"


def test_the_same_conversation_works_over_a_socket(fake):
    with serve(fake) as url:
        resend = connected(None, Options(base_url=url))
        remote = resend.draft(issue(), None)
        resend.send(issue(), remote.id)
        assert resend.find(KEY)[0].id == remote.id
        resend.wire.close()
    assert len(fake.deliveries) == 1
