"""The seam between an adapter and its provider: requests as values, and hands that can be tied.

An adapter makes ``Request`` values and hands them to a ``Wire``. Over HTTP that is
``pressrun.http.Http``; in a dry run it is a ``Recorder``, which lets through only what the adapter
has declared a read and writes everything else down.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """One call to a provider. ``path`` is relative to the provider's base URL.

    ``read`` declares that the call changes nothing at the provider, whatever its method.
    """

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    read: bool = False


class Wire(Protocol):
    """Whatever carries a request to a provider and brings back the decoded answer."""

    def call(self, request: Request) -> Any:
        """Carry out the request. Rejected, NotNow or Unsure when it fails."""
        ...


class Later(Mapping[str, Any]):
    """An answer that only a real run will know: each value names where it will come from."""

    def __init__(self, number: int) -> None:
        self._number = number

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
