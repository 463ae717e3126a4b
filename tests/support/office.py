"""A publication with one issue to send, and real processes that run ``publish email`` in it.

The provider is a listmonk on loopback. The time is made: it moves when somebody sleeps, for all of
them alike.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from pressrun.cli import exits, run
from pressrun.cli.world import World
from support.git_remote import GitRemote
from support.issues import MARK, START, SUBJECT
from support.wire_fakes.listmonk import ListmonkFake

CONFIG = """\
id: notes
site: {{title: Notes, url: "https://notes.example/", timezone: UTC}}
feeds: {{authority: notes.example, authority_date: 2026-01-01}}
email:
  from: Notes <notes@notes.example>
  postal_address: 1 Example Street
  mode: send
  require_live: false
provider: {{name: listmonk, base_url: "{url}", api_user: {user}}}
ledger: {ledger}
"""
POST = f'---\ntitle: "{SUBJECT}"\ndate: {START:%Y-%m-%d %H:%M}\n---\n{MARK}\n'

# A fork of a process that has threads is not safe: they are made by one that has none.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["pressrun.cli.send", "pressrun.cli.compose", "pressrun.render.inline", "pressrun.http"]
)

# What a server needs to see that a process is dead.
MOMENT = 0.05

KILLED = -signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Flush:
    """The flush to the disk (from 1) ``before`` or ``after`` which a process kills itself."""

    at: int
    moment: str

    def arm(self) -> None:
        """Let this process die there."""
        flush, numbers = os.fsync, count(1)

        def dying(descriptor: int) -> None:
            now = next(numbers)
            if (now, self.moment) == (self.at, "before"):
                os.kill(os.getpid(), signal.SIGKILL)
            flush(descriptor)
            if now == self.at:
                os.kill(os.getpid(), signal.SIGKILL)

        os.fsync = dying


@dataclass
class Clock:
    """A time that several processes share."""

    seconds: Synchronized = field(default_factory=lambda: _CONTEXT.Value("d", 0.0))

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds.value)

    def sleep(self, seconds: float) -> None:
        with self.seconds.get_lock():
            self.seconds.value += seconds
        time.sleep(min(seconds, MOMENT))


def _publish(
    arguments: Sequence[str],
    root: Path,
    environ: Mapping[str, str],
    *,
    name: str,
    clock: Clock,
    flush: Flush | None,
) -> None:
    """Be one process: its words go into a file of its name."""
    words = os.open(root / f"said-{name}", os.O_WRONLY | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(words, stream)
    if flush:
        flush.arm()
    sys.exit(run(list(arguments), World(root, environ, clock.now, clock.sleep, name)))


@dataclass
class Office:
    """The publication. ``ledger`` is what its publish.yml says of the ledger."""

    folder: Path
    url: str
    ledger: str
    environ: dict[str, str]
    clock: Clock
    remote: GitRemote | None = None
    posts: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def open(self) -> None:
        """Create the ledger, then write the post."""
        assert self.run("baseline") == exits.DONE, self.all_said()
        self.posts["braces.md"] = POST

    def machine(self) -> Path:
        """Return a folder with the publication: the only one, or a new one if the ledger allows."""
        root = self.folder / ("here" if self.ledger == "file" else f"machine-{next(self.numbers)}")
        (root / "posts").mkdir(parents=True, exist_ok=True)
        (root / "publish.yml").write_text(
            CONFIG.format(url=self.url, user=ListmonkFake.user, ledger=self.ledger)
        )
        for name, content in self.posts.items():
            (root / "posts" / name).write_text(content)
        if self.remote:
            self.remote.git("init", "--quiet", str(root))
            self.remote.git("remote", "add", "origin", str(self.remote.folder), within=root)
        return root

    def start(
        self, *arguments: str, flush: Flush | None = None, path: str | None = None
    ) -> BaseProcess:
        """Start ``publish ARGUMENTS``, else ``publish email``, on a machine; ``path``: its PATH."""
        name = f"run-{next(self.numbers)}"
        environ = self.environ | ({"PATH": path} if path else {})
        process = _CONTEXT.Process(
            target=_publish,
            args=(arguments or ("email",), self.machine(), environ),
            kwargs={"name": name, "clock": self.clock, "flush": flush},
        )
        process.start()
        return process

    def run(self, *arguments: str) -> int:
        """Run a process to its end; return its exit code."""
        process = self.start(*arguments)
        process.join(120)
        assert process.exitcode is not None, "it hangs"
        return process.exitcode

    def run_until_quiet(self, most: int = 5) -> int:
        """Run as a scheduled job would, until one has nothing to do; return the last exit code."""
        for _ in range(most):
            self.clock.sleep(600)
            code = self.run()
            if code == exits.DONE and self.all_said()[-1].endswith("Nothing to send.\n"):
                break
        return code

    def answer(self, verdict: str) -> None:
        """Let a person say what became of the issue."""
        code = self.run("resolve", "braces", verdict, "--because", "a reader says so")
        assert code == exits.DONE, self.all_said()

    def all_said(self) -> list[str]:
        """Return what each process has said, in the order in which they were started."""
        files = self.folder.glob("*/said-*")
        ordered = sorted(files, key=lambda path: int(path.name.partition("run-")[2]))
        return [path.read_text() for path in ordered]
