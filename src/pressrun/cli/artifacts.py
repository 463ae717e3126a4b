"""What a dry run leaves behind for a person to look at: build/email/SLUG/."""

import json
import os
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pressrun.cli.files import write
from pressrun.deliver import hosting
from pressrun.deliver.providers.contract import Provider, Schedules
from pressrun.deliver.trail import Errand
from pressrun.errors import WireError
from pressrun.model import Issue, Message, Post
from pressrun.placeholders import fill
from pressrun.wire import Recorder, Request

FOLDER = Path("build") / "email"
SAMPLE_DOMAIN = "pressrun.invalid"
SAMPLE_UNSUBSCRIBE = f"https://{SAMPLE_DOMAIN}/unsubscribe"


def folder(root: Path, issue: Issue) -> Path:
    """Return where an issue's files go; a newsletter other than ``main`` has its own folder."""
    stream = () if issue.newsletter == "main" else (issue.newsletter,)
    return root.joinpath(FOLDER, *stream, issue.slug)


def write_issue(root: Path, post: Post, issue: Issue, provider: Provider, errand: Errand) -> Path:
    """Write how ``issue`` would reach readers and provider; return preview.html's path."""
    from pressrun.mime import message_id, to_eml

    place = folder(root, issue)
    asked, message = _rehearsed(issue, provider, errand)
    sample = _samples(issue)
    filled = replace(
        issue.message,
        html=fill(issue.message.html, sample),
        text=fill(issue.message.text, sample),
    )
    eml = to_eml(
        filled, message_id=message_id(filled, SAMPLE_DOMAIN), unsubscribe_url=SAMPLE_UNSUBSCRIBE
    )
    shown = attrgetter("summary")
    requests = json.dumps(asked, indent=2, ensure_ascii=False, default=shown)
    files = {
        "message.html": message.html.encode(),
        "message.txt": message.text.encode(),
        "message.eml": eml,
        "preview.html": _with_own_pictures(filled.html, post, root, place).encode(),
        "request.json": (requests + "\n").encode(),
    }
    for name, content in files.items():
        write(place / name, content)
    return place / "preview.html"


def _with_own_pictures(html: str, post: Post, root: Path, place: Path) -> str:
    """Show the pictures beside a post from the disk: the site may not have them yet."""
    source = root / post.path
    if source.stem != "index":
        return html
    for picture in sorted(source.parent.iterdir()):
        if picture.is_file() and picture != source:
            local = quote(Path(os.path.relpath(picture, place)).as_posix())
            html = html.replace(f'src="{post.url}{quote(picture.name)}"', f'src="{local}"')
    return html


def _samples(issue: Issue) -> dict[str, str]:
    return {
        "unsubscribe_url": SAMPLE_UNSUBSCRIBE,
        "view_url": issue.url,
        "first_name": "Reader",
        "postal_address": "(your postal address)",
    }


def _rehearsed(issue: Issue, provider: Provider, errand: Errand) -> tuple[dict[str, Any], Message]:
    """Let the adapter do its work with tied hands; return what it would have asked and sent."""
    recorder = Recorder(provider.wire)
    tied = provider.over(recorder)
    answer: dict[str, Any] = {"provider": provider.name, "key": issue.key}
    try:
        sent = hosting.hosted(tied, issue)
    except WireError as error:
        answer["incomplete"], sent = str(error), issue
    try:
        remote = tied.draft(sent, None)
        if errand.at and isinstance(tied, Schedules):
            tied.schedule(sent, remote.id, errand.at)
        elif errand.send:
            tied.send(sent, remote.id)
    except WireError as error:
        answer["incomplete"] = str(error)
    answer["requests"] = [_shown(request) for request in recorder.requests]
    return answer, provider.localise(sent.message)


def _shown(request: Request) -> dict[str, Any]:
    shown = {
        "method": request.method,
        "path": request.path,
        "params": dict(request.params),
        "headers": dict(request.headers),
        "form": dict(request.form),
        "json": request.json,
    }
    return {name: value for name, value in shown.items() if value}
