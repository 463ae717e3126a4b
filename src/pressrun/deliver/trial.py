"""A test of an issue: to a few named addresses, unknown to the ledger and gone afterwards."""

from collections.abc import Sequence
from dataclasses import replace

from pressrun.deliver import hosting
from pressrun.deliver.providers.contract import Discards, Provider, SendsTests
from pressrun.errors import PressrunError, UsageError
from pressrun.model import Issue, State

MARK = "[Test] "


def limits(provider: Provider) -> str:
    """Say what the provider allows of tests; UsageError where it sends none."""
    if isinstance(provider, SendsTests):
        return provider.test_limits
    raise UsageError.of(
        f"{provider.name} sends no tests to single addresses.",
        mend="Look at the preview of a dry run, or at the draft there.",
    )


def marked(issue: Issue) -> Issue:
    """Return the issue as a test: its subject says so, and it is none that ``find`` would mean."""
    message = replace(issue.message, subject=MARK + issue.message.subject)
    return replace(issue, key=f"{issue.key}-test", message=message)


def send(provider: Provider, issue: Issue, addresses: Sequence[str]) -> str:
    """Send the issue to ``addresses`` as a test; return what is left to say, or nothing.

    Rejected, NotNow or Unsure as the provider says: a person may repeat it, a test costs nothing.
    """
    assert isinstance(provider, SendsTests)  # noqa: S101 - ``limits`` has seen to it
    UsageError.raise_if_any(hosting.unfit(provider, issue.pictures))
    test = hosting.hosted(provider, marked(issue))
    if not provider.test_needs_draft:
        provider.send_test(test, "", addresses)
        return ""
    drafts = [one for one in provider.find(test.key) if one.state is State.DRAFT]
    remote = provider.draft(test, drafts[0].id if drafts else None)
    try:
        provider.send_test(test, remote.id, addresses)
    except PressrunError:
        _discard(provider, remote.id)
        raise
    return "".join(_discard(provider, name) for name in {remote.id, *(one.id for one in drafts)})


def _discard(provider: Provider, remote_id: str) -> str:
    """Delete the test's draft; what remains of it harms nobody, but a person should know."""
    try:
        if not isinstance(provider, Discards):
            return f"Its draft {remote_id} stays at {provider.name}: delete it there. "
        provider.discard(remote_id)
    except PressrunError as error:
        return f"Its draft {remote_id} is still at {provider.name}: {error} "
    return ""
