"""How the ledger's database is reached: the URL of publish.yml, completed so that it is safe.

https://www.postgresql.org/docs/current/libpq-connect.html has the names of all parameters.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pressrun.deliver.ledger.talk import talk
from pressrun.errors import UsageError

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}

# Seconds, but for tcp_user_timeout. A server that is gone is noticed after a minute at most, and
# one that only reads (a standby, which may lag behind) is not taken for the ledger.
_PARAMETERS = {
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "target_session_attrs": "read-write",
    "application_name": "pressrun",
}
# What libpq calls the system's authorities are those that its OpenSSL was built for, and psycopg's
# binary package brings an OpenSSL of its own, which finds none: so they are looked for here.
_AUTHORITIES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem")


@dataclass(frozen=True, slots=True)
class Address:
    """What libpq needs for a connection; ``name`` is what a person calls the database."""

    name: str
    conninfo: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


def address(url: str, password_env: str, environ: Mapping[str, str]) -> Address:
    """Complete a URL without a password; UsageError for one that PostgreSQL does not understand.

    ``environ`` may hold the password under the name ``password_env``.
    """
    secret = environ.get(password_env, "")
    given = {key: str(value) for key, value in _understood(url).items()}
    password = {"password": secret} if secret else {}
    parameters = _PARAMETERS | _tls(given, environ) | given | password
    return Address(_name(given), make_conninfo(**parameters), (secret,))


def _understood(url: str) -> Mapping[str, object]:
    try:
        return conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        what = f"The ledger's address is none that PostgreSQL understands: {talk(str(error))}."
        raise UsageError.of(what, "publish.yml", "Write postgresql://USER@HOST/DATABASE.") from None


def _name(given: Mapping[str, str]) -> str:
    host = given.get("host", "")
    port = f":{given['port']}" if "port" in given else ""
    there = "" if host.startswith("/") or not host else f" on {host}{port}"
    return f"database {given.get('dbname', '')}{there}"


def _tls(given: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Demand a certificate of every host but this one, unless the URL itself says how to do it.

    libpq's own default, ``prefer``, believes every certificate, and goes on without any. On a
    socket it minds none of this.
    """
    if "sslmode" in given or _is_here(given, environ):
        return {}
    named = given.get("sslrootcert") or environ.get("PGSSLROOTCERT")
    return {"sslmode": "verify-full", "sslrootcert": named or _authorities()}


def _is_here(given: Mapping[str, str], environ: Mapping[str, str]) -> bool:
    """Say whether all hosts are this machine; what is in ``environ`` counts as libpq counts it."""
    by_number = given.get("hostaddr") or environ.get("PGHOSTADDR")
    hosts = by_number or given.get("host") or environ.get("PGHOST") or ""
    return all(host in _LOOPBACK or host.startswith("/") for host in hosts.split(","))


def _authorities() -> str:
    """Return the file with the certificates that this machine trusts."""
    paths = (ssl.get_default_verify_paths().cafile, *_AUTHORITIES)
    return next((path for path in paths if path and Path(path).is_file()), "system")
