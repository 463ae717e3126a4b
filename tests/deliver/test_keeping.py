"""What is kept of an issue: enough to show it years later, and no secret."""

import email
import email.policy
import hashlib
import json
from dataclasses import replace

from pressrun.deliver.keeping import traced
from pressrun.deliver.send import deliver
from pressrun.deliver.steps import History, Step
from pressrun.deliver.trail import Desk, Errand, Trail
from pressrun.model import Issue
from support.issues import KEY, NOW, issue, picture
from support.ledgers import MemoryLedger
from support.providers import Clock, Runner
from support.wire_fakes.base import FakeServer
from support.wire_fakes.buttondown import ButtondownFake, connected

HELLO = issue("<p>Hello {{ braces }}</p>")


def kept(given: Issue = HELLO):
    """Send an issue through a real adapter; return what the ledger kept, and the server."""
    server, ledger, clock = FakeServer(ButtondownFake()), MemoryLedger(), Clock()
    buttondown = connected(server)
    desk = Desk(ledger, buttondown, "run-1", clock.now, clock.sleep, "press")
    deliver(given, Trail(desk, History(KEY), {"newsletter": "main"}, Errand(send=False)))
    files = ledger.kept(KEY)
    return files["eml"], json.loads(files["json"]), server


def test_the_eml_is_the_message_as_the_provider_got_it():
    eml, _, server = kept()
    message = email.message_from_bytes(eml, policy=email.policy.default)
    body = message.get_body(("html",))
    assert body is not None
    put = next(sent.json["body"] for sent in server.requests if sent.method == "POST")
    assert body.get_content().strip() in put
    assert (message["Subject"], message["From"]) == ("Hello", "Press <press@example.org>")
    assert message["Date"] == "Mon, 23 Nov 2026 09:00:00 +0000"
    assert message["List-Unsubscribe"] is None


def test_the_manifest_says_where_it_went_with_digests_of_all_of_it():
    eml, manifest, _ = kept()
    requests = manifest.pop("requests")
    assert manifest.pop("html_sha256") != manifest.pop("text_sha256")
    assert manifest == {
        "key": KEY,
        "newsletter": "main",
        "audience": "",
        "url": "https://example.org/hello/",
        "subject": "Hello",
        "provider": "buttondown",
        "account": "press",
        "campaign": "em_0001",
        "run": "run-1",
        "digest": HELLO.digest,
        "eml_sha256": hashlib.sha256(eml).hexdigest(),
    }
    assert [(one["method"], one["path"]) for one in requests] == [("POST", "/emails")]


def test_uploads_are_on_record_by_name_and_length_and_the_eml_shows_what_was_sent(tmp_path):
    harbour = picture(tmp_path)
    given = replace(issue(f'<img src="{harbour.url}">'), pictures=(harbour,))
    eml, manifest, server = kept(given)
    upload, draft = manifest["requests"]
    assert (upload["path"], upload["files"]) == (
        "/images",
        [{"file": harbour.name, "bytes": harbour.size}],
    )
    assert "files" not in draft
    assert manifest["digest"] == given.digest
    assert server.service.pictures[0].url.encode() in eml
    assert b"a harbour" not in eml + json.dumps(manifest).encode()


def test_no_secret_is_kept():
    eml, manifest, _ = kept()
    assert ButtondownFake.key.encode() not in eml
    assert ButtondownFake.key not in json.dumps(manifest)


def test_the_files_come_with_the_line_that_they_prove():
    run = Runner(send=False)
    run.go()
    assert set(run.ledger.kept(KEY)) == {"eml", "json"}
    assert run.steps == [Step.CLAIM, Step.DRAFTED]
    first = run.ledger.kept(KEY)["eml"]
    run.issue = issue("<p>Mended</p>")
    run.go()
    assert run.ledger.kept(KEY)["eml"] != first


def test_the_wire_is_as_it_was_afterwards():
    buttondown = connected(FakeServer(ButtondownFake()))
    wire = buttondown.wire
    with traced(buttondown) as requests:
        buttondown.account()
        buttondown.draft(issue(), None)
    assert buttondown.wire is wire
    assert [request.method for request in requests] == ["POST"]
    assert issue().message.date == NOW
