"""A person says what became of an issue, where neither ledger nor provider can tell."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from pressrun.deliver.ledger.contract import Entry, Ledger
from pressrun.deliver.steps import MAY_FOLLOW, PAST_SENDING, History, Line, Step
from pressrun.errors import UsageError
from pressrun.model import Remote, State


class Verdict(StrEnum):
    """What a person may say."""

    SENT = "sent"
    NOT_SENT = "not-sent"
    DRAFT_AGAIN = "draft-again"
    NEVER = "never"


STEPS: Mapping[Verdict, Step] = {
    Verdict.SENT: Step.SENT,
    Verdict.NOT_SENT: Step.NOT_SENT,
    Verdict.DRAFT_AGAIN: Step.NOT_SENT,
    Verdict.NEVER: Step.ABANDONED,
}

# Longer than a run can take between writing ``sending`` and the end of its call.
A_SEND = timedelta(minutes=10)

# States of a campaign that prove a person wrong.
CONTRADICTS: Mapping[Verdict, frozenset[State]] = {
    Verdict.SENT: frozenset({State.SCHEDULED, State.SENDING}),
    Verdict.NOT_SENT: frozenset({State.SCHEDULED, State.SENDING, State.SENT}),
    Verdict.DRAFT_AGAIN: frozenset({State.SCHEDULED, State.SENDING, State.SENT}),
    Verdict.NEVER: frozenset({State.SCHEDULED, State.SENDING, State.SENT}),
}


def resolve(
    history: History,
    verdict: Verdict,
    because: str,
    ledger: Ledger,
    *,
    now: datetime,
    run: str,
    remote: Remote | None,
) -> History:
    """Write down what a person says; return the longer history.

    ``remote`` is the campaign as the provider shows it now, None where there is none to ask about.
    UsageError when the provider, or the ledger, says otherwise.
    """
    step = STEPS[verdict]
    if remote and remote.state in CONTRADICTS[verdict]:
        back = f"To take it back before its time: publish email --unschedule {history.key}"
        looks = "Run publish email: it writes down what the provider says."
        raise UsageError.of(
            f"the provider shows campaign {remote.id} as {remote.detail or remote.state}.",
            f"issue {history.key}",
            back if remote.state is State.SCHEDULED else looks,
        )
    if verdict is not Verdict.SENT and _may_be_at_it(history, now):
        raise UsageError.of(
            f"run {history.lines[-1].run} began to send it less than ten minutes ago.",
            f"issue {history.key}",
            "It may still be at it: say so again when it cannot be any more.",
        )
    if verdict is Verdict.DRAFT_AGAIN and history.step in PAST_SENDING:
        raise UsageError.of(
            "it is past the draft: a run has begun to send it.",
            f"issue {history.key}",
            "Say --not-sent if you are sure that nobody got it.",
        )
    if step not in MAY_FOLLOW[history.step]:
        raise UsageError.of(
            f"it {_standing(history)}, which --{verdict} cannot change.",
            f"issue {history.key}",
            "publish status shows what is open.",
        )
    line = Line(step, run, now, because=because)
    ledger.append([Entry(history.key, len(history.lines), line)])
    return history.then(line)


def _may_be_at_it(history: History, now: datetime) -> bool:
    """Whether the one call that reaches readers may still be on its way, perhaps elsewhere."""
    return history.step is Step.SENDING and now - history.lines[-1].at < A_SEND


def _standing(history: History) -> str:
    return f'is "{history.step}"' if history.lines else "is unknown to the ledger"
