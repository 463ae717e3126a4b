"""Issues that left us in an earlier run, or wait as a draft: what became of them since."""

from collections.abc import Callable
from datetime import timedelta

from pressrun.deliver.confirm import POLLS, WENT, doubtful, look, poll, record, unreadable
from pressrun.deliver.providers.contract import Schedules
from pressrun.deliver.send import FIND_PAUSE, WAITS, adopt, confirm, foreign
from pressrun.deliver.steps import DRAFTS, Step
from pressrun.deliver.trail import Outcome, Result, Trail, guarded
from pressrun.errors import WireError
from pressrun.model import Issue, Remote, State


def settle(trail: Trail, issue: Callable[[], Issue] | None = None) -> Outcome:
    """Ask the provider what became of an issue that left us, or that waits as a draft there.

    ``issue`` renders it again, None where its post or newsletter is gone.
    """
    if trail.history.step in DRAFTS:
        return guarded(lambda: _waiting(trail, issue), trail)
    return guarded(lambda: confirm(trail, issue), trail)


def take_back(trail: Trail) -> Outcome:
    """Take a scheduled issue back from the provider before its time, as a person ordered."""
    return guarded(lambda: _take_back(trail), trail)


def _waiting(trail: Trail, issue: Callable[[], Issue] | None) -> Outcome:
    """Read what a person did with a draft that waits at the provider."""
    remote = look(trail)
    if remote is None:
        return trail.outcome(Result.DRAFTED, "could not be read now")
    if remote.state in WENT:
        return record(remote, trail, "a person sent it there")
    if remote.state is not State.DRAFT:
        return adopt([remote], trail)
    if issue is None:
        note = "its post or newsletter is gone, its draft is not: delete that there, then say"
        return trail.outcome(Result.HELD, f"{note} publish resolve {trail.history.key} --never")
    if reason := foreign(remote, issue(), trail):
        return trail.outcome(Result.HELD, reason)
    return trail.outcome(Result.DRAFTED, WAITS)


def _take_back(trail: Trail) -> Outcome:
    provider = trail.desk.provider
    assert isinstance(provider, Schedules)  # noqa: S101 - it has taken the schedule
    remote = _no_longer_a_draft(trail)
    if remote and remote.state is State.SCHEDULED:
        try:
            provider.unschedule(remote.id)
        except WireError as error:
            return _after(look(trail), trail, str(error))
        remote = poll(trail, POLLS, until=frozenset(State) - {State.SCHEDULED})
    return _after(remote, trail, "")


def _no_longer_a_draft(trail: Trail) -> Remote | None:
    """Read the campaign, again while it shows a draft and may only be lagging behind our order."""
    patience = timedelta(seconds=trail.desk.provider.find_lag)
    certain = trail.history.lines[-1].at + patience
    while (remote := look(trail)) and remote.state is State.DRAFT and trail.desk.now() < certain:
        trail.desk.sleep(FIND_PAUSE)
    return remote


def _after(remote: Remote | None, trail: Trail, doubt: str) -> Outcome:
    """Believe what the provider shows: only a draft, or none, proves that it will not go out.

    What was cancelled may have begun: at some providers a part of the readers has it then.
    """
    if remote is None:
        return unreadable(trail, doubt)
    if remote.state is State.SCHEDULED:
        return trail.outcome(Result.FAILED, f"it is still scheduled there. {doubt}".strip())
    if remote.state in WENT:
        return record(remote, trail, "it was too late to take it back")
    if remote.state not in {State.DRAFT, State.GONE}:
        return doubtful(remote, trail, doubt)
    trail.write(Step.UNSCHEDULED, because=trail.errand.because)
    return trail.outcome(Result.UNSCHEDULED, "taken back, it lies there as a draft")
