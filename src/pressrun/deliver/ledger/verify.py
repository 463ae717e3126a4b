"""Check what is kept of each issue against the ledger and against its own manifest."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pressrun.deliver.steps import History, Line, Step
from pressrun.errors import Problem

_MEND = "Put it back from a backup."


def problems(
    histories: Mapping[str, History], kept: Mapping[str, Mapping[str, bytes]]
) -> Iterator[Problem]:
    """Yield what is damaged, issue by issue.

    A claim is durable before anything is kept, so a message without any line has lost its lines.
    """
    for key in sorted(set(kept) - set(histories)):
        what = "A message is kept, and its lines are gone: it could be sent once more."
        yield Problem(what, f"issue {key}", f"{_MEND} Until then run no publish email.")
    for key, history in histories.items():
        for what in _wrong(history, kept.get(key, {})):
            yield Problem(what, f"issue {key}", _MEND)


def _wrong(history: History, files: Mapping[str, bytes]) -> Iterator[str]:
    drafted = next((line for line in reversed(history.lines) if line.step is Step.DRAFTED), None)
    # A run that is at work, or died, may have kept a draft whose line never came.
    if drafted is None or history.step is Step.CLAIM:
        return
    if missing := [suffix for suffix in ("eml", "json") if suffix not in files]:
        yield f"What was sent is not kept any more, missing: {' and '.join(missing)}."
        return
    manifest = _manifest(files["json"])
    if manifest.get("key") != history.key:
        yield "Its manifest is not one that Pressrun wrote."
    elif manifest.get("eml_sha256") != hashlib.sha256(files["eml"]).hexdigest():
        yield "The message that is kept is not the one that its manifest describes."
    elif not _speaks_of(manifest, drafted) and manifest.get("run") not in _later(history, drafted):
        yield "What is kept is not what the ledger says was drafted."


def _manifest(content: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _speaks_of(manifest: Mapping[str, Any], line: Line) -> bool:
    return (manifest.get("digest"), manifest.get("run")) == (line.digest, line.run)


def _later(history: History, drafted: Line) -> set[str]:
    """Return the runs that claimed the issue after it was drafted, and may have drafted it too."""
    after = history.lines[history.lines.index(drafted) + 1 :]
    return {line.run for line in after if line.step is Step.CLAIM}
