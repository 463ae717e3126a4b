"""What must be true before a campaign is touched or sent: adapters look by reads of their own."""

from collections.abc import Iterator
from email.utils import parseaddr

from pressrun.errors import Problem, Rejected
from pressrun.model import Remote, State
from pressrun.publication import Email


def must_be(wanted: State, remote: Remote, otherwise: str) -> None:
    """Raise Rejected unless the campaign is ``wanted``; ``otherwise`` ends the sentence."""
    if remote.state is not wanted:
        raise Rejected.of(f"campaign {remote.id} is {remote.detail} {otherwise}.")


def can_delete(remote: Remote, otherwise: str) -> bool:
    """Say whether there is a draft to delete; Rejected where it is no draft (any more)."""
    if remote.state is State.GONE:
        return False
    must_be(State.DRAFT, remote, otherwise)
    return True


def other_addresses(email: Email, sender: str, replies: str) -> Iterator[Problem]:
    """Yield where a provider that has addresses of its own would not use those of publish.yml.

    ``sender`` and ``replies`` are its own; empty where it does not tell them.
    """
    if sender and email.sender and parseaddr(email.sender)[1].lower() != sender.lower():
        what = f"issues come from {sender}, not from {email.sender}."
        yield Problem(what, "publish.yml", "Change email.from, or the sender at the provider.")
    if replies and email.reply_to and email.reply_to.lower() != replies.lower():
        what = f"answers go to {replies}, not to {email.reply_to}."
        yield Problem(what, "publish.yml", "Change email.reply_to, or the sender at the provider.")
