import base64
import json
from dataclasses import replace
from datetime import timedelta, timezone
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from pressrun.deliver.providers.contract import Audiences, abilities
from pressrun.deliver.providers.ghost import EMAILS, SHOWN, Ghost, Options
from pressrun.errors import NotNow, Rejected, Unsure, UsageError, WireError
from pressrun.model import Figures, Issue, State
from pressrun.placeholders import TOKENS
from pressrun.publication import Email
from pressrun.wire import Recorder, Request
from support.issues import KEY, NOW, issue
from support.require import require
from support.wire_fakes.base import FakeServer, Fault, Kind, Reply, Sent, serve
from support.wire_fakes.ghost import OPTIONS, GhostFake, connected, letter, render

DOCUMENTS = Path(__file__).parents[4] / "shared" / "openapi"
NEWSLETTER = "default-newsletter"
NOWHERE = "6b04d8b347308e5a99999999"
UNSUBSCRIBE = "https://press.example/unsubscribe/"
SENDING = (("newsletter", NEWSLETTER), ("email_segment", "all"))
LATER = NOW + timedelta(hours=1)
OURS = Email(sender="Press <press@example.org>")
SYNTAX = [
    "{{ x }} {{{ y }}} {% raw %}{{ z }}{% endraw %} {# a comment #}",
    "*|FNAME|* {$name} [[var:x]] @TrackLink &lt;%= erb %&gt;",
    "%%{x}%% %%{email}%% %%%{email}%%% %%{first_name, &quot;you&quot;}%%",
    "%recipient.name% %recipient% %recipient_email% %recipient.email",
    "%unsubscribe_url% %tag_unsubscribe_url% %mailing_list_unsubscribe_url% %unsubscribe_email%",
    '<a href="https://e.org/?a=%recipient.name%" title="%%{uuid}%% %recipient.name%">b</a>',
    "<!-- %%{email}%% %recipient.name% -->",
    "<!--[if mso]><style>p{}a{color:red}</style>%%{email}%%<![endif]-->",
    "<style>@media print{#id{color:red}}b{}a::before{content:'{{'}</style>",
    "<!--kg-card-end: html--><p>after</p><!--kg-card-begin: html-->",
    "%%{ over\ntwo lines }%% %%{email",
    "%" + TOKENS["unsubscribe_url"] + "%",
    "%%{" + TOKENS["unsubscribe_url"] + "}%%",
    TOKENS["unsubscribe_url"] + "{email}%%",
    TOKENS["first_name"] + "recipient.name%",
]


@pytest.fixture
def fake() -> GhostFake:
    return GhostFake()


@pytest.fixture
def server(fake) -> FakeServer:
    return FakeServer(fake)


@pytest.fixture
def ghost(server) -> Ghost:
    return connected(server)


def writes(server: FakeServer) -> list[str]:
    return [f"{sent.method} {sent.path}" for sent in server.requests if sent.method != "GET"]


def with_message(**fields: Any) -> Issue:
    return replace(issue(), message=replace(issue().message, **fields))


def become(fake: GhostFake, campaign: str, status: str, email: str = "") -> None:
    """Put a post into a state, with an email in a state of its own or without one."""
    counts = {"email_count": 2, "delivered_count": 2, "opened_count": 1, "failed_count": 0}
    about = {"error": None, "track_opens": True, "track_clicks": True, **counts}
    hour = 10 if status == "scheduled" else 9
    fake.state[campaign] |= {
        "status": status,
        "published_at": f"2026-11-23T{hour:02}:00:00.000Z",
        "email": {"status": email, **about} if email else None,
    }


def filled(text: str) -> str:
    return text.replace(TOKENS["unsubscribe_url"], UNSUBSCRIBE).replace(
        TOKENS["first_name"], "there"
    )


# The account and the key


def test_the_account_is_the_site(ghost):
    assert ghost.account() == "https://press.example"


@pytest.mark.parametrize("url", ["https://a.example/blog", "https://a.example/blog/ghost/"])
def test_the_address_of_the_admin_may_have_a_path(url):
    reach = Ghost.connection(Options(url=url), {"GHOST_ADMIN_API_KEY": GhostFake.key})
    assert reach.base_url == "https://a.example/blog/ghost/api/admin"
    assert reach.headers == {"Accept-Version": "v6.0"}
    assert not reach.allow_http


def test_each_request_has_a_token_of_its_own():
    reach = Ghost.connection(OPTIONS, {"GHOST_ADMIN_API_KEY": GhostFake.key})
    tokens = [reach.sign(NOW + timedelta(seconds=n))["Authorization"] for n in range(2)]
    assert tokens[0] != tokens[1]
    header, claims, _ = (tokens[1].removeprefix("Ghost ")).split(".")
    name = GhostFake.key.partition(":")[0]
    assert decoded(header) == {"alg": "HS256", "typ": "JWT", "kid": name}
    now = int(NOW.timestamp()) + 1
    assert decoded(claims) == {"iat": now, "exp": now + 300, "aud": "/admin/"}


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=="))


def test_the_fake_refuses_a_token_that_is_old_or_of_another_key(fake, server):
    ghost = connected(server)
    fake.now = lambda: NOW.timestamp() + 301
    with pytest.raises(Rejected, match="expired"):
        ghost.readers("")
    fake.now, fake.key = NOW.timestamp, fake.key[:-1] + "0"
    with pytest.raises(Rejected, match="Check GHOST_ADMIN_API_KEY"):
        ghost.readers("")


@pytest.mark.parametrize(
    "key", ["canary", GhostFake.key[:-1], GhostFake.key + "0", GhostFake.key.replace(":", "")]
)
def test_a_key_of_another_form_is_refused_and_not_shown(key):
    with pytest.raises(UsageError, match="GHOST_ADMIN_API_KEY holds no Admin API key") as failure:
        Ghost.connection(OPTIONS, {"GHOST_ADMIN_API_KEY": key})
    assert not any(piece in str(failure.value) for piece in ("canary", key[:8], key[-8:]))


# Drafts


def test_a_new_draft_is_complete_and_reaches_nobody(ghost, fake, server):
    remote = ghost.draft(issue(), None)
    assert (remote.state, remote.detail) == (State.DRAFT, "draft")
    assert fake.deliveries == []
    (created,) = [sent for sent in server.requests if sent.method == "POST"]
    assert created.query == ()
    (post,) = created.json["posts"]
    card = {"type": "html", "version": 1, "html": "<p>Hello</p>"}
    assert json.loads(post.pop("lexical"))["root"]["children"] == [card]
    assert post == {
        "status": "draft",
        "slug": "hello",
        "title": "Hello",
        "email_subject": "Hello",
        "custom_excerpt": "A first line",
        "canonical_url": "https://example.org/hello/",
        "tags": [{"name": f"#publish-{KEY}", "slug": f"hash-publish-{KEY}"}],
        "email_only": True,
        **dict.fromkeys(("feature_image", "feature_image_alt", "feature_image_caption")),
    }


def test_the_fake_publishes_what_comes_as_published_and_mails_it_to_nobody(ghost, fake):
    post = {"title": "Oops", "lexical": "{}", "status": "published"}
    ghost.wire.call(Request("POST", "/posts/", SENDING, json={"posts": [post]}))
    (made,) = fake.state.values()
    assert (made["status"], made["newsletter"], fake.deliveries) == ("published", None, [])
    assert ghost.status(made["id"]).state is State.UNKNOWN


def test_a_refill_replaces_everything_and_changes_no_state(ghost, fake, server):
    first = ghost.draft(issue(), None)
    post = fake.state[first.id]
    post |= {"feature_image": "https://e.org/a.png", "tags": [{"slug": "news"}]}
    again = ghost.draft(with_message(fragment="<p>Better</p>", preheader=""), first.id)
    assert (again.id, again.state) == (first.id, State.DRAFT)
    assert "Better" in post["lexical"]
    assert (post["custom_excerpt"], post["feature_image"]) == (None, None)
    assert [tag["slug"] for tag in post["tags"]] == [f"hash-publish-{KEY}"]
    put = server.requests[-1]
    assert (put.method, put.query) == ("PUT", ())
    assert not {"status", "published_at", "slug"} & set(put.json["posts"][0])


@pytest.mark.parametrize(("status", "email"), [("scheduled", ""), ("sent", "submitted")])
def test_only_a_draft_is_refilled(ghost, fake, server, status, email):
    remote = ghost.draft(issue(), None)
    become(fake, remote.id, status, email)
    with pytest.raises(Rejected, match=f"{status}.* at Ghost, not draft"):
        ghost.draft(issue(), remote.id)
    assert writes(server) == ["POST /posts/"]


def test_a_draft_whose_email_went_out_is_no_draft(ghost, fake, server):
    remote = ghost.draft(issue(), None)
    become(fake, remote.id, "draft", "submitted")
    assert ghost.status(remote.id).state is State.SENT
    for call in (lambda: ghost.draft(issue(), remote.id), lambda: ghost.send(issue(), remote.id)):
        with pytest.raises(Rejected, match="draft, email submitted"):
            call()
    assert writes(server) == ["POST /posts/"]


def test_a_draft_that_is_gone_is_not_refilled(ghost, server):
    with pytest.raises(Rejected, match="Post not found"):
        ghost.draft(issue(), NOWHERE)
    assert writes(server) == []


def test_a_draft_that_somebody_saves_while_we_refill_it_is_left_alone(fake):
    server = FakeServer(fake)
    ghost = connected(server)
    remote = ghost.draft(issue(), None)
    server.faults = [Fault(Kind.CUT_IN, server.count + 3, lambda: fake.edit(remote.id, "Mine"))]
    with pytest.raises(Rejected, match=r"409 .*Somebody saved the post") as failure:
        ghost.draft(issue("<p>Better</p>"), remote.id)
    assert failure.value.code == "UPDATE_COLLISION"
    assert "Mine" in fake.state[remote.id]["lexical"]


@pytest.mark.parametrize(
    ("change", "words"),
    [({"status": "published"}, "published without an email"), ({"tags": []}, "without the tag")],
)
def test_a_draft_that_came_back_as_something_else_is_not_believed(ghost, fake, change, words):
    ghost.draft(issue(), None)
    (post,) = fake.state.values()
    fake.refuse("POST", "/posts/", Reply.json({"posts": [{**post, **change}]}, 201))
    with pytest.raises(Rejected, match=words):
        ghost.draft(issue(), None)


def test_an_issue_may_become_a_page_as_well(server, fake):
    ghost = connected(server, replace(OPTIONS, email_only=False))
    remote = ghost.draft(issue(), None)
    assert not fake.state[remote.id]["email_only"]
    ghost.send(issue(), remote.id)
    assert fake.state[remote.id]["status"] == "published"
    assert len(fake.deliveries) == 1


def test_a_slug_that_is_taken_is_none_of_our_business(ghost, fake):
    first, second = (ghost.draft(issue(key=key), None) for key in ("one", "two"))
    assert [post["slug"] for post in fake.state.values()] == ["hello", "hello-2"]
    assert ghost.draft(issue(key="two", subject="New"), second.id).id != first.id
    long = ghost.draft(replace(issue(), slug="x" * 300), None)
    assert len(fake.state[long.id]["slug"]) == 185


@pytest.mark.parametrize(
    ("preheader", "excerpt"),
    [
        ("", None),
        ("x" * 300, "x" * 300),
        ("x" * 301, "x" * 299 + "…"),
        ("word " * 70, "word " * 58 + "word…"),
    ],
)
def test_a_long_preheader_ends_at_a_word(ghost, fake, preheader, excerpt):
    remote = ghost.draft(with_message(preheader=preheader), None)
    assert fake.state[remote.id]["custom_excerpt"] == excerpt


def test_what_ghost_refuses_is_said_with_its_context(ghost, fake):
    with pytest.raises(Rejected, match=r"422 Validation error.*failed for title"):
        ghost.draft(replace(issue(), title="x" * 256), None)
    assert fake.state == {}


# Content


def test_content_stays_as_long_as_nobody_edits(ghost, fake):
    drafted = ghost.draft(issue(), None)
    assert ghost.status(drafted.id) == drafted
    assert ghost.find(KEY) == [drafted]
    fake.touch(drafted.id)
    assert ghost.status(drafted.id) == drafted
    again = ghost.draft(issue(), drafted.id)
    assert again == drafted
    better = ghost.draft(issue("<p>Better</p>"), drafted.id)
    assert ghost.status(drafted.id) == better != drafted


@pytest.mark.parametrize("field", SHOWN)
def test_content_changes_with_whatever_a_person_edits(ghost, fake, field):
    drafted = ghost.draft(issue(), None)
    fake.state[drafted.id][field] = "something else"
    assert ghost.status(drafted.id).content not in {"", drafted.content}


def test_content_changes_with_a_word_in_the_editor(ghost, fake):
    drafted = ghost.draft(issue(), None)
    fake.edit(drafted.id, "One more word.")
    assert ghost.status(drafted.id).content != drafted.content


# Finding


def test_find_matches_the_whole_key_on_every_page(ghost, fake):
    fake.filtering = False  # as if the tag were not heeded
    keys = [KEY, f"{KEY}-r2", f"{KEY}-test", f"{KEY}0", KEY[:-1], "other", KEY]
    ids = [ghost.draft(issue(key=key), None).id for key in keys]
    assert [remote.id for remote in ghost.find(KEY)] == [ids[0], ids[-1]]
    assert ghost.find("hello") == []


def test_find_asks_for_the_tag_in_every_state(ghost, fake, server):
    remote = ghost.draft(issue(), None)
    become(fake, remote.id, "sent", "submitted")
    assert [one.state for one in ghost.find(KEY)] == [State.SENT]
    query = dict(server.requests[-1].query)
    assert query["filter"] == (f"tag:'hash-publish-{KEY}'+status:[draft,published,scheduled,sent]")
    assert query["limit"] == "100"


def test_posts_without_tags_are_none_of_ours(ghost, fake):
    fake.filtering = False
    remote = ghost.draft(issue(), None)
    for tags in ([], None, ["x"], [{"slug": None}]):
        fake.refuse("GET", "/posts/", listing({**fake.state[remote.id], "tags": tags}))
        assert ghost.find(KEY) == []


def listing(*posts: Any) -> Reply:
    return Reply.json({"posts": list(posts), "meta": {"pagination": {"next": None}}})


def test_a_list_that_grows_meanwhile_shows_each_once(ghost, fake):
    remote = ghost.draft(issue(), None)
    page = {"posts": [fake.state[remote.id]], "meta": {"pagination": {"next": 2}}}
    fake.refuse("GET", "/posts/", Reply.json(page))
    assert [one.id for one in ghost.find(KEY)] == [remote.id]


# Sending


def test_a_send_is_one_write_and_reaches_readers_once(ghost, fake, server):
    remote = ghost.draft(issue(), None)
    ghost.send(issue(), remote.id)
    assert writes(server) == ["POST /posts/", f"PUT /posts/{remote.id}/"]
    put = server.requests[-1]
    assert put.query == SENDING
    (fields,) = put.json["posts"]
    assert fields == {
        "status": "published",
        "published_at": None,
        "email_only": True,
        "updated_at": "2026-11-23T09:00:00.000Z",
    }
    assert [(one.campaign, one.subject) for one in fake.deliveries] == [(remote.id, "Hello")]
    seen = [ghost.status(remote.id) for _ in range(3)]
    assert [one.state for one in seen] == [State.SENDING, State.SENDING, State.SENT]
    assert (seen[-1].detail, seen[-1].at) == ("sent, email submitted", NOW)


def test_a_second_send_reaches_nobody(ghost, fake, server):
    assert Ghost.can.send_once
    remote = ghost.draft(issue(), None)
    ghost.send(issue(), remote.id)
    with pytest.raises(Rejected, match="not draft"):
        ghost.send(issue(), remote.id)
    assert len(writes(server)) == 2
    again = {"status": "published", "updated_at": fake.state[remote.id]["updated_at"]}
    for status in ("draft", "published"):
        again["status"] = status
        ghost.wire.call(Request("PUT", f"/posts/{remote.id}/", SENDING, json={"posts": [again]}))
    assert len(fake.deliveries) == 1


@pytest.mark.parametrize(
    "kind", [Kind.LOST, Kind.ERROR_AFTER, Kind.GARBAGE, Kind.TIMEOUT, Kind.UNAVAILABLE]
)
def test_a_send_whose_answer_is_lost_may_be_repeated(fake, kind):
    server = FakeServer(fake)
    ghost = connected(server)
    remote = ghost.draft(issue(), None)
    server.faults = [Fault(kind, server.count + 3)]
    with pytest.raises(Unsure):
        ghost.send(issue(), remote.id)
    if kind is Kind.UNAVAILABLE:
        ghost.send(issue(), remote.id)
    else:
        with pytest.raises(Rejected, match="not draft"):
            ghost.send(issue(), remote.id)
    assert len(fake.deliveries) == 1


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.ERROR_AFTER, Kind.GARBAGE, Kind.REDIRECT])
def test_a_lost_answer_never_makes_a_second_post(fake, kind):
    server = FakeServer(fake, [Fault(kind, 2)])
    with pytest.raises(Unsure):
        connected(server).draft(issue(), None)
    assert len(fake.state) == (kind is not Kind.REDIRECT)
    assert server.count == 2


def test_a_draft_that_somebody_saves_while_we_send_it_stays_a_draft(fake):
    server = FakeServer(fake)
    ghost = connected(server)
    remote = ghost.draft(issue(), None)
    server.faults = [Fault(Kind.CUT_IN, server.count + 3, lambda: fake.edit(remote.id, "Mine"))]
    with pytest.raises(Rejected, match="run again"):
        ghost.send(issue(), remote.id)
    assert (fake.deliveries, ghost.status(remote.id).state) == ([], State.DRAFT)


def test_an_audience_that_a_schedule_left_behind_is_not_sent_to(ghost, fake, server):
    fake.add_newsletter("friends", "Friends")
    remote = ghost.draft(issue(audience="friends"), None)
    ghost.schedule(issue(audience="friends"), remote.id, LATER)
    fake.unschedule_in_list(remote.id)
    before = writes(server)
    with pytest.raises(Rejected, match=r"would go to friends / all.*Delete it there"):
        ghost.send(issue(audience=NEWSLETTER), remote.id)
    with pytest.raises(Rejected, match="friends / all"):
        ghost.send(issue(audience="friends / label:vip"), remote.id)
    assert writes(server) == before
    ghost.send(issue(audience="friends"), remote.id)
    assert (len(fake.deliveries), fake.state[remote.id]["status"]) == (1, "sent")


def test_a_newsletter_that_is_gone_when_we_send_stops_it_without_an_effect(ghost, fake, server):
    fake.add_newsletter("friends", "Friends")
    remote = ghost.draft(issue(audience="friends"), None)
    fake.newsletters[1]["status"] = "archived"
    with pytest.raises(Rejected, match="no active newsletter 'friends'"):
        ghost.send(issue(audience="friends"), remote.id)
    assert writes(server) == ["POST /posts/"]


@pytest.mark.parametrize(
    ("status", "words", "advice"),
    [
        (403, {"type": "HostLimitError", "code": "EMAIL_VERIFICATION_NEEDED"}, "reviews the"),
        (400, {"type": "BadRequestError", "code": None}, "Look at the audience"),
    ],
)
def test_a_refusal_that_a_writer_can_mend_says_how(ghost, fake, status, words, advice):
    remote = ghost.draft(issue(), None)
    error = {"message": "No.", "context": "Because.", **words}
    fake.refuse("PUT", f"/posts/{remote.id}/", Reply.json({"errors": [error]}, status))
    with pytest.raises(Rejected, match=f"No: Because.*{advice}"):
        ghost.send(issue(), remote.id)


# States


@pytest.mark.parametrize(("word", "state"), EMAILS.items())
@pytest.mark.parametrize("status", ["draft", "published", "sent", "scheduled"])
def test_the_email_says_what_became_of_a_post(ghost, fake, status, word, state):
    remote = ghost.draft(issue(), None)
    become(fake, remote.id, status, word)
    seen = ghost.status(remote.id)
    assert (seen.state, seen.detail) == (state, f"{status}, email {word}")
    assert seen.content == ""


def test_each_state_of_the_source_has_a_meaning():
    assert set(EMAILS) == {"pending", "submitting", "submitted", "failed"}


@pytest.mark.parametrize("word", ["published", "sent", "scheduled", "teleported"])
def test_a_post_without_an_email_or_of_tomorrow_is_unknown(ghost, fake, word):
    remote = ghost.draft(issue(), None)
    become(fake, remote.id, word)
    seen = ghost.status(remote.id)
    assert (seen.state, seen.detail) == (State.UNKNOWN, f"{word} without an email")


def test_an_email_in_a_state_of_tomorrow_is_unknown(ghost, fake):
    remote = ghost.draft(issue(), None)
    become(fake, remote.id, "sent", "teleported")
    assert ghost.status(remote.id).state is State.UNKNOWN


def test_an_email_that_is_not_there_yet_is_waited_for(ghost, fake):
    remote = ghost.draft(issue(), None)
    fake.gap = 1
    ghost.send(issue(), remote.id)
    assert [ghost.status(remote.id).state for _ in range(2)] == [State.UNKNOWN, State.SENDING]


def test_a_failed_email_says_why(ghost, fake):
    remote = ghost.draft(issue(), None)
    become(fake, remote.id, "sent", "failed")
    fake.state[remote.id]["email"]["error"] = "Mailgun Error:\n Unauthorized " + "x" * 300
    seen = ghost.status(remote.id)
    assert seen.state is State.FAILED
    assert seen.detail.startswith("sent, email failed Mailgun Error: Unauthorized xxx")
    assert len(seen.detail) == 200


def test_what_is_not_there_is_gone(ghost):
    assert ghost.status(NOWHERE).state is State.GONE


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, b"<h1>Not found</h1>"),
        Reply.json({"message": "no such route"}, 404),
        Reply.json({"errors": [{"message": "No.", "type": "UnauthorizedError"}]}, 401),
    ],
)
def test_a_proxys_answer_does_not_make_a_campaign_gone(ghost, fake, reply):
    fake.refuse("GET", f"/posts/{NOWHERE}/", reply)
    with pytest.raises(NotNow):
        ghost.status(NOWHERE)


@pytest.mark.parametrize("date", [None, "", "tomorrow", 7])
def test_times_are_read_as_far_as_they_are_times(ghost, fake, date):
    remote = ghost.draft(issue(), None)
    become(fake, remote.id, "sent", "submitted")
    fake.state[remote.id]["published_at"] = date
    assert ghost.status(remote.id).at is None


@pytest.mark.parametrize(
    "body",
    [{}, [], {"posts": []}, {"posts": "x"}, {"posts": [7]}, {"posts": [{"id": "x"}]}, {"site": 1}],
)
def test_an_answer_of_another_shape_is_no_accident(ghost, fake, body):
    remote = ghost.draft(issue(), None)
    fake.refuse("POST", "/posts/", Reply.json(body, 201))
    with pytest.raises(Unsure, match="promise"):
        ghost.draft(issue(), None)
    for path in (f"/posts/{remote.id}/", "/posts/", "/newsletters/", "/members/", "/site/"):
        fake.refuse("GET", path, Reply.json(body))
    for call in (
        lambda: ghost.status(remote.id),
        lambda: ghost.find(KEY),
        lambda: ghost.readers(""),
        lambda: ghost.send(issue(), remote.id),
        lambda: ghost.figures(remote.id),
        ghost.account,
    ):
        with pytest.raises(WireError):
            call()


# Audiences


@pytest.mark.parametrize(
    ("audience", "readers", "segment"),
    [
        ("", 2, "all"),
        (NEWSLETTER, 2, "all"),
        ("Press", 2, "all"),
        ("Press / ", 2, "all"),
        (f"{NEWSLETTER} / status:free", 1, "status:free"),
        ("Press / label:vip", 1, "label:vip"),
        ("Press / label:nobody", 0, "label:nobody"),
    ],
)
def test_an_audience_is_a_newsletter_and_a_filter(server, audience, readers, segment):
    ghost = connected(server)
    assert isinstance(ghost, Audiences)
    assert ghost.readers(audience) == readers
    remote = ghost.draft(issue(audience=audience), None)
    ghost.send(issue(audience=audience), remote.id)
    assert server.requests[-1].query == (("newsletter", NEWSLETTER), ("email_segment", segment))


def test_an_audience_is_found_by_id_and_with_a_slash_in_its_name(ghost, fake):
    fake.add_newsletter("notes", "Notes / Asides")
    for audience in (fake.newsletters[1]["id"], "Notes / Asides", "Notes / Asides / status:free"):
        remote = ghost.draft(issue(audience=audience), None)
        ghost.send(issue(audience=audience), remote.id)
        assert fake.state[remote.id]["newsletter"]["slug"] == "notes"


def test_members_are_counted_and_not_looked_at(ghost, server):
    ghost.readers("Press / label:vip")
    query = dict(server.requests[-1].query)
    assert (query["limit"], query["fields"]) == ("1", "id")
    assert query["filter"].endswith("+email_disabled:0+(label:vip)")


def test_a_newsletter_for_those_who_pay_has_fewer_readers(ghost, fake):
    fake.add_newsletter("paid", "Paid", visibility="paid")
    assert ghost.readers("paid") == 1


@pytest.mark.parametrize("audience", ["", "nope", "nope / status:free", "old", "defaultnewsletter"])
def test_an_audience_that_is_not_clear_stops_before_anything_is_written(
    ghost, fake, server, audience
):
    fake.add_newsletter("notes", "Notes")
    fake.add_newsletter("old", "Old", status="archived")
    for call in (
        lambda: ghost.draft(issue(audience=audience), None),
        lambda: ghost.readers(audience),
    ):
        with pytest.raises(UsageError, match="Active there: default-newsletter, notes"):
            call()
    assert writes(server) == []


def test_newsletters_are_looked_for_on_every_page(ghost, fake):
    for number in range(5):
        fake.add_newsletter(f"n-{number}", f"N {number}")
    assert ghost.readers("n-4") == 2


def test_a_filter_that_ghost_cannot_read_stops_before_anything_is_written(ghost, server):
    with pytest.raises(Rejected, match=r"Error parsing filter.*such as status:free"):
        ghost.draft(issue(audience="Press / ((("), None)
    assert writes(server) == []


# Escapes and tags


@pytest.mark.parametrize("laboratory", [False, True])
@pytest.mark.parametrize("text", SYNTAX)
def test_the_writers_own_text_arrives_as_written(ghost, fake, text, laboratory):
    if laboratory and ("<style" in text or "<!--" in text):
        return  # there is no escape in comments and style sheets
    fake.laboratory = laboratory
    html = f"<p>{text} {{name}} {{}} {{ a }}</p>"
    remote = ghost.draft(issue(html), None)
    ghost.send(issue(html), remote.id)
    (delivery,) = fake.deliveries
    assert delivery.body == letter("Hello", "A first line", filled(html))


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [*"{}% a,<>", "email", "recipient.name", ' "x"', "unsubscribe_url", *TOKENS.values()]
        )
    ).map("".join),
    st.booleans(),
)
def test_nothing_of_the_writers_ever_becomes_a_tag(text, laboratory):
    text = (
        text.replace("<", "&lt;")
        .replace(TOKENS["view_url"], "")
        .replace(TOKENS["postal_address"], "")
    )
    ghost = Ghost(OPTIONS, Recorder(Recorder([])))
    card = ghost.localise(issue(text).message).fragment
    assert render("T", "E", card, laboratory=laboratory) == letter("T", "E", filled(text))


@pytest.mark.parametrize("text", [line for line in SYNTAX if "pressrun" not in line])
def test_title_subject_and_excerpt_arrive_as_written(ghost, fake, text):
    line = unescape(text.replace("\n", " "))
    ours = replace(with_message(subject=line, preheader=line), title=line)
    remote = ghost.draft(ours, None)
    ghost.send(ours, remote.id)
    (delivery,) = fake.deliveries
    assert delivery.subject == line
    excerpt, title = delivery.body.split("\n")[:2]
    assert unescape(title) == f"<h1>{line}</h1>"
    assert unescape(excerpt) == f"<i>{line}</i>"


def test_only_what_could_be_a_tag_is_touched(ghost):
    plain = '<p style="color:red">100% {a: 1} { b } 50%{ %{x:y} {{ y }}</p><a href="?q=%20">c</a>'
    assert ghost.escape_html(plain) == plain


def test_an_address_is_escaped_in_its_own_way(ghost):
    link = '<a href="https://e.org/?a=%%{x}%%&amp;b=%recipient.name%">x</a>'
    escaped = '<a href="https://e.org/?a=%25%&#123;x}%%&amp;b=%25recipient.name%">x</a>'
    assert ghost.escape_html(link) == escaped


def test_our_own_tags_take_the_place_of_the_tokens(ghost, fake):
    html = f'<a href="{TOKENS["unsubscribe_url"]}" title="{TOKENS["first_name"]}">'
    html += f"{TOKENS['first_name']}</a>"
    remote = ghost.draft(issue(html), None)
    ghost.send(issue(html), remote.id)
    assert f'<a href="{UNSUBSCRIBE}" title="there">there</a>' in fake.deliveries[0].body


def test_only_the_fragment_can_lack_a_tag(ghost):
    everything = " ".join(TOKENS.values())
    whole = replace(issue().message, html=everything, text=everything)
    assert ghost.lacking(whole) == ()
    part = replace(issue().message, fragment=everything)
    assert ghost.lacking(part) == ("view_url", "postal_address")


# Schedules


def test_a_schedule_is_one_write_in_universal_time(ghost, fake, server):
    remote = ghost.draft(issue(), None)
    ghost.schedule(issue(), remote.id, LATER.astimezone(timezone(timedelta(hours=2))))
    put = server.requests[-1]
    assert put.query == SENDING
    (fields,) = put.json["posts"]
    assert (fields["status"], fields["published_at"]) == ("scheduled", "2026-11-23T10:00:00.000Z")
    seen = ghost.status(remote.id)
    assert (seen.state, seen.at, fake.deliveries) == (State.SCHEDULED, LATER, [])


def test_a_scheduled_post_goes_out_by_itself(ghost, fake):
    remote = ghost.draft(issue(), None)
    ghost.schedule(issue(), remote.id, LATER)
    clock, fake.now = fake.now, LATER.timestamp
    fake.tick()
    fake.now = clock
    assert [one.campaign for one in fake.deliveries] == [remote.id]
    assert ghost.status(remote.id).state is State.SENDING


def test_a_schedule_that_is_too_soon_is_refused(ghost, fake):
    remote = ghost.draft(issue(), None)
    with pytest.raises(Rejected, match="at least 2 minutes"):
        ghost.schedule(issue(), remote.id, NOW + timedelta(seconds=30))
    assert ghost.status(remote.id).state is State.DRAFT


def test_a_scheduled_post_is_taken_back_to_a_draft_that_can_be_sent(ghost, fake, server):
    remote = ghost.draft(issue(), None)
    ghost.schedule(issue(), remote.id, LATER)
    ghost.unschedule(remote.id)
    assert ghost.status(remote.id) == remote
    assert fake.state[remote.id]["published_at"] is None
    ghost.send(issue(), remote.id)
    assert fake.state[remote.id]["published_at"] == "2026-11-23T09:00:00.000Z"
    assert len(fake.deliveries) == 1


@pytest.mark.parametrize(
    ("status", "email"), [("draft", ""), ("sent", "pending"), ("published", "submitted")]
)
def test_only_a_scheduled_post_is_taken_back(ghost, fake, server, status, email):
    remote = ghost.draft(issue(), None)
    become(fake, remote.id, status, email)
    with pytest.raises(Rejected, match="not scheduled"):
        ghost.unschedule(remote.id)
    assert writes(server) == ["POST /posts/"]


def test_a_post_that_goes_out_while_it_is_taken_back_stays_out(fake):
    server = FakeServer(fake)
    ghost = connected(server)
    remote = ghost.draft(issue(), None)
    ghost.schedule(issue(), remote.id, LATER)

    def go_out() -> None:
        fake._publish(fake.state[remote.id])
        fake.touch(remote.id)

    server.faults = [Fault(Kind.CUT_IN, server.count + 2, go_out)]
    with pytest.raises(Rejected, match="409"):
        ghost.unschedule(remote.id)
    assert fake.state[remote.id]["status"] == "sent"


# Tests, discards, figures, concerns


def test_a_test_needs_a_staff_token_and_says_so(ghost, fake):
    remote = ghost.draft(issue(), None)
    with pytest.raises(Rejected, match="a staff access token may"):
        ghost.send_test(issue(), remote.id, ["ada@example.net"])
    assert "staff" in Ghost.test_limits
    assert fake.tests == []


def test_a_test_reaches_the_named_addresses_and_nobody_else(ghost, fake):
    fake.staff = True
    remote = ghost.draft(issue(), None)
    ghost.send_test(issue(), remote.id, ["ada@example.net", "bob@example.net"])
    assert [one.to for one in fake.tests] == [("ada@example.net",), ("bob@example.net",)]
    assert fake.deliveries == []
    assert ghost.status(remote.id) == remote


def test_a_draft_is_deleted_and_may_be_gone_already(ghost, fake):
    remote = ghost.draft(issue(), None)
    for _ in range(2):
        ghost.discard(remote.id)
    assert fake.state == {}


@pytest.mark.parametrize(("status", "email"), [("scheduled", ""), ("sent", "submitted")])
def test_only_a_draft_is_deleted(ghost, fake, status, email):
    remote = ghost.draft(issue(), None)
    become(fake, remote.id, status, email)
    with pytest.raises(Rejected, match="not draft"):
        ghost.discard(remote.id)
    assert len(fake.state) == 1


def test_figures_are_those_of_the_email(ghost, fake):
    remote = ghost.draft(issue(), None)
    assert ghost.figures(remote.id) == Figures()
    become(fake, remote.id, "sent", "submitted")
    fake.state[remote.id]["count"] = {"clicks": 1}
    assert ghost.figures(remote.id) == Figures(2, 2, 1, 1, 0)
    fake.state[remote.id]["email"] |= {"track_opens": False, "track_clicks": False}
    assert ghost.figures(remote.id) == Figures(2, 2, None, None, 0)


def test_what_mailgun_has_not_told_ghost_is_no_number(ghost, fake):
    remote = ghost.draft(issue(), None)
    become(fake, remote.id, "sent", "submitted")
    fake.state[remote.id]["count"] = {"clicks": 0}
    fake.state[remote.id]["email"] |= {"delivered_count": 0, "opened_count": 0}
    assert ghost.figures(remote.id) == Figures(recipients=2, clicks=0)
    fake.state[remote.id]["email"]["failed_count"] = 2
    assert ghost.figures(remote.id) == Figures(2, 0, 0, 0, 2)


def test_a_newsletter_in_order_is_no_concern(ghost, fake):
    assert list(ghost.concerns(OURS, "")) == []
    fake.newsletters[0]["sender_email"] = "Press@example.org"
    assert list(ghost.concerns(OURS, "Press / status:free")) == []


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        ("old", "no active newsletter 'old'"),
        ("Press / label:nobody", "the audience is empty"),
        ("Press", "come from else@example.org, not from Press <press@example.org>"),
    ],
)
def test_settings_that_harm_a_send_are_concerns(ghost, fake, audience, words):
    fake.add_newsletter("old", "Old", status="archived", sender_email="x@example.org")
    if audience == "Press":
        fake.newsletters[0]["sender_email"] = "else@example.org"
    (problem,) = ghost.concerns(OURS, audience)
    assert words in problem.what


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ({"sender_reply_to": "newsletter"}, ""),  # it does not tell us from where it sends
        ({"sender_reply_to": "newsletter", "sender_email": "Me@example.org"}, ""),
        ({"sender_reply_to": "newsletter", "sender_email": "x@example.org"}, "go to x@example.org"),
        ({"sender_reply_to": "support"}, "go to support, not to me@example.org"),
        ({"sender_reply_to": "Me@example.org"}, ""),
        ({"sender_reply_to": "x@example.org"}, "go to x@example.org, not to me@example.org"),
    ],
)
def test_answers_that_would_go_elsewhere_are_a_concern(ghost, fake, theirs, said):
    fake.newsletters[0] |= theirs
    worries = "".join(map(str, ghost.concerns(Email(reply_to="me@example.org"), "")))
    assert said in worries
    assert bool(said) == bool(worries)


def test_what_ghost_can_do_is_declared():
    can = {name for name, able in abilities(Ghost).items() if able}
    assert can == {
        *("send_once", "preheader", "audiences", "schedule", "test_send", "discard"),
        *("unique_opens", "statistics", "host_pictures"),
    }


# Around


def test_a_dry_run_writes_the_requests_down_and_changes_nothing(ghost, server):
    recorder = Recorder(ghost.wire)
    dry = Ghost(ghost.options, recorder)
    remote = dry.draft(issue(), None)
    dry.send(issue(), remote.id)
    dry.schedule(issue(), remote.id, LATER)
    put = "PUT /posts/{id of request 1}/"
    assert [f"{one.method} {one.path}" for one in recorder.requests] == ["POST /posts/", put, put]
    (fields,) = recorder.requests[1].json["posts"]
    assert fields["updated_at"] == "{updated_at of request 1}"
    assert writes(server) == []
    assert GhostFake.key.partition(":")[2] not in repr(recorder.requests)


def test_a_server_that_echoes_the_token_does_not_bring_it_into_a_message(fake, server):
    ghost = connected(server)
    secret = GhostFake.key.partition(":")[2]

    def echo(sent: Sent) -> Reply:
        told = f"{sent.headers['Authorization']} {secret} {GhostFake.key}"
        return Reply.json({"errors": [{"message": told, "type": told}]}, 401)

    fake.answer = echo
    with pytest.raises(Rejected) as failure:
        ghost.readers("")
    shown = f"{failure.value} {failure.value.code}"
    assert "Ghost ***" in shown
    assert "eyJ" not in shown
    assert secret not in shown


def test_the_same_conversation_works_over_a_socket(fake):
    with serve(fake) as url:
        fake_paths(fake)
        ghost = connected(None, Options(url=url))
        remote = ghost.draft(issue(), None)
        ghost.send(issue(), remote.id)
        assert ghost.find(KEY)[0].id == remote.id
        ghost.wire.close()
    assert len(fake.deliveries) == 1


def fake_paths(fake: GhostFake) -> None:
    """Serve the API where a real site has it."""
    answer = fake.answer
    fake.answer = lambda sent: answer(
        sent._replace(path=sent.path.removeprefix("/ghost/api/admin"))
    )


# The schemas that Ghost checks its requests with


def schema(name: str) -> Draft7Validator:
    """Return the validator of a request, with the definitions that it refers to."""
    require("openapi/ghost_posts.schema.json", present=DOCUMENTS.is_dir())
    texts = [(DOCUMENTS / f"ghost_{part}.schema.json").read_text() for part in ("posts", name)]
    definitions, wanted = map(json.loads, texts)
    known = Registry().with_resource("posts", DRAFT7.create_resource(definitions))
    return Draft7Validator(wanted, registry=known)


@pytest.fixture
def bodies(ghost, server) -> dict[str, list[Any]]:
    """Say everything to Ghost that the adapter can say; return what was written, by method."""
    long = with_message(preheader="word " * 100)
    remote = ghost.draft(long, None)
    ghost.draft(with_message(preheader=""), remote.id)
    ghost.schedule(long, remote.id, LATER)
    ghost.unschedule(remote.id)
    ghost.send(long, remote.id)
    found: dict[str, list[Any]] = {"POST": [], "PUT": []}
    for sent in server.requests:
        if sent.method in found:
            found[sent.method].append(sent.json)
    return found


def test_every_write_is_one_that_ghosts_schemas_know(bodies):
    assert [len(found) for found in bodies.values()] == [1, 4]
    for method, name in (("POST", "posts-add"), ("PUT", "posts-edit")):
        check = schema(name)
        for body in bodies[method]:
            assert [error.message for error in check.iter_errors(body)] == []
            json.loads(body["posts"][0].get("lexical", "{}"))


@pytest.mark.parametrize(
    ("name", "post"),
    [
        ("posts-add", {}),
        ("posts-add", {"title": "x", "newsletter": "x"}),
        ("posts-add", {"title": "x", "custom_excerpt": "x" * 301}),
        ("posts-edit", {"title": "x"}),
        ("posts-edit", {"updated_at": "2026-11-23T09:00:00.000Z", "status": "gone"}),
    ],
)
def test_the_check_itself_sees_what_is_wrong(name, post):
    assert not schema(name).is_valid({"posts": [post]})
