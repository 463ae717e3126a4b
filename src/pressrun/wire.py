"""The seam between an adapter and its provider: requests as values, and hands that can be tied.

An adapter makes ``Request`` values and hands them to a ``Wire``. Over HTTP that is
``pressrun.http.Http``; in a dry run it is a ``Recorder``, which lets through only what the adapter
has declared a read and writes everything else down.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self
from urllib.parse import quote, quote_plus

SHORTEST_BASE64 = 6
LATER = re.compile(r"\{\w+ of request (\d+)\}")


@dataclass(frozen=True, slots=True)
class File:
    """A file in a request: a field of its form, or a value in its JSON, where it is Base64."""

    name: str
    type: str
    content: bytes = field(repr=False)

    @property
    def base64(self) -> str:
        """The content as JSON can hold it."""
        return base64.b64encode(self.content).decode()

    @property
    def summary(self) -> dict[str, Any]:
        """What a person needs to see of it."""
        return {"file": self.name, "bytes": len(self.content)}


@dataclass(frozen=True, slots=True)
class Request:
    """One call to a provider.

    ``path`` is relative to the provider's base URL and plain text: whoever carries it quotes it.
    Its body is ``json``, or the fields of a ``form``. ``read`` declares that the call changes
    nothing at the provider, whatever its method.
    """

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    read: bool = False
    form: Mapping[str, str | File] = field(default_factory=dict)

    @property
    def files(self) -> tuple[File, ...]:
        """The files that go with it."""
        in_json = self.json.values() if isinstance(self.json, dict) else ()
        return tuple(one for one in (*self.form.values(), *in_json) if isinstance(one, File))


class Wire(Protocol):
    """Whatever carries a request to a provider and brings back the decoded answer."""

    def call(self, request: Request) -> Any:
        """Carry out the request. Rejected, NotNow or Unsure when it fails."""
        ...


class Later(Mapping[str, Any]):
    """An answer that only a real run will know: each value names where it will come from."""

    def __init__(self, number: int) -> None:
        self._number = number

    @classmethod
    def named(cls, value: str) -> Self | None:
        """Return the answer that ``value`` will come from; None for a value that is known."""
        found = LATER.fullmatch(value)
        return cls(int(found[1])) if found else None

    def __getitem__(self, key: str) -> str:
        return f"{{{key} of request {self._number}}}"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(slots=True)
class Recorder:
    """A wire with its hands tied: reads go through, writes are only written down."""

    wire: Wire
    requests: list[Request] = field(default_factory=list)

    def call(self, request: Request) -> Any:
        """Carry out a read; note anything else and answer with values still to come."""
        if request.read:
            return self.wire.call(request)
        self.requests.append(request)
        return Later(len(self.requests))


@dataclass(slots=True)
class Tracer:
    """A wire that writes down every request which is to change something, and carries it out."""

    wire: Wire
    requests: list[Request] = field(default_factory=list)

    def call(self, request: Request) -> Any:
        """Carry out a request."""
        if not request.read:
            self.requests.append(request)
        return self.wire.call(request)


def redact(text: str, secrets: Iterable[str]) -> str:
    """Put *** in the place of every secret, also where it is quoted, escaped or in Base64."""
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        text = text.replace(form, "***")
    return text


def _forms(secret: str) -> Iterator[str]:
    yield from (secret, quote(secret, safe=""), quote(secret), quote_plus(secret))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from _base64_forms(secret.encode())


def _base64_forms(secret: bytes) -> Iterator[str]:
    """Yield how the secret looks inside Base64 of a longer text, such as ``user:secret``.

    Base64 works on groups of three bytes, so there are three ways to stand in the text. Characters
    that also depend on a neighbour are left out, and so is whatever is too short to be told apart.
    """
    for before in range(3):
        padded = b"\0" * before + secret
        known = slice(-(-before * 8 // 6), len(padded) * 8 // 6)
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            form = encode(padded).decode()[known]
            if len(form) >= SHORTEST_BASE64:
                yield form
