"""The stores of the ledger, behind one small interface."""

from collections.abc import Mapping

from pressrun.deliver.ledger.contract import Ledger
from pressrun.model import Publication


def open_ledger(publication: Publication, environ: Mapping[str, str]) -> Ledger:
    """Return the ledger that publish.yml chooses; nothing is read or made yet."""
    if publication.ledger.store == "git":
        return _git(publication, environ)
    return _file(publication, environ)


def _file(publication: Publication, environ: Mapping[str, str]) -> Ledger:
    from pressrun.deliver.ledger.file import FileLedger

    return FileLedger(
        publication.root / ".publish" / "ledger",
        publication=publication.id,
        persistent=publication.ledger.persistent,
        ci=environ.get("CI", "").lower() not in {"", "0", "false"},
    )


def _git(publication: Publication, environ: Mapping[str, str]) -> Ledger:
    from pressrun.deliver.ledger.git import GitLedger

    return GitLedger(
        publication.root,
        publication.ledger.remote,
        publication.ledger.branch,
        environ,
        publication=publication.id,
    )
