"""Worlds of real processes: killed at every step, two at once, their disk lost."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path

from deliver.conformance.over_http import named
from deliver.conformance.trials import MOST, Record
from pressrun.cli import exits
from pressrun.errors import UsageError
from support import canary
from support.git_remote import GitRemote, command_of, wrapper
from support.issues import MARK, SUBJECT
from support.mishaps import Mishap
from support.office import KILLED, Clock, Flush, Office
from support.postgres import PASSWORD, Cluster
from support.tcp_proxy import Proxy, proxy
from support.wire_fakes.base import Cut, Gate, Sent, serve
from support.wire_fakes.listmonk import ListmonkFake

DIE_AFTER = """\
echo "$*" >> {log}
$REAL "$@"
code=$?
[ "$(wc -l < {log})" -eq {at} ] && kill -9 $PPID
exit $code
"""


@dataclass
class Site:
    """An office and what lies around it. ``line`` is the proxy before its database."""

    office: Office
    service: ListmonkFake
    gate: Gate
    line: Proxy | None = None


Open = Callable[[], AbstractContextManager[Site]]
# Disturbs the first run at its ``at``-th step; says what it hit, nothing where it came too late.
Disturb = Callable[[Site, int], str]


@contextmanager
def site(folder: Path, store: str, cluster: Cluster | None = None) -> Iterator[Site]:
    """Open an office with one issue to send, its ledger in a ``store`` of its own."""
    folder.mkdir(parents=True)
    clock, gate = Clock(), Gate()
    service = ListmonkFake(lambda: clock.now().timestamp())
    with ExitStack() as stack:
        url = stack.enter_context(serve(service, gate))
        environ = {"LISTMONK_TOKEN": service.key}
        made = Site(Office(folder, url, store, environ, clock), service, gate)
        if store == "git":
            made.office.remote = GitRemote.make(folder)
            environ |= made.office.remote.environ
        if store == "postgres":
            assert cluster
            made.line = stack.enter_context(proxy(("127.0.0.1", cluster.port)))
            address = cluster.url(cluster.schema(), port=made.line.port, more="&sslmode=disable")
            made.office.ledger = address
            environ["PGPASSWORD"] = PASSWORD
        made.office.open()
        yield made


def killed(store: str, opened: Open, stride: int = 1) -> Iterator[Record]:
    """Kill the first process at each of its steps, before it or after it.

    ``stride``: only at every so many-th, for those who cannot wait.
    """
    for name, kind, disturb in _ways_to_die(store):
        yield from _each(opened, Mishap(name, kind, 0), disturb, stride)


def doubled(opened: Open, stride: int = 1) -> Iterator[Record]:
    """Let a second process run at each request of the first."""
    yield from _each(opened, Mishap("request", "a second process runs", 0), _beside, stride)
    yield from _each(opened, Mishap("request", "a second process starts", 0), _together, stride)


def disk_lost(opened: Open, stride: int = 1) -> Iterator[Record]:
    """Kill the first process at each request, and take its disk away, with the ledger on it."""
    yield from _each(opened, Mishap("request", "killed, and the disk lost", 0), _lose_disk, stride)


def _ways_to_die(store: str) -> Iterator[tuple[str, str, Disturb]]:
    for moment in ("before", "after"):
        yield "request", f"killed {moment}", partial(_kill_at_request, moment=moment)
        if store == "file":
            yield "flush", f"killed {moment}", partial(_kill_at_flush, moment=moment)
    if store == "git":
        yield "git command", "killed after", _kill_at_command
    if store == "postgres":
        yield "message", "killed after", _kill_at_message


def _each(opened: Open, kind: Mishap, disturb: Disturb, stride: int) -> Iterator[Record]:
    for at in range(1, MOST, stride):
        with opened() as here:
            if not (hit := disturb(here, at)):
                return
            yield _concluded(here, Mishap(kind.place, kind.kind, at), hit)
    raise RecursionError(f"{kind}: the run never ends")


def _concluded(here: Site, mishap: Mishap, hit: str) -> Record:
    """Let the scheduled job go on, and say what came of it."""
    code = here.office.run_until_quiet()
    asked = code in {exits.NEEDS_A_PERSON, UsageError.exit_code}
    copies = _copies(here)
    stray = not asked and here.service.drafts() > 0
    wrong = list(_wrong(here, asked=asked))
    if code == exits.NEEDS_A_PERSON:
        here.office.answer("--sent" if copies else "--not-sent")
        if (here.office.run_until_quiet(), _copies(here)) != (exits.DONE, 1):
            wrong.append(f"after a true answer {_copies(here)} copies")
    return Record((mishap,), (hit,), copies, asked, stray, tuple(wrong))


def _copies(here: Site) -> int:
    here.service.tick()
    return len(here.service.deliveries)


def _wrong(here: Site, *, asked: bool) -> Iterator[str]:
    if _copies(here) > 1:
        yield f"{_copies(here)} copies"
    for copy in here.service.deliveries:
        if (copy.subject, MARK in copy.body, MARK in copy.text) != (SUBJECT, True, True):
            yield "an incomplete copy"
    for words in here.office.all_said():
        canary.search("output", words)
        if "Traceback" in words:
            yield f"somebody was told {words!r}"
    if not asked and _copies(here) == 0:
        yield "lost"


def _kill_at_request(here: Site, at: int, *, moment: str) -> str:
    """Kill the process while it waits for an answer, before the effect or after it."""

    def kill(process: BaseProcess) -> None:
        process.kill()
        process.join()
        raise Cut

    return _at_request(here, at, kill, moment=moment)


def _kill_at_flush(here: Site, at: int, *, moment: str) -> str:
    process = here.office.start(flush=Flush(at, moment))
    process.join()
    return "flush" if process.exitcode == KILLED else ""


def _kill_at_command(here: Site, at: int) -> str:
    """Kill the process as soon as one of its git commands is through."""
    log = here.office.folder / "commands"
    path = wrapper(here.office.folder / "bin", DIE_AFTER.format(log=log, at=at))
    process = here.office.start(path=path)
    process.join()
    if process.exitcode != KILLED:
        return ""
    return f"git {command_of(log.read_text().splitlines()[-1])}"


def _kill_at_message(here: Site, at: int) -> str:
    """Kill the process once a message to the database is on its way."""
    assert here.line
    process: Future[BaseProcess] = Future()
    numbers = count(1)

    def fate(_: int, data: bytes) -> str:
        if next(numbers) != at:
            return "pass"
        process.result().kill()
        return "cut"

    here.line.fate = fate  # type: ignore[assignment]
    process.set_result(here.office.start())
    process.result().join()
    here.line.fate = lambda *_: "pass"
    return "message" if process.result().exitcode == KILLED else ""


def _beside(here: Site, at: int) -> str:
    """Hold the first process at a request until a second one has run to its end."""

    def beside(_: BaseProcess) -> None:
        here.gate.before = lambda _: None
        here.office.run()

    return _at_request(here, at, beside)


def _together(here: Site, at: int) -> str:
    """Start a second process at a request of the first, and let both run."""
    second: list[BaseProcess] = []

    def start(_: BaseProcess) -> None:
        here.gate.before = lambda _: None
        second.append(here.office.start())

    hit = _at_request(here, at, start)
    for process in second:
        process.join()
    return hit


def _lose_disk(here: Site, at: int) -> str:
    hit = _kill_at_request(here, at, moment="after")
    shutil.rmtree(here.office.machine())
    return hit


def _at_request(
    here: Site, at: int, act: Callable[[BaseProcess], None], *, moment: str = "before"
) -> str:
    """Let something happen to a process at one of its requests, or behind it; name the request."""
    hit: list[str] = []
    process: Future[BaseProcess] = Future()
    numbers = count(1)

    def acts(sent: Sent) -> None:
        if next(numbers) == at:
            hit.append(named(sent))
            act(process.result())

    setattr(here.gate, moment, acts)
    process.set_result(here.office.start())
    process.result().join()
    setattr(here.gate, moment, lambda _: None)
    return "".join(hit)
