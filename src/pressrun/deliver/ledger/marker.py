"""The file that says: here is a ledger, of this format, of this publication.

Without it an empty folder could not be told from a ledger that lost everything. The publication's
id stands in it because a changed id changes every key, and then every post would look unmailed.
"""

import json

from pressrun.deliver.ledger.jsonl import whole
from pressrun.errors import LedgerDamaged, LedgerError

NAME = "ledger.json"
_FORMAT = 1


def encode(publication: str) -> bytes:
    """Return the marker of a publication's ledger."""
    return json.dumps({"format": _FORMAT, "publication": publication}).encode() + b"\n"


def found(data: bytes, publication: str, where: str) -> bool:
    """Say whether ``data`` marks the publication's ledger; False for one only half written.

    LedgerDamaged for anything else, LedgerError for another publication's or a newer ledger.
    """
    if not whole(data):
        return False
    marker = _decode(data, where)
    if marker["format"] != _FORMAT:
        what = f"The ledger has format {marker['format']}, this Pressrun knows {_FORMAT}."
        raise LedgerError.of(what, where, "Install a newer Pressrun.")
    if marker["publication"] != publication:
        raise LedgerError.of(
            f'The ledger belongs to publication "{marker["publication"]}", not "{publication}".',
            where,
            "Put the id in publish.yml back, or give this publication a ledger of its own.",
        )
    return True


def _decode(data: bytes, where: str) -> dict[str, object]:
    try:
        marker = json.loads(data)
        return {"format": marker["format"], "publication": marker["publication"]}
    except (ValueError, TypeError, KeyError):
        raise LedgerDamaged.of(
            "This is not the marker of a ledger.", where, "Put back what Pressrun wrote."
        ) from None
