"""What a run works with, and how it continues the history of one issue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from pressrun.deliver.ledger.contract import Entry, Ledger
from pressrun.deliver.providers.contract import Provider
from pressrun.deliver.steps import MAY_FOLLOW, PAST_SENDING, History, Line, Step
from pressrun.errors import Overtaken, PressrunError


class Result(StrEnum):
    """What a run has to tell of an issue."""

    SENT = "sent"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    DRAFTED = "drafted"
    WAITS = "wait"
    FAILED = "failed"
    HELD = "held"
    UNSURE = "UNSURE"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one issue in one run, with its reason."""

    result: Result
    key: str
    campaign: str = ""
    note: str = ""


class Version(StrEnum):
    """Which text a person wants where a draft was changed at the provider."""

    OURS = "overwrite"
    THEIRS = "keep"


@dataclass(frozen=True, slots=True)
class Errand:
    """What a run is to do with one issue.

    Not to ``send`` leaves it as a draft that a person sends; ``at`` hands it to the provider's
    scheduler for that time. ``because`` is why a person ordered it.
    """

    send: bool = True
    at: datetime | None = None
    version: Version | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a run works with. ``plan`` names the saved plan that it carries out."""

    ledger: Ledger
    provider: Provider
    run: str
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    account: str
    plan: str = ""


@dataclass(slots=True)
class Trail:
    """An issue's history as this run knows and continues it, line by compare-and-swap line.

    ``about`` is what a claim says of the post.
    """

    desk: Desk
    history: History
    about: Mapping[str, str] = field(default_factory=dict)
    errand: Errand = field(default_factory=Errand)

    def write(self, step: Step, files: Mapping[str, bytes] | None = None, /, **more: str) -> None:
        """Make ``step`` durable, and ``files`` with it.

        Overtaken when another run was here since we read.
        """
        desk = self.desk
        known = {"provider": desk.provider.name, "account": desk.account, "plan": desk.plan}
        line = Line(step, desk.run, desk.now(), **{**known, **more})
        longer = self.history.then(line)
        entry = Entry(self.history.key, len(self.history.lines), line, files or {})
        desk.ledger.append([entry])
        self.history = longer

    def claim(self, content: str = "") -> None:
        """Say that this run works on the issue, and what the issue is.

        ``content`` is what the provider shows of its draft before the run touches it.
        """
        self.write(Step.CLAIM, **self.about, content=content, because=self.errand.because)

    def write_if_news(self, step: Step, **more: str) -> None:
        """Write down what the provider says, unless the ledger knows as much or more."""
        if step in MAY_FOLLOW[self.history.step]:
            self.write(step, **more)

    def overtaken(self) -> bool:
        """Whether another run has written to the issue since; no where that cannot be read."""
        try:
            now = self.desk.ledger.read().get(self.history.key, self.history)
        except PressrunError:
            return False
        written = now.lines[len(self.history.lines) :]
        return any(line.run != self.desk.run for line in written)

    def outcome(self, result: Result, note: str = "") -> Outcome:
        """Close the run's work on the issue."""
        return Outcome(result, self.history.key, self.history.campaign, note)


def guarded(work: Callable[[], Outcome], trail: Trail) -> Outcome:
    """Turn an error into an outcome of this issue alone: the others may still go out."""
    try:
        return work()
    except Overtaken as error:
        return trail.outcome(Result.OVERTAKEN, str(error))
    except PressrunError as error:
        if trail.history.step in PAST_SENDING:
            return trail.outcome(Result.UNSURE, f"{error} The next run asks the provider.")
        if trail.overtaken():
            return trail.outcome(Result.OVERTAKEN, f"another run took it over meanwhile: {error}")
        return trail.outcome(Result.FAILED, f"not sent by this run: {error}")


def stamp(moment: datetime) -> str:
    """Write a time as a line keeps it."""
    return moment.astimezone(UTC).isoformat()
