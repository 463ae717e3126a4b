"""The conformance case of each provider: a line here, and the fake that it names."""

from collections.abc import Callable, Mapping
from pathlib import Path

from deliver.conformance.outbox import OutboxRig
from deliver.conformance.over_http import over_http
from deliver.conformance.worlds import Rig
from pressrun.deliver.providers.buttondown import Buttondown
from pressrun.deliver.providers.resend import Resend
from support.wire_fakes.buttondown import ButtondownFake
from support.wire_fakes.resend import ResendFake

CASES: Mapping[str, Callable[[Path], Rig]] = {
    "buttondown": over_http(Buttondown, ButtondownFake),
    "outbox": OutboxRig,
    "resend": over_http(Resend, ResendFake),
}
