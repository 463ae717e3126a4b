from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.deliver.providers.buttondown import STATES, Buttondown, Options
from pressrun.deliver.providers.contract import INTERFACES
from pressrun.errors import NotNow, Rejected, Unsure, UsageError, WireError
from pressrun.model import Figures, State
from pressrun.placeholders import TOKENS
from pressrun.publication import Email
from pressrun.wire import Recorder, Request
from support.issues import KEY, NOW, issue
from support.wire_fakes.base import FakeServer, Fault, Kind, Reply, serve
from support.wire_fakes.buttondown import ButtondownFake, connected, newsletter, render

EVERYBODY = {"filters": [], "groups": [], "predicate": "and"}
# The documented words: https://docs.buttondown.com/api-emails-status
WORDS = (
    *("draft", "managed_by_rss", "about_to_send", "scheduled", "in_flight", "paused", "deleted"),
    *("errored", "sent", "imported", "throttled", "resending", "transactional", "suppressed"),
)
SYNTAX = [
    "{{ x }}",
    "{% raw %}{{ x }}{% endraw %}",
    "{# a comment #}",
    "{{{ x }}} {{{{ y }}}}",
    "{%%} {{%}} {#{# #}",
    "*|FNAME|* %recipient.name% {$name} %%{x}%% [[var:x]] @TrackLink",
    '<a href="/{{ x }}" title="{% y %}">{{</a>',
    "<style>@media print{#id{color:red}}a::before{content:'{{'}</style>",
    "<!-- {{ x }} {% y %} -->",
    "{{ over\ntwo lines }}",
    "{" + TOKENS["unsubscribe_url"] + "}",
    "{{" + TOKENS["unsubscribe_url"] + "}}",
]


@pytest.fixture
def fake() -> ButtondownFake:
    return ButtondownFake()


@pytest.fixture
def server(fake) -> FakeServer:
    return FakeServer(fake)


@pytest.fixture
def buttondown(server) -> Buttondown:
    return connected(server)


def writes(server: FakeServer) -> list[str]:
    return [f"{sent.method} {sent.path}" for sent in server.requests if sent.method != "GET"]


# The account


def test_the_account_is_the_username(buttondown):
    assert buttondown.account() == "press"


def test_a_newsletter_of_a_larger_account_is_named_in_each_request(server):
    buttondown = connected(server, Options(newsletter="news_1"))
    assert buttondown.account() == "press/news_1"
    assert server.requests[0].headers["Buttondown-Context"] == "news_1"


def test_each_request_pins_the_version_of_the_api(buttondown, server):
    buttondown.find(KEY)
    buttondown.draft(issue(), None)
    assert {sent.headers["X-API-Version"] for sent in server.requests} == {"2026-04-01"}


# Drafts


def test_a_new_draft_is_complete_and_reaches_nobody(buttondown, fake, server):
    remote = buttondown.draft(issue(), None)
    assert (remote.id, remote.state) == ("em_0001", State.DRAFT)
    assert fake.deliveries == []
    (created,) = server.requests
    assert created.json == {
        "status": "draft",
        "slug": KEY,
        "subject": "Hello",
        "body": "<!-- buttondown-editor-mode: naked -->\n<p>Hello</p>",
        "template": "naked",
        "description": "A first line",
        "canonical_url": "https://example.org/hello/",
        "filters": EVERYBODY,
        "metadata": {"publish_key": KEY},
    }


def test_the_fake_sends_what_comes_without_a_status(buttondown, fake):
    buttondown.wire.call(Request("POST", "/emails", json={"subject": "Oops", "body": "all"}))
    assert [one.subject for one in fake.deliveries] == ["Oops"]


def test_a_refill_replaces_the_content_and_touches_no_status(buttondown, fake, server):
    first = buttondown.draft(issue(audience="friends"), None)
    again = buttondown.draft(issue("<p>Better</p>", subject="New"), first.id)
    assert (again.id, again.state) == (first.id, State.DRAFT)
    (email,) = fake.state.values()
    assert email["body"].endswith("<p>Better</p>")
    assert (email["subject"], email["filters"]) == ("New", EVERYBODY)
    patch = server.requests[-1]
    assert patch.method == "PATCH"
    assert not {"status", "publish_date", "slug"} & set(patch.json)


@pytest.mark.parametrize("word", sorted(set(WORDS) - {"draft"}))
def test_only_a_draft_is_refilled(buttondown, fake, server, word):
    remote = buttondown.draft(issue(), None)
    fake.state[remote.id]["status"] = word
    with pytest.raises(Rejected, match=word):
        buttondown.draft(issue("<p>Better</p>"), remote.id)
    assert writes(server) == ["POST /emails"]


def test_a_draft_that_is_gone_is_not_refilled(buttondown, server):
    with pytest.raises(Rejected, match="not found"):
        buttondown.draft(issue(), "em_9999")
    assert writes(server) == []


def test_a_draft_that_somebody_sends_while_we_refill_it_is_no_draft(fake):
    server = FakeServer(fake, [Fault(Kind.CUT_IN, 3, lambda: send_by_hand(fake))])
    buttondown = connected(server)
    remote = buttondown.draft(issue(), None)
    with pytest.raises(Rejected, match="about_to_send"):
        buttondown.draft(issue("<p>Better</p>"), remote.id)


def send_by_hand(fake: ButtondownFake) -> None:
    for email in fake.state.values():
        email["status"] = "about_to_send"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "about_to_send"}, "is no draft"),
        ({"status": "teleported"}, "is no draft"),
        ({"metadata": {}}, "lost the key"),
        ({"metadata": {"publish_key": f"{KEY}-r2"}}, "lost the key"),
        ({"filters": EVERYBODY}, "another audience"),
        ({"filters": {**EVERYBODY, "groups": [EVERYBODY]}}, "another audience"),
    ],
)
def test_a_write_that_left_something_else_is_not_believed(buttondown, fake, changes, words):
    remote = buttondown.draft(issue(audience="friends"), None)
    answer = Reply.json({**fake.state[remote.id], **changes})
    fake.refuse("PATCH", f"/emails/{remote.id}", answer)
    with pytest.raises(Rejected, match=words):
        buttondown.draft(issue(audience="friends"), remote.id)


def test_a_tag_that_comes_back_by_another_of_its_ids_is_the_same_audience(buttondown, fake):
    remote = buttondown.draft(issue(audience="friends"), None)
    email = fake.state[remote.id]
    tag = {"field": "subscriber.tags", "operator": "contains", "value": "a UUID"}
    answer = Reply.json({**email, "filters": {**EVERYBODY, "filters": [tag]}})
    fake.refuse("PATCH", f"/emails/{remote.id}", answer)
    assert buttondown.draft(issue(audience="friends"), remote.id).id == remote.id


def test_a_draft_deleted_by_hand_can_be_made_again(buttondown, fake):
    first = buttondown.draft(issue(), None)
    del fake.state[first.id]
    again = buttondown.draft(issue(), None)
    assert again.id != first.id
    assert buttondown.status(again.id).state is State.DRAFT


def test_a_second_draft_for_a_key_is_refused(buttondown):
    buttondown.draft(issue(), None)
    with pytest.raises(Rejected, match="look in Buttondown") as failure:
        buttondown.draft(issue(), None)
    assert failure.value.code == "slug_invalid"


# What a draft holds


def test_the_digest_stays_while_nobody_edits(buttondown):
    first = buttondown.draft(issue(), None)
    assert first.content
    assert buttondown.status(first.id) == first
    better = buttondown.draft(issue("<p>Better</p>"), first.id)
    assert buttondown.status(first.id) == better
    assert better.content != first.content
    assert buttondown.draft(issue(), first.id) == first


def test_the_digest_is_of_what_buttondown_made_of_the_text(buttondown, fake):
    fake.stored = lambda body: f"{body.strip()}\r\n"
    made = buttondown.draft(issue("<p>Hello</p>\n"), None)
    assert buttondown.status(made.id).content == made.content
    again = buttondown.draft(issue("<p>Better</p>\n"), made.id)
    assert buttondown.status(made.id).content == again.content


def test_an_edit_by_hand_shows_in_the_digest(buttondown, fake):
    remote = buttondown.draft(issue(), None)
    fake.edit(remote.id, "And a word more.")
    assert buttondown.status(remote.id).content != remote.content


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("subject", "Another"),
        ("description", "Another"),
        ("template", "modern"),
        ("attachments", ["att_1"]),
        ("filters", {**EVERYBODY, "predicate": "or"}),
    ],
)
def test_every_change_that_a_reader_may_notice_shows(buttondown, fake, name, value):
    remote = buttondown.draft(issue(), None)
    fake.state[remote.id][name] = value
    assert buttondown.status(remote.id).content != remote.content


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("modification_date", "2026-12-01T00:00:00Z"),
        ("analytics", {"opens": 1}),
        ("attachments", []),
        ("metadata", {"publish_key": KEY, "note": "x"}),
    ],
)
def test_what_no_reader_notices_is_no_change(buttondown, fake, name, value):
    remote = buttondown.draft(issue(), None)
    fake.state[remote.id][name] = value
    assert buttondown.status(remote.id).content == remote.content


def test_a_list_that_leaves_the_text_out_shows_no_digest(buttondown, fake):
    buttondown.draft(issue(), None)
    assert [remote.content for remote in buttondown.find(KEY)] == [""]


def test_a_refill_takes_out_what_a_person_has_attached(buttondown, fake):
    remote = buttondown.draft(issue(), None)
    fake.state[remote.id]["attachments"] = ["att_1"]
    again = buttondown.draft(issue(), remote.id)
    assert fake.state[remote.id]["attachments"] == []
    assert again.content == remote.content


# Finding


def test_find_matches_the_whole_key_on_every_page(buttondown, fake):
    for number in range(5):
        buttondown.draft(issue(key=f"other-{number}"), None)
    ours = buttondown.draft(issue(), None)
    buttondown.draft(issue(key=f"{KEY}-r2"), None)
    for number in range(5, 9):
        buttondown.draft(issue(key=f"other-{number}"), None)
    assert [remote.id for remote in buttondown.find(KEY)] == [ours.id]
    assert [remote.id for remote in buttondown.find("other-0")] == ["em_0001"]
    assert buttondown.find(KEY[:-1]) == []


def test_find_sees_every_campaign_with_the_key_but_deleted_ones(buttondown, fake):
    for number, word in enumerate(("draft", "sent", "deleted")):
        remote = buttondown.draft(issue(key=f"copy-{number}"), None)
        fake.state[remote.id] |= {"metadata": {"publish_key": KEY}, "status": word}
    assert {remote.state for remote in buttondown.find(KEY)} == {State.DRAFT, State.SENT}


@pytest.mark.parametrize("metadata", [None, {}, {"publish_key": None}, {"publish_key": [KEY]}, []])
def test_emails_of_other_tools_are_none_of_ours(buttondown, fake, metadata):
    remote = buttondown.draft(issue(), None)
    fake.state[remote.id]["metadata"] = metadata
    assert buttondown.find(KEY) == []


def test_a_new_draft_is_found_when_the_lists_have_caught_up():
    time = NOW.timestamp()
    fake = ButtondownFake(lambda: time, lag=Buttondown.find_lag)
    buttondown = connected(FakeServer(fake))
    remote = buttondown.draft(issue(), None)
    assert buttondown.find(KEY) == []
    time += Buttondown.find_lag
    assert [one.id for one in buttondown.find(KEY)] == [remote.id]


def test_a_list_that_never_ends_is_left(buttondown, fake):
    buttondown.draft(issue(), None)
    listed = {**fake.state["em_0001"], "metadata": {}}
    page = {"results": [listed], "count": 9, "next": "https://evil.example/?page=2"}
    fake.refuse("GET", "/emails", Reply.json(page))
    assert buttondown.find(KEY) == []


# Sending


def test_a_send_is_one_request_and_reaches_readers_once(buttondown, fake, server):
    remote = buttondown.draft(issue(), None)
    buttondown.send(issue(), remote.id)
    assert writes(server)[1:] == [f"POST /emails/{remote.id}/publish"]
    assert server.requests[-1].json == {}
    assert [(one.campaign, one.subject) for one in fake.deliveries] == [(remote.id, "Hello")]
    seen = [buttondown.status(remote.id).detail for _ in range(4)]
    assert seen == ["about_to_send", "in_flight", "sent", "sent"]


def test_a_send_repeated_on_the_way_has_no_second_effect(buttondown, fake):
    remote = buttondown.draft(issue(), None)
    for _ in range(3):
        buttondown.send(issue(), remote.id)
    assert len(fake.deliveries) == 1


def test_the_idempotency_key_belongs_to_one_text_of_one_campaign(buttondown, server):
    texts = [(issue(), "em_1"), (issue("<p>New</p>"), "em_1"), (issue(), "em_2"), (issue(), "em_1")]
    for text, remote_id in texts:
        with pytest.raises(Rejected):
            buttondown.send(text, remote_id)
    first, second, third, again = [sent.headers["X-Idempotency-Key"] for sent in server.requests]
    assert len({first, second, third}) == 3
    assert again == first
    assert len(first) <= 200


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("email_not_confirmed", "Confirm your address"),
        ("sending_requires_confirmation", "confirm once"),
        ("pay_per_email_billing_locked", "billing"),
        ("email_duplicate", "same content"),
    ],
)
def test_a_refusal_that_a_writer_can_mend_says_how(buttondown, fake, code, advice):
    remote = buttondown.draft(issue(), None)
    refusal = Reply.json({"code": code, "detail": "No.", "metadata": {}}, 400)
    fake.refuse("POST", f"/emails/{remote.id}/publish", refusal)
    with pytest.raises(Rejected, match=advice) as failure:
        buttondown.send(issue(), remote.id)
    assert "400 No." in str(failure.value)
    assert fake.deliveries == []


def test_a_refused_key_is_no_reason_to_think_that_a_campaign_is_gone(server, fake):
    buttondown = connected(server)
    fake.key = "another key"
    with pytest.raises(NotNow, match="Check BUTTONDOWN_API_KEY"):
        buttondown.status("em_0001")


# States


@pytest.mark.parametrize("word", WORDS)
def test_each_documented_state_has_a_meaning(buttondown, fake, word):
    remote = buttondown.draft(issue(), None)
    fake.state[remote.id]["status"] = word
    seen = buttondown.status(remote.id)
    known = {"managed_by_rss", "imported", "transactional"}
    assert (seen.state is State.UNKNOWN) == (word in known)
    assert seen.detail == word
    assert set(STATES) | known == set(WORDS)


def test_a_word_of_tomorrow_is_unknown(buttondown, fake):
    remote = buttondown.draft(issue(), None)
    fake.state[remote.id]["status"] = "teleported"
    assert buttondown.status(remote.id).state is State.UNKNOWN


def test_what_is_not_there_is_gone(buttondown):
    assert buttondown.status("em_9999").state is State.GONE


def test_a_proxys_page_does_not_make_a_campaign_gone(buttondown, fake):
    fake.refuse("GET", "/emails/em_0001", Reply(404, b"<h1>Not found</h1>"))
    with pytest.raises(NotNow):
        buttondown.status("em_0001")


@pytest.mark.parametrize("body", [{}, [], {"id": "em_1"}, {"status": "draft"}, {"id": 7}])
def test_an_answer_of_another_shape_is_no_accident(buttondown, fake, body):
    fake.refuse("POST", "/emails", Reply.json(body, 201))
    with pytest.raises(Unsure, match="promise"):
        buttondown.draft(issue(), None)
    paths = ("/emails/em_0001", "/emails", "/tags", "/subscribers", "/accounts/me")
    for path in (*paths, "/newsletters", "/emails/em_0001/analytics"):
        fake.refuse("GET", path, Reply.json(body))
    for call in (
        lambda: buttondown.status("em_0001"),
        lambda: buttondown.find(KEY),
        lambda: buttondown.readers(""),
        lambda: buttondown.readers("friends"),
        lambda: buttondown.discard("em_0001"),
        lambda: buttondown.unschedule("em_0001"),
        lambda: buttondown.figures("em_0001"),
        lambda: worries(buttondown),
        buttondown.account,
    ):
        with pytest.raises(WireError):
            call()


# Schedules

LATER = datetime(2026, 12, 1, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def time() -> list[float]:
    return [NOW.timestamp()]


@pytest.fixture
def timed(time) -> ButtondownFake:
    return ButtondownFake(lambda: time[0])


def test_a_scheduled_issue_goes_out_once_at_its_time(time, timed):
    server = FakeServer(timed)
    buttondown = connected(server)
    remote = buttondown.draft(issue(), None)
    buttondown.schedule(issue(), remote.id, LATER)
    assert writes(server)[1:] == [f"POST /emails/{remote.id}/publish"]
    assert server.requests[-1].json == {"publish_date": "2026-12-01T08:30:00Z"}
    seen = buttondown.status(remote.id)
    assert (seen.state, seen.at) == (State.SCHEDULED, LATER)
    assert timed.deliveries == []
    time[0] = LATER.timestamp()
    assert buttondown.status(remote.id).state is State.SENDING
    buttondown.status(remote.id)
    assert buttondown.status(remote.id).state is State.SENT
    assert len(timed.deliveries) == 1


def test_a_schedule_said_twice_is_one(time, timed):
    buttondown = connected(FakeServer(timed))
    remote = buttondown.draft(issue(), None)
    for _ in range(2):
        buttondown.schedule(issue(), remote.id, LATER)
    time[0] = LATER.timestamp()
    timed.tick()
    assert len(timed.deliveries) == 1


def test_what_was_taken_back_is_the_draft_that_it_was(time, timed):
    server = FakeServer(timed)
    buttondown = connected(server)
    remote = buttondown.draft(issue(), None)
    buttondown.schedule(issue(), remote.id, LATER)
    buttondown.unschedule(remote.id)
    assert server.requests[-1].json == {"status": "draft"}
    assert buttondown.status(remote.id) == remote
    time[0] = LATER.timestamp()
    timed.tick()
    assert timed.deliveries == []
    buttondown.send(issue(), remote.id)
    assert len(timed.deliveries) == 1


def test_a_time_may_be_given_again_after_it_was_taken_back(timed):
    buttondown = connected(FakeServer(timed))
    remote = buttondown.draft(issue(), None)
    for _ in range(2):
        buttondown.schedule(issue(), remote.id, LATER)
        assert buttondown.status(remote.id).state is State.SCHEDULED
        buttondown.unschedule(remote.id)
        assert buttondown.status(remote.id).state is State.DRAFT


@pytest.mark.parametrize("word", sorted(set(WORDS) - {"scheduled"}))
def test_only_what_is_scheduled_is_taken_back(buttondown, fake, server, word):
    remote = buttondown.draft(issue(), None)
    fake.state[remote.id]["status"] = word
    with pytest.raises(Rejected, match="is not scheduled"):
        buttondown.unschedule(remote.id)
    assert writes(server) == ["POST /emails"]


def test_what_is_gone_cannot_be_taken_back(buttondown, server):
    with pytest.raises(Rejected, match="not found"):
        buttondown.unschedule("em_9999")
    assert writes(server) == []


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("2026-12-01T08:30:00Z", datetime(2026, 12, 1, 8, 30, tzinfo=UTC)),
        ("2026-12-01T08:30:00.5", datetime(2026, 12, 1, 8, 30, 0, 500_000, tzinfo=UTC)),
        ("soon", None),
        (None, None),
        (7, None),
    ],
)
def test_a_date_is_read_as_far_as_it_is_one(buttondown, fake, date, at):
    remote = buttondown.draft(issue(), None)
    assert buttondown.status(remote.id).at is None
    fake.state[remote.id] |= {"status": "sent", "publish_date": date}
    assert buttondown.status(remote.id).at == at


# Tests


def test_a_test_reaches_the_named_addresses_and_nobody_else(buttondown, fake, server):
    html = f"<p>Hello {TOKENS['first_name']}, {{{{ x }}}}</p>"
    remote = buttondown.draft(issue(html), None)
    buttondown.send_test(issue(html), remote.id, ["me@example.org", "you@example.org"])
    assert writes(server)[1:] == [f"POST /emails/{remote.id}/send-draft"]
    (test,) = fake.tests
    assert test.to == ("me@example.org", "you@example.org")
    assert (test.subject, test.body[-25:]) == (
        "[PREVIEW] Hello",
        "<p>Hello there, {{ x }}</p>"[-25:],
    )
    assert fake.deliveries == []
    assert buttondown.status(remote.id) == remote


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.ERROR_AFTER, Kind.REDIRECT])
def test_a_test_whose_answer_is_lost_is_not_called_sent(fake, kind):
    server = FakeServer(fake)
    buttondown = connected(server)
    remote = buttondown.draft(issue(), None)
    server.faults = [Fault(kind, 2)]
    with pytest.raises(Unsure):
        buttondown.send_test(issue(), remote.id, ["me@example.org"])


# Discards


def test_a_draft_can_be_deleted(buttondown, fake, server):
    remote = buttondown.draft(issue(), None)
    buttondown.discard(remote.id)
    assert fake.drafts() == 0
    assert buttondown.status(remote.id).state is State.GONE
    buttondown.discard(remote.id)
    assert writes(server)[1:] == [f"DELETE /emails/{remote.id}"]


@pytest.mark.parametrize("word", sorted(set(WORDS) - {"draft", "deleted"}))
def test_only_a_draft_is_deleted(buttondown, fake, server, word):
    remote = buttondown.draft(issue(), None)
    fake.state[remote.id]["status"] = word
    with pytest.raises(Rejected, match="no draft to delete"):
        buttondown.discard(remote.id)
    assert writes(server) == ["POST /emails"]


# Statistics


def test_the_figures_are_those_of_the_campaign(buttondown, fake):
    remote = buttondown.draft(issue(), None)
    buttondown.send(issue(), remote.id)
    assert buttondown.figures(remote.id) == Figures(2, 2, None, None, 0, 0, 0)


def test_each_figure_has_its_own_name(buttondown, fake):
    names = ("recipients", "deliveries", "opens", "clicks", "permanent_failures")
    counted = dict(zip((*names, "unsubscriptions", "complaints"), range(7), strict=True))
    fake.refuse("GET", "/emails/em_1/analytics", Reply.json(counted | {"replies": 9}))
    assert buttondown.figures("em_1") == Figures(0, 1, 2, 3, 4, 5, 6)


def test_a_figure_that_is_left_out_is_not_invented(buttondown, fake):
    fake.refuse("GET", "/emails/em_1/analytics", Reply.json({"recipients": 9, "opens": 4}))
    assert buttondown.figures("em_1") == Figures(recipients=9, opens=4)


def test_there_are_no_figures_of_what_is_not_there(buttondown):
    with pytest.raises(Rejected):
        buttondown.figures("em_9999")


# Concerns


def worries(buttondown, sender="Press <press@example.org>", audience="", reply_to="") -> str:
    return "\n".join(
        map(str, buttondown.concerns(Email(sender=sender, reply_to=reply_to), audience))
    )


def test_a_newsletter_in_order_is_no_concern(buttondown, server):
    assert worries(buttondown) == worries(buttondown, audience="everyone") == ""
    assert worries(buttondown, sender="") == worries(buttondown, "PRESS@example.org") == ""
    assert writes(server) == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"email_address": "desk@example.org"}, "come from <desk@example.org>, not from Press <pr"),
        ({"email_address": ""}, "come from an address of Buttondown, not from"),
        ({"email_address": None, "from_name": None}, "come from an address of Buttondown"),
        ({"from_name": "Desk"}, "come from Desk <press@example.org>, not from Press <press@"),
        ({"test_mode": True}, "test mode is on"),
        ({"sending_domain_status": "failing"}, "the sending domain example.org is failing"),
    ],
)
def test_settings_that_would_harm_a_send_are_a_concern(buttondown, fake, settings, words):
    fake.newsletters = [newsletter(**settings)]
    assert words in worries(buttondown)
    assert worries(buttondown).startswith("newsletter press at Buttondown: ")
    assert len(worries(buttondown).splitlines()) == 1


def test_answers_that_would_go_elsewhere_are_a_concern(buttondown, fake):
    assert worries(buttondown, reply_to="press@example.org") == ""
    words = "answers go to press@example.org, not to me@example.org"
    assert words in worries(buttondown, reply_to="me@example.org")
    fake.newsletters = [newsletter(reply_to_address="Me@example.org")]
    assert worries(buttondown, reply_to="me@example.org") == worries(buttondown) == ""


@pytest.mark.parametrize("status", ["none", "valid", "deliberately_cold"])
def test_a_sending_domain_that_is_not_said_to_be_wrong_is_no_concern(buttondown, fake, status):
    fake.newsletters = [newsletter(sending_domain_status=status, from_name="Press")]
    assert worries(buttondown) == ""


def test_the_newsletter_is_the_one_of_our_key(fake):
    others = [newsletter(id=f"news_{one}", username=f"n{one}", test_mode=True) for one in (2, 3)]
    fake.newsletters = [*others, newsletter()]
    assert worries(connected(FakeServer(fake))) == ""
    third = connected(FakeServer(fake), Options(newsletter="news_3"))
    assert worries(third).startswith("newsletter n3 at Buttondown: test mode is on")


def test_where_no_name_shows_which_newsletter_is_ours_all_are_looked_at(buttondown, fake):
    fake.newsletters = [newsletter(username="a"), newsletter(id="news_2", username="b")]
    assert worries(buttondown) == ""
    fake.newsletters[1]["test_mode"] = True
    assert worries(buttondown).startswith("newsletter b at Buttondown: test mode is on")


def test_an_audience_of_nobody_is_a_concern(buttondown):
    assert "the audience is empty" in worries(buttondown, audience="friends")
    assert "Tags there: everyone, friends" in worries(buttondown, audience="freinds")


# Audiences


@pytest.mark.parametrize("audience", ["friends", "sub_tag_2"])
def test_an_audience_is_a_tag_by_name_or_id(buttondown, server, audience):
    buttondown.draft(issue(audience=audience), None)
    assert server.requests[-1].json["filters"]["filters"] == [
        {"field": "subscriber.tags", "operator": "contains", "value": "sub_tag_2"}
    ]


def test_an_audience_that_nobody_knows_stops_before_anything_is_written(buttondown, server):
    for call in (
        lambda: buttondown.draft(issue(audience="freinds"), None),
        lambda: buttondown.readers("freinds"),
    ):
        with pytest.raises(UsageError, match="Tags there: everyone, friends"):
            call()
    assert writes(server) == []


def test_tags_are_looked_for_on_every_page():
    fake = ButtondownFake(tags={f"tag {number}": f"id_{number}" for number in range(7)})
    assert connected(FakeServer(fake)).readers("tag 6") == 0


def test_readers_are_those_who_get_mail(buttondown):
    assert buttondown.readers("") == 2
    assert buttondown.readers("everyone") == 1


# Escapes and tags


@pytest.mark.parametrize("text", SYNTAX)
def test_the_writers_braces_arrive_as_written(buttondown, fake, text):
    html = f"<p>{text}</p>"
    remote = buttondown.draft(issue(html), None)
    buttondown.send(issue(html), remote.id)
    (delivery,) = fake.deliveries
    link = "https://buttondown.com/unsubscribe/reader"
    expected = html.replace(TOKENS["unsubscribe_url"], link)
    assert delivery.body.partition("\n")[2] == expected


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([*"{}%# x|'\n", TOKENS["unsubscribe_url"]])).map("".join))
def test_no_braces_ever_become_a_template(text):
    buttondown = Buttondown(Options(), Recorder(Recorder([])))
    seen = render(buttondown.localise(issue(text).message).html)
    link = "https://buttondown.com/unsubscribe/reader"
    assert seen == text.replace(TOKENS["unsubscribe_url"], link)


@pytest.mark.parametrize("text", [line for line in SYNTAX if "pressrun" not in line])
def test_a_subject_reads_the_same_whether_it_is_rendered_or_not(buttondown, text):
    message = buttondown.localise(replace(issue().message, subject=text, preheader=text))
    for line in (message.subject, message.preheader):
        assert render(line) == line
        assert line.replace("\N{ZERO WIDTH SPACE}", "") == text


def test_our_own_tags_take_the_place_of_the_tokens(buttondown, fake):
    html = "".join(f"<i>{TOKENS[name]}</i>" for name in buttondown.placeholders)
    remote = buttondown.draft(issue(html), None)
    buttondown.send(issue(html), remote.id)
    assert "<i>https://buttondown.com/unsubscribe/reader</i>" in fake.deliveries[0].body
    assert "<i>https://buttondown.com/press/archive/issue/</i>" in fake.deliveries[0].body
    assert "<i>there</i>" in fake.deliveries[0].body


def test_a_postal_address_has_no_tag_there(buttondown):
    message = issue(TOKENS["postal_address"]).message
    assert buttondown.lacking(message) == ("postal_address",)


# Around


def test_buttondown_has_every_optional_ability(buttondown):
    assert all(isinstance(buttondown, kind) for kind in INTERFACES.values())


def test_no_message_holds_the_key():
    class Echo(ButtondownFake):
        def answer(self, sent):
            return Reply.json({"code": sent.path, "detail": sent.headers["Authorization"]}, 400)

    for call in calls_of(connected(FakeServer(Echo()))):
        with pytest.raises(WireError, match=r"400 Token \*\*\*\.") as failure:
            call()
        assert "canary" not in str(failure.value)


def calls_of(buttondown):
    return [
        buttondown.account,
        lambda: buttondown.find(KEY),
        lambda: buttondown.draft(issue(), None),
        lambda: buttondown.draft(issue(), "em_1"),
        lambda: buttondown.send(issue(), "em_1"),
        lambda: buttondown.status("em_1"),
        lambda: buttondown.readers(""),
        lambda: buttondown.schedule(issue(), "em_1", LATER),
        lambda: buttondown.unschedule("em_1"),
        lambda: buttondown.send_test(issue(), "em_1", ["me@example.org"]),
        lambda: buttondown.discard("em_1"),
        lambda: buttondown.figures("em_1"),
        lambda: worries(buttondown),
    ]


def test_a_dry_run_writes_the_requests_down_and_changes_nothing(buttondown, server, fake):
    recorder = Recorder(buttondown.wire)
    dry = Buttondown(buttondown.options, recorder)
    remote = dry.draft(issue(audience="friends"), None)
    dry.send(issue(), remote.id)
    assert [f"{one.method} {one.path}" for one in recorder.requests] == [
        "POST /emails",
        "POST /emails/{id of request 1}/publish",
    ]
    assert writes(server) == []
    assert ButtondownFake.key not in repr(recorder.requests)
    assert remote.state is State.DRAFT


def test_the_same_conversation_works_over_a_socket(fake):
    with serve(fake) as url:
        buttondown = connected(None, Options(base_url=url))
        remote = buttondown.draft(issue(), None)
        buttondown.send(issue(), remote.id)
        assert buttondown.find(KEY)[0].id == remote.id
        buttondown.wire.close()
    assert len(fake.deliveries) == 1


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.ERROR_AFTER, Kind.GARBAGE, Kind.REDIRECT])
def test_a_lost_answer_never_makes_a_second_email(fake, kind):
    server = FakeServer(fake, [Fault(kind, 1)])
    with pytest.raises(Unsure):
        connected(server).draft(issue(), None)
    assert len(fake.state) == (kind is not Kind.REDIRECT)
    assert server.count == 1
