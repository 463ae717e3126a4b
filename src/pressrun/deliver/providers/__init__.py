"""The table of mailing providers. A new one is a file beside this one and a line below."""

from collections.abc import Mapping
from importlib import import_module

from pressrun.deliver.providers.contract import Provider

TABLE: Mapping[str, str] = {
    "buttondown": "pressrun.deliver.providers.buttondown:Buttondown",
    "outbox": "pressrun.deliver.providers.outbox:Outbox",
}


def adapter(name: str) -> type[Provider]:
    """Import the adapter that ``name`` stands for; KeyError for a name that is not in the table."""
    module, _, attribute = TABLE[name].partition(":")
    found: type[Provider] = getattr(import_module(module), attribute)
    return found


def option_types() -> Mapping[str, type]:
    """Return each provider's options dataclass by the provider's name."""
    return {name: adapter(name).Options for name in TABLE}
