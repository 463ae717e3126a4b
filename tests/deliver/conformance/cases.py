"""The conformance case of each provider: a line here, a rig in a file of its own."""

from collections.abc import Callable, Mapping
from pathlib import Path

from deliver.conformance.buttondown import ButtondownRig
from deliver.conformance.outbox import OutboxRig
from deliver.conformance.worlds import Rig

CASES: Mapping[str, Callable[[Path], Rig]] = {
    "buttondown": ButtondownRig,
    "outbox": OutboxRig,
}
