"""What is kept of each issue, so that what went out can be shown years later.

An .eml holds the message as the provider got it, its own tags included; a manifest says when and
where it went, with digests of all of it and of the requests that carried it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

from pressrun.deliver.providers.contract import Provider
from pressrun.deliver.trail import Desk
from pressrun.model import Issue, Message, Remote
from pressrun.wire import Request, Tracer


@contextmanager
def traced(provider: Provider) -> Iterator[Sequence[Request]]:
    """Write down what the provider is asked to change meanwhile."""
    tracer = Tracer(provider.wire)
    provider.wire = tracer
    try:
        yield tracer.requests
    finally:
        provider.wire = tracer.wire


def keepsakes(
    issue: Issue, sent: Message, desk: Desk, remote: Remote, requests: Sequence[Request]
) -> Mapping[str, bytes]:
    """Return the files to keep beside the line that says ``drafted``, by suffix.

    ``sent`` is the issue's message with its pictures where they are by now.
    """
    from pressrun.mime import message_id, to_eml  # slow to load, and not needed to plan

    message = desk.provider.localise(sent)
    eml = to_eml(message, message_id=message_id(issue.message, f"{issue.key}.invalid"))
    manifest = {
        "key": issue.key,
        "newsletter": issue.newsletter,
        "audience": issue.audience,
        "url": issue.url,
        "subject": issue.message.subject,
        "provider": desk.provider.name,
        "account": desk.account,
        "campaign": remote.id,
        "run": desk.run,
        "digest": issue.digest,
        "eml_sha256": _sha256(eml),
        "html_sha256": _sha256(message.html.encode()),
        "text_sha256": _sha256(message.text.encode()),
        "requests": [_on_record(request) for request in requests],
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    return {"eml": eml, "json": text.encode()}


def _on_record(request: Request) -> dict[str, Any]:
    """Describe a request without its headers: the secrets are there."""
    content = dict(request.form) or request.json
    in_base64 = attrgetter("base64")
    body = json.dumps(content, sort_keys=True, ensure_ascii=False, default=in_base64).encode()
    files = {"files": [file.summary for file in request.files]} if request.files else {}
    return {
        "method": request.method,
        "path": request.path,
        "bytes": len(body),
        "sha256": _sha256(body),
        **files,
    }


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
