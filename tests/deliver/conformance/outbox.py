"""The outbox's far side: a real folder, behind a wire that can fail."""

import email
import email.policy
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from deliver.conformance.worlds import Clock, Rig
from pressrun.deliver.providers.contract import Provider
from pressrun.deliver.providers.outbox import Cabinet, Options, Outbox
from pressrun.errors import NotNow, Unsure
from pressrun.wire import Request
from support.ledgers import Crash
from support.wire_fakes.base import Delivery


class FailingWire:
    """Pass requests to the folder; fail once at the n-th."""

    def __init__(self, cabinet: Cabinet) -> None:
        self.cabinet = cabinet
        self.countdown = 0
        self.kind = ""
        self.fired = False

    def call(self, request: Request) -> Any:
        self.countdown -= 1
        if self.countdown != 0:
            return self.cabinet.call(request)
        self.fired = True
        before, effect, after = FAULTS[self.kind]
        if before:
            raise before()
        answer = self.cabinet.call(request) if effect else None
        if after:
            raise after()
        return answer


Fault = tuple[Callable[[], BaseException] | None, bool, Callable[[], BaseException] | None]

FAULTS: dict[str, Fault] = {
    "crash before": (Crash, False, None),
    "crash after": (None, True, Crash),
    "not now": (lambda: NotNow.of("the disk is away."), False, None),
    "lost answer": (None, True, lambda: Unsure.of("the answer was lost.")),
    "lost request": (None, False, lambda: Unsure.of("the answer was lost.")),
}


class OutboxRig(Rig):
    kinds: Sequence[str] = tuple(FAULTS)

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.folder = folder / "outbox"
        self.wire = FailingWire(Cabinet(self.folder))

    def again(self) -> "OutboxRig":
        return OutboxRig(Path(tempfile.mkdtemp(dir=self.folder.parent)))

    def provider(self) -> Provider:
        return Outbox(Options(), self.wire)

    def fail(self, at: int, kind: str) -> None:
        self.wire.countdown, self.wire.kind, self.wire.fired = at, kind, False

    def fired(self) -> bool:
        return self.wire.fired

    def deliveries(self) -> Sequence[Delivery]:
        return [self._read(place) for place in self.folder.glob("[!.]*/message.eml")]

    def drafts(self) -> int:
        return len(list(self.folder.glob(".drafts/[!.]*")))

    def _read(self, place: Path) -> Delivery:
        message = email.message_from_bytes(place.read_bytes(), policy=email.policy.default)
        html = message.get_body(("html",))
        return Delivery(place.parent.name, message["Subject"], html.get_content() if html else "")
