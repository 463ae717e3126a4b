"""The stores of the ledger, behind one small interface."""

from collections.abc import Callable, Mapping

from pressrun.deliver.ledger.contract import Ledger
from pressrun.errors import UsageError
from pressrun.publication import Publication

Sleep = Callable[[float], None]


def open_ledger(publication: Publication, environ: Mapping[str, str], sleep: Sleep) -> Ledger:
    """Return the ledger that publish.yml chooses; nothing is read or made yet.

    ``sleep`` is how it waits between two tries, in seconds.
    """
    if publication.ledger.store == "git":
        return _git(publication, environ, sleep)
    if publication.ledger.store == "file":
        return _file(publication, environ)
    return _postgres(publication, environ, sleep)


def in_ci(environ: Mapping[str, str]) -> bool:
    """Say whether this is a job on a machine that dies with it."""
    return environ.get("CI", "").lower() not in {"", "0", "false"}


def _file(publication: Publication, environ: Mapping[str, str]) -> Ledger:
    from pressrun.deliver.ledger.file import FileLedger

    return FileLedger(
        publication.root / ".publish" / "ledger",
        publication=publication.id,
        persistent=publication.ledger.persistent,
        ci=in_ci(environ),
    )


def _git(publication: Publication, environ: Mapping[str, str], sleep: Sleep) -> Ledger:
    from pressrun.deliver.ledger.git import GitLedger

    return GitLedger(
        publication.root,
        publication.ledger.remote,
        publication.ledger.branch,
        environ,
        publication=publication.id,
        sleep=sleep,
    )


def _postgres(publication: Publication, environ: Mapping[str, str], sleep: Sleep) -> Ledger:
    try:
        from pressrun.deliver.ledger.postgres import PostgresLedger
        from pressrun.deliver.ledger.postgres_address import address
    except ImportError:
        raise UsageError.of(
            "The ledger is in PostgreSQL, and psycopg, which speaks with it, is not installed.",
            "publish.yml",
            "Install it: pip install 'pressrun[postgres]'",
        ) from None
    choice = publication.ledger
    place = address(choice.store, choice.password_env, environ)
    return PostgresLedger(place, publication=publication.id, sleep=sleep)
