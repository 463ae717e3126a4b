"""The far side of a provider over HTTP: the fake of its API, under the whole real client."""

import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from deliver.conformance.worlds import Clock, Rig
from pressrun.deliver.providers import client
from pressrun.deliver.providers.contract import Provider
from support.mishaps import CutIn, Met, Place
from support.wire_fakes.base import ALIKE, Delivery, FakeServer, Fault, Kind, Mailer, Sent

# Seconds until a new campaign is listed; less than any adapter may call certain.
LAG = 90.0


def over_http(
    adapter: type[Provider], fake: type[Mailer], options: Any = None
) -> Callable[[Path], Rig]:
    """Return the conformance case of ``adapter`` against the ``fake`` of its provider.

    ``options`` are the adapter's, where their defaults alone say too little.
    """
    return lambda _: HttpRig(adapter, fake, options or adapter.Options())


class Requests(Place):
    """Every request to the provider; of stale reads, every read."""

    kinds: Sequence[str] = tuple(Kind)
    alike: Collection[str] = ALIKE

    def __init__(self, server: FakeServer) -> None:
        self.server = server

    def arm(self, kind: str, at: int, met: Met, cut_in: CutIn) -> None:
        self.server.count = self.server.reads = 0
        reads = kind == Kind.STALE_READ
        fault = Fault(Kind(kind), at, cut_in, of_reads=reads, met=lambda sent: met(named(sent)))
        self.server.faults = [fault]

    def disarm(self) -> None:
        self.server.faults = []


def named(sent: Sent) -> str:
    """Name a request by its method and path, without the ids in it."""
    parts = ("ID" if re.search(r"\d", part) else part for part in sent.path.split("/"))
    return f"{sent.method} {'/'.join(parts)}"


class HttpRig(Rig):
    """A provider's fake behind the network that its client believes in."""

    def __init__(self, adapter: type[Provider], fake: type[Mailer], options: Any) -> None:
        self.adapter = adapter
        self.options = options
        self.clock = Clock()
        self.service = fake(lambda: self.clock.now().timestamp(), lag=LAG)
        self.server = FakeServer(self.service)
        self.requests = Requests(self.server)

    def again(self) -> "HttpRig":
        return HttpRig(self.adapter, type(self.service), self.options)

    def provider(self) -> Provider:
        secrets = dict.fromkeys(self.adapter.secret_names(self.options), self.service.key)
        reach = self.adapter.connection(self.options, secrets)
        assert reach is not None
        around = {"clock": self.clock.now, "sleep": self.clock.sleep, "transport": self.server}
        wire = client(reach, secrets, **around)
        return self.adapter(self.options, wire)

    def count(self) -> int:
        return len(self.server.requests)

    def deliveries(self) -> Sequence[Delivery]:
        self.service.tick()
        return self.service.deliveries

    def drafts(self) -> int:
        return self.service.drafts()
