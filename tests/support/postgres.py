"""A throw-away PostgreSQL server of Debian's programs, on loopback and on a socket."""

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import canary
from support.require import require
from support.tls import certificate

PASSWORD = "canary-pg+Secret/1==canary"
OUR_SESSIONS = "FROM pg_stat_activity WHERE application_name = 'pressrun'"
SETTINGS = (
    "listen_addresses=127.0.0.1,127.0.0.2",
    # The machine itself does not fail here, and what a killed server has written outlives it. To
    # flush every file before it starts again would take half a minute on a busy disk.
    "fsync=off",
    "shared_buffers=16MB",
    "max_connections=40",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)


@dataclass
class Cluster:
    """A server with its data in ``folder``; over TCP it wants PASSWORD, on its socket nothing."""

    folder: Path
    programs: Path
    port: int
    user: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)
    read: int = 0

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = (
            *SETTINGS,
            f"port={self.port}",
            f"unix_socket_directories={self.folder}",
        )
        options = [part for setting in settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self.user,
            )
        while subprocess.call(self._ready(), stdout=subprocess.DEVNULL):
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.1)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT ends its sessions, SIGQUIT is as if it had crashed."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def schema(self) -> str:
        """Make an empty schema, which is much faster than a database, and return its name."""
        name = f"test_{next(self.numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        canary.later(lambda: self._contents(name))
        return name

    def url(self, schema: str, *, host: str = "127.0.0.1", port: int = 0, more: str = "") -> str:
        """Return the address of a schema over TCP, without the password."""
        place = f"{host}:{port or self.port}/postgres"
        return f"postgresql://press@{place}?options=-csearch_path%3D{schema}{more}"

    def execute(self, statement: str, schema: str = "public", *values: object) -> list[Any]:
        """Run a statement as the server's owner and return its rows."""
        with closing(self._connect(schema)) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def wait_until(self, condition: str) -> None:
        """Wait until an SQL expression is true."""
        while self.execute(f"SELECT {condition}") != [(True,)]:
            time.sleep(0.02)

    def wait_for_sessions(self) -> None:
        """Wait until the server has ended our sessions, whose clients are gone."""
        self.wait_until(f"NOT EXISTS (SELECT {OUR_SESSIONS})")

    def end_sessions(self) -> None:
        """End every session of ours from the server's side."""
        self.execute(f"SELECT pg_terminate_backend(pid, 10000) {OUR_SESSIONS}")

    @contextmanager
    def tls(self, subject: str) -> Iterator[Path]:
        """Offer TLS with a certificate for ``subject`` (an OpenSSL name such as IP:127.0.0.2)."""
        made = certificate(self.folder, subject, **self.user)
        key = made.with_name("key.pem")
        self._configure(f"ssl_cert_file = '{made}'", f"ssl_key_file = '{key}'", "ssl = on")
        try:
            yield made
        finally:
            self._configure("ssl = off")

    def _connect(self, schema: str) -> Any:
        import psycopg

        return psycopg.connect(
            host=str(self.folder),
            port=self.port,
            dbname="postgres",
            user="press",
            options=f"-csearch_path={schema}",
            autocommit=True,
        )

    def _contents(self, schema: str) -> Iterator[tuple[str, bytes]]:
        """Yield every value in a schema, and what the server has logged since it was last asked."""
        if not self.process:
            self.start()
        with (self.folder / "log").open("rb") as log:
            log.seek(self.read)
            yield "database/log", log.read()
            self.read = log.tell()
        there = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        with closing(self._connect(schema)) as connection:
            for (table,) in connection.execute(there).fetchall():
                for row in connection.execute(f'TABLE "{table}"'):
                    yield from ((f"database/{table}", _bytes(value)) for value in row)

    def _configure(self, *settings: str) -> None:
        for setting in settings:
            self.execute(f"ALTER SYSTEM SET {setting}")
        self.execute("SELECT pg_reload_conf()")
        wanted = settings[-1].rpartition(" ")[2]
        self.wait_until(f"current_setting('ssl') = '{wanted}'")

    def _ready(self) -> list[str]:
        return [str(self.programs / "pg_isready"), "-q", "-h", str(self.folder), f"-p{self.port}"]


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Make a server in a temporary folder, and take it away at the end."""
    programs = _programs()
    require("postgres", present=programs is not None)
    require("psycopg", present=_has_psycopg())
    # Not pytest's own folder, which other users than ours may not enter; and sockets need a short
    # path.
    folder = Path(tempfile.mkdtemp(prefix="pressrun-pg-", dir="/tmp"))
    with _kept_port() as port:
        made = Cluster(folder, programs, port, _somebody(folder))
        try:
            _initialise(made)
            made.start()
            yield made
        finally:
            made.stop(signal.SIGQUIT)
            shutil.rmtree(folder, ignore_errors=True)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _programs() -> Path | None:
    """Find the server's programs: Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    on_path = shutil.which("initdb")
    initdb = found[-1] if found else Path(on_path) if on_path else None
    return initdb.parent if initdb else None


def _version(initdb: Path) -> int:
    return int(initdb.parts[-3]) if initdb.parts[-3].isdigit() else 0


def _has_psycopg() -> bool:
    try:
        import psycopg
    except ImportError:
        return False
    return bool(psycopg)


def _somebody(folder: Path) -> dict[str, Any]:
    """Choose who runs the server, which refuses to be run by root; the folder becomes theirs."""
    if os.geteuid():
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    who = names.get("postgres") or names["nobody"]
    os.chown(folder, who.pw_uid, who.pw_gid)
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def _initialise(made: Cluster) -> None:
    secret = made.folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    options = ("--no-sync", "-E", "UTF8", "--locale=C", "-U", "press", f"--pwfile={secret}")
    subprocess.run(
        [
            *(made.programs / "initdb", "-D", made.folder / "data", *options),
            *("--auth-local=trust", "--auth-host=scram-sha-256"),
        ],
        check=True,
        capture_output=True,
        cwd=made.folder,
        **made.user,
    )


@contextmanager
def _kept_port() -> Iterator[int]:
    """Keep a port from being given to anybody else while the server does not listen on it.

    The server may listen on it all the same: SO_REUSEADDR lets it, as long as we do not listen.
    """
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("", 0))
        yield kept.getsockname()[1]
