"""The conformance case of each provider: a line here, and the fake that it names."""

from collections.abc import Callable, Mapping
from pathlib import Path

from deliver.conformance.outbox import OutboxRig
from deliver.conformance.over_http import over_http
from deliver.conformance.worlds import Rig
from pressrun.deliver.providers.buttondown import Buttondown
from support.wire_fakes.buttondown import ButtondownFake

CASES: Mapping[str, Callable[[Path], Rig]] = {
    "buttondown": over_http(Buttondown, ButtondownFake),
    "outbox": OutboxRig,
}
