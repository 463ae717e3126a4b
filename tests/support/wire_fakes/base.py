"""A provider on a wire of its own, which can fail at its n-th request in every way that hurts.

Service      the provider: state and answers, without a network
FakeServer   carries requests to a service; faults fire on the way (a requests transport)
serve()      the same service behind a real socket on this machine
"""

import copy
import email
import email.policy
import io
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.exceptions import ConnectionError as LostConnection
from requests.exceptions import ConnectTimeout, ReadTimeout
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from pressrun.wire import File
from support import canary
from support.ledgers import Crash

__all__ = [
    "Crash",
    "Delivery",
    "FakeServer",
    "Fault",
    "File",
    "Kept",
    "Kind",
    "Mailer",
    "Reply",
    "Sent",
    "Service",
    "respond",
    "serve",
    "talkative",
]

TOO_LARGE = 6_000_000
PROXY_PAGE = b"<!doctype html><title>502</title><h1>Bad gateway</h1>"
GARBAGE = b'{"id": "em_'


class Kind(StrEnum):
    """How a request can go wrong, and whether it takes effect at the provider."""

    REFUSED = "refused connection"  # no effect
    CONNECT_TIMEOUT = "connect timeout"  # no effect
    RATE_LIMITED = "429"  # no effect
    UNAVAILABLE = "503"  # no effect
    ERROR_BEFORE = "500 before the effect"  # no effect
    PROXY_PAGE = "a proxy's HTML page"  # no effect; its status is 403, as a firewall's
    REDIRECT = "301"  # no effect
    CRASH_BEFORE = "crash before"  # no effect
    ERROR_AFTER = "500 after the effect"
    LOST = "lost answer"
    TIMEOUT = "read timeout"
    GARBAGE = "garbage body"
    BROKEN = "answer broken off"
    TOO_LARGE = "answer too large"
    CRASH_AFTER = "crash after"
    STALE_READ = "stale read"  # a read is answered from before the last write
    CUT_IN = "a second runner cuts in"  # ``callback`` runs, then the request is carried out


# What our client cannot tell from another kind of the list, each beside it there: test_http.py.
ALIKE = frozenset(
    {Kind.CONNECT_TIMEOUT, Kind.ERROR_BEFORE, Kind.TIMEOUT, Kind.BROKEN, Kind.TOO_LARGE}
)


@dataclass
class Fault:
    """One fault at the ``at``-th request (from 1), or ``of_reads`` at the ``at``-th that is a read.

    It fires once, says whether it did, and calls ``met`` with the request just before.
    """

    kind: Kind
    at: int
    callback: Callable[[], None] | None = None
    retry_after: str = "1"
    of_reads: bool = False
    met: Callable[["Sent"], None] | None = None
    fired: bool = False


class Reply(NamedTuple):
    """What a service answers."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}

    @classmethod
    def json(
        cls, data: Any, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> "Reply":
        return cls(
            status,
            json.dumps(data).encode(),
            {"Content-Type": "application/json", **(headers or {})},
        )


class Sent(NamedTuple):
    """A request as the server saw it; ``json`` is None without a body, and where it is a form."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    json: Any
    form: Mapping[str, str | File] = {}


class Kept(NamedTuple):
    """A picture that a provider keeps, and where it shows it."""

    name: str
    content: bytes
    url: str


class Delivery(NamedTuple):
    """One issue that went out to all its readers, as one of them sees it.

    ``text`` is the plain-text part, empty where the provider makes its own. ``to`` are the
    addresses of a test; a real issue goes to everybody.
    """

    campaign: str
    subject: str
    body: str
    text: str = ""
    to: tuple[str, ...] = ()


class Service(ABC):
    """A provider's state and behaviour.

    ``state`` is everything that a stale read may show an older version of; ``deliveries`` is what
    readers got, and never goes back. ``now`` tells the service's time in seconds.
    """

    base_url: ClassVar[str]

    def __init__(self, now: Callable[[], float] = lambda: 0.0) -> None:
        self.state: Any = None
        self.deliveries: list[Delivery] = []
        self.now = now

    @abstractmethod
    def answer(self, sent: Sent) -> Reply:
        """Carry out a request."""

    def reads(self, sent: Sent) -> bool:
        """Say whether a request changes nothing, whatever its method."""
        return sent.method in {"GET", "HEAD"}

    def tick(self) -> None:  # noqa: B027 - for those where something can be due
        """Let happen what is due by now, such as a scheduled sending."""


class Mailer(Service):
    """A mailing provider. ``key`` is the secret it takes; it lists new campaigns after ``lag``.

    ``tests`` is what went to single addresses. ``staff`` lets the key do what a person may.
    """

    key: ClassVar[str]
    staff: bool = False

    def __init__(self, now: Callable[[], float] = lambda: 0.0, *, lag: float = 0.0) -> None:
        super().__init__(now)
        self.lag = lag
        self.tests: list[Delivery] = []
        self.pictures: list[Kept] = []

    @abstractmethod
    def drafts(self) -> int:
        """Count the drafts that lie there."""

    def keep(self, name: str, content: bytes) -> Kept:
        """Keep a picture at an address that nobody could have guessed."""
        url = f"https://pictures.example/{len(self.pictures)}/{name}"
        self.pictures.append(Kept(name, content, url))
        return self.pictures[-1]

    def edit(self, campaign: str, word: str) -> None:
        """Let a person write ``word`` into a campaign's text in the provider's editor."""
        raise NotImplementedError

    def remove(self, campaign: str) -> None:
        """Let a person delete a campaign there."""
        raise NotImplementedError


@dataclass
class FakeServer(BaseAdapter):
    """Carry requests to a service, with faults on the way. ``requests`` are all that arrived."""

    service: Service
    faults: Sequence[Fault] = ()
    requests: list[Sent] = field(default_factory=list)
    count: int = 0
    reads: int = 0

    def __post_init__(self) -> None:
        super().__init__()
        self._older = copy.deepcopy(self.service.state)

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """Stand in for the network, as requests asks of a transport."""
        sent = _received(request, self.service.base_url)
        self.count += 1
        self.reads += self.service.reads(sent)
        fault = next((one for one in self.faults if self._is_due(one, sent)), None)
        if fault is None:
            return respond(self._carry_out(sent), request)
        fault.fired = True
        if fault.met:
            fault.met(sent)
        return respond(self._fail(fault, sent, request), request)

    def close(self) -> None:
        """Close nothing."""

    def _is_due(self, fault: Fault, sent: Sent) -> bool:
        if fault.fired or fault.at != (self.reads if fault.of_reads else self.count):
            return False
        return not (fault.of_reads or fault.kind is Kind.STALE_READ) or self.service.reads(sent)

    def _carry_out(self, sent: Sent) -> Reply:
        self.requests.append(sent)
        self.service.tick()
        if not self.service.reads(sent):
            self._older = copy.deepcopy(self.service.state)
        return self.service.answer(sent)

    def _fail(self, fault: Fault, sent: Sent, request: PreparedRequest) -> Reply:
        if fault.kind in _BEFORE:
            return _BEFORE[fault.kind](fault, request)
        if fault.kind is Kind.STALE_READ:
            return self._stale(sent)
        if fault.kind is Kind.CUT_IN:
            assert fault.callback is not None
            fault.callback()
            return self._carry_out(sent)
        reply = self._carry_out(sent)
        return _AFTER[fault.kind](reply, request)

    def _stale(self, sent: Sent) -> Reply:
        self.requests.append(sent)
        newer, self.service.state = self.service.state, copy.deepcopy(self._older)
        try:
            return self.service.answer(sent)
        finally:
            self.service.state = newer


def _refused(fault: Fault, request: PreparedRequest) -> Reply:
    pool: Any = None
    reason = NewConnectionError(pool, "[Errno 111] Connection refused")
    raise LostConnection(MaxRetryError(pool, str(request.url), reason), request=request)


def _connect_timeout(fault: Fault, request: PreparedRequest) -> Reply:
    raise ConnectTimeout("timed out", request=request)


def _crash_before(fault: Fault, request: PreparedRequest) -> Reply:
    raise Crash(f"before {request.method} {request.url}")


def _rate_limited(fault: Fault, request: PreparedRequest) -> Reply:
    return talkative(request, 429)._replace(headers={"Retry-After": fault.retry_after})


def talkative(request: PreparedRequest, status: int) -> Reply:
    """Answer with an error that repeats the secret, as the worst of servers does."""
    said = f"internal error at {request.headers.get('Authorization')}"
    return Reply.json({"code": said, "detail": said}, status)


def _unavailable(fault: Fault, request: PreparedRequest) -> Reply:
    return Reply(503, b"unavailable", {"Retry-After": fault.retry_after})


def _redirect(fault: Fault, request: PreparedRequest) -> Reply:
    return Reply(301, b"", {"Location": str(request.url)})


def _lost(reply: Reply, request: PreparedRequest) -> Reply:
    broken = ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset"))
    raise LostConnection(broken, request=request)


def _timeout(reply: Reply, request: PreparedRequest) -> Reply:
    raise ReadTimeout("read timed out", request=request)


def _crash_after(reply: Reply, request: PreparedRequest) -> Reply:
    raise Crash(f"after {request.method} {request.url}")


_BEFORE: Mapping[Kind, Callable[[Fault, PreparedRequest], Reply]] = {
    Kind.REFUSED: _refused,
    Kind.CONNECT_TIMEOUT: _connect_timeout,
    Kind.CRASH_BEFORE: _crash_before,
    Kind.RATE_LIMITED: _rate_limited,
    Kind.REDIRECT: _redirect,
    Kind.UNAVAILABLE: _unavailable,
    Kind.ERROR_BEFORE: lambda _fault, request: talkative(request, 500),
    Kind.PROXY_PAGE: lambda _fault, _request: Reply(403, PROXY_PAGE, {"Content-Type": "text/html"}),
}

_AFTER: Mapping[Kind, Callable[[Reply, PreparedRequest], Reply]] = {
    Kind.LOST: _lost,
    Kind.TIMEOUT: _timeout,
    Kind.CRASH_AFTER: _crash_after,
    Kind.ERROR_AFTER: lambda _reply, request: talkative(request, 500),
    Kind.GARBAGE: lambda reply, _request: reply._replace(body=GARBAGE),
    Kind.BROKEN: lambda reply, _request: reply._replace(
        headers={**reply.headers, "Content-Length": str(len(reply.body) + 9)}
    ),
    Kind.TOO_LARGE: lambda reply, _request: reply._replace(body=b" " * TOO_LARGE + reply.body),
}


def _received(request: PreparedRequest, base_url: str) -> Sent:
    parts = urlsplit(str(request.url))
    assert str(request.url).startswith(base_url), f"{request.url} is not at {base_url}"
    path = parts.path.removeprefix(urlsplit(base_url).path)
    return _sent(str(request.method), path, parts.query, dict(request.headers), request.body)


def _sent(method: str, path: str, query: str, headers: Mapping[str, str], body: Any) -> Sent:
    kind = CaseInsensitiveDict(headers).get("Content-Type", "")
    form = _form(kind, body) if kind.startswith("multipart/form-data") else {}
    content = json.loads(body) if body and not form else None
    pairs = tuple(parse_qsl(query, keep_blank_values=True))
    canary.shown(headers.get("Authorization"))
    canary.search("a request", path, pairs, content, *form.values())
    return Sent(method, path, pairs, CaseInsensitiveDict(headers), content, form)


def _form(kind: str, body: bytes) -> dict[str, str | File]:
    """Take a form apart (RFC 7578): plain fields, and files by their names."""
    _, boundary = kind.split("boundary=")
    return dict(_field(part) for part in body.split(b"--" + boundary.encode())[1:-1])


def _field(part: bytes) -> tuple[str, str | File]:
    head, _, content = part.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
    headers = email.message_from_bytes(head, policy=email.policy.HTTP)
    about = headers["Content-Disposition"].params
    if "filename" in about:
        return about["name"], File(about["filename"], headers.get_content_type(), content)
    return about["name"], content.decode()


def respond(reply: Reply, request: PreparedRequest) -> Response:
    """Return a reply as requests gets it from a transport."""
    response = Response()
    response.status_code = reply.status
    response.headers = CaseInsensitiveDict(reply.headers)
    response.raw = HTTPResponse(
        io.BytesIO(reply.body), dict(reply.headers), reply.status, preload_content=False
    )
    response.url = str(request.url)
    response.request = request
    return response


class Cut(Exception):
    """The connection ends here, and nobody gets an answer."""


@dataclass
class Gate:
    """Stands before and behind a server's door: each may take its time, or raise Cut."""

    before: Callable[[Sent], None] = lambda _: None
    after: Callable[[Sent], None] = lambda _: None


@contextmanager
def serve(service: Service, gate: Gate | None = None) -> Iterator[str]:
    """Serve ``service`` on a socket of this machine; yield its base URL."""
    lock = threading.Lock()
    gate = gate or Gate()

    def handle(handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        parts = urlsplit(handler.path)
        body = handler.rfile.read(length)
        sent = _sent(handler.command, parts.path, parts.query, dict(handler.headers), body)
        gate.before(sent)
        with lock:
            service.tick()
            reply = service.answer(sent)
        gate.after(sent)
        handler.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(reply.body)

    with listen(handle) as url:
        yield url


@contextmanager
def listen(handle: Callable[[BaseHTTPRequestHandler], None], tls: Any = None) -> Iterator[str]:
    """Answer every request on a real socket with ``handle``; yield the address.

    ``tls`` is the server's SSLContext.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

        def date_time_string(self, timestamp: float | None = None) -> str:
            """Tell no time: tests have clocks of their own."""
            return ""

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", handle)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Keep quiet: clients that go away are what tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        scheme = "https" if tls else "http"
        try:
            yield f"{scheme}://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
