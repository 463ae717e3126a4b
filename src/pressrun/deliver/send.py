"""The one place that may reach readers.

The order is the proof: an intent is durable in the ledger before its effect, a draft is complete
before it is sent, and after a doubt only the provider's own word, or a person's, moves an issue.
"""

from collections.abc import Callable
from contextlib import suppress

from pressrun.deliver import hosting
from pressrun.deliver.confirm import (
    ENDED,
    FINAL,
    POLLS,
    PROOF,
    WENT,
    doubtful,
    look,
    poll,
    record,
    unreadable,
)
from pressrun.deliver.keeping import keepsakes, traced
from pressrun.deliver.providers.contract import Discards, Schedules
from pressrun.deliver.steps import DRAFTS, History, Step
from pressrun.deliver.trail import Outcome, Result, Trail, Version, guarded, stamp
from pressrun.errors import NotNow, Overtaken, PressrunError, Rejected, Unsure, WireError
from pressrun.model import Issue, Remote, State

FIND_PAUSE = 5.0
WAITS = "waits there for a person to send it"


def deliver(issue: Issue, trail: Trail, *, readers: str = "") -> Outcome:
    """Bring a due issue to its readers, or to a draft, as far as it can be brought safely.

    ``readers`` is how many there are now, as far as the provider tells: the ledger remembers it.
    """
    return guarded(lambda: _deliver(issue, trail, readers), trail)


def _deliver(issue: Issue, trail: Trail, readers: str) -> Outcome:
    """Only read until the claim: an issue that is held costs no line, however often we look."""
    remotes = _campaigns(issue.key, trail)
    if past := [remote for remote in remotes if remote.state is not State.DRAFT]:
        return adopt(past, trail)
    draft = remotes[0] if remotes else None
    if draft and (reason := foreign(draft, issue, trail)):
        return trail.outcome(Result.HELD, reason)
    trail.claim(draft.content if draft else "")
    if draft and _stands(draft, trail):
        kept = {"campaign": draft.id, "content": draft.content, "digest": issue.digest}
        trail.write(Step.KEPT, **kept)
    else:
        _fill(issue, draft, trail)
    if not trail.errand.send:
        return trail.outcome(Result.DRAFTED, WAITS)
    return _send(issue, trail, readers)


def foreign(draft: Remote, issue: Issue, trail: Trail) -> str:
    """Say why a draft that somebody has changed at the provider must not be touched yet."""
    history = trail.history
    if trail.errand.version or draft.id != history.campaign:
        return ""
    changed = bool(history.content and draft.content) and draft.content != history.content
    changed = changed and _by_another(draft, history)
    ours, before = (issue.digest, issue.audience), (history.digest, history.audience)
    outdated = history.kept and ours != before
    if not changed and not outdated:
        return ""
    kept = "its post, a picture of it or its audience changed, the draft there is kept"
    what = "its draft was changed there" if changed else kept
    return (
        f"{what}: publish email --overwrite {issue.slug} puts the post into it, "
        f"--keep {issue.slug} lets it stand"
    )


def _by_another(draft: Remote, history: History) -> bool:
    """Whether a change cannot be that of a run which died while it filled the draft.

    After a claim it can, unless the draft is still as that run found it.
    """
    if history.step in DRAFTS or history.kept:
        return True
    last = history.lines[-1]
    return last.step is Step.CLAIM and last.content == draft.content


def _stands(draft: Remote, trail: Trail) -> bool:
    """Whether the draft goes out as somebody has changed it at the provider."""
    if trail.errand.version:
        return trail.errand.version is Version.THEIRS
    return trail.history.kept and draft.id == trail.history.campaign


def _fill(issue: Issue, draft: Remote | None, trail: Trail) -> None:
    """Put the issue into a draft, and keep with the line what went into it."""
    provider = trail.desk.provider
    with traced(provider) as requests:
        hosted = hosting.hosted(provider, issue)
        remote = provider.draft(hosted, draft.id if draft else None)
    kept = keepsakes(issue, hosted.message, trail.desk, remote, requests)
    written = {"campaign": remote.id, "content": remote.content, "digest": issue.digest}
    try:
        trail.write(Step.DRAFTED, kept, **written)
    except Overtaken:
        if draft is None:
            _tidy(remote, trail)
        raise


def _tidy(made: Remote, trail: Trail) -> None:
    """Delete a new draft of ours where another run has finished one of its own meanwhile.

    As long as that run may still take up ours, it stays: whoever comes next finds it by its key.
    """
    provider = trail.desk.provider
    if not isinstance(provider, Discards):
        return
    with suppress(PressrunError):
        theirs = trail.desk.ledger.read()[trail.history.key]
        if theirs.step is not Step.CLAIM and theirs.campaign not in {"", made.id}:
            provider.discard(made.id)


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


def adopt(past: list[Remote], trail: Trail) -> Outcome:
    """Take over the one campaign that went out without our knowledge; hold anything less clear."""
    there = [remote for remote in past if remote.state is not State.GONE]
    adopted = len(there) == 1 and there[0].state in WENT
    if adopted or not trail.history.lines:  # a person can only resolve what stands in the ledger
        trail.claim()
    if adopted:
        return record(there[0], trail, "was sent at the provider; the ledger did not know")
    return trail.outcome(Result.HELD, _obstacle(there, trail))


def _obstacle(there: list[Remote], trail: Trail) -> str:
    """Say what stands in the way of a new draft, and what a person can do about it."""
    resolve = f"publish resolve {trail.history.key}"
    if not there:
        ways = f"{resolve} --draft-again makes it anew, --sent or --never closes it"
        return f"somebody deleted its draft there: {ways}"
    seen = ", ".join(f"{remote.id} ({remote.detail or remote.state})" for remote in there)
    if all(remote.state in ENDED for remote in there):
        ways = f"{resolve} --not-sent drafts it anew, --sent or --never closes it"
        return f"the provider has {seen}: {ways}"
    closes = f"{resolve} --sent or --never closes it"
    return f"the provider has {seen}: delete there what nobody got, or {closes}"


def _send(issue: Issue, trail: Trail, readers: str) -> Outcome:
    """Send the draft, or hand it to the provider's scheduler, after saying so in the ledger."""
    at = trail.errand.at
    due = stamp(at) if at else ""
    trail.write(Step.SENDING, digest=issue.digest, readers=readers, due=due)
    try:
        _hand_over(issue, trail)
    except (Rejected, NotNow) as error:
        return _refused(error, trail)
    except Unsure as error:
        return confirm(trail, lambda: issue, POLLS, str(error))
    return _watch(trail)


def _hand_over(issue: Issue, trail: Trail) -> None:
    """Make the one call that reaches readers, now or at the time that ``sending`` names.

    Nothing else calls ``Provider.send`` or ``Schedules.schedule``.
    """
    provider, due = trail.desk.provider, trail.history.due
    if due is None:
        provider.send(issue, trail.history.campaign)
        return
    assert isinstance(provider, Schedules)  # noqa: S101 - the plan hands over only to such
    provider.schedule(issue, trail.history.campaign, due)


def _refused(error: WireError, trail: Trail) -> Outcome:
    """Believe the provider's state rather than its refusal: it may refuse what has gone already."""
    remote = look(trail)
    if remote and remote.state in WENT:
        return record(remote, trail)
    if remote and remote.state is not State.DRAFT:
        return doubtful(remote, trail, str(error))
    trail.write(Step.NOT_SENT, because=str(error))
    return trail.outcome(Result.FAILED, f"not sent: {error}")


def _watch(trail: Trail) -> Outcome:
    """Follow a send that the provider has accepted."""
    remote = poll(trail, POLLS, until=FINAL)
    if remote and remote.state in WENT:
        return record(remote, trail)
    if remote and remote.state is not State.DRAFT:
        return doubtful(remote, trail)
    trail.write_if_news(Step.ACCEPTED)
    return trail.outcome(Result.ACCEPTED, "the provider took it and does not show it yet")


def confirm(
    trail: Trail,
    issue: Callable[[], Issue] | None,
    polls: tuple[float, ...] = (),
    doubt: str = "",
) -> Outcome:
    """Look for proof that an issue went out; a draft proves nothing.

    ``issue`` renders it again, None where its post or newsletter is gone: only a provider that is
    proved to refuse a second send is ever asked again.
    """
    remote = poll(trail, polls, until=PROOF)
    if remote is None:
        return unreadable(trail, doubt)
    if remote.state in WENT:
        return record(remote, trail)
    again = trail.history.step is Step.SENDING and trail.desk.provider.can.send_once
    if remote.state is State.DRAFT and issue and again:
        return _ask_again(issue(), trail)
    return doubtful(remote, trail, doubt)


def _ask_again(issue: Issue, trail: Trail) -> Outcome:
    """Repeat a send at a provider that is proved to refuse the second one."""
    try:
        _hand_over(issue, trail)
    except WireError as error:
        remote = look(trail)
        if remote and remote.state in WENT:
            return record(remote, trail)
        return trail.outcome(Result.UNSURE, str(error))
    return _watch(trail)
