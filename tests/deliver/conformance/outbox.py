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
from support.mishaps import CUT_IN, CutIn, Met, Place, Trap
from support.wire_fakes.base import Delivery

Fault = tuple[Callable[[], BaseException] | None, bool, Callable[[], BaseException] | None]

FAULTS: dict[str, Fault] = {
    "crash before": (Crash, False, None),
    "crash after": (None, True, Crash),
    "not now": (lambda: NotNow.of("the disk is away."), False, None),
    "lost answer": (None, True, lambda: Unsure.of("the answer was lost.")),
    "lost request": (None, False, lambda: Unsure.of("the answer was lost.")),
}


class FailingWire(Place):
    """Pass requests to the folder; fail once at the n-th."""

    kinds: Sequence[str] = (*FAULTS, CUT_IN)

    def __init__(self, cabinet: Cabinet) -> None:
        self.cabinet = cabinet
        self.trap = Trap()
        self.count = 0

    def arm(self, kind: str, at: int, met: Met, cut_in: CutIn) -> None:
        self.trap = Trap(kind, at, met, cut_in)

    def disarm(self) -> None:
        self.trap = Trap()

    def call(self, request: Request) -> Any:
        self.count += 1
        trap = self.trap
        if not trap.springs(_named(request)):
            return self.cabinet.call(request)
        if trap.kind == CUT_IN:
            trap.cut_in()
            return self.cabinet.call(request)
        before, effect, after = FAULTS[trap.kind]
        if before:
            raise before()
        answer = self.cabinet.call(request) if effect else None
        if after:
            raise after()
        return answer


def _named(request: Request) -> str:
    _, _, action = request.path.strip("/").partition("/")
    return f"{request.method} /KEY/{action}".rstrip("/")


class OutboxRig(Rig):
    """A folder that issues are delivered into."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.folder = folder / "outbox"
        self.requests = self.wire = FailingWire(Cabinet(self.folder))

    def again(self) -> "OutboxRig":
        return OutboxRig(Path(tempfile.mkdtemp(dir=self.folder.parent)))

    def provider(self) -> Provider:
        return Outbox(Options(), self.wire)

    def count(self) -> int:
        return self.wire.count

    def deliveries(self) -> Sequence[Delivery]:
        return [self._read(place) for place in self.folder.glob("[!.]*/message.eml")]

    def drafts(self) -> int:
        return len(list(self.folder.glob(".drafts/[!.]*")))

    def _read(self, place: Path) -> Delivery:
        message = email.message_from_bytes(place.read_bytes(), policy=email.policy.default)
        html, text = (message.get_body((kind,)) for kind in ("html", "plain"))
        assert html, place
        assert text, place
        words = (html.get_content(), text.get_content())
        return Delivery(place.parent.name, message["Subject"], *words)
