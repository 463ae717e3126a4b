from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.deliver.providers.contract import abilities
from pressrun.deliver.providers.listmonk import STATES, Listmonk
from pressrun.errors import NotNow, Rejected, Unsure, UsageError, WireError
from pressrun.model import Figures, Issue, State
from pressrun.placeholders import TOKENS
from pressrun.publication import Email
from pressrun.wire import File, Recorder
from support.issues import KEY, NOW, issue
from support.wire_fakes.base import FakeServer, Fault, Kind, Reply, serve
from support.wire_fakes.go_templates import Reader, has_expression, render
from support.wire_fakes.listmonk import CONTENT, ListmonkFake, a_list, connected, options

# https://listmonk.app/docs/apis/campaigns/
WORDS = ("draft", "scheduled", "running", "paused", "finished", "cancelled")
SOON = NOW + timedelta(hours=2)
OURS = Email(sender="press@example.org")
SYNTAX = [
    "{{ x }}",
    "{{ UnsubscribeURL }} {{- .Subscriber.Name -}} {{/* gone */}}",
    '{{ template "content" . }}{{ define "x" }}',
    "{% raw %}{{ x }}{% endraw %} {# a comment #}",
    "{{{ x }}} {{{{ y }}}} {{",
    "{`}{``}{@TrackLink}",
    'a "quoted" \\n `literal` of Go',
    "*|FNAME|* %recipient.name% {$name} %%{x}%% [[var:x]]",
    "https://a.example/ https://b.example/@TrackLink @TrackLink",
    '<a href="https://a.example/?q={{ x }}&amp;r=1" style="color:{{" title="{{ y }}">{{</a>',
    "<style>/* kept */@media print{#id{color:red}}a::before{content:'{{'}</style>",
    "<!-- {{ x }} --><!--[if mso]><table><tr><td><![endif]-->",
    "1 < 2 <3 > <a href='",
    "{{ over\ntwo lines }}\r\n",
    "{" + TOKENS["unsubscribe_url"] + "}",
    "{{" + TOKENS["unsubscribe_url"] + "}}",
]
SIGNS = [*"{}%# x|`'\"\\<>@\n\r", "{{", "@TrackLink", "https://a.example/", "<!--", "-->", "<a "]


@pytest.fixture
def fake() -> ListmonkFake:
    return ListmonkFake(NOW.timestamp)


@pytest.fixture
def server(fake) -> FakeServer:
    return FakeServer(fake)


@pytest.fixture
def listmonk(server) -> Listmonk:
    return connected(server)


def writes(server: FakeServer) -> list[str]:
    return [f"{sent.method} {sent.path}" for sent in server.requests if sent.method != "GET"]


def worded(text: str, **changes: str) -> Issue:
    """Return an issue with this plain text."""
    plain = issue()
    return replace(plain, message=replace(plain.message, text=text, **changes))


def at_listmonk(fake: ListmonkFake, remote_id: str) -> dict:
    return fake.state[int(remote_id)]


# The account


def test_the_account_is_the_instance_whatever_the_api_user_is_called(server, listmonk):
    assert listmonk.account() == "lists.example.org/mail"
    moved = options(base_url="https://LISTS.example.org/mail/")
    assert connected(server, moved).account() == "lists.example.org/mail"


def test_each_request_names_the_api_user_and_the_token(listmonk, server):
    listmonk.find(KEY)
    expected = f"token {ListmonkFake.user}:{ListmonkFake.key}"
    assert server.requests[0].headers["Authorization"] == expected
    assert server.requests[0].path == "/campaigns"


def test_a_private_host_may_be_reached_without_tls_where_that_is_allowed(fake):
    with pytest.raises(UsageError, match="https"):
        connected(None, options(base_url="http://listmonk:9000"))
    connected(None, options(base_url="http://listmonk:9000", allow_http=True))
    with pytest.raises(UsageError, match="https"):
        connected(None, options(base_url="http://lists.example.org", allow_http=True))


@pytest.mark.parametrize(
    "call",
    [
        lambda one: one.account(),
        lambda one: one.find(KEY),
        lambda one: one.draft(issue(), None),
        lambda one: one.status("7"),
        lambda one: one.readers(""),
    ],
)
def test_a_refused_token_is_named_and_not_shown(fake, server, call):
    fake.key = "another"
    with pytest.raises(WireError, match="Check LISTMONK_TOKEN") as failure:
        call(connected(server))
    assert ListmonkFake.key not in repr(failure.value)


def test_a_server_that_repeats_what_we_sent_shows_no_secret(fake, listmonk):
    echo = Reply.json({"message": f"bad header: token {fake.user}:{fake.key}"}, 400)
    for method, path in (("GET", "/campaigns"), ("POST", "/campaigns")):
        fake.refuse(method, path, echo)
    for call in (lambda: listmonk.find(KEY), lambda: listmonk.draft(issue(), None)):
        with pytest.raises(Rejected, match=r"\*\*\*") as failure:
            call()
        assert fake.key not in repr(failure.value)


# Drafts


def test_a_new_draft_is_complete_and_reaches_nobody(listmonk, fake, server):
    remote = listmonk.draft(issue(), None)
    assert (remote.id, remote.state) == ("7", State.DRAFT)
    assert fake.deliveries == []
    assert writes(server) == ["POST /campaigns"]
    assert server.requests[-1].json == {
        "name": "Hello",
        "subject": "Hello",
        "lists": [1],
        "from_email": "Press <press@example.org>",
        "type": "regular",
        "content_type": "html",
        "body": "{{ Safe `<p>Hello</p>` }}",
        "altbody": "{{ Safe `Hello` }}",
        "send_at": None,
        "messenger": "email",
        "template_id": 5,
        "tags": [KEY],
        "headers": [],
        "attribs": {"publish_key": KEY},
        "media": [],
        "archive_slug": KEY,
    }
    assert at_listmonk(fake, remote.id)["archive"] is False


def test_replies_go_where_the_publication_says(listmonk, fake):
    answers = worded("Hello", reply_to="ask@example.org")
    remote = listmonk.draft(answers, None)
    assert at_listmonk(fake, remote.id)["headers"] == [{"Reply-To": "ask@example.org"}]


def test_a_refill_replaces_everything_but_the_status_and_the_slug(listmonk, fake, server):
    first = listmonk.draft(worded("Hello", reply_to="ask@example.org"), None)
    row = at_listmonk(fake, first.id)
    row |= {"content_type": "richtext", "send_at": SOON.isoformat(), "media": [4], "archive": True}
    again = listmonk.draft(issue("<p>Better</p>", subject="New"), first.id)
    assert (again.id, again.state) == (first.id, State.DRAFT)
    assert (row["subject"], row["body"]) == ("New", "{{ Safe `<p>Better</p>` }}")
    assert (row["content_type"], row["send_at"], row["media"]) == ("html", None, [])
    assert (row["headers"], row["lists"], row["archive_slug"]) == ([], [1], KEY)
    assert row["archive"] is True
    put = server.requests[-1]
    assert (put.method, put.path) == ("PUT", f"/campaigns/{first.id}")
    assert not {"status", "archive", "archive_slug"} & set(put.json)


@pytest.mark.parametrize("word", sorted({*WORDS, "teleported"} - {"draft"}))
def test_only_a_draft_is_refilled_or_sent_or_scheduled(listmonk, fake, server, word):
    remote = listmonk.draft(issue(), None)
    at_listmonk(fake, remote.id)["status"] = word
    for call in (
        lambda: listmonk.draft(issue("<p>Better</p>"), remote.id),
        lambda: listmonk.send(issue(), remote.id),
        lambda: listmonk.schedule(issue(), remote.id, SOON),
    ):
        at_listmonk(fake, remote.id)["status"] = word
        with pytest.raises(Rejected, match=word):
            call()
    assert writes(server) == ["POST /campaigns"]


def test_a_draft_that_is_gone_is_not_refilled(listmonk, server):
    with pytest.raises(Rejected, match="not found"):
        listmonk.draft(issue(), "99")
    assert writes(server) == []


@pytest.mark.parametrize("word", ["running", "finished", "cancelled"])
def test_a_draft_that_somebody_starts_while_we_refill_it_is_not_touched(fake, word):
    remote = connected(FakeServer(fake)).draft(issue(), None)
    row = at_listmonk(fake, remote.id)
    cut_in = Fault(Kind.CUT_IN, 4, lambda: row.update(status=word))
    listmonk = connected(FakeServer(fake, [cut_in]))
    with pytest.raises(Rejected, match="400"):
        listmonk.draft(issue("<p>Better</p>"), remote.id)
    assert (cut_in.fired, row["body"]) == (True, "{{ Safe `<p>Hello</p>` }}")


@pytest.mark.parametrize(
    ("spoilt", "word"),
    [
        ({"lists": []}, "lists"),
        ({"lists": [{"id": 2, "name": "Other"}]}, "lists"),
        ({"content_type": "richtext"}, "content_type"),
        ({"template_id": None}, "template_id"),
        ({"tags": ["other"]}, "tags"),
        ({"status": "running"}, "running"),
    ],
)
def test_a_campaign_that_was_saved_otherwise_is_not_believed(listmonk, fake, spoilt, word):
    remote = listmonk.draft(issue(), None)
    shown = {**at_listmonk(fake, remote.id), "lists": [{"id": 1}], **spoilt}
    fake.refuse("PUT", f"/campaigns/{remote.id}", Reply.json({"data": shown}))
    with pytest.raises(Rejected, match=word):
        listmonk.draft(issue(), remote.id)


def test_a_list_that_goes_between_our_look_and_our_write_is_noticed(fake):
    cut_in = Fault(Kind.CUT_IN, 3, fake.lists.clear)
    with pytest.raises(Rejected, match="lists"):
        connected(FakeServer(fake, [cut_in])).draft(issue(), None)
    assert cut_in.fired


# Once


def test_two_creations_at_a_time_leave_one_campaign(fake):
    other = connected(FakeServer(fake))
    cut_in = Fault(Kind.CUT_IN, 3, lambda: other.draft(issue("<p>Theirs</p>"), None))
    remote = connected(FakeServer(fake, [cut_in])).draft(issue("<p>Ours</p>"), None)
    assert (cut_in.fired, remote.state) == (True, State.DRAFT)
    (row,) = fake.state.values()
    assert "Ours" in row["body"]


@pytest.mark.parametrize("word", ["running", "finished", "paused"])
def test_a_campaign_that_is_under_way_is_never_made_twice(listmonk, fake, word):
    remote = listmonk.draft(issue(), None)
    at_listmonk(fake, remote.id)["status"] = word
    with pytest.raises(Rejected, match=f"belongs to campaign {remote.id} there"):
        listmonk.draft(issue(), None)
    assert len(fake.state) == 1


def test_a_campaign_that_has_lost_our_tag_is_in_the_way(listmonk, fake):
    remote = listmonk.draft(issue(), None)
    at_listmonk(fake, remote.id)["tags"] = []
    with pytest.raises(Rejected, match="campaign without its tag"):
        listmonk.draft(issue(), None)
    assert len(fake.state) == 1


def test_a_draft_deleted_by_hand_can_be_made_again(listmonk, fake):
    first = listmonk.draft(issue(), None)
    fake.remove(first.id)
    again = listmonk.draft(issue(), None)
    assert again.id != first.id
    assert listmonk.status(again.id).state is State.DRAFT


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.ERROR_AFTER, Kind.GARBAGE, Kind.REDIRECT])
def test_a_lost_answer_never_makes_a_second_campaign(fake, kind):
    server = FakeServer(fake, [Fault(kind, 3)])
    with pytest.raises(Unsure):
        connected(server).draft(issue(), None)
    assert (len(fake.state), server.count) == (kind is not Kind.REDIRECT, 3)
    remote = connected(FakeServer(fake)).draft(issue(), None)
    assert [str(number) for number in fake.state] == [remote.id]


# Finding


def test_find_matches_the_whole_key_on_every_page(listmonk, fake):
    ours = listmonk.draft(issue(), None)
    copies = []
    for number in range(5):
        copy = listmonk.draft(issue(key=f"other-{number}"), None)
        at_listmonk(fake, copy.id)["tags"] = [KEY, "more"]
        copies.append(copy.id)
    listmonk.draft(issue(key=f"{KEY}-r2"), None)
    listmonk.draft(issue(key=f"{KEY}-test"), None)
    found = listmonk.find(KEY)
    assert [remote.id for remote in found] == [*reversed(copies), ours.id]
    assert {(remote.state, remote.content) for remote in found} == {(State.DRAFT, "")}
    assert listmonk.find(KEY[:-1]) == listmonk.find(f"{KEY}0") == []


def test_find_asks_for_our_campaigns_without_their_bodies(listmonk, server):
    listmonk.find(KEY)
    assert {("tag", KEY), ("no_body", "true")} <= set(server.requests[0].query)


def test_a_server_that_ignores_the_tag_finds_us_nothing_of_others(listmonk, fake):
    remote = listmonk.draft(issue(), None)
    row = {**at_listmonk(fake, remote.id), "tags": [f"{KEY}-r2"]}
    page = {"results": [row], "total": 9, "page": 1, "per_page": 1}
    fake.refuse("GET", "/campaigns", Reply.json({"data": page}))
    assert listmonk.find(KEY) == []


# Sending


def test_a_send_is_one_request_and_reaches_readers_once(listmonk, fake, server):
    remote = listmonk.draft(issue(), None)
    listmonk.send(issue(), remote.id)
    assert writes(server)[1:] == [f"PUT /campaigns/{remote.id}/status"]
    assert server.requests[-1].json == {"status": "running"}
    (copy,) = fake.deliveries
    assert (copy.subject, copy.body, copy.text) == ("Hello", "<p>Hello</p>", "Hello")
    seen = [listmonk.status(remote.id) for _ in range(3)]
    assert [one.detail for one in seen] == ["running", "finished", "finished"]
    assert [one.at for one in seen] == [NOW] * 3
    with pytest.raises(Rejected, match="finished"):
        listmonk.send(issue(), remote.id)
    assert len(fake.deliveries) == 1


def test_a_paused_campaign_would_begin_anew(listmonk, fake):
    remote = listmonk.draft(issue(), None)
    listmonk.send(issue(), remote.id)
    fake.state[7]["status"] = "paused"
    assert fake._turn(fake.state[7], "running").status == 200
    assert len(fake.deliveries) == 2
    assert not Listmonk.can.send_once


def test_what_a_send_meets_while_it_is_on_its_way_is_the_servers_word(fake):
    remote = connected(FakeServer(fake)).draft(issue(), None)
    row = at_listmonk(fake, remote.id)
    cut_in = Fault(Kind.CUT_IN, 2, lambda: row.update(status="finished"))
    with pytest.raises(Rejected, match="400 So nicht"):
        connected(FakeServer(fake, [cut_in])).send(issue(), remote.id)
    assert fake.deliveries == []


# States


@pytest.mark.parametrize("word", WORDS)
def test_each_documented_state_has_a_meaning(listmonk, fake, word):
    remote = listmonk.draft(issue(), None)
    at_listmonk(fake, remote.id)["status"] = word
    seen = listmonk.status(remote.id)
    assert (seen.detail, seen.state) == (word, STATES.get(word, State.UNKNOWN))
    assert set(WORDS) - set(STATES) == {"paused"}


def test_a_word_of_tomorrow_is_unknown(listmonk, fake):
    remote = listmonk.draft(issue(), None)
    at_listmonk(fake, remote.id)["status"] = "teleported"
    assert listmonk.status(remote.id).state is State.UNKNOWN


def test_what_is_not_there_is_gone_in_any_language(listmonk):
    gone = listmonk.status("99")
    assert (gone.id, gone.state, gone.content) == ("99", State.GONE, "")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_other_refusal_makes_a_campaign_gone(listmonk, fake, status):
    fake.refuse("GET", "/campaigns/7", Reply.json({"message": "Not Found"}, status))
    with pytest.raises(NotNow):
        listmonk.status("7")


@pytest.mark.parametrize("body", [{}, [], {"data": []}, {"data": {}}, {"data": {"id": 7}}])
def test_an_answer_of_another_shape_is_no_accident(listmonk, fake, body):
    fake.refuse("POST", "/campaigns", Reply.json(body))
    with pytest.raises(Unsure, match="promise"):
        listmonk.draft(issue(), None)
    for path in ("/campaigns/7", "/campaigns/8", "/lists", "/profile", "/templates"):
        fake.refuse("GET", path, Reply.json(body))
    for call in (lambda: listmonk.status("7"), lambda: listmonk.figures("7"), listmonk.account):
        with pytest.raises(WireError):
            call()
    with pytest.raises((WireError, UsageError)):
        listmonk.draft(issue(), None)


# Content


def test_the_digest_is_the_same_until_somebody_edits(listmonk, fake):
    drafted = listmonk.draft(issue(), None)
    assert len(drafted.content) == 64
    assert listmonk.status(drafted.id).content == drafted.content
    refilled = listmonk.draft(issue(), drafted.id)
    assert refilled.content == drafted.content
    fake.edit(drafted.id, "<p>By hand</p>")
    edited = listmonk.status(drafted.id).content
    assert edited != drafted.content
    assert listmonk.draft(issue(), drafted.id).content == drafted.content


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"subject": "Other"}, True),
        ({"from_email": "x@example.org"}, True),
        ({"altbody": "Other"}, True),
        ({"headers": [{"Reply-To": "x@example.org"}]}, True),
        ({"template_id": 1}, True),
        ({"lists": [1, 2]}, True),
        ({"media": [3]}, True),
        ({"name": "Other"}, False),
        ({"tags": [KEY, "x"]}, False),
        ({"send_at": SOON.isoformat()}, False),
        ({"views": 3}, False),
    ],
)
def test_the_digest_is_of_what_readers_see_and_who_they_are(listmonk, fake, change, seen):
    remote = listmonk.draft(issue(), None)
    at_listmonk(fake, remote.id).update(change)
    assert (listmonk.status(remote.id).content != remote.content) == seen


def test_an_answer_that_shows_another_text_leaves_the_digest_open(listmonk, fake):
    remote = listmonk.draft(issue(), None)
    shown = {**at_listmonk(fake, remote.id), "lists": [{"id": 1}], "body": "theirs"}
    fake.refuse("PUT", f"/campaigns/{remote.id}", Reply.json({"data": shown}))
    assert listmonk.draft(issue(), remote.id).content == ""


# Audiences


@pytest.fixture
def many(fake) -> None:
    fake.lists = [
        a_list(1, "Everybody", confirmed=2, unconfirmed=5, unsubscribed=1),
        a_list(2, "Friends", optin="double", confirmed=3, unconfirmed=4),
        a_list(3, "News, weekly", confirmed=1),
        a_list(4, "Twins"),
        a_list(5, "Twins"),
        {**a_list(6, "Old"), "status": "archived"},
    ]


@pytest.mark.parametrize(
    ("audience", "numbers", "readers"),
    [
        ("Everybody", [1], 7),
        ("2", [2], 3),
        ("Friends, Everybody", [1, 2], 10),
        ("Friends,2", [2], 3),
        ("News, weekly", [3], 1),
        ("4", [4], 0),
    ],
)
def test_an_audience_is_lists_by_name_or_id(many, server, audience, numbers, readers):
    listmonk = connected(server)
    listmonk.draft(issue(audience=audience), None)
    assert server.requests[-1].json["lists"] == numbers
    assert listmonk.readers(audience) == readers


@pytest.mark.parametrize("audience", ["", "Freinds", "Friends, Nobody", "Twins", "Old", "6", " , "])
def test_an_audience_that_is_not_plain_stops_before_anything_is_written(
    many, listmonk, server, audience
):
    for call in (
        lambda: listmonk.draft(issue(audience=audience), None),
        lambda: listmonk.readers(audience),
    ):
        with pytest.raises(UsageError, match=r"Everybody \(1\), Friends \(2\)"):
            call()
    assert writes(server) == []


def test_no_list_at_all_is_said(listmonk, fake):
    fake.lists = []
    for call in (lambda: listmonk.draft(issue(), None), lambda: listmonk.readers("")):
        with pytest.raises(UsageError, match="none that is active"):
            call()


def test_lists_without_numbers_by_status_have_a_number(listmonk, fake):
    fake.lists[0] |= {"subscriber_statuses": {}, "subscriber_count": 9}
    assert listmonk.readers("") == 9


# Templates


def test_a_template_that_adds_something_is_not_taken(listmonk, fake):
    fake.templates.pop()
    with pytest.raises(UsageError, match=r"each template .* nothing but {{ template") as failure:
        listmonk.draft(issue(), None)
    assert "Campaigns, Templates, New" in str(failure.value)


@pytest.mark.parametrize("kind", ["tx", "campaign_visual"])
def test_a_template_for_something_else_is_not_taken(listmonk, fake, kind):
    fake.templates[1]["type"] = kind
    with pytest.raises(UsageError, match="each template"):
        listmonk.draft(issue(), None)


@pytest.mark.parametrize(
    "body", ['{{template "content" .}}', '\n{{ template "content" . }}\n{{ TrackView }}']
)
def test_any_template_that_adds_nothing_to_see_will_do(listmonk, fake, server, body):
    fake.templates.append({"id": 3, "name": "Plain", "type": "campaign", "body": body})
    listmonk.draft(issue(), None)
    assert server.requests[-1].json["template_id"] == 3


def test_a_template_that_is_named_is_not_looked_for(server):
    connected(server, options(template=5)).draft(issue(), None)
    assert "/templates" not in {sent.path for sent in server.requests}


def test_a_template_that_is_named_and_not_there_is_noticed(server):
    with pytest.raises(Rejected, match="template_id"):
        connected(server, options(template=9)).draft(issue(), None)


# Schedules


def test_a_campaign_is_handed_over_with_a_date(listmonk, fake, server):
    remote = listmonk.draft(issue(), None)
    fake.edit(remote.id, "<p>By hand</p>")
    at_listmonk(fake, remote.id)["media"] = [4]
    body = at_listmonk(fake, remote.id)["body"]
    listmonk.schedule(issue(), remote.id, SOON)
    path = f"PUT /campaigns/{remote.id}"
    assert writes(server)[1:] == [path, f"{path}/status"]
    assert server.requests[-1].json == {"status": "scheduled"}
    seen = listmonk.status(remote.id)
    assert (seen.state, seen.at) == (State.SCHEDULED, SOON)
    row = at_listmonk(fake, remote.id)
    assert (row["body"], row["media"], row["lists"]) == (body, [4], [1])
    assert row["attribs"] == {"publish_key": KEY}
    assert fake.deliveries == []


def test_a_scheduled_campaign_goes_out_at_its_time(server, fake):
    listmonk = connected(server)
    remote = listmonk.draft(issue(), None)
    listmonk.schedule(issue(), remote.id, SOON)
    fake.tick()
    assert fake.deliveries == []
    fake.now = SOON.timestamp
    assert listmonk.status(remote.id).state is State.SENDING
    assert len(fake.deliveries) == 1


def test_a_campaign_taken_back_is_a_draft_without_a_date(listmonk, fake, server):
    remote = listmonk.draft(issue(), None)
    listmonk.schedule(issue(), remote.id, SOON)
    listmonk.unschedule(remote.id)
    assert server.requests[-2].json == {"status": "draft"}
    assert at_listmonk(fake, remote.id)["send_at"] is None
    back = listmonk.status(remote.id)
    assert (back.state, back.content) == (State.DRAFT, remote.content)
    listmonk.send(issue(), remote.id)
    assert len(fake.deliveries) == 1


def test_a_date_that_was_left_behind_goes_with_the_next_refill(fake):
    server = FakeServer(fake)
    listmonk = connected(server)
    remote = listmonk.draft(issue(), None)
    server.faults = [Fault(Kind.CRASH_BEFORE, server.count + 3)]
    with pytest.raises(BaseException, match="before"):
        listmonk.schedule(issue(), remote.id, SOON)
    assert at_listmonk(fake, remote.id)["send_at"]
    assert listmonk.status(remote.id).content == remote.content
    listmonk.draft(issue(), remote.id)
    assert at_listmonk(fake, remote.id)["send_at"] is None


@pytest.mark.parametrize("word", sorted({*WORDS} - {"scheduled"}))
def test_only_what_is_scheduled_is_taken_back(listmonk, fake, server, word):
    remote = listmonk.draft(issue(), None)
    at_listmonk(fake, remote.id)["status"] = word
    with pytest.raises(Rejected, match="nothing to take back"):
        listmonk.unschedule(remote.id)
    assert writes(server) == ["POST /campaigns"]


def test_what_is_on_its_way_by_then_is_not_touched(fake):
    listmonk = connected(FakeServer(fake))
    remote = listmonk.draft(issue(), None)
    listmonk.schedule(issue(), remote.id, SOON)
    row = at_listmonk(fake, remote.id)
    cut_in = Fault(Kind.CUT_IN, 2, lambda: row.update(status="running"))
    with pytest.raises(Rejected, match="400"):
        connected(FakeServer(fake, [cut_in])).unschedule(remote.id)
    assert row["status"] == "running"


# Tests, discards, figures, concerns


def test_a_test_reaches_the_named_addresses_and_nobody_else(listmonk, fake, server):
    remote = listmonk.draft(issue(), None)
    listmonk.send_test(issue("<p>New</p>"), remote.id, ["ada@example.org", "x@example.org"])
    (test,) = fake.tests
    assert (test.to, test.body, test.text) == (("ada@example.org",), "<p>New</p>", "Hello")
    assert dict(server.requests[-1].query) == {"template_id": "5"}
    assert fake.deliveries == []
    assert listmonk.status(remote.id).content == remote.content


def test_a_test_to_people_unknown_there_is_refused(listmonk, fake):
    remote = listmonk.draft(issue(), None)
    with pytest.raises(Rejected, match="400"):
        listmonk.send_test(issue(), remote.id, ["x@example.org"])
    assert fake.tests == []


def test_a_draft_is_discarded_and_nothing_else_is(listmonk, fake, server):
    remote = listmonk.draft(issue(), None)
    for word in sorted({*WORDS, "teleported"} - {"draft"}):
        at_listmonk(fake, remote.id)["status"] = word
        with pytest.raises(Rejected, match="not deleted"):
            listmonk.discard(remote.id)
    at_listmonk(fake, remote.id)["status"] = "draft"
    listmonk.discard(remote.id)
    assert fake.state == {}
    listmonk.discard(remote.id)
    assert writes(server) == ["POST /campaigns", f"DELETE /campaigns/{remote.id}"]


def test_figures_are_of_readers_where_we_may_ask(listmonk, fake):
    remote = listmonk.draft(issue(), None)
    at_listmonk(fake, remote.id).update(to_send=9, sent=9, views=20, clicks=5, bounces=1)
    assert listmonk.figures(remote.id) == Figures(recipients=9, opens=20, clicks=5, bounces=1)
    fake.role["permissions"].append("campaigns:get_analytics")
    assert listmonk.figures(remote.id) == Figures(recipients=9, opens=3, clicks=1, bounces=1)


def test_what_nobody_counts_is_no_number(listmonk, fake):
    remote = listmonk.draft(issue(), None)
    assert listmonk.figures(remote.id) == Figures(recipients=0)


def test_templates_that_we_may_not_see_are_a_concern(listmonk, fake):
    denied = Reply.json({"message": "permission denied: templates:get"}, 403)
    fake.refuse("GET", "/templates", denied)
    (worry,) = listmonk.concerns(OURS, "")
    assert "templates:get" in worry.what


def test_there_is_nothing_to_be_concerned_about(listmonk, server):
    assert list(listmonk.concerns(OURS, "")) == []
    assert writes(server) == []


def test_concerns_name_all_that_is_wrong(listmonk, fake):
    fake.role["permissions"] = ["campaigns:get"]
    fake.root_url = "http://localhost:9000"
    fake.lists = [a_list(1, "Everybody")]
    fake.templates.pop()
    worries = " ".join(map(str, listmonk.concerns(OURS, "")))
    assert "lacks campaigns:manage, campaigns:send" in worries
    assert "http://localhost:9000" in worries
    assert "nobody is on the lists" in worries
    assert "each template" in worries


def test_an_unknown_audience_is_a_concern(listmonk, fake):
    worries = " ".join(map(str, listmonk.concerns(OURS, "Freinds")))
    assert "Lists there: Everybody (1)" in worries


def test_a_super_admin_may_do_everything(listmonk, fake):
    fake.role |= {"id": 1, "permissions": []}
    assert list(listmonk.concerns(OURS, "")) == []


def test_a_template_of_the_options_that_adds_something_is_a_concern(server):
    (worry,) = connected(server, options(template=1)).concerns(OURS, "")
    assert "template 1 at listmonk adds something" in worry.what


# Escapes and tags


@pytest.mark.parametrize("text", SYNTAX)
def test_the_writers_text_arrives_as_written(listmonk, fake, text):
    html = f"<p>{text}</p>"
    written = replace(worded(text).message, html=html)
    sent = replace(issue(), message=written)
    remote = listmonk.draft(sent, None)
    listmonk.send(sent, remote.id)
    (copy,) = fake.deliveries
    link = fake.reader.unsubscribe
    assert copy.body == html.replace(TOKENS["unsubscribe_url"], link)
    assert copy.text == text.replace(TOKENS["unsubscribe_url"], link)


@pytest.mark.parametrize("text", [line for line in SYNTAX if "pressrun" not in line])
def test_a_subject_arrives_as_written(listmonk, fake, text):
    remote = listmonk.draft(issue(subject=text), None)
    listmonk.send(issue(), remote.id)
    assert fake.deliveries[0].subject == text


def test_a_subject_with_nothing_to_escape_is_left_alone(listmonk):
    assert listmonk.escape_text("50 % off } `now` @home") == "50 % off } `now` @home"


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([*SIGNS, *TOKENS.values()])).map("".join))
def test_no_sign_ever_becomes_a_template(text):
    listmonk = Listmonk(options(), Recorder(Recorder([])))
    reader = Reader("Ada")
    message = listmonk.localise(replace(worded(text).message, html=text))
    expected = text.replace(TOKENS["unsubscribe_url"], reader.unsubscribe)
    expected = expected.replace(TOKENS["view_url"], reader.message)
    expected = expected.replace(TOKENS["first_name"], "Ada")
    assert render(message.html, reader) == render(message.text, reader) == expected


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(SIGNS)).map("".join))
def test_no_sign_of_a_subject_ever_becomes_a_template(text):
    subject = Listmonk(options(), Recorder(Recorder([]))).escape_text(text)
    shown = render(subject, Reader(), as_html=False) if has_expression(subject) else subject
    assert shown == text


def test_the_fake_mangles_what_is_not_escaped():
    assert render("<!--[if mso]>x<![endif]-->a {{ UnsubscribeURL }}", Reader()).startswith("a http")
    assert render('<a style="{{ "{{" }}">', Reader()) == '<a style="ZgotmplZ">'
    for broken in ("{{ x }}", "{{ .Nope", "{{ Safe }}", "{{ Safe `a` | }}"):
        with pytest.raises(ValueError, match=r"\w"):
            render(broken, Reader())
    with pytest.raises(ValueError, match="context"):
        render('<a href="', Reader())


def test_a_name_is_escaped_in_the_page_and_as_it_is_in_the_text(listmonk, fake):
    fake.reader = Reader("O'Brien <b>")
    sent = replace(issue(f"<p>{TOKENS['first_name']}</p>"), key=KEY)
    sent = replace(sent, message=replace(sent.message, text=f"Dear {TOKENS['first_name']}!"))
    remote = listmonk.draft(sent, None)
    listmonk.send(sent, remote.id)
    (copy,) = fake.deliveries
    assert (copy.body, copy.text) == ("<p>O&#39;Brien &lt;b&gt;</p>", "Dear O'Brien <b>!")


def test_our_own_tags_take_the_place_of_the_tokens(listmonk, fake):
    html = "".join(f"<i>{TOKENS[name]}</i>" for name in listmonk.placeholders)
    remote = listmonk.draft(issue(html), None)
    listmonk.send(issue(html), remote.id)
    links = f"<i>{fake.reader.unsubscribe}</i><i>{fake.reader.message}</i>"
    assert fake.deliveries[0].body == f"{links}<i>there</i>"


def test_a_postal_address_has_no_tag_there(listmonk):
    assert listmonk.lacking(issue(TOKENS["postal_address"]).message) == ("postal_address",)


# Around


def test_what_it_can_do_is_declared():
    can = {name for name, able in abilities(Listmonk).items() if able}
    optional = {"audiences", "schedule", "test_send", "host_pictures", "discard", "statistics"}
    assert can == {"plain_text", "sender"} | optional


@pytest.mark.parametrize("scheduled", [False, True])
def test_a_dry_run_writes_the_requests_down_and_changes_nothing(listmonk, server, fake, scheduled):
    recorder = Recorder(listmonk.wire)
    dry = Listmonk(listmonk.options, recorder)
    remote = dry.draft(issue(), None)
    if scheduled:
        dry.schedule(issue(), remote.id, datetime(2026, 12, 1, tzinfo=UTC))
    else:
        dry.send(issue(), remote.id)
    path = "PUT /campaigns/{id of request 1}"
    dated = [path] if scheduled else []
    seen = [f"{one.method} {one.path}" for one in recorder.requests]
    assert seen == ["POST /campaigns", *dated, f"{path}/status"]
    if scheduled:
        assert recorder.requests[1].json["lists"] == [1]
    assert (writes(server), fake.state) == ([], {})
    assert ListmonkFake.key not in repr(recorder.requests)


def test_the_same_conversation_works_over_a_socket(fake):
    with serve(fake) as url:
        listmonk = connected(None, options(base_url=f"{url}/"))
        remote = listmonk.draft(issue(), None)
        listmonk.send(issue(), remote.id)
        assert listmonk.find(KEY)[0].id == remote.id
        listmonk.wire.close()
    assert len(fake.deliveries) == 1


def test_the_fake_puts_a_campaign_without_a_template_into_the_default_one(listmonk, fake):
    remote = listmonk.draft(issue(), None)
    fake.templates[0]["body"] = f"<h1>Hi</h1>{CONTENT}"
    at_listmonk(fake, remote.id)["template_id"] = None
    listmonk.send(issue(), remote.id)
    assert fake.deliveries[0].body == "<h1>Hi</h1><p>Hello</p>"


def test_uploads_need_permissions_of_their_own(listmonk, fake):
    fake.role["permissions"].append("media:get")
    (lacking,) = listmonk.concerns(Email(images="upload"), "")
    assert lacking.what == "the role of the API user lacks media:manage."
    assert list(listmonk.concerns(Email(), "")) == []


def test_a_picture_is_known_by_its_whole_name(listmonk, fake):
    for name in ("a_harbour-01.png", "harbour_01.png", "Harbour-01.png"):
        fake.keep(name, b"another one")
    url = listmonk.host(File("harbour-01.png", "image/png", b"mine"))
    assert fake.pictures[-1] == ("harbour-01.png", b"mine", url)


def test_a_kind_that_this_listmonk_does_not_take_is_refused_in_its_own_words(listmonk, fake):
    with pytest.raises(Rejected, match=r"Dateityp \(webp\)"):
        listmonk.host(File("harbour-01.webp", "image/webp", b"mine"))
    assert fake.pictures == []
