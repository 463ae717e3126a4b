"""Issues for tests of delivery."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from pressrun.model import Issue, Message, PictureFile

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
# What the worlds of the conformance suite send, in one process or in several.
SUBJECT = "Why {{ braces }} survive"
MARK = "The whole body of the issue."
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KEY = "hello-0123456789abcdef0123"


def issue(
    html: str = "<p>Hello</p>", *, subject: str = "Hello", audience: str = "", key: str = KEY
) -> Issue:
    """Return an issue with this body."""
    message = Message(
        subject=subject,
        preheader="A first line",
        html=html,
        fragment=html,
        text="Hello",
        sender="Press <press@example.org>",
        reply_to="",
        language="en",
        date=NOW,
    )
    url = "https://example.org/hello/"
    return Issue(key, "main", audience, "Hello", "hello", url, message)


def picture(
    folder: Path, name: str = "harbour.png", content: bytes = b"\x89PNG\r\n a harbour"
) -> PictureFile:
    """Write a picture into ``folder``; return it as an issue has it."""
    file = folder / name
    file.write_bytes(content)
    digest, suffix = sha256(content).hexdigest(), file.suffix[1:]
    return PictureFile(
        url=f"https://notes.example/{name}",
        file=file,
        path=f"static/{name}",
        name=f"{file.stem}-{digest[:16]}.{suffix}",
        type=f"image/{suffix}",
        size=len(content),
        digest=digest,
    )
