"""The outbox: a folder instead of a mailing provider. It needs no account and obeys the contract.

    outbox/KEY/            an issue that was delivered: message.eml and record.json
    outbox/.drafts/KEY/    one that was drafted

Delivering is the renaming of a folder, which happens once or not at all and cannot happen twice:
that is why ``send_once`` is true here. The folder is complete then, since a run sends only what it
has put there itself.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pressrun.deliver.providers.contract import Can, Provider
from pressrun.errors import NotNow, Rejected
from pressrun.kinds import Doc, Folder
from pressrun.model import Issue, Remote, State
from pressrun.wire import Request, Wire

DOMAIN = "outbox.invalid"
UNSUBSCRIBE = f"https://{DOMAIN}/unsubscribe"


@dataclass(frozen=True, slots=True)
class Options:
    """The outbox's options in publish.yml."""

    folder: Annotated[str, Folder(), Doc("Where the issues are delivered.")] = "outbox"


class Outbox(Provider):
    """Deliver each issue as an .eml and a record into a folder."""

    name = "outbox"
    home = "a folder on this machine"
    can = Can(send_once=True, plain_text=True, preheader=True, sender=True, local=True)
    Options = Options
    find_lag = 0.0
    placeholders: ClassVar[Mapping[str, str]] = {
        "unsubscribe_url": UNSUBSCRIBE,
        "view_url": f"https://{DOMAIN}/view",
        "first_name": "reader",
        "postal_address": "(no postal address)",
    }

    @classmethod
    def local_wire(cls, options: Any, root: Path) -> Wire:
        return Cabinet(root / options.folder)

    def account(self) -> str:
        return str(self.options.folder)

    def find(self, key: str) -> list[Remote]:
        remote = self.status(key)
        return [] if remote.state is State.GONE else [remote]

    def draft(self, issue: Issue, into: str | None) -> Remote:
        from pressrun.mime import message_id, to_eml  # slow to load, and not needed to plan

        message = self.localise(issue.message)
        name = message_id(issue.message, DOMAIN)
        eml = to_eml(message, message_id=name, unsubscribe_url=UNSUBSCRIBE)
        record = {
            "key": issue.key,
            "newsletter": issue.newsletter,
            "audience": issue.audience,
            "subject": message.subject,
            "url": issue.url,
            "digest": issue.digest,
        }
        self.wire.call(
            Request("PUT", f"/{into or issue.key}", json={**record, "eml": eml.decode()})
        )
        return Remote(issue.key, State.DRAFT)

    def send(self, issue: Issue, remote_id: str) -> None:
        self.wire.call(Request("POST", f"/{remote_id}/deliver"))

    def status(self, remote_id: str) -> Remote:
        state = State(self.wire.call(Request("GET", f"/{remote_id}", read=True))["state"])
        return Remote(remote_id, state)


class Cabinet:
    """The folder as a wire: reads, puts and deliveries."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def call(self, request: Request) -> Any:
        """Carry out one request.

        Rejected where it would touch what was delivered, or where the disk refuses; NotNow where
        the folder cannot be read.
        """
        try:
            return self._carry_out(request)
        except OSError as error:
            failure = NotNow if request.read else Rejected
            place = f"{request.method} {error.filename or self.folder}"
            raise failure.of(f"{error.strerror}.", place) from error

    def _carry_out(self, request: Request) -> Any:
        key, _, action = request.path.strip("/").partition("/")
        if request.method == "GET":
            return {"state": self._state(key)}
        if self._state(key) is State.SENT:
            raise Rejected.of(
                f"{key} was delivered already.", f"{request.method} {self.folder / key}"
            )
        if action == "deliver":
            self._draft(key).rename(self.folder / key)
        else:
            self._put(key, request.json)
        return None

    def _state(self, key: str) -> State:
        if (self.folder / key).is_dir():
            return State.SENT
        return State.DRAFT if self._draft(key).is_dir() else State.GONE

    def _draft(self, key: str) -> Path:
        return self.folder / ".drafts" / key

    def _put(self, key: str, content: Mapping[str, str]) -> None:
        """Write file by file: a draft that is being filled again is at no moment gone."""
        record = {name: value for name, value in content.items() if name != "eml"}
        files = {
            "message.eml": content["eml"],
            "record.json": json.dumps(record, indent=2, ensure_ascii=False) + "\n",
        }
        self._draft(key).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            fresh = self._draft(key) / f".{name}"
            fresh.write_bytes(text.encode())
            fresh.replace(self._draft(key) / name)
