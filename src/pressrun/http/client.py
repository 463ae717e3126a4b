"""One client for one server: how every provider is talked to.

TLS always (plain http only to this machine, or by permission to a private host), time-outs, no
proxy and no password that the environment slips in, redirects for reads only and never to another
host, answers bounded in size and time, secrets in no message.

Reads are repeated with back-off. A write is repeated after 429 alone, the one status that says the
server has not begun: after anything else a repetition could reach the readers twice.
"""

import ipaddress
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from requests import Response
from requests.adapters import BaseAdapter
from urllib3.exceptions import HTTPError

from pressrun.errors import NotNow, Problem, Rejected, Unsure, UsageError, WireError
from pressrun.http import session
from pressrun.http.outcomes import (
    BAD_REQUEST,
    TOO_MANY_REQUESTS,
    Answer,
    Secrets,
    check_clock,
    lost_answer,
    reason,
    value,
)
from pressrun.wire import File, Request

TIMEOUTS = (5.0, 30.0)  # seconds to connect, and between two pieces of the answer
WHOLE_ANSWER = timedelta(seconds=120)
SIZE_LIMIT = 5_000_000
PIECE = 65_536
BACKOFF = (1.0, 2.0, 4.0)
PATIENCE = 60.0  # seconds; a server that asks for more is left to a later run
PRIVATE_ENDINGS = (".local", ".internal", ".lan", ".home.arpa")


class Http(session.Connected):
    """A wire over HTTP to the server at ``base_url``; close it, or use it in a ``with``.

    ``secrets`` maps the names of environment variables to the secrets in them: the names go into
    advice, the values into no message, nor does anything of ``hidden``. ``sign`` makes headers that
    are good for one request, from its time. ``pause`` is the least number of seconds between two
    requests. ``mends`` says what helps against a refusal, by the server's word for it, alone or
    after the HTTP status. ``transport`` takes the place of the network in tests.

    ``ahead`` is by how much the server's clock was ahead of ours at the last read; None where it
    does not tell the time.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str],
        secrets: Mapping[str, str],
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        sign: Callable[[datetime], Mapping[str, str]] | None = None,
        hidden: Sequence[str] = (),
        allow_http: bool = False,
        ca_file: str = "",
        proxy: str = "",
        pause: float = 0.0,
        mends: Mapping[str, str] = MappingProxyType({}),
        transport: BaseAdapter | None = None,
    ) -> None:
        self._base_url = _checked_url(base_url, allow_http=allow_http).rstrip("/")
        self._secrets = Secrets(
            tuple(secrets), (*secrets.values(), *hidden, *_passwords(base_url, proxy))
        )
        self._sign = sign
        self._signed: tuple[str, ...] = ()
        self._clock = clock
        self._sleep = sleep
        self._pause = timedelta(seconds=pause)
        self._mends = mends
        self._last: datetime | None = None
        self.ahead: timedelta | None = None
        self._session = session.make(transport, ca_file=_checked_file(ca_file), proxy=proxy)
        self._session.headers.update({"Accept": "application/json", **_checked_headers(headers)})

    def call(self, request: Request) -> Any:
        """Carry out the request and return the decoded JSON, None where the answer is empty.

        Rejected, NotNow or Unsure when it fails; a read is never Unsure. PressrunError when the
        server's clock and ours are minutes apart.
        """
        for backoff in (*BACKOFF, None):
            try:
                return self._attempt(request)
            except WireError as error:
                wait = _wait(request, error, backoff)
                if wait is None:
                    raise self._final(request, error) from None
            self._sleep(wait)
        raise AssertionError  # pragma: no cover - the last round returns or raises

    def _attempt(self, request: Request) -> Any:
        url = self._base_url + quote(request.path)
        where = f"{request.method} {_without_query(url)}"
        answer = self._exchange(request, url, where)
        for _ in range(session.MAX_REDIRECTS):
            target = _same_host_target(request, answer, url)
            if not target:
                break
            url = target
            answer = self._exchange(request, url, where, follow=True)
        now = self._clock()
        if request.read and answer.status < BAD_REQUEST:
            self.ahead = check_clock(answer, where, now)
        return value(answer, where, now, self._all_secrets)

    def _exchange(self, request: Request, url: str, where: str, *, follow: bool = False) -> Answer:
        self._pace()
        if not request.read:
            # The server may be dropping an idle connection at this moment, and a write that meets
            # the end of one is in doubt for ever. On a fresh connection that cannot happen.
            self._session.close()
        try:
            response = self._session.request(
                request.method,
                url,
                params=None if follow else request.params,
                data=_in_json(request.json),
                files=_in_form(request.form),
                headers=self._headers(request),
                timeout=TIMEOUTS,
                allow_redirects=False,
                stream=True,
            )
            with response:
                return Answer(response.status_code, response.headers, self._read(response, where))
        except (OSError, HTTPError) as error:
            raise lost_answer(error, where, self._all_secrets) from None

    def _headers(self, request: Request) -> dict[str, str]:
        content = {"Content-Type": "application/json; charset=utf-8"}
        signed = self._sign(self._clock()) if self._sign else {}
        # What was signed opens the door for minutes: as secret as the key, but for its first word.
        # Of a token, the signature alone is enough: the rest can be guessed.
        tokens = [value.rpartition(" ")[2] for value in signed.values()]
        self._signed = (*tokens, *(token.rpartition(".")[2] for token in tokens))
        own = _checked_headers({**signed, **request.headers})
        return own if request.json is None else content | own

    def _read(self, response: Response, where: str) -> bytes:
        """Read the answer piece by piece, neither more nor longer than an honest one needs."""
        body, deadline = bytearray(), self._clock() + WHOLE_ANSWER
        while piece := response.raw.read1(PIECE, decode_content=True):
            body += piece
            if len(body) > SIZE_LIMIT:
                what = f"the answer is larger than {SIZE_LIMIT // 1_000_000} MB."
                raise Unsure(Problem(what, where), status=response.status_code)
            if self._clock() > deadline:
                raise Unsure(Problem("the answer does not end.", where))
        return bytes(body)

    def _pace(self) -> None:
        now = self._clock()
        if self._last and now - self._last < self._pause:
            self._sleep((self._pause - (now - self._last)).total_seconds())
        self._last = self._clock()

    @property
    def _all_secrets(self) -> Secrets:
        return replace(self._secrets, hidden=(*self._secrets.hidden, *self._signed))

    def _final(self, request: Request, error: WireError) -> WireError:
        """Add advice; a read that failed has no effect, so it is never Unsure."""
        kind = NotNow if request.read and isinstance(error, Unsure) else type(error)
        mend = self._mend(error)
        problems = [replace(one, mend=mend or one.mend) for one in error.problems]
        status, code, wait = error.status, error.code, error.retry_after
        return kind(*problems, status=status, code=code, retry_after=wait)

    def _mend(self, error: WireError) -> str:
        """Look up what helps against a refusal; empty where nobody knows."""
        if not isinstance(error, Rejected):
            return ""
        exactly = self._mends.get(f"{error.status} {error.code}", "")
        return exactly or self._mends.get(error.code, "")


def _in_json(body: Any) -> bytes | None:
    return None if body is None else json.dumps(body, default=attrgetter("base64")).encode()


def _in_form(fields: Mapping[str, str | File]) -> dict[str, Any] | None:
    """Write a form as requests takes it: a plain field is a file without a name."""
    parts = {
        name: (field.name, field.content, field.type) if isinstance(field, File) else (None, field)
        for name, field in fields.items()
    }
    return parts or None


def _wait(request: Request, error: WireError, backoff: float | None) -> float | None:
    """Return the seconds to wait before the request is repeated, None when it must not be."""
    harmless = request.read and not isinstance(error, Rejected)
    if backoff is None or not (harmless or error.status == TOO_MANY_REQUESTS):
        return None
    wait = max(backoff, error.retry_after or 0.0)
    return wait if wait <= PATIENCE else None


def _checked_file(ca_file: str) -> str:
    try:
        if ca_file:
            ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        what = f"the CA file {ca_file} cannot be used ({reason(error)})."
        raise UsageError.of(what, "publish.yml", "Give ca_file the path of a PEM file.") from None
    return ca_file


def _checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Refuse a header that could break out of its line, without showing what is in it."""
    for name, content in headers.items():
        if not (content.isascii() and content.isprintable() and content == content.strip()):
            raise UsageError.of(
                f"the value for the header {name} holds a space at its end, a line break or a "
                "character that no header may hold.",
                mend="Look at the secret it is made of: was more than the key pasted?",
            )
    return dict(headers)


def _checked_url(url: str, *, allow_http: bool) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    plain = parts.scheme == "http" and (_loopback(host) or (allow_http and _private(host)))
    if host and not parts.query and not parts.fragment and (parts.scheme == "https" or plain):
        return url
    raise UsageError.of(
        f"{_without_query(url)} is no address that a secret may be sent to.",
        "publish.yml",
        "Use https://; http:// is for this machine, and with allow_http for a private host.",
    )


def _loopback(host: str) -> bool:
    address = _address(host)
    return address.is_loopback if address else host == "localhost"


def _private(host: str) -> bool:
    address = _address(host)
    return address.is_private if address else "." not in host or host.endswith(PRIVATE_ENDINGS)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _passwords(*urls: str) -> tuple[str, ...]:
    found = [urlsplit(url).password or "" for url in urls]
    return tuple({form for password in found for form in (password, unquote(password))})


def _same_host_target(request: Request, answer: Answer, url: str) -> str:
    """Return where a read is redirected to on the same server; empty when it must not go there."""
    if not (request.read and request.method == "GET"):
        return ""
    target = session.target(answer.status, answer.headers.get("Location", ""), url)
    return target if _origin(target) == _origin(url) else ""


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
