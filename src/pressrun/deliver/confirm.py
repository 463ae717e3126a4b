"""What became of a campaign: the provider's word, and what it proves."""

from collections.abc import Mapping
from datetime import timedelta

from pressrun.deliver.steps import Step
from pressrun.deliver.trail import Outcome, Result, Trail
from pressrun.errors import WireError
from pressrun.model import Remote, State

# Long enough to see a small issue go, short enough for a scheduled job.
A_MINUTE = timedelta(seconds=60)
POLLS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)

WENT: Mapping[State, Step] = {
    State.SENDING: Step.ACCEPTED,
    State.SCHEDULED: Step.SCHEDULED,
    State.SENT: Step.SENT,
}
FINAL = frozenset({State.SENT, State.SCHEDULED, State.FAILED})
PROOF = frozenset({*WENT, State.FAILED})
ENDED = frozenset({State.FAILED, State.CANCELLED, State.GONE})


def look(trail: Trail) -> Remote | None:
    """Read the issue's campaign; None where it cannot be read now."""
    try:
        return trail.desk.provider.status(trail.history.campaign)
    except WireError:
        return None


def poll(trail: Trail, pauses: tuple[float, ...], until: frozenset[State]) -> Remote | None:
    """Read the status until it is one of ``until``, for a minute at most; return the last answer.

    GONE and UNKNOWN right after a send may be a reading that lags, like DRAFT.
    """
    end = trail.desk.now() + A_MINUTE
    remote = look(trail)
    for pause in pauses:
        if remote and remote.state in until:
            break
        if remote and remote.state in WENT:
            trail.write_if_news(WENT[remote.state])
        if trail.desk.now() + timedelta(seconds=pause) > end:
            break
        trail.desk.sleep(pause)
        remote = look(trail)
    return remote


def record(remote: Remote, trail: Trail, note: str = "") -> Outcome:
    """Write down that a campaign went out, or will go out by itself."""
    step = WENT[remote.state]
    trail.write_if_news(step, campaign=remote.id)
    return trail.outcome(Result(step), note)


def doubtful(remote: Remote, trail: Trail, doubt: str = "") -> Outcome:
    """Say that nobody knows. A provider's word that sending failed is written down."""
    if remote.state is State.FAILED:
        trail.write_if_news(Step.FAILED, because=remote.detail or remote.state)
    shown = f"{trail.desk.provider.name} shows {remote.detail or remote.state}"
    return trail.outcome(Result.UNSURE, f"{doubt} {shown}".strip())


def unreadable(trail: Trail, doubt: str) -> Outcome:
    """Say that the provider could not be asked: a doubt only where nothing was known before."""
    if trail.history.step in {Step.ACCEPTED, Step.SCHEDULED}:
        return trail.outcome(Result(trail.history.step), "its status could not be read now")
    return trail.outcome(Result.UNSURE, doubt or "the provider did not answer when it was asked")
