"""What is kept must be what the ledger says was drafted."""

import hashlib
import json
from dataclasses import replace

import pytest

from pressrun.deliver.ledger.verify import problems
from pressrun.deliver.steps import History, Step
from support.lines import line

EML = b"Subject: Hello\r\n\r\nHello"


def manifest(**fields: str) -> bytes:
    sha = hashlib.sha256(EML).hexdigest()
    known = {"key": "a", "digest": "d1", "run": "run-a", "eml_sha256": sha}
    return json.dumps(known | fields).encode()


def history(*steps: Step, run: str = "run-a") -> History:
    lines = tuple(line(step, run, digest="d1" * (step is Step.DRAFTED)) for step in steps)
    return History("a", lines)


SENT = history(Step.CLAIM, Step.DRAFTED, Step.SENDING, Step.SENT)


def found(known: History, **files: bytes) -> list[str]:
    kept = {"a": files} if files else {}
    return [str(problem) for problem in problems({"a": known}, kept)]


def test_what_was_sent_as_written_is_in_order():
    assert found(SENT, eml=EML, json=manifest()) == []


def test_changed_message_is_found():
    [only] = found(SENT, eml=EML + b"!", json=manifest())
    assert only == (
        "issue a: The message that is kept is not the one that its manifest describes. "
        "Put it back from a backup."
    )


@pytest.mark.parametrize("files", [{}, {"eml": EML}, {"json": manifest()}])
def test_lost_message_is_found(files):
    [only] = found(SENT, **files)
    assert "not kept any more" in only


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{", b"[" * 100_000, manifest(key="b")])
def test_manifest_that_is_not_ours_is_found(content):
    [only] = found(SENT, eml=EML, json=content)
    assert "manifest is not one that Pressrun wrote" in only


@pytest.mark.parametrize("fields", [{"digest": "d2"}, {"run": "run-b"}])
def test_message_of_another_draft_is_found(fields):
    [only] = found(SENT, eml=EML, json=manifest(**fields))
    assert "not what the ledger says" in only


def test_issue_that_was_never_drafted_needs_nothing():
    assert found(history(Step.BASELINE)) == []
    assert found(history(Step.CLAIM, Step.ACCEPTED)) == []


def test_message_that_has_lost_its_lines_is_found():
    [only] = problems({"a": SENT}, {"a": {"eml": EML, "json": manifest()}, "b": {"eml": b"?"}})
    assert str(only).startswith("issue b: A message is kept, and its lines are gone")


def test_run_that_died_after_it_kept_its_draft_has_damaged_nothing():
    """It wrote its files, whole or not, and never came to its line."""
    claimed = (*history(Step.CLAIM, Step.DRAFTED).lines, line(run="run-b"))
    known = History("a", claimed)
    assert found(known, eml=EML + b"!", json=manifest()) == []
    assert found(known, eml=EML, json=manifest(run="run-b", digest="d2")) == []
    sent = History("a", (*claimed, replace(line(Step.SENT), run="run-c")))
    assert found(sent, eml=EML, json=manifest(run="run-b", digest="d2")) == []
    assert found(sent, eml=EML, json=manifest(run="run-x", digest="d2")) != []
