"""The outbox: a folder that delivers each issue once, whole, and the same every time."""

import email
import email.policy
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from pressrun.deliver.providers.outbox import Cabinet, Options, Outbox
from pressrun.errors import NotNow, Rejected
from pressrun.model import State
from pressrun.placeholders import TOKENS
from pressrun.wire import Recorder, Request
from support.issues import KEY, NOW, issue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def outbox(folder: Path) -> Outbox:
    return Outbox(Options(), Cabinet(folder))


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_draft_lies_apart_until_it_is_delivered(outbox, folder):
    assert outbox.status(KEY).state is State.GONE
    outbox.draft(issue(), None)
    assert list(files(folder)) == [f".drafts/{KEY}/message.eml", f".drafts/{KEY}/record.json"]
    assert outbox.status(KEY).state is State.DRAFT
    outbox.send(issue(), KEY)
    assert list(files(folder)) == [f"{KEY}/message.eml", f"{KEY}/record.json"]
    assert outbox.status(KEY).state is State.SENT


def test_the_record_says_what_went_where(outbox, folder):
    outbox.draft(issue(subject="Grüße", audience="friends"), None)
    record = files(folder)[f".drafts/{KEY}/record.json"].decode()
    assert "Grüße" in record
    assert json.loads(record) == {
        "key": KEY,
        "newsletter": "main",
        "audience": "friends",
        "subject": "Grüße",
        "url": "https://example.org/hello/",
        "digest": issue(subject="Grüße").digest,
    }


def test_the_message_is_one_that_a_mail_program_opens(outbox, folder):
    token = TOKENS["unsubscribe_url"]
    outbox.draft(issue(f'<p>Grüße</p><a href="{token}">Unsubscribe</a>'), None)
    raw = files(folder)[f".drafts/{KEY}/message.eml"]
    message = email.message_from_bytes(raw, policy=email.policy.default)
    html = message.get_body(("html",)).get_content()
    assert 'Grüße</p><a href="https://outbox.invalid/unsubscribe">' in html
    assert message.get_body(("plain",)).get_content().strip() == "Hello"
    assert message["List-Unsubscribe"] == "<https://outbox.invalid/unsubscribe>"
    assert message["Date"].datetime == NOW
    assert (message["Message-ID"][0], message["Message-ID"][-16:]) == ("<", "@outbox.invalid>")
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_every_placeholder_has_a_value(outbox):
    used = replace(issue().message, html=" ".join(TOKENS.values()))
    assert outbox.lacking(used) == ()
    assert "pressrun0" not in outbox.localise(used).html


def test_the_same_issue_gives_the_same_bytes(outbox, folder, tmp_path):
    outbox.draft(issue(), None)
    other = Outbox(Options(), Cabinet(tmp_path / "other"))
    other.draft(issue(), None)
    assert files(folder) == files(tmp_path / "other")
    before = files(folder)
    outbox.draft(issue(), KEY)
    assert files(folder) == before


def test_another_message_has_another_message_id(outbox, folder):
    ids = set()
    for html in ("<p>One</p>", "<p>Two</p>"):
        outbox.draft(issue(html), None)
        ids.add(email.message_from_bytes(files(folder)[f".drafts/{KEY}/message.eml"])["Message-ID"])
    assert len(ids) == 2


def test_a_draft_is_filled_again_in_place(outbox, folder):
    outbox.draft(issue("<p>One</p>"), None)
    outbox.draft(issue("<p>Two</p>"), KEY)
    content = files(folder)
    assert len(content) == 2
    assert b"<p>Two</p>" in content[f".drafts/{KEY}/message.eml"]
    assert issue("<p>Two</p>").digest in content[f".drafts/{KEY}/record.json"].decode()


def test_a_draft_is_at_no_moment_gone_while_it_is_filled_again(outbox, folder, monkeypatch):
    outbox.draft(issue("<p>One</p>"), None)
    seen = []
    real = os.replace

    def watch(*names):
        seen.append(outbox.status(KEY).state)
        real(*names)

    monkeypatch.setattr(os, "replace", watch)
    outbox.draft(issue("<p>Two</p>"), KEY)
    assert set(seen) == {State.DRAFT}


def test_find_knows_the_exact_key_only(outbox):
    outbox.draft(issue(), None)
    assert [remote.id for remote in outbox.find(KEY)] == [KEY]
    assert outbox.find(KEY[:-1]) == outbox.find(f"{KEY}0") == []
    outbox.send(issue(), KEY)
    assert [remote.state for remote in outbox.find(KEY)] == [State.SENT]


class TestOnce:
    @pytest.fixture
    def delivered(self, outbox, folder) -> dict[str, bytes]:
        outbox.draft(issue(), None)
        outbox.send(issue(), KEY)
        return files(folder)

    def test_a_second_delivery_is_refused(self, outbox, folder, delivered):
        with pytest.raises(Rejected, match=f"{KEY} was delivered already"):
            outbox.send(issue(), KEY)
        assert files(folder) == delivered

    @pytest.mark.parametrize("into", [None, KEY])
    def test_what_was_delivered_is_not_filled_again(self, outbox, folder, delivered, into):
        with pytest.raises(Rejected, match="was delivered already"):
            outbox.draft(issue("<p>Other</p>"), into)
        assert files(folder) == delivered

    def test_a_draft_that_appears_beside_it_cannot_be_delivered(self, outbox, folder, delivered):
        (folder / ".drafts" / KEY).mkdir()
        with pytest.raises(Rejected):
            outbox.send(issue(), KEY)
        assert files(folder) == delivered

    def test_the_disk_itself_refuses_a_second_delivery(self, outbox, folder, delivered):
        """Two runs may pass the check at once; the renaming is what happens only once."""
        cabinet = Cabinet(folder)
        cabinet._state = {KEY: State.DRAFT}.get
        (folder / ".drafts" / KEY).mkdir()
        with pytest.raises(Rejected):
            cabinet.call(Request("POST", f"/{KEY}/deliver"))
        assert files(folder) == delivered

    def test_sending_what_is_not_there_is_refused(self, outbox, folder):
        with pytest.raises(Rejected, match="No such file"):
            outbox.send(issue(), KEY)


class TestBadDisk:
    def test_a_folder_that_cannot_be_made_is_a_refusal_with_its_name(self, outbox, folder):
        folder.write_text("a file is in the way")
        with pytest.raises(Rejected) as caught:
            outbox.draft(issue(), None)
        assert str(caught.value) == f"PUT {folder}/.drafts/{KEY}: Not a directory."

    def test_a_folder_that_cannot_be_read_is_not_an_empty_one(self, outbox, folder, monkeypatch):
        def refuse(path):
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(Path, "is_dir", refuse)
        with pytest.raises(NotNow, match="Permission denied"):
            outbox.status(KEY)
        with pytest.raises(NotNow):
            outbox.find(KEY)


def test_a_dry_run_writes_nothing_and_shows_both_requests(folder):
    recorder = Recorder(Cabinet(folder))
    tied = Outbox(Options(), recorder)
    remote = tied.draft(issue(), None)
    tied.send(issue(), remote.id)
    assert [(one.method, one.path) for one in recorder.requests] == [
        ("PUT", f"/{KEY}"),
        ("POST", f"/{KEY}/deliver"),
    ]
    assert tied.status(KEY).state is State.GONE
    assert not folder.exists()


def test_it_stands_in_the_folder_that_publish_yml_names(tmp_path):
    options = Options(folder="sent")
    outbox = Outbox(options, Outbox.local_wire(options, tmp_path))
    outbox.draft(issue(), None)
    assert (tmp_path / "sent" / ".drafts" / KEY).is_dir()
    assert outbox.account() == "sent"
