"""The ledger: there, readable, in the right place, and what is still open in it."""

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from pressrun.cli import show
from pressrun.cli.checkup.seen import Places, Seen, fine, note
from pressrun.cli.problems import finding, findings
from pressrun.cli.world import World
from pressrun.deliver.ledger import in_ci
from pressrun.deliver.steps import History, Line, Step
from pressrun.errors import PressrunError, Problem
from pressrun.model import Severity
from pressrun.publication import Publication

IN_DOUBT = frozenset({Step.SENDING, Step.FAILED})


def look(world: World, publication: Publication, places: Places) -> Iterator[Seen]:
    """Read the ledger; a file ledger in a CI job is an error whatever it holds."""
    place = places.at("ledger")
    choice = publication.ledger
    if choice.store == "file" and in_ci(world.environ) and not choice.persistent:
        what = "CI is set, and a ledger in files does not outlive the disk of a CI job."
        mend = "Write `ledger: git`, or `persistent: true` below `ledger:` if the disk stays."
        yield finding("ledger-in-ci", Problem(what, mend=mend), place)
    try:
        ledger = world.ledger(publication)
        histories = ledger.read() if ledger.exists() else None
    except PressrunError as error:
        yield from findings("ledger", error, place)
        return
    if histories is None:
        mend = "publish baseline creates it and marks what is due now as not to be mailed."
        absent = Problem(f"there is no ledger yet ({ledger.where()}).", mend=mend)
        yield finding("ledger", absent, place)
        return
    zone = publication.site.timezone
    yield fine(f"{ledger.where()}: {_summary(histories, zone)}")
    for history in histories.values():
        if not history.settled:
            yield _open(history, zone, place)


def _summary(histories: Mapping[str, History], zone: ZoneInfo) -> str:
    lines = [line for history in histories.values() for line in history.lines]
    if not lines:
        return "nothing written yet"
    newest = max(lines, key=lambda line: line.at)
    return f"{show.Counted(len(histories), 'issue')}, last written {_time(newest, zone)}"


def _open(history: History, zone: ZoneInfo, place: str) -> Seen:
    last = history.lines[-1]
    title = history.title or history.key
    if last.step not in IN_DOUBT:
        return note(f"open: {title}, {last.step} since {_time(last, zone)}")
    what = f"{title} ({history.key}) is in doubt: {last.step} since {_time(last, zone)}."
    mend = "publish email asks the provider what became of it; publish status shows it."
    return finding("in-doubt", Problem(what, mend=mend), place, Severity.WARNING)


def _time(line: Line, zone: ZoneInfo) -> str:
    return f"{line.at.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
