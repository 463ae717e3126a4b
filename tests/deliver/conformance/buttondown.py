"""Buttondown's far side: the wire fake of its API, under the whole real client."""

from collections.abc import Sequence
from pathlib import Path

from deliver.conformance.worlds import Clock, Delivery, Rig
from pressrun.deliver.providers.buttondown import Buttondown, Options
from pressrun.deliver.providers.contract import Provider
from pressrun.http import Http
from support.wire_fakes.base import FakeServer, Fault, Kind
from support.wire_fakes.buttondown import ButtondownFake

# Seconds until a new email is listed; less than the adapter's find_lag.
LAG = 90.0


class ButtondownRig(Rig):
    kinds: Sequence[str] = tuple(kind for kind in Kind if kind is not Kind.CUT_IN)

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.service = ButtondownFake(lambda: self.clock.now().timestamp(), lag=LAG)
        self.server = FakeServer(self.service)

    def again(self) -> "ButtondownRig":
        return ButtondownRig(Path())

    def provider(self) -> Provider:
        options = Options()
        secrets = {options.api_key_env: self.service.key}
        reach = Buttondown.connection(options, secrets)
        wire = Http(
            reach.base_url,
            headers=reach.headers,
            secrets=secrets,
            clock=self.clock.now,
            sleep=self.clock.sleep,
            pause=reach.pause,
            transport=self.server,
        )
        return Buttondown(options, wire)

    def fail(self, at: int, kind: str) -> None:
        self.server.count = 0
        self.server.faults = [Fault(Kind(kind), at)] if at else []

    def fired(self) -> bool:
        return any(fault.fired for fault in self.server.faults)

    def deliveries(self) -> Sequence[Delivery]:
        # Nobody knows whether subjects are templates there: an invisible space parts their braces.
        return [
            Delivery(one.campaign, one.subject.replace("\u200b", ""), one.body)
            for one in self.service.deliveries
        ]

    def drafts(self) -> int:
        return sum(email["status"] == "draft" for email in self.service.state.values())
