"""Stores of the ledger whose own connections fail: git's commands, a database's messages."""

import os
import threading
import time
from copy import copy
from pathlib import Path

from pressrun.deliver.ledger.contract import Ledger
from support.git_remote import command_of, wrapper
from support.mishaps import CUT_IN, CutIn, Met, Place, Trap
from support.postgres import Cluster
from support.stores import GitStore, PostgresStore, Store
from support.tcp_proxy import Fate, Proxy

CONVERSATION = """\
case " $* " in *" push "*|*" fetch "*|*" ls-remote "*) ;; *) exec $REAL "$@" ;; esac
echo "$*" > {folder}/ask
read -r fate < {folder}/answer
case $fate in
    pass) exec $REAL "$@" ;;
    lost) $REAL "$@" >/dev/null 2>&1 ;;
esac
echo "fatal: the remote end hung up unexpectedly" >&2
exit 128
"""


class GitCommands(Place):
    """Every command that goes to the remote asks here what becomes of it, through two pipes."""

    kinds = ("refused", "lost answer", CUT_IN)

    def __init__(self, folder: Path) -> None:
        self.path = wrapper(folder, CONVERSATION.format(folder=folder))
        self.trap = Trap()
        self._ask, self._answer = folder / "ask", folder / "answer"
        for pipe in (self._ask, self._answer):
            os.mkfifo(pipe)
        threading.Thread(target=self._converse, daemon=True).start()

    def arm(self, kind: str, at: int, met: Met, cut_in: CutIn) -> None:
        self.trap = Trap(kind, at, met, cut_in)

    def disarm(self) -> None:
        self.trap = Trap()

    def close(self) -> None:
        """End the conversation."""
        self._ask.write_text("")

    def _converse(self) -> None:
        while command := self._ask.read_text():
            self._answer.write_text(f"{self._fate(command)}\n")

    def _fate(self, command: str) -> str:
        trap = self.trap
        if not trap.springs(f"git {command_of(command)}"):
            return "pass"
        if trap.kind == CUT_IN:
            trap.cut_in()
            return "pass"
        return "lost" if trap.kind == "lost answer" else "refused"


class TroubledGit(GitStore):
    """A remote that is reached through ``commands``; every ``open`` is a new machine."""

    def __init__(self, parent: Path) -> None:
        super().__init__(parent)
        self.commands: GitCommands | None = GitCommands(parent / "bin")
        self.places = {"git": self.commands}

    def plain(self) -> Store:
        other = copy(self)
        other.commands, other.places = None, {}
        return other

    def close(self) -> None:
        if self.commands:
            self.commands.close()

    def open(self) -> Ledger:
        root = self.parent / f"machine-{next(self.numbers)}"
        return self.open_at(root, **({"PATH": self.commands.path} if self.commands else {}))


class Messages(Place):
    """Every message to the database's server."""

    kinds = ("drop", "cut", "lose", CUT_IN)

    def __init__(self, line: Proxy) -> None:
        self.line = line

    def arm(self, kind: str, at: int, met: Met, cut_in: CutIn) -> None:
        trap = Trap(kind, at, met, cut_in)

        def fate(_: int, data: bytes) -> Fate:
            if not trap.springs(f"message {_statement(data)}"):
                return "pass"
            if kind == CUT_IN:
                trap.cut_in()
                return "pass"
            return kind  # type: ignore[return-value]

        self.line.fate = fate

    def disarm(self) -> None:
        self.line.fate = lambda *_: "pass"


class TroubledPostgres(PostgresStore):
    """A schema that is reached through a proxy."""

    def __init__(self, cluster: Cluster, line: Proxy | None) -> None:
        super().__init__(cluster)
        self.line = line
        self.places = {"database": Messages(line)} if line else {}

    def plain(self) -> Store:
        other = copy(self)
        other.line, other.places = None, {}
        return other

    def open(self) -> Ledger:
        port = self.line.port if self.line else 0
        url = self.cluster.url(self.schema, port=port, more="&sslmode=disable")
        return self.open_at(url, sleep=lambda seconds: time.sleep(min(seconds, 0.05)))


def _statement(data: bytes) -> str:
    """Name a message by the SQL word in it; those of the login have none."""
    words = (b"COMMIT", b"INSERT", b"UPDATE", b"SELECT", b"CREATE", b"BEGIN", b"SET", b"ROLLBACK")
    return next((word.decode() for word in words if word in data), "login")
