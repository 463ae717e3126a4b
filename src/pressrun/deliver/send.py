"""The one place that may reach readers.

The order is the proof: an intent is durable in the ledger before its effect, a draft is complete
before it is sent, and after a doubt only the provider's own word, or a person's, moves an issue.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pressrun.deliver.ledger.contract import Entry, Ledger
from pressrun.deliver.providers.contract import Provider
from pressrun.deliver.steps import MAY_FOLLOW, PAST_SENDING, History, Line, Step
from pressrun.errors import NotNow, Overtaken, PressrunError, Rejected, Unsure, WireError
from pressrun.model import Issue, Remote, State

# Long enough to see a small issue go, short enough for a scheduled job.
A_MINUTE = timedelta(seconds=60)
POLLS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
FIND_PAUSE = 5.0
WAITS = "waits there for a person to send it"

WENT: Mapping[State, Step] = {
    State.SENDING: Step.ACCEPTED,
    State.SCHEDULED: Step.SCHEDULED,
    State.SENT: Step.SENT,
}
FINAL = frozenset({State.SENT, State.SCHEDULED, State.FAILED})
PROOF = frozenset({*WENT, State.FAILED})
ENDED = frozenset({State.FAILED, State.CANCELLED, State.GONE})


class Result(StrEnum):
    """What a run has to tell of an issue."""

    SENT = "sent"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    DRAFTED = "drafted"
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


@dataclass(frozen=True, slots=True)
class Desk:
    """What a run works with. ``send`` is False where a person sends the drafts."""

    ledger: Ledger
    provider: Provider
    run: str
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    send: bool


@dataclass(slots=True)
class Trail:
    """An issue's history as this run knows and continues it, line by compare-and-swap line."""

    desk: Desk
    history: History
    facts: Mapping[str, str] = field(default_factory=dict)

    def write(self, step: Step, **more: str) -> None:
        """Make ``step`` durable. Overtaken when another run was here since we read."""
        line = Line(step, self.desk.run, self.desk.now(), **{**self.facts, **more})
        longer = self.history.then(line)
        entry = Entry(self.history.key, len(self.history.lines), line)
        self.desk.ledger.append([entry])
        self.history = longer

    def outcome(self, result: Result, note: str = "") -> Outcome:
        """Close the run's work on the issue."""
        return Outcome(result, self.history.key, self.history.campaign, note)


def deliver(issue: Issue, trail: Trail) -> Outcome:
    """Bring a due issue to its readers, or to a draft, as far as it can be brought safely."""
    return _guarded(lambda: _deliver(issue, trail), trail)


def settle(trail: Trail, issue: Callable[[], Issue] | None = None) -> Outcome:
    """Ask the provider what became of an issue that left us, or that waits as a draft there.

    ``issue`` renders it again, None where its post or newsletter is gone: only a provider that is
    proved to refuse a second send is ever asked again.
    """
    if trail.history.step is Step.DRAFTED:
        return _guarded(lambda: _waiting(trail, issue), trail)
    return _guarded(lambda: _confirm(trail, issue, polls=()), trail)


def _guarded(work: Callable[[], Outcome], trail: Trail) -> Outcome:
    """Turn an error into an outcome of this issue alone: the others may still go out."""
    try:
        return work()
    except Overtaken as error:
        return trail.outcome(Result.OVERTAKEN, str(error))
    except PressrunError as error:
        if trail.history.step in PAST_SENDING:
            return trail.outcome(Result.UNSURE, f"{error} The next run asks the provider.")
        return trail.outcome(Result.FAILED, f"not sent by this run: {error}")


def _deliver(issue: Issue, trail: Trail) -> Outcome:
    """Only read until the claim: an issue that is held costs no line, however often we look."""
    remotes = _campaigns(issue.key, trail)
    if past := [remote for remote in remotes if remote.state is not State.DRAFT]:
        return _adopt(past, trail)
    trail.write(Step.CLAIM)
    remote = trail.desk.provider.draft(issue, remotes[0].id if remotes else None)
    trail.write(Step.DRAFTED, campaign=remote.id, digest=issue.digest)
    if not trail.desk.send:
        return trail.outcome(Result.DRAFTED, WAITS)
    return _send(issue, trail)


def _campaigns(key: str, trail: Trail) -> list[Remote]:
    """Return what the provider holds for the issue.

    After a claim that never came to ``drafted`` a draft may exist that the provider does not list
    yet: we look again until its lag is certainly over, before anything new is created. As nobody
    claims while looking, runs that look at the same time do not keep taking over each other.
    """
    interrupted = trail.history.step is Step.CLAIM
    patience = trail.desk.provider.find_lag if interrupted else 0.0
    while not (remotes := _held_there(key, trail)) and patience > 0:
        trail.desk.sleep(FIND_PAUSE)
        patience -= FIND_PAUSE
    return remotes


def _held_there(key: str, trail: Trail) -> list[Remote]:
    """Read the campaign that the ledger names, whose state lags least, and list the others.

    Where a person said that nobody got the issue, a campaign that has ended is no obstacle.
    """
    provider, known = trail.desk.provider, trail.history.campaign
    remotes = [provider.status(known)] if known else []
    others = [remote for remote in provider.find(key) if remote.id != known]
    remotes += sorted(others, key=lambda remote: remote.id)
    ended = ENDED if trail.history.taken_back else frozenset()
    return [remote for remote in remotes if remote.state not in ended]


def _adopt(past: list[Remote], trail: Trail) -> Outcome:
    """Take over the one campaign that went out without our knowledge; hold anything less clear."""
    there = [remote for remote in past if remote.state is not State.GONE]
    adopted = len(there) == 1 and there[0].state in WENT
    if adopted or not trail.history.lines:  # a person can only resolve what stands in the ledger
        trail.write(Step.CLAIM)
    if adopted:
        return _record(there[0], trail, "was sent at the provider; the ledger did not know")
    return trail.outcome(Result.HELD, _obstacle(there, trail))


def _obstacle(there: list[Remote], trail: Trail) -> str:
    """Say what stands in the way of a new draft, and what a person can do about it."""
    if not there:
        return f"somebody deleted its draft there: {_ways_out(trail)}"
    seen = ", ".join(f"{remote.id} ({remote.detail or remote.state})" for remote in there)
    if all(remote.state in ENDED for remote in there):
        return f"the provider has {seen}: {_ways_out(trail)}"
    closes = f"publish resolve {trail.history.key} --sent or --never closes it"
    return f"the provider has {seen}: delete there what nobody got, or {closes}"


def _ways_out(trail: Trail) -> str:
    resolve = f"publish resolve {trail.history.key}"
    return f"{resolve} --not-sent drafts it anew, --sent or --never closes it"


def _send(issue: Issue, trail: Trail) -> Outcome:
    """Send the draft. The only caller of ``Provider.send`` besides ``_ask_again``."""
    trail.write(Step.SENDING, digest=issue.digest)
    try:
        trail.desk.provider.send(issue, trail.history.campaign)
    except (Rejected, NotNow) as error:
        return _refused(error, trail)
    except Unsure as error:
        return _confirm(trail, lambda: issue, POLLS, str(error))
    return _watch(trail)


def _refused(error: WireError, trail: Trail) -> Outcome:
    """Believe the provider's state rather than its refusal: it may refuse what has gone already."""
    remote = _look(trail)
    if remote and remote.state in WENT:
        return _record(remote, trail, "")
    if remote and remote.state is not State.DRAFT:
        return _doubtful(remote, trail, str(error))
    trail.write(Step.NOT_SENT, because=str(error))
    return trail.outcome(Result.FAILED, f"not sent: {error}")


def _watch(trail: Trail) -> Outcome:
    """Follow a send that the provider has accepted."""
    remote = _poll(trail, POLLS, until=FINAL)
    if remote and remote.state in WENT:
        return _record(remote, trail, "")
    if remote and remote.state is not State.DRAFT:
        return _doubtful(remote, trail, "")
    _write_if_news(Step.ACCEPTED, trail)
    return trail.outcome(Result.ACCEPTED, "the provider took it and does not show it yet")


def _confirm(
    trail: Trail,
    issue: Callable[[], Issue] | None,
    polls: tuple[float, ...],
    doubt: str = "",
) -> Outcome:
    """Look for proof that an issue went out; a draft proves nothing."""
    remote = _poll(trail, polls, until=PROOF)
    if remote is None:
        return _unreadable(trail, doubt)
    if remote.state in WENT:
        return _record(remote, trail, "")
    again = trail.history.step is Step.SENDING and trail.desk.provider.can.send_once
    if remote.state is State.DRAFT and issue and again:
        return _ask_again(issue(), trail)
    return _doubtful(remote, trail, doubt)


def _poll(trail: Trail, pauses: tuple[float, ...], until: frozenset[State]) -> Remote | None:
    """Read the status until it is one of ``until``, for a minute at most; return the last answer.

    GONE and UNKNOWN right after a send may be a reading that lags, like DRAFT.
    """
    end = trail.desk.now() + A_MINUTE
    remote = _look(trail)
    for pause in pauses:
        if remote and remote.state in until:
            break
        if remote and remote.state in WENT:
            _write_if_news(WENT[remote.state], trail)
        if trail.desk.now() + timedelta(seconds=pause) > end:
            break
        trail.desk.sleep(pause)
        remote = _look(trail)
    return remote


def _ask_again(issue: Issue, trail: Trail) -> Outcome:
    """Repeat a send at a provider that is proved to refuse the second one."""
    try:
        trail.desk.provider.send(issue, trail.history.campaign)
    except WireError as error:
        remote = _look(trail)
        if remote and remote.state in WENT:
            return _record(remote, trail, "")
        return trail.outcome(Result.UNSURE, str(error))
    return _watch(trail)


def _waiting(trail: Trail, issue: Callable[[], Issue] | None) -> Outcome:
    """Read what a person did with a draft that waits at the provider."""
    remote = _look(trail)
    if remote is None:
        return trail.outcome(Result.DRAFTED, "could not be read now")
    if remote.state in WENT:
        return _record(remote, trail, "a person sent it there")
    if remote.state is not State.DRAFT:
        return _adopt([remote], trail)
    if issue is None:
        note = "its post or newsletter is gone, its draft is not: delete that there, then say"
        return trail.outcome(Result.HELD, f"{note} publish resolve {trail.history.key} --never")
    return trail.outcome(Result.DRAFTED, WAITS)


def _unreadable(trail: Trail, doubt: str) -> Outcome:
    if trail.history.step in {Step.ACCEPTED, Step.SCHEDULED}:
        return trail.outcome(Result(trail.history.step), "its status could not be read now")
    return trail.outcome(Result.UNSURE, doubt or "the provider did not answer when it was asked")


def _doubtful(remote: Remote, trail: Trail, doubt: str) -> Outcome:
    """Say that nobody knows. A provider's word that sending failed is written down."""
    if remote.state is State.FAILED:
        _write_if_news(Step.FAILED, trail, because=remote.detail or remote.state)
    shown = f"{trail.desk.provider.name} shows {remote.detail or remote.state}"
    return trail.outcome(Result.UNSURE, f"{doubt} {shown}".strip())


def _record(remote: Remote, trail: Trail, note: str) -> Outcome:
    step = WENT[remote.state]
    _write_if_news(step, trail, campaign=remote.id)
    return trail.outcome(Result(step), note)


def _write_if_news(step: Step, trail: Trail, **more: str) -> None:
    """Write down what the provider says, unless the ledger knows as much or more."""
    if step in MAY_FOLLOW[trail.history.step]:
        trail.write(step, **more)


def _look(trail: Trail) -> Remote | None:
    try:
        return trail.desk.provider.status(trail.history.campaign)
    except WireError:
        return None
