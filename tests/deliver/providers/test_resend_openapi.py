"""Resend's own API document, held against what the adapter says and the fake answers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pressrun.publication import Email
from support.issues import KEY, NOW, issue
from support.openapi import Checked, Document
from support.wire_fakes.resend import ResendFake, connected


def nulls(data: Any) -> None:
    """Let a field without a value be null, as the pages of the same documents show it."""
    schemas = data["components"]["schemas"]
    listed = schemas["ListBroadcastsResponseSuccess"]["properties"]["data"]["items"]
    for schema in (schemas["GetBroadcastResponseSuccess"], listed):
        for name in ("reply_to", "preview_text", "scheduled_at", "sent_at"):
            if field := schema["properties"].get(name):
                field["type"] = [field["type"], "null"]


@pytest.fixture
def document() -> Document:
    return Document.named("resend.yaml", ResendFake.base_url, nulls)


@pytest.fixture
def server() -> Checked:
    server = Checked(ResendFake(NOW.timestamp))
    whole_conversation(server)
    return server


def whole_conversation(server: Checked) -> None:
    """Call everything that the adapter has."""
    resend = connected(server)
    message = replace(issue().message, reply_to="editor@example.org")
    ours = replace(issue(), message=message)
    resend.account()
    assert list(resend.concerns(Email(sender=message.sender), "")) == []
    for number in range(3):
        resend.draft(issue(key=f"other-{number}"), None)
    remote = resend.draft(ours, None)
    resend.draft(issue(), remote.id)
    resend.find(KEY)
    resend.schedule(ours, remote.id, NOW + timedelta(hours=1))
    resend.status(remote.id)
    resend.unschedule(remote.id)
    resend.send(ours, remote.id)
    resend.status(remote.id)
    resend.figures(remote.id)
    resend.send_test(ours, "", ["ada@example.net"])
    resend.discard(resend.find("other-0")[0].id)


def test_every_request_is_one_of_the_document(server, document):
    assert server.request_problems(document) == {}


def test_every_operation_of_ours_was_checked(server, document):
    shapes = {
        (sent.method, sent.path.count("/"), sent.path.split("/")[1]) for sent, _ in server.answers
    }
    assert shapes >= {
        ("GET", 1, "domains"),
        ("GET", 1, "segments"),
        ("GET", 1, "broadcasts"),
        ("GET", 2, "broadcasts"),
        ("GET", 2, "emails"),
        ("POST", 1, "broadcasts"),
        ("POST", 3, "broadcasts"),
        ("POST", 1, "emails"),
        ("PATCH", 2, "broadcasts"),
        ("DELETE", 2, "broadcasts"),
    }


def test_the_fake_answers_as_the_document_says(server, document):
    assert server.answer_problems(document) == {}


def test_a_field_of_another_type_is_noticed(document):
    server = Checked(ResendFake(NOW.timestamp))
    connected(server).draft(issue(), None)
    (created,) = [sent for sent, _ in server.answers if sent.method == "POST"]
    wrong = created._replace(json={**created.json, "reply_to": "editor@example.org"})
    assert document.problems(created) == []
    assert document.problems(wrong)
