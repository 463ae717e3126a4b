"""A writer's desk with a wire to a provider, and a repository whose host runs jobs for the writer.

Internet   the network: providers, and the writer's site
Press      a desk whose publication is at a provider
Newsroom   a git remote, the writer's clone of it, and jobs, each on a machine that dies with it
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from support.git_remote import GitRemote
from support.publishing import SENDING, Desk, Said, desk
from support.require import require
from support.wire_fakes.base import Delivery, FakeServer, Fault, Kind, Mailer, Reply, Sent, Service
from support.wire_fakes.buttondown import ButtondownFake
from support.wire_fakes.listmonk import ListmonkFake
from support.wire_fakes.mailchimp import MailchimpFake

# By fake: what publish.yml says of the provider, and the variable with the secret.
CHOICES: Mapping[type[Mailer], tuple[str, str]] = {
    ButtondownFake: ("name: buttondown", "BUTTONDOWN_API_KEY"),
    ListmonkFake: (
        "name: listmonk\n  base_url: https://lists.example.org/mail\n  api_user: press-bot",
        "LISTMONK_TOKEN",
    ),
    MailchimpFake: ("name: mailchimp", "MAILCHIMP_API_KEY"),
}
ADDRESS = "  postal_address: 1 Example Street, Berlin\n"
IGNORED = "/.publish/\n/build/\n"


class Site(Service):
    """The writer's website: every page answers 200 but those in ``missing``, by path."""

    base_url = "https://notes.example"

    def __init__(self) -> None:
        super().__init__()
        self.missing: set[str] = set()

    def answer(self, sent: Sent) -> Reply:
        return Reply(404 if sent.path in self.missing else 200)


@dataclass
class Upset:
    """The next call of ``method`` on a path that ends in ``path`` fails, as ``fault`` says."""

    method: str
    path: str
    fault: Fault

    def meets(self, request: PreparedRequest) -> bool:
        at = urlsplit(str(request.url)).path
        return request.method == self.method and at.endswith(self.path)


class Internet(BaseAdapter):
    """What takes the place of the network. ``requests`` are those to providers, answered or not.

    While ``down`` no provider can be reached; ``repeats`` makes each POST arrive twice, as some
    proxies do by themselves, and hands on the second answer.
    """

    def __init__(self, *services: Service) -> None:
        super().__init__()
        self.site = Site()
        self.servers = [FakeServer(one) for one in (*services, self.site)]
        self.requests: list[PreparedRequest] = []
        self.upsets: list[Upset] = []
        self.down = False
        self.repeats = False

    def upset(
        self, kind: Kind, method: str, path: str, meanwhile: Callable[[], Any] | None = None
    ) -> None:
        """Let the next such call go wrong; ``meanwhile`` is what happens when somebody cuts in."""
        self.upsets.append(Upset(method, path, Fault(kind, 0, meanwhile)))

    def writes(self) -> list[tuple[str, str]]:
        """Return method and path of all requests to providers that may change something."""
        paths = ((str(one.method), urlsplit(str(one.url)).path) for one in self.requests)
        return [(method, path) for method, path in paths if method not in {"GET", "HEAD"}]

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """Stand in for the network, as requests asks of a transport."""
        url = str(request.url)
        server = next(one for one in self.servers if url.startswith(one.service.base_url))
        if server.service is self.site:
            return server.send(request)
        self.requests.append(request)
        if upset := next((one for one in self.upsets if one.meets(request)), None):
            self.upsets.remove(upset)
            server.faults = [replace(upset.fault, at=server.count + 1)]
        elif self.down:
            server.faults = [Fault(Kind.REFUSED, server.count + 1)]
        elif self.repeats and request.method == "POST":
            server.send(request)
        return server.send(request)

    def close(self) -> None:
        """Close nothing."""


@dataclass
class Press(Desk):
    """A desk whose publication is at a provider. The provider's time is the desk's."""

    service: Any = field(kw_only=True)
    internet: Internet = field(kw_only=True)

    @property
    def delivered(self) -> list[Delivery]:
        """What reached the readers by now."""
        self.service.tick()
        return list(self.service.deliveries)

    def subjects(self) -> list[str]:
        """Return the subject of every copy that reached the readers."""
        return [one.subject for one in self.delivered]

    def send_by_hand(self, campaign: str) -> None:
        """Let a person send a draft at Buttondown."""
        going = {"status": "scheduled", "publish_date": self.world.now().isoformat()}
        self.service.state[campaign] |= going
        self.service.tick()

    def move_to(self, fake: type[Mailer]) -> Mailer:
        """Let publish.yml name another provider; return it."""
        service, (choice, secret) = fake(lambda: self.world.now().timestamp()), CHOICES[fake]
        self.configure(CHOICES[type(self.service)][0], choice)
        self.internet.servers.append(FakeServer(service))
        environ = {**self.world.environ, secret: service.key}
        self.world = replace(self.world, environ=environ)
        return service

    def configure(self, old: str, new: str) -> None:
        """Change publish.yml."""
        text = (self.root / "publish.yml").read_text(encoding="utf-8")
        assert old in text
        self.write("publish.yml", text.replace(old, new))


def press(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    fake: type[Mailer] = ButtondownFake,
    *,
    more: str = "",
    posts: Mapping[str, str | bytes] | None = None,
) -> Press:
    """Set up a publication at the provider of ``fake``; ``more`` follows in publish.yml.

    Its last section is ``email``, so that what is indented belongs there.
    """
    choice, secret = CHOICES[fake]
    config = SENDING.replace("name: outbox", choice) + ADDRESS + more
    plain = desk(tmp_path, capsys, config=config, posts=posts)
    service = fake(lambda: made.world.now().timestamp())
    internet = Internet(service)
    world = replace(plain.world, environ={secret: service.key}, transport=internet)
    made = Press(world, capsys, plain.slept, service=service, internet=internet)
    return made


@dataclass
class Newsroom:
    """A writer's repository at a host that runs jobs. ``desk`` is the writer's own machine.

    The ledger is on a branch of the same repository.
    """

    desk: Press
    remote: GitRemote
    jobs: int = 0

    @classmethod
    def make(
        cls,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        fake: type[Mailer] = ButtondownFake,
        *,
        more: str = "",
    ) -> "Newsroom":
        """Set up a publication whose archive is in the baseline, and push it."""
        require("git")
        remote = GitRemote.make(tmp_path)
        here = press(tmp_path, capsys, fake, more=f"{more}ledger: git\n")
        here.world = replace(here.world, environ={**here.world.environ, **remote.environ})
        room = cls(here, remote)
        room.git("init", "--quiet", "--initial-branch=main")
        room.git("remote", "add", "origin", str(remote.folder))
        here.write(".gitignore", IGNORED)
        room.push()
        assert here.publish("baseline").code == 0
        return room

    def git(self, *arguments: str, within: Path | None = None) -> str:
        """Run git in the writer's clone, or in another folder."""
        return self.remote.git(*arguments, within=within or self.desk.root).decode().strip()

    def commit(self) -> str:
        """Commit everything in the writer's clone; return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Write")
        return self.git("rev-parse", "HEAD")

    def push(self, *options: str) -> str:
        """Commit everything and push it; return the commit."""
        commit = self.commit()
        self.git("push", "--quiet", *options, "origin", "main")
        return commit

    def job(self, *arguments: str, at: str = "origin/main") -> Said:
        """Run ``publish ARGUMENTS`` (email) on a new machine, on the checkout of a commit."""
        self.jobs += 1
        machine = self.desk.root.parent / f"job-{self.jobs}"
        self.git("clone", "--quiet", "--no-checkout", str(self.remote.folder), str(machine))
        self.git("checkout", "--quiet", "--detach", at, within=machine)
        environ = {**self.desk.world.environ, "CI": "true"}
        world = replace(self.desk.world, folder=machine, environ=environ, run=f"job-{self.jobs}")
        return replace(self.desk, world=world).publish(*(arguments or ("email",)))
