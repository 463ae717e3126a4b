"""``publish email --open``: one page with all that a dry run has to show of an email."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import click

from pressrun.cli.dryrun import Shown, View
from pressrun.cli.files import write
from pressrun.preview import Letter, page

NAME = "look.html"


def show(view: View, browse: Callable[[str], bool]) -> None:
    """Write the page of each email that was rendered, beside its preview, and open the first."""
    root = view.publication.root
    pages = [_write(root, shown) for shown in view.shown.values()]
    for number, path in enumerate(pages):
        opened = number == 0 and browse(path.as_uri())
        if not opened:
            click.echo(f"Open {path.relative_to(root).as_posix()} in a browser.")


def _write(root: Path, shown: Shown) -> Path:
    preview = root / shown.preview
    drawn = page(_letter(shown, preview))
    write(preview.with_name(NAME), drawn.encode())
    return preview.with_name(NAME)


def _letter(shown: Shown, preview: Path) -> Letter:
    """Read what the dry run wrote: what is seen is what is there."""
    issue = shown.composed.issue
    eml = message_from_bytes(preview.with_name("message.eml").read_bytes(), policy=default)
    assert isinstance(eml, EmailMessage)  # noqa: S101 - the policy's own class
    text = eml.get_body(("plain",))
    return Letter(
        subject=issue.message.subject,
        preheader=issue.message.preheader,
        sender=issue.message.sender,
        html=preview.read_text(encoding="utf-8"),
        text=text.get_content() if text else "",
        headers=[(name, str(value)) for name, value in eml.items()],
        findings=shown.composed.findings,
    )
