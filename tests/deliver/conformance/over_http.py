"""The far side of a provider over HTTP: the fake of its API, under the whole real client."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from deliver.conformance.worlds import Clock, Rig
from pressrun.deliver.providers.contract import Provider
from pressrun.http import Http
from support.wire_fakes.base import Delivery, FakeServer, Fault, Kind, Mailer

# Seconds until a new campaign is listed; less than any adapter may call certain.
LAG = 90.0


def over_http(
    adapter: type[Provider], fake: type[Mailer], options: Any = None
) -> Callable[[Path], Rig]:
    """Return the conformance case of ``adapter`` against the ``fake`` of its provider.

    ``options`` are the adapter's, where their defaults alone say too little.
    """
    return lambda _: HttpRig(adapter, fake, options or adapter.Options())


class HttpRig(Rig):
    kinds: Sequence[str] = tuple(kind for kind in Kind if kind is not Kind.CUT_IN)

    def __init__(self, adapter: type[Provider], fake: type[Mailer], options: Any) -> None:
        self.adapter = adapter
        self.options = options
        self.clock = Clock()
        self.service = fake(lambda: self.clock.now().timestamp(), lag=LAG)
        self.server = FakeServer(self.service)

    def again(self) -> "HttpRig":
        return HttpRig(self.adapter, type(self.service), self.options)

    def provider(self) -> Provider:
        secrets = dict.fromkeys(self.adapter.secret_names(self.options), self.service.key)
        reach = self.adapter.connection(self.options, secrets)
        assert reach is not None
        wire = Http(
            reach.base_url,
            headers=reach.headers,
            sign=reach.sign,
            secrets=secrets,
            hidden=reach.hidden,
            clock=self.clock.now,
            sleep=self.clock.sleep,
            pause=reach.pause,
            transport=self.server,
        )
        return self.adapter(self.options, wire)

    def fail(self, at: int, kind: str) -> None:
        self.server.count = 0
        self.server.faults = [Fault(Kind(kind), at)] if at else []

    def fired(self) -> bool:
        return any(fault.fired for fault in self.server.faults)

    def deliveries(self) -> Sequence[Delivery]:
        self.service.tick()
        return self.service.deliveries

    def drafts(self) -> int:
        return self.service.drafts()
