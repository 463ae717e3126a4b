"""The same issue twice or more: reruns, two at once, and requests whose answer was lost."""

import pytest

from support.wire_fakes.base import Kind
from support.wire_fakes.buttondown import ButtondownFake
from support.wire_fakes.listmonk import ListmonkFake
from support.wire_fakes.mailchimp import MailchimpFake

ONE_COPY = ["Once is enough"]
NOTHING = "Nothing to send.\n"
CREATES = [
    (ButtondownFake, "/v1/emails"),
    (ListmonkFake, "/mail/api/campaigns"),
    (MailchimpFake, "/3.0/campaigns"),
]
UNANSWERED = [Kind.LOST, Kind.TIMEOUT, Kind.ERROR_AFTER, Kind.GARBAGE]


def test_job_that_is_run_again_on_its_commit_sends_nothing_again(room):
    commit = room.push()
    assert room.job(at=commit).code == 0
    room.desk.later(days=1)
    again = room.job(at=commit)
    assert (again.code, again.out) == (0, NOTHING)
    assert room.desk.subjects() == ONE_COPY


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/emails"), ("POST", "/emails"), ("POST", "/publish")],
    ids=["before the claim", "before the draft", "before the send"],
)
def test_two_jobs_that_start_at_the_same_moment_send_one_copy(room, method, path):
    room.desk.internet.upset(Kind.CUT_IN, method, path, room.job)
    assert room.job().code == 0
    assert room.desk.subjects() == ONE_COPY
    assert len(room.desk.service.state) == 1
    assert room.job().out == NOTHING


@pytest.mark.parametrize("kind", UNANSWERED)
@pytest.mark.parametrize(("fake", "path"), CREATES)
def test_lost_answer_to_the_create_call_makes_no_second_campaign(at, fake, path, kind):
    here = at(fake)
    here.internet.upset(kind, "POST", path)
    first = here.publish("email")
    assert (first.code, here.subjects()) == (1, [])
    for _ in range(3):
        here.later(minutes=1)
        assert here.publish("email").code == 0
    assert here.internet.writes().count(("POST", path)) == 1
    assert len(here.service.state) == 1
    assert here.subjects() == ONE_COPY


def test_job_that_tries_every_minute_of_an_outage_makes_one_campaign(here):
    here.internet.upset(Kind.LOST, "POST", "/emails")
    here.publish("email")
    here.internet.down = True
    for _ in range(8):
        here.later(minutes=1)
        assert here.publish("email").code == 1
    here.internet.down = False
    assert here.publish("email").code == 0
    assert len(here.service.state) == 1
    assert here.subjects() == ONE_COPY


@pytest.mark.parametrize("kind", UNANSWERED)
def test_lost_answer_to_the_send_call_makes_no_second_copy(here, kind):
    here.internet.upset(kind, "POST", "/publish")
    runs = [here.publish("email") for _ in range(4)]
    assert [said.code for said in runs] == [0, 0, 0, 0]
    assert runs[-1].out == NOTHING
    assert [path for _, path in here.internet.writes()].count("/v1/emails/em_0001/publish") == 1
    assert here.subjects() == ONE_COPY


def test_send_that_may_not_have_arrived_is_asked_about_and_not_repeated(here):
    here.internet.upset(Kind.ERROR_BEFORE, "POST", "/publish")
    for _ in range(5):
        said = here.publish("email")
        assert said.code == 4
        assert "publish resolve once --sent   or   --not-sent" in said.out
        here.later(minutes=15)
    assert here.subjects() == []
    settled = here.publish("resolve", "once", "--not-sent", "--because", "still a draft there")
    assert settled.code == 0
    assert here.publish("email").code == 0
    assert here.subjects() == ONE_COPY


def test_send_repeated_after_a_429_keeps_its_idempotency_key(here):
    here.internet.upset(Kind.RATE_LIMITED, "POST", "/publish")
    assert here.publish("email").code == 0
    sends = [one for one in here.internet.requests if str(one.url).endswith("/publish")]
    first, second = (one.headers["X-Idempotency-Key"] for one in sends)
    assert first == second
    assert here.subjects() == ONE_COPY


def test_send_that_a_person_wrongly_called_lost_carries_the_key_of_the_first_one(here):
    def forget() -> None:
        here.service.state["em_0001"]["status"] = "draft"

    here.internet.upset(Kind.LOST, "POST", "/publish")
    here.internet.upset(Kind.CUT_IN, "GET", "/emails/em_0001", forget)
    assert here.publish("email").code == 4
    here.later(minutes=15)
    assert here.publish("resolve", "once", "--not-sent", "--because", "a draft there").code == 0
    here.publish("email")
    sends = [path for _, path in here.internet.writes() if path.endswith("/publish")]
    assert (len(sends), here.subjects()) == (2, ONE_COPY)


def test_proxy_that_repeats_every_post_by_itself_sends_one_copy(here):
    here.internet.repeats = True
    for _ in range(3):
        here.publish("email")
        here.later(minutes=1)
    assert len(here.service.state) == 1
    assert here.subjects() == ONE_COPY


def test_send_that_takes_hours_is_not_begun_again(here):
    def drag() -> None:
        here.service.state["em_0001"]["status"] = "throttled"

    here.internet.upset(Kind.CUT_IN, "GET", "/emails/em_0001", drag)
    assert here.publish("email").out.endswith("Sent 1 issue.\n")
    for _ in range(4):
        here.later(hours=1)
        said = here.publish("email")
        assert (said.code, said.out.splitlines()[-1]) == (0, "Sent 0 issues, 1 still on its way.")
    here.service.state["em_0001"]["status"] = "sent"
    assert here.publish("email").out.endswith("Sent 0 issues, 1 confirmed.\n")
    assert here.publish("email").out == NOTHING
    assert here.subjects() == ONE_COPY
