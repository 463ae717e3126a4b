"""Rendered posts, so that a new one does not make the others be rendered again."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from pressrun.cache import FOLDER
from pressrun.cache.stamps import Stamp
from pressrun.model import Body, Finding, Severity

FILE = "bodies.sqlite"

_TABLE = """CREATE TABLE IF NOT EXISTS bodies (
    path TEXT PRIMARY KEY, size INTEGER, changed INTEGER, inode INTEGER, context TEXT, body TEXT
)"""
_KEEP = "INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?, ?, ?)"


class Bodies:
    """The bodies of one publication, by path and stamp.

    ``context`` names all else that a body is made of: the configuration and the program.
    """

    def __init__(self, root: Path, context: str) -> None:
        self._file = root / FOLDER / FILE
        self._context = context

    def known(self, stamps: Mapping[str, Stamp]) -> dict[str, Body]:
        """Find the bodies of the posts at these paths, as far as they are known."""
        try:
            if self._file.exists():
                with self._open() as database:
                    return dict(self._matching(database, stamps))
        except (sqlite3.Error, OSError, ValueError, TypeError, KeyError, RecursionError):
            with suppress(OSError):
                self._file.unlink()
        return {}

    def keep(self, stamps: Mapping[str, Stamp], bodies: Mapping[str, Body], at: int) -> None:
        """Keep new ``bodies`` of posts whose ``stamps`` were taken ``at`` this time.

        What belongs to no post of ``stamps`` goes, and with it what is long gone.
        """
        rows = (
            (path, *stamp, self._context, _written(bodies[path]))
            for path, stamp in stamps.items()
            if path in bodies and stamp.settled(at)
        )
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as database:
                database.executemany(_KEEP, rows)
                kept = {path for (path,) in database.execute("SELECT path FROM bodies")}
                gone = [(path,) for path in kept - stamps.keys()]
                database.executemany("DELETE FROM bodies WHERE path = ?", gone)
        except (sqlite3.Error, OSError):
            return

    def _matching(
        self, database: sqlite3.Connection, stamps: Mapping[str, Stamp]
    ) -> Iterator[tuple[str, Body]]:
        query = "SELECT path, size, changed, inode, body FROM bodies WHERE context = ?"
        for path, *stamp, body in database.execute(query, (self._context,)):
            if stamps.get(path) == tuple(stamp):
                yield path, _read(json.loads(body))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=1)) as database:
            # Safe without: what a crash leaves half written is damaged, and made again.
            database.execute("PRAGMA synchronous = OFF")
            database.execute(_TABLE)
            with database:
                yield database


def _written(body: Body) -> str:
    findings = [[getattr(each, name) for name in Finding.__slots__] for each in body.findings]
    texts = [body.html, body.summary_html, body.related_html, body.markdown]
    return json.dumps([*texts, findings])


def _read(written: Any) -> Body:
    *texts, findings = written
    html, summary_html, related_html, markdown = map(_text, texts)
    return Body(
        html=html,
        text="",
        summary_html=summary_html,
        related_html=related_html,
        markdown=markdown,
        findings=tuple(_finding(*each) for each in findings),
    )


def _finding(rule: str, severity: str, path: str, line: int, *texts: str) -> Finding:
    what, mend = map(_text, texts)
    return Finding(_text(rule), Severity(severity), _text(path), int(line), what, mend)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(value)
