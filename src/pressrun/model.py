"""The values that travel through Pressrun: frozen, slotted, and without reach to the outside.

``Post`` comes from a file; what publish.yml says is in ``pressrun.publication``. Rendering makes a
``Message`` of a post; a message for one newsletter is an ``Issue``; what an issue becomes at a
provider is a ``Remote``.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pressrun.kinds import EMAIL_ADDRESS, LINE, Doc, WebUrl


@dataclass(frozen=True, slots=True)
class Author:
    """A person who writes."""

    shorthand: ClassVar[str] = "name"

    name: Annotated[str, LINE, Doc("The name as readers see it.")]
    email: Annotated[str, EMAIL_ADDRESS, Doc("Shown in no feed; for templates.")] = ""
    url: Annotated[str, WebUrl(), Doc("The author's own page.")] = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture at an absolute URL."""

    url: str
    alt: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be heard; ``role`` in the podcast namespace's words, empty for the host."""

    name: str
    role: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that comes with a post, such as an episode of a podcast, at an absolute URL.

    ``type`` is empty and ``length`` (in bytes) None where the post leaves both to the file.
    ``duration`` counts seconds.
    """

    url: str
    type: str = ""
    length: int | None = None
    title: str = ""
    duration: int | None = None
    season: int | None = None
    episode: int | None = None
    episode_type: str = ""
    explicit: bool | None = None
    image: str = ""
    transcripts: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """A post that a reader may like too; ``target`` is a post id, a slug, a path or a URL."""

    target: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One Markdown file with front matter.

    ``path`` is relative to the publication's root, with forward slashes. ``body`` is Markdown
    without front matter and without the hand-written related section, which is
    ``related_section``; ``body_line`` is the line of the file on which the body begins, ``lines``
    the line of each front-matter key. ``newsletter`` is False, a newsletter's name, True, or None
    where the post does not say.
    """

    id: str
    path: str
    slug: str
    url: str
    title: str
    published: datetime
    updated: datetime
    body: str
    body_line: int
    subject: str = ""
    description: str = ""
    summary: str = ""
    preheader: str = ""
    email_template: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[Author, ...] = ()
    cover: Image | None = None
    enclosure: Enclosure | None = None
    language: str = "en"
    draft: bool = False
    expires: datetime | None = None
    newsletter: bool | str | None = None
    feed: bool = True
    related: tuple[RelatedLink, ...] = ()
    related_section: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def place(self, key: str = "") -> str:
        """Say where a front-matter key stands, or the post itself: ``posts/hello.md:4``."""
        return f"{self.path}:{self.lines.get(key, 1)}"

    def __reduce__(self) -> tuple[type["Post"], tuple[Any, ...]]:
        """Pickle the values alone: what dataclasses do by themselves takes five times as long."""
        return Post, _values_of_post(self)


_values_of_post = attrgetter(*(each.name for each in fields(Post)))


@dataclass(frozen=True, slots=True)
class Body:
    """A post's body, rendered.

    ``html`` is clean and has absolute URLs only; ``related_html`` is the hand-written related
    section (empty where there is none); ``summary_html`` is what stands before ``<!--more-->``
    (empty where there is no such mark). ``text`` is the plain-text rendering of ``html``,
    ``related_text`` of the section. ``markdown`` is what all of them were made of. ``findings``
    names what was lost or is suspicious.
    """

    html: str
    text: str
    summary_html: str = ""
    related_html: str = ""
    related_text: str = ""
    markdown: str = ""
    findings: tuple["Finding", ...] = ()


class Severity(StrEnum):
    """How much a finding weighs: an error holds the issue back."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check has to say."""

    rule: str
    severity: Severity
    path: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity} {self.rule}: {self.what}: {self.mend}"


@dataclass(frozen=True, slots=True)
class Message:
    """What an issue looks like, before any provider's own tags: placeholders are neutral tokens.

    ``html`` is the whole inlined document, ``fragment`` the inlined body alone, for providers that
    wrap it in a template of their own. ``date`` is the post's: equal input gives equal bytes.
    """

    subject: str
    preheader: str
    html: str
    fragment: str
    text: str
    sender: str
    reply_to: str
    language: str
    date: datetime

    @property
    def digest(self) -> str:
        """SHA-256 of everything a reader gets, as 64 hex digits."""
        parts = [self.subject, self.preheader, self.html, self.text, self.sender, self.reply_to]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture of a message whose file lies on this disk, for a provider that is to host it.

    ``url`` is its address in the message, ``path`` is relative to the publication's root. ``name``
    is what it is called at the provider: it carries the digest of the content, so that what has the
    same name is the same picture. ``type`` is empty where the file's name tells of no picture.
    """

    url: str
    file: Path
    path: str
    name: str
    type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One mailing of one post in one newsletter. ``pictures`` are those that go to the provider."""

    key: str
    newsletter: str
    audience: str
    title: str
    slug: str
    url: str
    message: Message
    pictures: tuple[PictureFile, ...] = ()

    @property
    def digest(self) -> str:
        """The digest of the message and of the pictures that go with it: what the ledger remembers.

        Where the provider will have put them is no part of it: nobody knows that beforehand.
        """
        if not self.pictures:
            return self.message.digest
        parts = [self.message.digest, *([one.url, one.digest] for one in self.pictures)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def issue_key(publication_id: str, newsletter: str, post_id: str) -> str:
    """Name an issue for ever: a readable part and 20 hex digits, fit for a tag or a file name.

    Only what never changes goes in: an edit, a new date or a new URL leaves the key as it is.
    """
    parts = [publication_id, newsletter, post_id]
    prefixed = b"".join(f"{len(part.encode())}:".encode() + part.encode() for part in parts)
    readable = re.sub(r"[^a-z0-9]+", "-", post_id.lower()).strip("-")[:30].strip("-") or "post"
    return f"{readable}-{hashlib.sha256(prefixed).hexdigest()[:20]}"


class State(StrEnum):
    """What became of a campaign, in our words."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Remote:
    """A campaign at the provider. ``detail`` is the provider's own word for its state.

    ``content`` is a digest of what a draft holds there, empty where that is not known; ``at`` the
    time at which the campaign goes out or went.
    """

    id: str
    state: State
    detail: str = ""
    at: datetime | None = None
    content: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the provider has counted for a campaign; None for what it does not count.

    Opens and clicks are readers who did so at least once where the provider ``can`` tell.
    """

    recipients: int | None = None
    delivered: int | None = None
    opens: int | None = None
    clicks: int | None = None
    bounces: int | None = None
    unsubscribes: int | None = None
    complaints: int | None = None
