"""What must be true of a campaign before it is touched: each adapter looks by a read of its own."""

from pressrun.errors import Rejected
from pressrun.model import Remote, State


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
