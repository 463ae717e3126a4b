"""What every provider's adapter promises. One conformance suite holds all of them to it.

An adapter is one file: its options, how it is reached, what it can do, four calls, its table of
states, its placeholders and its escape rule. Time-outs, retries, pacing, redaction and the three
outcomes of a failed call live around it, in ``pressrun.http``. What several adapters share stands
beside this module: ``answers``, ``guards`` and ``escapes``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pressrun.errors import NotNow, Problem, Rejected
from pressrun.kinds import ENVIRONMENT_NAME, Doc, WebUrl
from pressrun.model import Figures, Issue, Message, Remote
from pressrun.placeholders import TOKENS, fill
from pressrun.publication import Email
from pressrun.wire import File, Request, Wire

UNKNOWN_LAG = 120.0
NOT_FOUND = 404
WEB_PICTURES = frozenset({"image/gif", "image/jpeg", "image/png", "image/svg+xml", "image/webp"})

ApiKeyName = Annotated[
    str, ENVIRONMENT_NAME, Doc("The environment variable that holds the API key.")
]


@dataclass(frozen=True, slots=True)
class Can:
    """What is true of a provider beyond the four calls. What is not declared is not there."""

    send_once: bool = False  # proved: it refuses a second send of the same campaign
    idempotency_key: bool = False  # a repeated request has no second effect
    plain_text: bool = False  # takes our text part; otherwise it makes its own
    preheader: bool = False  # has a field for it; otherwise it is only inside the HTML
    sender: bool = False  # takes From and Reply-To with the issue
    local: bool = False  # reaches nobody: what an issue links to need not be on the web yet
    unique_opens: bool = False  # counts a reader who opens or clicks twice once


@dataclass(frozen=True, slots=True)
class Connection:
    """How a provider is reached over HTTP: ``headers`` go with every request.

    ``sign`` makes the headers that are good for one request only, from the time of that request.
    ``hidden`` is what else must appear in no message: parts of a secret that stand alone somewhere.
    ``pause`` is the least number of seconds between two requests. ``mends`` says what helps against
    a refusal, by the provider's word for it (``slug_invalid``), or by that with its HTTP status
    (``403 invalid_permission``) where the word says too little. Plain http is for this machine
    only, and with ``allow_http`` for a private host.
    """

    base_url: str
    headers: Mapping[str, str]
    sign: Callable[[datetime], Mapping[str, str]] | None = None
    hidden: tuple[str, ...] = ()
    pause: float = 0.0
    mends: Mapping[str, str] = field(default_factory=dict)
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

    def over(self, wire: Wire) -> Self:
        """Return the same provider over another wire."""
        return type(self)(self.options, wire)

    @classmethod
    def secret_names(cls, options: Any) -> tuple[str, ...]:
        """Name the environment variables that hold the secrets: the options in ``_env`` do."""
        names = (one.name for one in fields(options) if one.name.endswith("_env"))
        return tuple(getattr(options, name) for name in names)

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
        """Return every campaign that carries exactly ``key``. A read; may lag by ``find_lag``.

        ``Remote.content`` may be empty here: a list seldom shows what a campaign holds.
        """

    @abstractmethod
    def draft(self, issue: Issue, into: str | None) -> Remote:
        """Put the issue into a draft: the campaign ``into``, or a new one, holds exactly it.

        A put, not a create: it may be repeated, it touches only a draft (Rejected otherwise), and
        it never sends a field that could start, recall or schedule a send. ``Remote.content`` is
        the digest of what the provider holds now, as ``status`` will show it.
        """

    @abstractmethod
    def send(self, issue: Issue, remote_id: str) -> None:
        """Send the campaign to its readers. One request, and the only one that reaches them."""

    @abstractmethod
    def status(self, remote_id: str) -> Remote:
        """Read what became of a campaign; GONE where there is none. Never raises Rejected.

        ``Remote.content`` of a draft is the digest of everything in it that a reader would see and
        a person can edit there, so that it changes when somebody does; empty where the provider
        does not show it. ``Remote.at`` is the time at which it will go out, or went.
        """

    def concerns(self, email: Email, audience: str) -> Iterator[Problem]:
        """Yield what would stop or harm a send by the provider's own settings. Reads only.

        WireError where the provider cannot be asked.
        """
        yield from ()

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

    def _get(self, path: str, *query: tuple[str, str]) -> Any:
        """Read something at the provider."""
        return self.wire.call(Request("GET", path, query, read=True))

    def _look(self, path: str, *query: tuple[str, str], absent: int | str = NOT_FOUND) -> Any:
        """Read a campaign for ``status``; None where the provider says that there is none.

        It says so by ``absent``, an HTTP status or a word of its own. NotNow where it refuses for
        any other reason: that tells nothing of the campaign.
        """
        try:
            return self._get(path, *query) or {}
        except Rejected as refusal:
            if absent in {refusal.status, refusal.code}:
                return None
            raise NotNow(*refusal.problems, status=refusal.status, code=refusal.code) from None

    def _write(self, method: str, path: str, body: Any = None) -> Any:
        """Change something at the provider."""
        return self.wire.call(Request(method, path, json=body))

    def _upload(self, path: str, **form: str | File) -> Any:
        """Send a form with a file in it to the provider."""
        return self.wire.call(Request("POST", path, form=form))


class Audiences(ABC):
    """Optional: an issue can go to a part of the readers, and they can be counted."""

    @abstractmethod
    def readers(self, audience: str) -> int:
        """Return how many readers an issue to ``audience`` would reach now. A read.

        UsageError, with the names that there are, for an audience that is not there.
        """


class Schedules(ABC):
    """Optional: the provider sends a draft by itself at a time that it is given.

    ``time_step`` is the provider's own grid: a time is moved up to it before it is handed over.
    """

    time_step: ClassVar[timedelta] = timedelta(minutes=1)

    @abstractmethod
    def schedule(self, issue: Issue, remote_id: str, at: datetime) -> None:
        """Hand the draft over for ``at``, which lies ahead. Its last request alone has an effect.

        Counts as the send: it is called once, and what its answer leaves open, ``status`` decides.
        """

    @abstractmethod
    def unschedule(self, remote_id: str) -> None:
        """Take a scheduled campaign back before its time: it is a draft again.

        Rejected where it is not scheduled (any more). It never touches what is being sent.
        """


class SendsTests(ABC):
    """Optional: an issue can be sent to a few named addresses and to nobody else.

    ``test_limits`` is a sentence for a person: how many addresses, whose, how often.
    ``test_needs_draft`` says that a draft of its own must lie at the provider first.
    """

    test_limits: ClassVar[str]
    test_needs_draft: ClassVar[bool] = True

    @abstractmethod
    def send_test(self, issue: Issue, remote_id: str, addresses: Sequence[str]) -> None:
        """Send the issue to ``addresses``; ``remote_id`` is empty where no draft is needed."""


class HostsPictures(ABC):
    """Optional: the provider keeps pictures and shows them to readers.

    ``picture_types`` are the media types that it takes, ``picture_limit`` is the most bytes that
    one may have, None where no document names a limit.
    """

    picture_types: ClassVar[frozenset[str]]
    picture_limit: ClassVar[int | None] = None

    @abstractmethod
    def host(self, picture: File) -> str:
        """Return the https address of ``picture`` there; put it there unless it is.

        Its name carries its digest: what has the same name is the same picture. It reaches nobody
        and may be repeated.
        """


class Discards(ABC):
    """Optional: a draft can be deleted."""

    @abstractmethod
    def discard(self, remote_id: str) -> None:
        """Delete a draft; do nothing where it is gone. Rejected where it is no draft (any more)."""


class Statistics(ABC):
    """Optional: the provider counts what became of an issue."""

    @abstractmethod
    def figures(self, remote_id: str) -> Figures:
        """Read the numbers of a campaign as they are now."""


INTERFACES: Mapping[str, type] = {
    "audiences": Audiences,
    "schedule": Schedules,
    "test_send": SendsTests,
    "host_pictures": HostsPictures,
    "discard": Discards,
    "statistics": Statistics,
}


def abilities(adapter: type[Provider]) -> dict[str, bool]:
    """Say what a provider can do: what it declares, and which optional interfaces it has."""
    optional = {name: issubclass(adapter, kind) for name, kind in INTERFACES.items()}
    return asdict(adapter.can) | optional
