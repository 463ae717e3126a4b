"""What every provider's adapter promises. One conformance suite holds all of them to it.

An adapter is one file: its options, how it is reached, what it can do, four calls, its table of
states, its placeholders and its escape rule. Time-outs, retries, pacing, redaction and the three
outcomes of a failed call live around it, in ``pressrun.http``.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

from pressrun.errors import Unsure
from pressrun.kinds import Doc, WebUrl
from pressrun.model import Issue, Message, Remote
from pressrun.placeholders import TOKENS, fill
from pressrun.wire import Wire

UNKNOWN_LAG = 120.0

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class Connection:
    """How a provider is reached over HTTP: ``headers`` go with every request.

    ``pause`` is the least number of seconds between two requests. Plain http is for this machine
    only, and with ``allow_http`` for a private host.
    """

    base_url: str
    headers: Mapping[str, str]
    pause: float = 0.0
    allow_http: bool = False


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """The options that every provider reached over HTTP has: its own come on top."""

    ca_file: Annotated[
        str, Doc("A PEM file, where the server's certificate comes from an authority of your own.")
    ] = ""
    proxy: Annotated[
        str, WebUrl(), Doc("A proxy to go through; those of the environment are not used.")
    ] = ""


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

    @classmethod
    def secret_names(cls, options: Any) -> tuple[str, ...]:
        """Name the environment variables that hold the provider's secrets."""
        return ()

    @classmethod
    def connection(cls, options: Any, secrets: Mapping[str, str]) -> Connection | None:
        """Say how to reach the provider with ``secrets``, by the names of ``secret_names``.

        None for a provider without a server: then ``local_wire`` makes its wire.
        """
        return None

    @classmethod
    def local_wire(cls, options: Any, root: Path) -> Wire:
        """Make the wire of a provider without a server, in the publication's folder ``root``."""
        raise NotImplementedError

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

    def lacking(self, message: Message) -> tuple[str, ...]:
        """Name the placeholders that the message uses and this provider has no tag for."""
        text = message.html + message.text
        unknown = (name for name in TOKENS if name not in self.placeholders)
        return tuple(name for name in unknown if TOKENS[name] in text)

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


def part(answer: Any, name: str, kind: type[T]) -> T:
    """Take a field out of an answer; Unsure where the answer is not what it seems to be."""
    found = answer.get(name) if isinstance(answer, Mapping) else None
    if isinstance(found, kind):
        return found
    raise Unsure.of(f"the provider's answer has no {name!r}, which its documents promise.")
