"""The table of mailing providers. A new one is a file beside this one and a line below."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from pressrun.config import FILE
from pressrun.config.checking import read
from pressrun.config.words import did_you_mean, there_are
from pressrun.deliver.providers.contract import Connection, HostsPictures, Provider, Schedules
from pressrun.errors import ConfigError, NotNow, Problem, UsageError
from pressrun.publication import ProviderChoice, Publication
from pressrun.strict_yaml import Value
from pressrun.wire import Request, Wire

TABLE: Mapping[str, str] = {
    "buttondown": "pressrun.deliver.providers.buttondown:Buttondown",
    "ghost": "pressrun.deliver.providers.ghost:Ghost",
    "listmonk": "pressrun.deliver.providers.listmonk:Listmonk",
    "mailchimp": "pressrun.deliver.providers.mailchimp:Mailchimp",
    "outbox": "pressrun.deliver.providers.outbox:Outbox",
    "resend": "pressrun.deliver.providers.resend:Resend",
    "sendgrid": "pressrun.deliver.providers.sendgrid:SendGrid",
}


def adapter(name: str) -> type[Provider]:
    """Import the adapter that ``name`` stands for; KeyError for a name that is not in the table."""
    module, _, attribute = TABLE[name].partition(":")
    found: type[Provider] = getattr(import_module(module), attribute)
    return found


def option_types() -> Mapping[str, type]:
    """Return each provider's options dataclass by the provider's name."""
    return {name: adapter(name).Options for name in TABLE}


def chosen(choice: ProviderChoice) -> type[Provider]:
    """Import the adapter that publish.yml names; ConfigError where there is none of that name."""
    if choice.name in TABLE:
        return adapter(choice.name)
    mend = did_you_mean(choice.name, TABLE) or there_are(TABLE)
    raise ConfigError.of(f'there is no provider "{choice.name}".', f"{FILE}:{choice.line}", mend)


def time_step(publication: Publication) -> timedelta | None:
    """Return the grid of the provider's scheduler; None where it has none.

    ConfigError where publish.yml wants posts of a later date handed to it all the same.
    """
    kind = chosen(publication.provider)
    email = publication.email
    if issubclass(kind, Schedules):
        if email.schedule == "provider" and email.mode == "draft":
            what = "schedule: provider hands issues over to be sent, but mode is draft."
            raise ConfigError.of(what, FILE, "Write mode: send below email:, or schedule: wait.")
        return kind.time_step
    if email.schedule == "provider":
        what = f"{kind.name} cannot send at a time that it is given."
        raise ConfigError.of(what, FILE, "Write schedule: wait below email:.")
    return None


def check_pictures(publication: Publication) -> None:
    """Raise ConfigError where publish.yml wants pictures at a provider that hosts none."""
    email = publication.email
    if email.images == "site":
        return
    kind = chosen(publication.provider)
    if not issubclass(kind, HostsPictures):
        what = f"images: upload, but {kind.name} hosts no pictures."
        raise ConfigError.of(what, f"{FILE}:{email.line}", "Write images: site below email:.")


def connect(
    publication: Publication,
    environ: Mapping[str, str],
    *,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
    transport: Any = None,
    offline: bool = False,
) -> Provider:
    """Make the publication's provider, ready to be called; nothing is sent yet.

    ConfigError for options that are wrong. UsageError for a secret that is not in ``environ``,
    unless ``offline`` says that the provider may be left unasked: then each call is NotNow.
    ``transport`` (a requests adapter) takes the place of the network in tests.
    """
    choice = publication.provider
    kind = chosen(choice)
    check_pictures(publication)
    options = _options(kind, choice)
    secrets = {name: environ.get(name, "").strip() for name in kind.secret_names(options)}
    missing = [f"{name} is not set" for name, secret in secrets.items() if not secret]
    if missing and offline:
        return kind(options, _Absent(", ".join(missing)))
    UsageError.raise_if_any(_unset(what, kind, choice.line) for what in missing)
    reach = kind.connection(options, secrets)
    if reach is None:
        return kind(options, kind.local_wire(options, publication.root))

    ca_file = str(publication.root / options.ca_file) if options.ca_file else ""
    around = {"ca_file": ca_file, "proxy": options.proxy, "transport": transport}
    return kind(options, client(reach, secrets, clock=clock, sleep=sleep, **around))


def client(reach: Connection, secrets: Mapping[str, str], **around: Any) -> Wire:
    """Make the HTTP client for a connection; ``around`` are the arguments of Http that are left."""
    from pressrun.http import Http

    return Http(
        reach.base_url,
        headers=reach.headers,
        sign=reach.sign,
        secrets=secrets,
        hidden=reach.hidden,
        allow_http=reach.allow_http,
        pause=reach.pause,
        mends=reach.mends,
        **around,
    )


def _options(kind: type[Provider], choice: ProviderChoice) -> Any:
    settings = Value(dict(choice.options), choice.line)
    return read(kind.Options, settings, FILE, name="provider")


@dataclass(frozen=True, slots=True)
class _Absent:
    """A wire to nowhere, for a dry run without the secret."""

    why: str

    def call(self, request: Request) -> Any:
        raise NotNow.of(f"{self.why}.")


def _unset(what: str, kind: type[Provider], line: int) -> Problem:
    mend = f"It holds the secret for {kind.name}: put it into the environment, never into a file."
    return Problem(f"{what}.", f"{FILE}:{line}", mend)
