"""``publish feed``: posts become feeds."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pressrun.cache import snapshot
from pressrun.cache.stamps import Seen, nanoseconds
from pressrun.cli import exits
from pressrun.cli.output import MANIFEST
from pressrun.cli.world import World

if TYPE_CHECKING:
    from pressrun.cli.feedfiles import Made
    from pressrun.cli.output import Changes
    from pressrun.publication import Publication

_LEFT = "left where it is: its feed is gone, but somebody has changed the file."
FEW = 3  # changed files, which are named; of more the number is said


@dataclass(frozen=True, slots=True)
class Report:
    """What a run has to say: lines on posts, what the feeds hold, and what changed of them."""

    findings: Sequence[str]
    holds: str
    files: int
    written: Sequence[str] = ()
    removed: Sequence[str] = ()


@click.command("feed")
@click.option("--check", is_flag=True, help="Write nothing; exit 10 if anything would change.")
@click.option("--ping", "pings", is_flag=True, help="Tell hubs of each feed that changed.")
@click.option(
    "--snippet",
    is_flag=True,
    help="Print a site's autodiscovery lines.",
)
@click.option("--no-cache", is_flag=True, help="Read and render every post again.")
@click.pass_obj
def command(world: World, *, check: bool, pings: bool, snippet: bool, no_cache: bool) -> int:
    """Write the RSS, Atom and JSON feeds.

    A feed whose bytes did not change is not touched, so that its date still means something to
    readers' caches.
    """
    if snippet:
        return _print_snippet(world)
    started = time.perf_counter()
    known = None if pings or no_cache else snapshot.recall(world.root, world.now().timestamp())
    if known is None:
        cached = not no_cache and not check  # a cache that is used is also written
        return _run(world, started, check=check, pings=pings, cached=cached)
    report = Report(**known.said)
    return _tell_pending(report) if check else _tell(report, started)


def _print_snippet(world: World) -> int:
    from pressrun import config
    from pressrun.cli import feedpages

    click.echo(feedpages.snippet(config.load(world.root)), nl=False)
    return exits.DONE


def _run(world: World, started: float, *, check: bool, pings: bool, cached: bool) -> int:
    from pressrun import config
    from pressrun.cli import feedfiles, output, ping

    publication = config.load(world.root)
    if pings:
        ping.check(publication.feeds)
    watch = _Watch.begin(publication, world) if cached else None
    made = feedfiles.make(publication, world, cached=cached)
    folder = publication.root / publication.feeds.folder
    wanted = output.changes(folder, made.files, publication.feeds.folder)
    report = _report(publication, made, wanted)
    if check:
        return _tell_pending(report)
    output.apply(folder, made.files, wanted, made.ids)
    _tell(report, started)
    for path in wanted.left:
        click.echo(f"{publication.feeds.folder}/{path}: {_LEFT}", err=True)
    if watch:
        watch.keep(publication, made, report)
    if pings:
        changed = [made.addresses[path] for path in wanted.written if path in made.addresses]
        for line in ping.send(publication.feeds, changed, world):
            click.echo(line, err=True)
    return exits.DONE


def _report(publication: "Publication", made: "Made", wanted: "Changes") -> Report:
    folder = publication.feeds.folder
    if len(made.feeds) == 1:
        what = "  ".join(f"{folder}/{path}" for path in made.addresses)
    else:
        what = f"{folder}: {sum(not feed.page for feed in made.feeds):,} feeds"
    return Report(
        findings=[str(each) for each in made.findings],
        holds=f"{what}: {len(made.shown):,} of {made.total:,} posts",
        files=len(made.files),
        written=[f"{folder}/{path}" for path in wanted.written],
        removed=[f"{folder}/{path}" for path in wanted.removed],
    )


def _tell(report: Report, started: float) -> int:
    for line in report.findings:
        click.echo(line, err=True)
    took = time.perf_counter() - started
    click.echo(f"{report.holds}; {'; '.join(_changes(report))}. {took:.2f} s")
    return exits.DONE


def _tell_pending(report: Report) -> int:
    for line in report.findings:
        click.echo(line, err=True)
    for path in report.written:
        click.echo(f"{path} would be written")
    for path in report.removed:
        click.echo(f"{path} would be removed")
    if report.written or report.removed:
        return exits.CHANGES_PENDING
    click.echo(f"{report.holds}; nothing would change.")
    return exits.DONE


def _changes(report: Report) -> Iterator[str]:
    written = [path.rpartition("/")[2] for path in report.written]
    rest = report.files - len(written)
    if written and not rest:
        yield "all changed" if len(written) > 1 else f"{written[0]} changed"
    elif len(written) > FEW:
        yield f"{len(written):,} of {report.files:,} files changed"
    elif written:
        yield f"{' and '.join(written)} changed, the {'others' if rest > 1 else 'other'} did not"
    if report.removed:
        count = len(report.removed)
        yield f"{count:,} file{'' if count == 1 else 's'} removed"
    if not written and not report.removed:
        yield "nothing changed"


@dataclass(frozen=True, slots=True)
class _Watch:
    """What a run reads, looked at before it begins."""

    root: Path
    inputs: tuple[str, ...]
    seen: Seen
    at: datetime

    @classmethod
    def begin(cls, publication: "Publication", world: World) -> "_Watch":
        inputs = ("publish.yml", publication.posts.folder)
        return cls(world.root, inputs, snapshot.take(world.root, inputs), world.now())

    def keep(self, publication: "Publication", made: "Made", report: Report) -> None:
        """Let the next run know that all of this is done, until something changes."""
        outputs = [*made.files, MANIFEST]
        done = snapshot.Snapshot(
            inputs=self.inputs,
            measured=made.measured,
            outputs=[f"{publication.feeds.folder}/{path}" for path in outputs],
            at=self.at.timestamp(),
            until=made.until.timestamp() if made.until else None,
            said=asdict(replace(report, written=[], removed=[])),
        )
        snapshot.keep(self.root, done, self.seen, nanoseconds(self.at))
