"""Every request of an adapter, held against the provider's own API document."""

import json
from typing import Any

import pytest

from pressrun.publication import Email
from support.issues import NOW, issue
from support.openapi import Checked, Document
from support.wire_fakes.base import File, Reply, Sent
from support.wire_fakes.buttondown import ButtondownFake, connected

KEY = {"Authorization": "Token x"}
PICTURE = File("harbour-0123456789abcdef.png", "image/png", b"\x89PNG\r\n\x1a\n")
FORM = {**KEY, "Content-Type": "multipart/form-data; boundary=b0undary"}
RIGHT = Sent("POST", "/emails", (), KEY, {"subject": "x"})


@pytest.fixture
def document() -> Document:
    return Document.named("buttondown.json", ButtondownFake.base_url, take_files)


def take_files(data: Any) -> None:
    """Let a file be a string: what is binary the library reads as bytes, which it then refuses."""
    form = data["paths"]["/images"]["post"]["requestBody"]["content"]["multipart/form-data"]
    del form["schema"]["properties"]["image"]["format"]


@pytest.fixture
def server() -> Checked:
    """Say everything to Buttondown that the adapter can say, and record it."""
    server = Checked(ButtondownFake())
    buttondown = connected(server)
    assert list(buttondown.concerns(Email(sender="Press <press@example.org>"), "everyone")) == []
    for audience in ("", "friends"):
        mail = issue(audience=audience, key=f"key-{audience or 'all'}")
        remote = buttondown.draft(mail, None)
        buttondown.draft(mail, remote.id)
        buttondown.send_test(mail, remote.id, ["me@example.org"])
        buttondown.schedule(mail, remote.id, NOW)
        buttondown.unschedule(remote.id)
        buttondown.send(mail, remote.id)
        buttondown.figures(remote.id)
    buttondown.discard(buttondown.draft(issue(), None).id)
    for _ in range(2):
        buttondown.host(PICTURE)
    buttondown.find("key-all")
    buttondown.status("em_9999")
    return server


def test_every_request_to_buttondown_is_one_that_its_document_knows(document, server):
    assert server.request_problems(document) == {}
    assert {sent.method for sent, _ in server.answers} == {"GET", "POST", "PATCH", "DELETE"}


def test_the_fake_answers_as_buttondowns_document_says(document, server):
    assert server.answer_problems(document, whole) == {}


def whole(reply: Reply) -> Reply:
    """Put back what we asked to be left out: the document calls it required all the same."""
    data: Any = json.loads(reply.body or "null")
    for email in data.get("results", []) if data else []:
        email.setdefault("body", "")
    return reply._replace(body=json.dumps(data).encode()) if data else reply


def test_the_check_itself_lets_pass_what_is_right(document):
    assert document.problems(RIGHT) == []
    assert document.problems(Sent("POST", "/images", (), FORM, None, {"image": PICTURE})) == []


def test_a_document_can_be_put_right_before_it_is_used(document):
    sent = Sent("POST", "/emails", (), KEY, {"subject": "x", "publish_key": "x"})
    mended = Document.named("buttondown.json", ButtondownFake.base_url, allow_more)
    assert mended.problems(sent) == []
    assert document.problems(sent) != []


def allow_more(data: Any) -> None:
    del data["components"]["schemas"]["EmailInput"]["additionalProperties"]


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (RIGHT._replace(json={"subject": "x", "publish_key": "x"}), "publish_key"),
        (RIGHT._replace(json={}), "subject"),
        (RIGHT._replace(json=None), "body"),
        (RIGHT._replace(headers={}), "security"),
        (RIGHT._replace(method="PUT"), "put not found"),
        (RIGHT._replace(path="/emails/em_1/now"), "not found"),
        (Sent("PATCH", "/emails/em_1", (), KEY, {"status": "gone"}), "gone"),
        (Sent("GET", "/emails", (("order", "x"),), KEY, None), "order"),
        (Sent("GET", "/emails", (("ordering", "-birthday"),), KEY, None), "birthday"),
        (Sent("GET", "/emails", (("page", "first"),), KEY, None), "first"),
        (Sent("GET", "/emails", (), KEY, {}), "nobody asked for"),
        (Sent("POST", "/images", (), FORM, None, {"metadata": "{}"}), "image"),
        (Sent("POST", "/images", (), KEY, {"image": "x"}), "content"),
    ],
)
def test_the_check_itself_sees_what_is_wrong_in_a_request(document, wrong, word):
    assert word in " ".join(document.problems(wrong)).lower()


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (Reply.json({"username": "press"}), "email_address"),
        (Reply.json({"username": 7, "email_address": "press@example.org"}), "7 is not"),
        (Reply.json({}, 418), "418"),
        (Reply(200), "data"),
    ],
)
def test_the_check_itself_sees_what_is_wrong_in_an_answer(document, reply, word):
    sent = Sent("GET", "/accounts/me", (), KEY, None)
    assert word in " ".join(document.answer_problems(sent, reply)).lower()
