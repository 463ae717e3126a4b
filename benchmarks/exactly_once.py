"""Play every world of the conformance suite, count what came of them, and print the table.

    python benchmarks/exactly_once.py [PART ...]

A world is one issue on its way out, with a provider, a ledger, and a mishap at one step of the way
(or two). It is counted if the mishap happened. The parts are `one`, `scheduled`, `two`, `stores`,
`killed`, `doubled` and `disk`; without any, all of them are played, which takes about half an
hour on two cores. Needs what the tests need: git, PostgreSQL's programs and `pip install
'pressrun[test]'`. The exit code is 1 where anything came out wrong.
"""

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from itertools import count
from pathlib import Path

TESTS = Path(__file__).parent.parent / "tests"
sys.path.insert(0, str(TESTS))

from deliver.conformance import processes, trials  # noqa: E402
from deliver.conformance.cases import CASES  # noqa: E402
from deliver.conformance.tally import Tally, questions, table, totals  # noqa: E402
from deliver.conformance.trials import Record  # noqa: E402
from deliver.conformance.worlds import Rig, World, ahead  # noqa: E402
from pressrun.deliver.providers import adapter  # noqa: E402
from pressrun.deliver.providers.contract import Schedules  # noqa: E402
from support import canary  # noqa: E402
from support.postgres import Cluster, cluster  # noqa: E402
from support.stores import FileStore  # noqa: E402
from support.tcp_proxy import proxy  # noqa: E402
from support.troubled_stores import TroubledGit, TroubledPostgres  # noqa: E402

# One provider for the stores, whose fake lags; one that real processes can reach on this machine.
AT_EACH_STORE, ON_LOOPBACK = "buttondown", "listmonk"
STORES = ("file", "git", "postgres")
WORDS = {
    "one": "one mishap",
    "scheduled": "one mishap, scheduled",
    "two": "two mishaps",
    "stores": "one mishap",
    "killed": "the process is killed",
    "doubled": "two processes at once",
    "disk": "killed, and the disk lost",
}
Job = tuple[str, str, str]


def jobs(parts: list[str]) -> Iterator[Job]:
    """Yield part, provider and ledger of everything that is to be played, the longest first."""
    schedulers = [name for name in CASES if issubclass(adapter(name), Schedules)]
    wanted = {
        "two": [(name, "memory") for name in CASES],
        "killed": [(ON_LOOPBACK, store) for store in STORES],
        "stores": [(AT_EACH_STORE, store) for store in STORES],
        "doubled": [(ON_LOOPBACK, store) for store in STORES],
        "disk": [(ON_LOOPBACK, "file")],
        "scheduled": [(name, "memory") for name in schedulers],
        "one": [(name, "memory") for name in CASES],
    }
    for part, pairs in wanted.items():
        if part in parts:
            yield from ((part, *pair) for pair in pairs)


def play(job: Job) -> Tally:
    """Play all worlds of one job."""
    part, provider, ledger = job
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        tally = Tally(provider, ledger, WORDS[part]).count(_records(job, Path(folder), stack))
    tally.wrong += [f"a secret is in {place}: {words}" for place, words in canary.WATCH.found]
    canary.start()
    return tally


def _records(job: Job, folder: Path, stack: ExitStack) -> Iterator[Record]:
    part, provider, ledger = job
    server = stack.enter_context(cluster()) if ledger == "postgres" else None
    numbers = count()
    if part in {"killed", "doubled", "disk"}:
        opened = lambda: processes.site(folder / str(next(numbers)), ledger, server)  # noqa: E731
        if part == "killed":
            return processes.killed(ledger, opened)
        return processes.doubled(opened) if part == "doubled" else processes.disk_lost(opened)
    rig = CASES[provider](folder)
    if part == "stores":
        return trials.single(_at(ledger, rig, folder, server, stack))
    make = (lambda: ahead(rig.again())) if part == "scheduled" else (lambda: World(rig.again()))
    return trials.double(make) if part == "two" else trials.single(make)


def _at(
    ledger: str, rig: Rig, folder: Path, server: Cluster | None, stack: ExitStack
) -> Callable[[], World]:
    numbers = count()
    if server:
        line = stack.enter_context(proxy(("127.0.0.1", server.port)))
        return lambda: World(rig.again(), TroubledPostgres(server, line))
    kind = {"file": FileStore, "git": TroubledGit}[ledger]
    return lambda: World(rig.again(), kind(_folder(folder / str(next(numbers)))))


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def main() -> None:
    """Play what is asked for, and print what came of it."""
    parts = sys.argv[1:] or list(WORDS)
    if unknown := set(parts) - set(WORDS):
        sys.exit(f"There is no part {min(unknown)!r}. There are: {', '.join(WORDS)}")
    order = list(jobs(parts))
    started = time.monotonic()
    found: dict[Job, Tally] = {}
    with ProcessPoolExecutor(2, multiprocessing.get_context("forkserver")) as pool:
        waiting = {pool.submit(play, job): job for job in order}
        for done in as_completed(waiting):
            found[waiting[done]] = done.result()
            print(waiting[done], f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    tallies = [
        found[job] for job in sorted(order, key=lambda job: (list(WORDS).index(job[0]), job))
    ]
    print(table(tallies))
    print(f"\n{totals(tallies)}")
    print("\nWhere a person was asked, after one mishap:\n")
    print("\n".join(questions([one for one in tallies if one.what != WORDS["two"]])))
    problems = [problem for one in tallies for problem in one.wrong]
    print("\n".join(problems), file=sys.stderr)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
