"""What became of the issues that went out, as the provider counts it."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import datetime

from pressrun.config import FILE
from pressrun.deliver.providers import chosen
from pressrun.deliver.providers.contract import NOT_FOUND, Provider, Statistics
from pressrun.deliver.steps import DRAFTS, History, Step
from pressrun.errors import NotNow, UsageError, WireError
from pressrun.model import Figures, State
from pressrun.publication import Publication

WENT_OUT = frozenset({Step.ACCEPTED, Step.SENT})
MAY_HAVE_GONE = DRAFTS | {Step.SENDING, Step.SCHEDULED}
NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class Reading:
    """The figures of one issue. ``note`` says why there are none; ``failed``: asked in vain."""

    history: History
    figures: Figures = NOTHING
    note: str = ""
    failed: bool = False


def demand_statistics(publication: Publication) -> None:
    """Raise UsageError where the provider that publish.yml names has no statistics."""
    choice = publication.provider
    if not issubclass(chosen(choice), Statistics):
        what = f"{choice.name} has no statistics."
        mend = "publish providers shows what each provider can do, statistics among it."
        raise UsageError.of(what, f"{FILE}:{choice.line}", mend)


def went_out(histories: Iterable[History]) -> list[History]:
    """Return the issues that reached readers, newest first."""
    return sorted((one for one in histories if one.step in WENT_OUT), key=sent, reverse=True)


def may_have_gone(histories: Iterable[History]) -> list[History]:
    """Return the issues at the provider that may have gone out since the ledger was written."""
    return [one for one in histories if one.step in MAY_HAVE_GONE and one.campaign]


def sent(history: History) -> datetime:
    """Return when an issue went out; where a person sent it, when a run learned of that."""
    learned = next(line.at for line in history.lines if line.step in WENT_OUT)
    return history.due or history.sent_at or learned


def ask(provider: Provider, account: str, issues: Iterable[History]) -> Iterator[Reading]:
    """Ask for the figures of each issue; what stands in the way of one is said of it alone."""
    for history in issues:
        if elsewhere := history.elsewhere(provider.name, account):
            yield Reading(history, note=elsewhere)
        elif not history.campaign:
            yield Reading(history, note="the ledger knows no campaign of it")
        else:
            yield _read(provider, history)


def _read(provider: Provider, history: History) -> Reading:
    assert isinstance(provider, Statistics)  # noqa: S101 - ``demand_statistics`` has seen to it
    try:
        figures = provider.figures(history.campaign)
    except WireError as error:
        reading = Reading(history, note=" ".join(str(error).split()), failed=True)
        if isinstance(error, NotNow) and error.status != NOT_FOUND:
            return reading
    else:
        if any(astuple(figures)):
            return Reading(history, figures)
        reading = Reading(history, note=f"{provider.name} has counted nothing")
    # Of a campaign that is not there any more some count 0, others refuse to speak.
    return _gone(provider, history) or reading


def _gone(provider: Provider, history: History) -> Reading | None:
    try:
        remote = provider.status(history.campaign)
    except WireError:
        return None
    note = f"campaign {history.campaign} is gone at {provider.name}"
    return Reading(history, note=note) if remote.state is State.GONE else None
