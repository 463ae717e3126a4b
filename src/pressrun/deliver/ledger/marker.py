"""What says: here is a ledger, of this format, of this publication, and it is in use.

Without it an empty folder could not be told from a ledger that lost everything. The publication's
id stands in it because a changed id changes every key, and then every post would look unmailed.
"""

import json
from typing import Any

from pressrun.deliver.ledger.jsonl import whole
from pressrun.errors import LedgerDamaged, LedgerError, LedgerMoved

NAME = "ledger.json"
FORMAT = 1


def encode(publication: str, moved: str = "") -> bytes:
    """Return the marker of a publication's ledger, or of one that has ``moved`` elsewhere."""
    mark = {"format": FORMAT, "publication": publication} | ({"moved": moved} if moved else {})
    return json.dumps(mark).encode() + b"\n"


def found(data: bytes, publication: str, where: str) -> bool:
    """Say whether ``data`` marks the publication's ledger; False for one only half written.

    LedgerDamaged for anything else, LedgerError for one that we may not use.
    """
    if not whole(data):
        return False
    marker = _decode(data, where)
    if marker["publication"] != publication:
        raise LedgerError.of(
            f'The ledger belongs to publication "{marker["publication"]}", not "{publication}".',
            where,
            "Put the id in publish.yml back, or give this publication a ledger of its own.",
        )
    demand_usable(marker["format"], marker["moved"], where)
    return True


def demand_usable(number: Any, moved: str, where: str) -> None:
    """Raise LedgerError for a ledger of another format, LedgerMoved for one that is elsewhere."""
    if number != FORMAT:
        what = f"The ledger has format {number}, this Pressrun knows {FORMAT}."
        raise LedgerError.of(what, where, "Install a newer Pressrun.")
    if moved:
        raise LedgerMoved.of(
            f"The ledger has moved: publish.yml must say `ledger: {moved}`.",
            where,
            "Get the newest publish.yml. What is written here would be lost.",
        )


def _decode(data: bytes, where: str) -> dict[str, Any]:
    try:
        marker = json.loads(data)
        moved = str(marker.get("moved", ""))
        return {"format": marker["format"], "publication": marker["publication"], "moved": moved}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise LedgerDamaged.of(
            "This is not the marker of a ledger.", where, "Put back what Pressrun wrote."
        ) from None
