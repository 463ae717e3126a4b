from dataclasses import replace
from datetime import UTC, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.deliver.providers.contract import INTERFACES
from pressrun.deliver.providers.mailchimp import STATES, Mailchimp, Options
from pressrun.errors import NotNow, PressrunError, Rejected, Unsure, UsageError, WireError
from pressrun.model import Figures, State
from pressrun.placeholders import TOKENS
from pressrun.publication import Email
from pressrun.wire import Recorder, Request
from support.issues import KEY, NOW, issue
from support.wire_fakes.base import FakeServer, Fault, Kind, Reply, serve
from support.wire_fakes.mailchimp import (
    READER,
    UNSUB,
    MailchimpFake,
    a_domain,
    a_list,
    a_segment,
    connected,
    render,
)

# The documented words: https://mailchimp.com/developer/marketing/api/campaigns/get-campaign-info/
WORDS = (*("save", "paused", "schedule", "sending", "sent", "canceled", "canceling", "archived"),)
FOREIGN = [
    "{{ x }} {% raw %}{{ x }}{% endraw %} {# c #} {{{x}}}",
    "%recipient.name% {$name} %%{x}%% [[var:x]] @TrackLink",
]
SYNTAX = [
    *FOREIGN,
    "*|FNAME|* *|UNSUB|* *|UNKNOWN:THING|*",
    "*|IF:FNAME|*yes*|ELSE:|*no*|END:IF|*",
    "**|FNAME|** *||FNAME||* *|*|FNAME|*|* *|",
    "*|over\ntwo lines|*",
    '<a href="https://x.example/?q=*|FNAME|*" title="*|y|*" style="content:\'*|z|*\'">*|</a>',
    "<!--[if mso]><p>*|FNAME|*</p><![endif]-->",
    "*" + TOKENS["unsubscribe_url"] + "|FNAME|*",
    "*|" + TOKENS["unsubscribe_url"] + "|*" + TOKENS["unsubscribe_url"],
]


@pytest.fixture
def fake() -> MailchimpFake:
    return MailchimpFake(NOW.timestamp)


@pytest.fixture
def server(fake) -> FakeServer:
    return FakeServer(fake)


@pytest.fixture
def mailchimp(server) -> Mailchimp:
    return connected(server)


def writes(server: FakeServer) -> list[str]:
    return [f"{sent.method} {sent.path}" for sent in server.requests if sent.method != "GET"]


def sent_by(html: str, mailchimp: Mailchimp, fake: MailchimpFake) -> str:
    """Return what a reader gets of this HTML."""
    remote = mailchimp.draft(issue(html), None)
    mailchimp.send(issue(html), remote.id)
    return fake.deliveries[-1].body.removesuffix(
        '<p class="footer"><a href="' + UNSUB + '">unsubscribe</a></p>'
    )


class Seen(HTMLParser):
    """What a browser makes of a document; comments as Outlook reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.events: list[object] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.events.append((tag, attrs))

    def handle_endtag(self, tag):
        self.events.append(tag)

    def handle_data(self, data):
        if self.events and isinstance(self.events[-1], Text):
            data = self.events.pop() + data
        self.events.append(Text(data))

    def handle_comment(self, data):
        self.events.append(["comment", Seen(data).events])


class Text(str):
    __slots__ = ()


# The account and the key


def test_the_account_is_its_id(mailchimp, fake):
    assert mailchimp.account() == fake.account


def test_the_data_centre_comes_from_the_key():
    reach = Mailchimp.connection(Options(), {"MAILCHIMP_API_KEY": "canary-us7"})
    assert reach.base_url == "https://us7.api.mailchimp.com/3.0"


@pytest.mark.parametrize("key", ["canary9", "canary9-", "canary-evil.example/us1", "canary-"])
def test_a_key_without_a_data_centre_is_refused_and_not_shown(key):
    with pytest.raises(UsageError, match="MAILCHIMP_API_KEY ends in no data centre") as failure:
        Mailchimp.connection(Options(), {"MAILCHIMP_API_KEY": key})
    assert "canary" not in str(failure.value)


def test_an_address_of_our_own_needs_no_data_centre():
    options = Options(base_url="https://proxy.example/3.0")
    reach = Mailchimp.connection(options, {"MAILCHIMP_API_KEY": "canary"})
    assert reach.base_url == "https://proxy.example/3.0"


def test_no_part_of_the_key_is_in_any_message(server, fake):
    mailchimp = connected(server)
    login = mailchimp.connection(Options(), {"MAILCHIMP_API_KEY": fake.key}).headers
    canary, fake.key = fake.key, "another-us19"
    told = [str(failure(mailchimp, call)) for call in (Mailchimp.account, Mailchimp.concerns)]
    for secret in (canary, canary.partition("-")[0], login["Authorization"].split()[1]):
        assert not any(secret in words or secret[8:20] in words for words in told)
    assert all("***" in words for words in told)


def test_the_key_without_its_end_is_in_no_message_either(mailchimp, fake):
    part = fake.key.partition("-")[0]
    fake.refuse("GET", "/", Reply.json({"detail": f"Is {part} of another data centre?"}, 403))
    assert "Is *** of another data centre?" in str(failure(mailchimp, Mailchimp.account))


def failure(mailchimp: Mailchimp, call) -> PressrunError:
    with pytest.raises(PressrunError) as caught:
        list(call(mailchimp, *((Email(), "") if call is Mailchimp.concerns else ())))
    return caught.value


# Drafts


def test_a_new_draft_is_complete_and_reaches_nobody(mailchimp, fake, server):
    remote = mailchimp.draft(issue(), None)
    assert (remote.id, remote.state) == ("42694e9e01", State.DRAFT)
    assert fake.deliveries == []
    created, filled = [sent for sent in server.requests if sent.method != "GET"]
    assert (created.method, created.path, filled.method) == ("POST", "/campaigns", "PUT")
    assert created.json == {
        "type": "regular",
        "recipients": {"list_id": "a1b2c3"},
        "settings": {
            "title": KEY,
            "subject_line": "Hello",
            "preview_text": "A first line",
            "from_name": "Press",
            "reply_to": "press@example.org",
            "to_name": "",
            "auto_footer": False,
            "inline_css": False,
        },
    }
    assert filled.json == {"html": "<p>Hello</p>", "plain_text": "Hello"}


def test_a_draft_that_was_never_filled_is_found_and_completed(fake):
    server = FakeServer(fake, [Fault(Kind.UNAVAILABLE, 3)])
    mailchimp = connected(server)
    with pytest.raises(Unsure):
        mailchimp.draft(issue(), None)
    (empty,) = mailchimp.find(KEY)
    with pytest.raises(Rejected, match="Content: Content is missing"):
        mailchimp.send(issue(), empty.id)
    again = mailchimp.draft(issue(), empty.id)
    mailchimp.send(issue(), again.id)
    assert len(fake.state) == 1
    assert fake.deliveries[0].body.startswith("<p>Hello</p>")


def test_a_refill_replaces_everything_and_starts_nothing(mailchimp, fake, server):
    first = mailchimp.draft(issue(audience="Readers / friends"), None)
    again = mailchimp.draft(issue("<p>Better</p>", subject="New"), first.id)
    assert (again.id, again.state) == (first.id, State.DRAFT)
    (campaign,) = fake.state.values()
    assert campaign["content"] == {"html": "<p>Better</p>", "plain_text": "Hello"}
    assert campaign["settings"]["subject_line"] == "New"
    assert campaign["recipients"] == {"list_id": "a1b2c3", "recipient_count": 0}
    assert not any("actions" in line for line in writes(server))


def test_another_segment_gets_its_own_people_not_those_of_the_first(mailchimp, fake):
    remote = mailchimp.draft(issue(audience="Readers / friends"), None)
    mailchimp.draft(issue(audience="Readers / Active"), remote.id)
    mailchimp.send(issue(), remote.id)
    assert fake.reached == {remote.id: "12"}


@pytest.mark.parametrize("word", sorted(set(WORDS) - {"save"}))
def test_only_a_draft_is_refilled(mailchimp, fake, server, word):
    remote = mailchimp.draft(issue(), None)
    before = writes(server)
    fake.state[remote.id]["status"] = word
    with pytest.raises(Rejected, match=word):
        mailchimp.draft(issue("<p>Better</p>"), remote.id)
    assert writes(server) == before


def test_a_draft_that_is_gone_is_not_refilled(mailchimp, server):
    with pytest.raises(Rejected, match="not found"):
        mailchimp.draft(issue(), "42694e9e99")
    assert writes(server) == []


@pytest.mark.parametrize("at", [2, 4, 5, 6])
def test_a_draft_that_somebody_sends_while_we_fill_it_is_no_draft(fake, at):
    def send_by_hand() -> None:
        for campaign in fake.state.values():
            campaign["status"] = "sending"

    first = connected(FakeServer(fake)).draft(issue(), None)
    server = FakeServer(fake, [Fault(Kind.CUT_IN, at, send_by_hand)])
    with pytest.raises(Rejected, match=r"sending|sent"):
        connected(server).draft(issue("<p>Better</p>"), first.id)
    assert len(writes(server)) == {2: 0, 4: 1}.get(at, 2)


@pytest.mark.parametrize(
    "shown",
    [
        {"settings": {"title": "another"}},
        {"recipients": {"list_id": "another"}},
        {"recipients": {"list_id": "a1b2c3", "segment_opts": {"saved_segment_id": 12}}},
        {"recipients": {"list_id": "a1b2c3", "segment_opts": {"conditions": [{"value": 1}]}}},
        {"recipients": {"list_id": "a1b2c3", "segment_opts": {"prebuilt_segment_id": "x"}}},
    ],
)
def test_a_write_that_left_something_else_is_not_believed(mailchimp, fake, server, shown):
    answer = {
        "id": "1",
        "status": "save",
        "settings": {"title": KEY},
        "recipients": {"list_id": "a1b2c3"},
    }
    fake.refuse("POST", "/campaigns", Reply.json(answer | shown))
    with pytest.raises(Rejected, match="another title or audience"):
        mailchimp.draft(issue(), None)
    assert writes(server) == ["POST /campaigns"]


@pytest.mark.parametrize(
    "options",
    [
        {"saved_segment_id": 11, "match": "any", "conditions": [{"value": 3}, {"value": 4}]},
        {"match": "all", "conditions": [{"condition_type": "StaticSegment", "value": 11}]},
        {"match": "all", "conditions": [{"condition_type": "StaticSegment", "value": "11"}]},
    ],
)
def test_mailchimp_may_show_a_tag_in_its_own_words(mailchimp, fake, options):
    fake._address = lambda campaign, _: campaign["recipients"].update(
        list_id="a1b2c3", segment_opts=options
    )
    assert mailchimp.draft(issue(audience="Readers / friends"), None).state is State.DRAFT


def test_the_sender_is_named_and_its_address_takes_the_answers(mailchimp, server):
    alone = replace(issue().message, sender="me@example.org", reply_to="Me@example.org")
    mailchimp.draft(replace(issue(), message=alone), None)
    new = next(sent.json for sent in server.requests if sent.method == "POST")["settings"]
    assert (new["from_name"], new["reply_to"]) == ("me@example.org", "me@example.org")


@pytest.mark.parametrize(
    "fields", [{"sender": ""}, {"reply_to": "other@example.org"}], ids=["none", "two addresses"]
)
def test_a_sender_that_mailchimp_cannot_have_stops_before_anything_is_written(
    mailchimp, server, fields
):
    with pytest.raises(UsageError, match=r"leave email\.reply_to out"):
        mailchimp.draft(replace(issue(), message=replace(issue().message, **fields)), None)
    assert writes(server) == []


# What a draft holds


def test_the_digest_stays_until_somebody_edits_the_draft(mailchimp, fake):
    text = issue("<p>Two\nlines</p>")
    remote = mailchimp.draft(text, None)
    assert remote.content
    assert mailchimp.status(remote.id) == remote
    assert mailchimp.draft(text, remote.id) == remote
    fake.edit(remote.id, "by hand")
    assert mailchimp.status(remote.id).content not in {"", remote.content}
    assert mailchimp.draft(text, remote.id) == remote


@pytest.mark.parametrize("name", ["subject_line", "preview_text", "from_name", "reply_to"])
def test_the_digest_knows_the_settings_that_readers_see(mailchimp, fake, name):
    remote = mailchimp.draft(issue(), None)
    fake.state[remote.id]["settings"][name] = "by hand"
    assert mailchimp.status(remote.id).content != remote.content


@pytest.mark.parametrize("at", [5, 6, 7, 8])
def test_an_old_reading_is_not_taken_for_what_the_draft_holds(fake, at):
    first = connected(FakeServer(fake)).draft(issue(), None)
    server = FakeServer(fake, [Fault(Kind.STALE_READ, at)])
    mailchimp = connected(server)
    again = mailchimp.draft(issue("<p>Better</p>"), first.id)
    assert again.content in {"", mailchimp.status(first.id).content}


def test_an_answer_in_other_words_does_not_hide_what_the_draft_holds(mailchimp, fake):
    remote = mailchimp.draft(issue(), None)
    path = f"/campaigns/{remote.id}/content"
    fake.refuse("PUT", path, Reply.json({"html": "<P>Hello"}))
    assert mailchimp.draft(issue(), remote.id) == remote


def test_what_mailchimp_does_not_show_is_not_known(mailchimp, fake):
    remote = mailchimp.draft(issue(), None)
    path = f"/campaigns/{remote.id}/content"
    fake.refuse("GET", path, Reply.json({"detail": "No content."}, 404))
    assert mailchimp.status(remote.id) == replace(remote, content="")


# Finding


def test_find_matches_the_whole_title_on_every_page(mailchimp):
    for number in range(5):
        mailchimp.draft(issue(key=f"other-{number}"), None)
    ours = mailchimp.draft(issue(), None)
    for ending in ("-r2", "-test", "0", " (copy 01)"):
        mailchimp.draft(issue(key=f"{KEY}{ending}"), None)
    assert [remote.id for remote in mailchimp.find(KEY)] == [ours.id]
    assert [remote.id for remote in mailchimp.find("other-0")] == ["42694e9e01"]
    assert mailchimp.find(KEY[:-1]) == []


def test_find_sees_every_campaign_with_the_title(mailchimp, fake):
    for number, word in enumerate(WORDS):
        remote = mailchimp.draft(issue(key=f"copy-{number}"), None)
        fake.state[remote.id]["settings"]["title"] = KEY
        fake.state[remote.id]["status"] = word
    assert [remote.detail for remote in mailchimp.find(KEY)] == list(WORDS)


def test_a_list_that_grows_meanwhile_shows_each_campaign_once(fake):
    first = connected(FakeServer(fake))
    for number in range(3):
        first.draft(issue(key=f"other-{number}"), None)
    first.draft(issue(), None)

    def grow() -> None:
        newest = first.draft(issue(key="new"), None).id
        fake.state = {newest: fake.state.pop(newest), **fake.state}

    for key, number in (("other-1", 2), (KEY, 4)):
        server = FakeServer(fake, [Fault(Kind.CUT_IN, 2, grow)])
        assert [one.id for one in connected(server).find(key)] == [f"42694e9e0{number}"]


def test_a_list_that_shrinks_meanwhile_is_read_another_time(fake):
    first = connected(FakeServer(fake))
    for number in range(5):
        first.draft(issue(key=f"other-{number}"), None)

    def shrink() -> None:
        fake.remove("42694e9e01")

    server = FakeServer(fake, [Fault(Kind.CUT_IN, 2, shrink)])
    with pytest.raises(NotNow, match="changed while it was read"):
        connected(server).find("other-2")


def test_a_list_that_promises_more_than_it_has_ends(mailchimp, fake):
    fake.refuse("GET", "/campaigns", Reply.json({"campaigns": [], "total_items": 9}))
    assert mailchimp.find(KEY) == []


def test_a_new_draft_is_found_when_the_lists_have_caught_up():
    time = NOW.timestamp()
    fake = MailchimpFake(lambda: time, lag=Mailchimp.find_lag)
    mailchimp = connected(FakeServer(fake))
    remote = mailchimp.draft(issue(), None)
    assert mailchimp.find(KEY) == []
    time += Mailchimp.find_lag
    assert [one.id for one in mailchimp.find(KEY)] == [remote.id]


# Sending


def test_a_send_is_one_request_and_reaches_readers_once(mailchimp, fake, server):
    remote = mailchimp.draft(issue(), None)
    server.requests.clear()
    mailchimp.send(issue(), remote.id)
    (sent,) = server.requests
    assert (sent.method, sent.path, sent.json) == (
        "POST",
        f"/campaigns/{remote.id}/actions/send",
        None,
    )
    assert [(one.campaign, one.subject) for one in fake.deliveries] == [(remote.id, "Hello")]
    assert [mailchimp.status(remote.id).detail for _ in range(3)] == ["sending", "sent", "sent"]


def test_a_second_send_is_not_proved_to_be_harmless(mailchimp, fake):
    remote = mailchimp.draft(issue(), None)
    for _ in range(2):
        mailchimp.send(issue(), remote.id)
    assert len(fake.deliveries) == 2
    assert not Mailchimp.can.send_once


def test_a_refused_send_says_what_the_checklist_says(mailchimp, fake):
    remote = mailchimp.draft(issue(), None)
    fake.state[remote.id]["settings"]["subject_line"] = ""
    with pytest.raises(Rejected, match=r"checklist: Subject: Subject is missing\.") as failure:
        mailchimp.send(issue(), remote.id)
    assert "400 Your Campaign is not ready to send." in str(failure.value)
    assert failure.value.status == 400
    assert fake.deliveries == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply.json({"is_ready": True, "items": []}),
        Reply.json({"items": "none"}),
        Reply(503, b"unavailable"),
        Reply.json({"detail": "No."}, 403),
    ],
)
def test_a_checklist_that_tells_nothing_hides_no_refusal(mailchimp, fake, reply):
    remote = mailchimp.draft(issue(), None)
    fake.state[remote.id]["settings"]["subject_line"] = ""
    fake.refuse("GET", f"/campaigns/{remote.id}/send-checklist", reply)
    with pytest.raises(Rejected, match=r"not ready to send\.$"):
        mailchimp.send(issue(), remote.id)


# States


@pytest.mark.parametrize("word", WORDS)
def test_each_documented_state_has_a_meaning(mailchimp, fake, word):
    remote = mailchimp.draft(issue(), None)
    fake.state[remote.id]["status"] = word
    seen = mailchimp.status(remote.id)
    assert (seen.state is State.UNKNOWN) == (word in {"paused", "archived"})
    assert seen.detail == word
    assert set(STATES) | {"paused", "archived"} == set(WORDS)


def test_a_word_of_tomorrow_is_unknown(mailchimp, fake):
    remote = mailchimp.draft(issue(), None)
    fake.state[remote.id]["status"] = "teleported"
    assert mailchimp.status(remote.id).state is State.UNKNOWN


def test_what_is_not_there_is_gone(mailchimp):
    assert mailchimp.status("42694e9e99").state is State.GONE


def test_a_proxys_page_does_not_make_a_campaign_gone(mailchimp, fake):
    fake.refuse("GET", "/campaigns/1", Reply(404, b"<h1>Not found</h1>"))
    with pytest.raises(NotNow):
        mailchimp.status("1")


def test_a_refused_key_is_no_reason_to_think_that_a_campaign_is_gone(server, fake):
    mailchimp = connected(server)
    fake.key = "another-us19"
    with pytest.raises(NotNow, match="Check MAILCHIMP_API_KEY"):
        mailchimp.status("1")


@pytest.mark.parametrize("time", ["", "soon", "2026-13-23T00:00:00+00:00", None, 7])
def test_a_time_that_is_none_is_left_out(mailchimp, fake, time):
    remote = mailchimp.draft(issue(), None)
    fake.state[remote.id]["send_time"] = time
    assert mailchimp.status(remote.id).at is None


@pytest.mark.parametrize("body", [{}, [], {"id": "1"}, {"status": "save"}, {"id": 7}])
def test_an_answer_of_another_shape_is_no_accident(mailchimp, fake, body):
    for method, path in (("POST", "/campaigns"), ("PUT", "/campaigns/42694e9e01/content")):
        fake.refuse(method, path, Reply.json(body))
        with pytest.raises(Unsure, match="promise"):
            mailchimp.draft(issue(), None)
        fake.refusals.clear()
    for path in ("/campaigns/1", "/campaigns", "/lists", "/verified-domains", "/"):
        fake.refuse("GET", path, Reply.json(body))
    for call in (
        lambda: mailchimp.status("1"),
        lambda: mailchimp.find(KEY),
        lambda: mailchimp.readers(""),
        lambda: list(mailchimp.concerns(Email(sender="me@example.org"), "")),
        mailchimp.account,
    ):
        with pytest.raises(WireError):
            call()


# Audiences


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("", 3),
        ("Readers", 3),
        ("a1b2c3", 3),
        ("Readers / friends", 2),
        ("a1b2c3/11", 2),
        ("a1b2c3 / Active", 1),
        ("Readers / a / b", 0),
    ],
)
def test_an_audience_is_a_list_or_a_part_of_it_by_name_or_id(mailchimp, audience, readers):
    assert mailchimp.readers(audience) == readers


@pytest.mark.parametrize(
    ("audience", "options"),
    [
        ("Readers / friends", {"saved_segment_id": 11, "match": "any"}),
        ("Readers / Active", {"saved_segment_id": 12, "match": "all"}),
    ],
)
def test_a_segment_or_tag_narrows_a_campaign(mailchimp, fake, audience, options):
    remote = mailchimp.draft(issue(audience=audience), None)
    assert fake.state[remote.id]["recipients"]["segment_opts"] == options


def test_a_slash_may_be_part_of_a_lists_name(mailchimp, fake):
    fake.lists += [a_list("d4e5f6", "Town / Country", 5), a_list("a7b8c9", "Town", 6)]
    fake.segments["d4e5f6"] = [a_segment(21, "young", 4)]
    assert mailchimp.readers("Town / Country") == 5
    assert mailchimp.readers("Town / Country / young") == 4


@pytest.mark.parametrize(
    ("audience", "known"),
    [
        ("Raeders", r"Readers \(a1b2c3\)"),
        ("Raeders / friends", r"Readers \(a1b2c3\)"),
        ("Readers / freinds", r"Active \(12\), a / b \(13\), friends \(11\)"),
        ("Readers / ", r"friends \(11\)"),
    ],
)
def test_an_audience_that_nobody_knows_stops_before_anything_is_written(
    mailchimp, server, audience, known
):
    for call in (
        lambda: mailchimp.draft(issue(audience=audience), None),
        lambda: mailchimp.readers(audience),
    ):
        with pytest.raises(UsageError, match=known):
            call()
    assert writes(server) == []


def test_without_a_name_the_only_list_is_meant_and_none_among_several(mailchimp, fake):
    fake.lists.append(a_list("d4e5f6", "Others", 5))
    with pytest.raises(UsageError, match=r"Others \(d4e5f6\), Readers \(a1b2c3\)"):
        mailchimp.readers("")
    fake.lists.clear()
    with pytest.raises(UsageError, match="none yet"):
        mailchimp.readers("")


def test_two_lists_of_one_name_are_told_apart_by_id(mailchimp, fake):
    fake.lists.append(a_list("d4e5f6", "Readers", 5))
    with pytest.raises(UsageError, match="several 'Readers' at Mailchimp: use an id"):
        mailchimp.readers("Readers")
    assert mailchimp.readers("d4e5f6") == 5


# Escapes and tags


@pytest.mark.parametrize("text", SYNTAX)
def test_the_writers_tags_arrive_as_written(mailchimp, fake, text):
    html = f"<p>{text}</p>"
    seen = sent_by(html, mailchimp, fake)
    assert Seen(seen).events == Seen(html.replace(TOKENS["unsubscribe_url"], UNSUB)).events


def test_a_style_sheet_keeps_its_meaning(mailchimp, fake):
    html = "<style>a::before{content:'*|FNAME|*'} /* *|x|* */</style><p>*|FNAME|*</p>"
    seen = sent_by(html, mailchimp, fake)
    sheet = r"a::before{content:'*\7c FNAME|*'} /* *\7c x|* */"
    assert Seen(seen).events[1] == sheet
    assert Seen(seen).events[-2] == "*|FNAME|*"


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([*"*| :x\n", "IF:", "END:IF", *TOKENS.values()])).map("".join))
def test_no_stars_and_bars_ever_become_a_tag(text):
    mailchimp = Mailchimp(Options(), Recorder(Recorder([])))
    message = mailchimp.localise(replace(issue(f"<p>{text}</p>").message, text=text))
    expected = text
    for name, tag in mailchimp.placeholders.items():
        expected = expected.replace(TOKENS[name], render(tag))
    assert Seen(render(message.html)).events == Seen(f"<p>{expected}</p>").events
    assert render(message.text).replace("\N{ZERO WIDTH SPACE}", "") == expected


@pytest.mark.parametrize("text", [one for one in SYNTAX if "pressrun" not in one])
def test_a_subject_reads_the_same_whether_it_is_rendered_or_not(mailchimp, text):
    message = replace(issue().message, subject=text, preheader=text, text=text)
    localised = mailchimp.localise(message)
    for line in (localised.subject, localised.preheader, localised.text):
        assert render(line) == line
        assert line.replace("\N{ZERO WIDTH SPACE}", "") == text


def test_the_last_star_of_our_own_tag_opens_no_other(mailchimp):
    message = mailchimp.localise(issue(TOKENS["view_url"] + "|FNAME|*").message)
    assert message.html == "*|ARCHIVE|*&#124;FNAME|*"


@pytest.mark.parametrize("text", FOREIGN)
def test_what_is_no_tag_here_is_left_alone(mailchimp, text):
    assert mailchimp.escape_html(text) == mailchimp.escape_text(text) == text


def test_our_own_tags_take_the_place_of_the_tokens(mailchimp, fake, monkeypatch):
    html = "".join(f"<i>{token}</i>" for token in TOKENS.values())
    wanted = [READER["UNSUB"], READER["ARCHIVE"], "there", READER["LIST:ADDRESSLINE"]]
    assert sent_by(html, mailchimp, fake) == "".join(f"<i>{one}</i>" for one in wanted)
    monkeypatch.setitem(READER, "FNAME", "Ada")
    assert "<i>Ada</i>" in sent_by(html, mailchimp, fake)


def test_no_placeholder_is_lacking(mailchimp):
    assert mailchimp.lacking(issue("".join(TOKENS.values())).message) == ()


def test_readers_get_our_plain_text(mailchimp, fake):
    text = replace(issue().message, text=f"Hello *|FNAME|*: {TOKENS['unsubscribe_url']}")
    remote = mailchimp.draft(replace(issue(), message=text), None)
    mailchimp.send(issue(), remote.id)
    assert fake.deliveries[0].text == f"Hello *|FNAME|*: {UNSUB}"


# Schedules


def test_a_draft_is_handed_over_for_a_time_and_goes_out_then():
    time = NOW.timestamp()
    fake = MailchimpFake(lambda: time)
    mailchimp = connected(server := FakeServer(fake))
    remote = mailchimp.draft(issue(), None)
    at = NOW + Mailchimp.time_step
    server.requests.clear()
    mailchimp.schedule(issue(), remote.id, at)
    assert [sent.json for sent in server.requests] == [
        {"schedule_time": "2026-11-23T09:15:00+00:00"}
    ]
    seen = mailchimp.status(remote.id)
    assert (seen.state, seen.at) == (State.SCHEDULED, at)
    time = at.timestamp()
    assert mailchimp.status(remote.id).state is State.SENDING
    assert len(fake.deliveries) == 1


def test_a_time_off_the_grid_is_refused(mailchimp):
    remote = mailchimp.draft(issue(), None)
    with pytest.raises(Rejected, match="cannot be scheduled"):
        mailchimp.schedule(issue(), remote.id, NOW + timedelta(minutes=5))
    assert mailchimp.status(remote.id).state is State.DRAFT


def test_scheduling_on_a_free_plan_says_why_it_is_refused(mailchimp, fake):
    remote = mailchimp.draft(issue(), None)
    path = f"/campaigns/{remote.id}/actions/schedule"
    fake.refuse("POST", path, Reply.json({"title": "Forbidden", "detail": "Not allowed."}, 403))
    with pytest.raises(Rejected, match="paid plans"):
        mailchimp.schedule(issue(), remote.id, NOW + Mailchimp.time_step)


def test_a_scheduled_campaign_is_taken_back_to_a_draft(mailchimp, fake):
    remote = mailchimp.draft(issue(), None)
    mailchimp.schedule(issue(), remote.id, NOW.astimezone(UTC) + Mailchimp.time_step)
    mailchimp.unschedule(remote.id)
    assert mailchimp.status(remote.id) == remote
    assert fake.deliveries == []


@pytest.mark.parametrize("word", sorted(set(WORDS) - {"schedule"}))
def test_only_what_is_scheduled_is_taken_back(mailchimp, fake, server, word):
    remote = mailchimp.draft(issue(), None)
    before = writes(server)
    fake.state[remote.id]["status"] = word
    with pytest.raises(Rejected, match=word):
        mailchimp.unschedule(remote.id)
    assert writes(server) == before


# Tests, cleaning up, figures, concerns


def test_a_test_reaches_the_named_addresses_only(mailchimp, fake):
    remote = mailchimp.draft(issue(key=f"{KEY}-test"), None)
    mailchimp.send_test(issue(), remote.id, ["a@example.org", "b@example.org"])
    assert [one.to for one in fake.tests] == [("a@example.org", "b@example.org")]
    assert fake.deliveries == []
    assert mailchimp.status(remote.id).state is State.DRAFT
    assert mailchimp.test_needs_draft


def test_a_draft_can_be_deleted_and_a_deleted_one_is_left_alone(mailchimp, fake, server):
    remote = mailchimp.draft(issue(), None)
    mailchimp.discard(remote.id)
    assert fake.drafts() == 0
    mailchimp.discard(remote.id)
    assert writes(server)[2:] == [f"DELETE /campaigns/{remote.id}"]


@pytest.mark.parametrize("word", sorted(set(WORDS) - {"save"}))
def test_only_drafts_are_deleted(mailchimp, fake, word):
    remote = mailchimp.draft(issue(), None)
    fake.state[remote.id]["status"] = word
    with pytest.raises(Rejected, match=word):
        mailchimp.discard(remote.id)
    assert remote.id in fake.state


def test_figures_are_those_of_the_report(mailchimp):
    remote = mailchimp.draft(issue(), None)
    assert mailchimp.figures(remote.id) == Figures(
        recipients=100, opens=60, clicks=20, bounces=7, unsubscribes=2, complaints=1
    )


def test_figures_that_are_missing_are_not_invented(mailchimp, fake):
    report = {"emails_sent": 9, "bounces": {"hard_bounces": 1}, "opens": []}
    fake.refuse("GET", "/reports/1", Reply.json(report))
    assert mailchimp.figures("1") == Figures(recipients=9)


def test_what_is_not_tracked_is_not_taken_for_nobody(mailchimp, fake):
    report = {"emails_sent": 9, "opens": {"unique_opens": 0}, "unsubscribed": 0}
    report["clicks"] = {"unique_subscriber_clicks": 0}
    fake.refuse("GET", "/reports/1", Reply.json(report))
    assert mailchimp.figures("1") == Figures(recipients=9, unsubscribes=0)


def test_nothing_is_of_concern_where_all_is_well(mailchimp, server):
    assert list(mailchimp.concerns(Email(sender="Press <press@Example.org>"), "Readers")) == []
    assert writes(server) == []


@pytest.mark.parametrize(
    ("sender", "audience", "words"),
    [
        ("press@other.example", "", "other.example is not verified and authenticated"),
        ("press@new.example", "", "new.example is not verified and authenticated"),
        ("", "", "the sender is not verified"),
        ("press@example.org", "Raeders", "there is no audience 'Raeders'"),
        ("press@example.org", "Readers / a / b", "nobody is in the audience"),
    ],
)
def test_what_would_stop_a_send_is_of_concern(mailchimp, sender, audience, words):
    (problem,) = mailchimp.concerns(Email(sender=sender), audience)
    assert words in str(problem)


def test_answers_that_mailchimp_cannot_lead_elsewhere_are_of_concern(mailchimp):
    own = Email(sender="Press <press@example.org>", reply_to="Press@example.org")
    assert list(mailchimp.concerns(own, "Readers")) == []
    other = Email(sender="Press <press@example.org>", reply_to="me@example.org")
    (problem,) = mailchimp.concerns(other, "Readers")
    assert problem.what == "answers go to press@example.org, not to me@example.org."


def test_a_list_without_a_postal_address_is_of_concern(mailchimp, fake):
    fake.lists[:] = [a_list("a1b2c3", "Readers", 3, address1="")]
    fake.domains.append(a_domain("other.example"))
    (problem,) = mailchimp.concerns(Email(sender="press@other.example"), "Readers / friends")
    assert "no postal address" in problem.what


def test_mailchimp_has_every_optional_ability(mailchimp):
    assert all(isinstance(mailchimp, kind) for kind in INTERFACES.values())


# Around


@pytest.mark.parametrize("into", [None, "42694e9e01"])
def test_a_dry_run_writes_the_requests_down_and_changes_nothing(mailchimp, server, into):
    mailchimp.draft(issue(), None)
    server.requests.clear()
    recorder = Recorder(mailchimp.wire)
    dry = Mailchimp(mailchimp.options, recorder)
    remote = dry.draft(issue(audience="Readers / friends"), into)
    dry.send(issue(), into or remote.id)
    assert [f"{one.method} {one.path}" for one in recorder.requests] == (
        [
            "PATCH /campaigns/42694e9e01",
            "PATCH /campaigns/42694e9e01",
            "PUT /campaigns/{id of request 2}/content",
            "POST /campaigns/42694e9e01/actions/send",
        ]
        if into
        else [
            "POST /campaigns",
            "PUT /campaigns/{id of request 1}/content",
            "POST /campaigns/{id of request 1}/actions/send",
        ]
    )
    assert writes(server) == []
    assert MailchimpFake.key not in repr(recorder.requests)


def test_the_fake_sends_again_and_adds_its_footer_when_left_to_itself(mailchimp, fake):
    new = {"type": "regular", "recipients": {"list_id": "a1b2c3"}}
    made = mailchimp.wire.call(Request("POST", "/campaigns", json=new))
    sender = {"from_name": "x", "reply_to": "x@example.org", "subject_line": "x"}
    path = f"/campaigns/{made['id']}"
    mailchimp.wire.call(Request("PATCH", path, json={"settings": sender}))
    mailchimp.wire.call(Request("PUT", f"{path}/content", json={"html": "*|UNSUB|**|NO|*"}))
    for _ in range(2):
        mailchimp.wire.call(Request("POST", f"{path}/actions/send"))
    assert [one.body.count(UNSUB) for one in fake.deliveries] == [2, 2]


def test_the_same_conversation_works_over_a_socket(fake):
    with serve(fake) as url:
        mailchimp = connected(None, Options(base_url=url))
        remote = mailchimp.draft(issue(), None)
        mailchimp.send(issue(), remote.id)
        assert mailchimp.find(KEY)[0].id == remote.id
        mailchimp.wire.close()
    assert len(fake.deliveries) == 1


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.ERROR_AFTER, Kind.GARBAGE, Kind.REDIRECT])
@pytest.mark.parametrize("at", [2, 3])
def test_a_lost_answer_never_makes_a_second_campaign(fake, kind, at):
    server = FakeServer(fake, [Fault(kind, at)])
    with pytest.raises(Unsure):
        connected(server).draft(issue(), None)
    assert len(fake.state) == (at == 3 or kind is not Kind.REDIRECT)
    assert server.count == at
