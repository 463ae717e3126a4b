"""What every provider's adapter promises. One conformance suite holds all of them to it.

An adapter is one file: its options, what it can do, four calls, its table of states, its
placeholders and its escape rule. Time-outs, retries, pacing, redaction and the three outcomes of a
failed call live around it, in ``pressrun.http``.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from pressrun.model import Issue, Message, Remote
from pressrun.placeholders import fill
from pressrun.wire import Wire

UNKNOWN_LAG = 120.0


@dataclass(frozen=True, slots=True)
class Can:
    """What a provider can do beyond the four calls. What is not declared is not there."""

    send_once: bool = False  # proved: it refuses a second send of the same campaign
    idempotency_key: bool = False  # a repeated request has no second effect
    schedule: bool = False
    test_send: bool = False
    plain_text: bool = False  # takes our text part; otherwise it makes its own
    preheader: bool = False  # has a field for it; otherwise it is only inside the HTML
    sender: bool = False  # takes From and Reply-To with the issue
    audiences: bool = False  # an issue can go to a part of the readers
    statistics: bool = False


class Provider(ABC):
    """An adapter to one mailing provider.

    ``Options`` is a frozen dataclass annotated with ``pressrun.kinds``; publish.yml is checked
    against it. ``find_lag`` is the time in seconds after which a created campaign is certain to be
    found. ``placeholders`` maps neutral names to the provider's own tags.
    """

    name: ClassVar[str]
    home: ClassVar[str]
    can: ClassVar[Can]
    Options: ClassVar[type]
    find_lag: ClassVar[float] = UNKNOWN_LAG
    placeholders: ClassVar[Mapping[str, str]]

    def __init__(self, options: Any, wire: Wire) -> None:
        self.options = options
        self.wire = wire

    @abstractmethod
    def account(self) -> str:
        """Say by a read who we are at the provider: what the ledger remembers, never a secret."""

    @abstractmethod
    def find(self, key: str) -> list[Remote]:
        """Return every campaign that carries exactly ``key``. A read; may lag by ``find_lag``."""

    @abstractmethod
    def draft(self, issue: Issue, into: str | None) -> Remote:
        """Put the issue into a draft: the campaign ``into``, or a new one, holds exactly it.

        A put, not a create: it may be repeated, it touches only a draft (Rejected otherwise), and
        it never sends a field that could start, recall or schedule a send.
        """

    @abstractmethod
    def send(self, issue: Issue, remote_id: str) -> None:
        """Send the campaign to its readers. One request, and the only one that reaches them."""

    @abstractmethod
    def status(self, remote_id: str) -> Remote:
        """Read what became of a campaign; GONE where there is none. Never raises Rejected."""

    def escape_html(self, html: str) -> str:
        """Make the provider's own template syntax in the writer's HTML harmless."""
        return html

    def escape_text(self, text: str) -> str:
        """Make the provider's own template syntax in plain text and subject harmless."""
        return text

    def localise(self, message: Message) -> Message:
        """Escape the writer's text, then put the provider's tags in the place of the tokens."""
        return replace(
            message,
            subject=self.escape_text(message.subject),
            preheader=self.escape_text(message.preheader),
            html=fill(self.escape_html(message.html), self.placeholders),
            fragment=fill(self.escape_html(message.fragment), self.placeholders),
            text=fill(self.escape_text(message.text), self.placeholders),
        )


class Audiences(ABC):
    """Optional: a provider that can count the readers of an audience."""

    @abstractmethod
    def readers(self, audience: str) -> int:
        """Return how many readers an issue to ``audience`` would reach now. A read."""
