"""The tables of a ledger in PostgreSQL, and every statement that reads or writes them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pressrun.deliver.ledger import jsonl, kept, marker
from pressrun.deliver.ledger.postgres_database import Cursor
from pressrun.deliver.steps import History, Line
from pressrun.errors import LedgerDamaged, LedgerError, Problem

# Of the type json, since jsonb cannot hold all that a title may, such as a zero character.
_CREATE = """
CREATE TABLE pressrun_ledger (
    publication text PRIMARY KEY,
    format integer NOT NULL,
    moved text NOT NULL DEFAULT ''
);
CREATE TABLE pressrun_line (
    publication text NOT NULL REFERENCES pressrun_ledger,
    key text NOT NULL,
    seq integer NOT NULL CHECK (seq > 0),
    line json NOT NULL,
    PRIMARY KEY (publication, key, seq)
);
CREATE TABLE pressrun_kept (
    publication text NOT NULL REFERENCES pressrun_ledger,
    key text NOT NULL,
    suffix text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (publication, key, suffix)
)
"""
_THERE = """
SELECT name, to_regclass(name) IS NOT NULL
FROM unnest(ARRAY['pressrun_ledger', 'pressrun_line', 'pressrun_kept']) AS name
"""
_MARK = "SELECT format, moved FROM pressrun_ledger WHERE publication = %s"
_MOVED = "SELECT moved FROM pressrun_ledger WHERE publication = %s FOR UPDATE"
# No two servers begin in one microsecond, as far as anybody will ever move a ledger between them.
_IDENTITY = """
SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()),
                 (SELECT oid FROM pg_database WHERE datname = current_database()),
                 'pressrun_ledger'::regclass::oid)
"""
_HAS_LINES = "SELECT EXISTS (SELECT FROM pressrun_line WHERE publication = %s)"
_LINES = """
SELECT key, seq, line::text FROM pressrun_line
WHERE publication = %s AND (%s::text[] IS NULL OR key = ANY(%s::text[])) ORDER BY key, seq
"""
_ADD_LINES = """
INSERT INTO pressrun_line (publication, key, seq, line)
SELECT %s, key, seq, line::json
FROM unnest(%s::text[], %s::integer[], %s::text[]) AS new (key, seq, line)
"""
_KEPT = """
SELECT key, suffix, content FROM pressrun_kept
WHERE publication = %s AND (%s::text IS NULL OR key = %s)
"""
_KEEP = """
INSERT INTO pressrun_kept (publication, key, suffix, content)
SELECT %s, key, suffix, content
FROM unnest(%s::text[], %s::text[], %s::bytea[]) AS new (key, suffix, content)
ON CONFLICT (publication, key, suffix) DO UPDATE SET content = EXCLUDED.content
"""


@dataclass(frozen=True, slots=True)
class Tables:
    """The part of one publication, within a transaction; ``where`` names the database."""

    cursor: Cursor
    publication: str
    where: str

    def create(self) -> None:
        """Make the tables, and the publication's row, unless they are there."""
        # Two that make the tables at once would trip over each other.
        self.cursor.execute("SELECT pg_advisory_xact_lock(hashtext('pressrun tables'))")
        if self.marked():
            return
        if not self._are_there():
            self._demand_unicode()
            self.cursor.execute(_CREATE)
        insert = "INSERT INTO pressrun_ledger (publication, format) VALUES (%s, %s)"
        self.cursor.execute(insert, [self.publication, marker.FORMAT])

    def marked(self, *, lock: bool = False) -> bool:
        """Say whether the ledger is there; with ``lock``, nobody else writes to it from now on."""
        if not self._are_there():
            return False
        select = _MARK + (" FOR UPDATE" if lock else "")
        if row := self.cursor.execute(select, [self.publication]).fetchone():
            number, moved = row
            marker.demand_usable(number, moved, self.where)
            return True
        if self._value(_HAS_LINES, self.publication):
            raise self._damaged("The ledger holds issues, but its row in pressrun_ledger is gone.")
        return False

    def moved(self) -> str:
        """Return where the ledger has moved to; empty while it is in use."""
        return str(self._value(_MOVED, self.publication) or "")

    def move(self, moved: str) -> None:
        """Say that the ledger has moved."""
        update = "UPDATE pressrun_ledger SET moved = %s WHERE publication = %s"
        self.cursor.execute(update, [moved, self.publication])

    def identity(self) -> str:
        """Return what tells these tables from all others: server, database, table, publication."""
        return f"{self._value(_IDENTITY)} {self.publication}"

    def histories(self, keys: Sequence[str] | None = None) -> dict[str, History]:
        """Return the histories of these issues, or of all."""
        values = [self.publication, keys and list(keys), keys and list(keys)]
        return _decoded(self.cursor.execute(_LINES, values), self.where)

    def add(self, now: Mapping[str, History], lines: Mapping[str, Sequence[Line]]) -> None:
        """Add lines to the histories that are there ``now``."""
        rows = [
            (key, number, jsonl.encode([line]).decode().strip())
            for key, new in lines.items()
            for number, line in enumerate(new, start=_length(now, key) + 1)
        ]
        self.cursor.execute(_ADD_LINES, [self.publication, *_columns(rows, 3)])

    def keep(self, files: Mapping[str, bytes]) -> None:
        """Keep files, by name; each replaces an earlier one."""
        rows = [(*name.split("."), content) for name, content in files.items()]
        self.cursor.execute(_KEEP, [self.publication, *_columns(rows, 3)])

    def kept(self, key: str | None = None) -> dict[str, dict[str, bytes]]:
        """Return what is kept for this issue, or for all: key to suffix to content."""
        rows = self.cursor.execute(_KEPT, [self.publication, key, key])
        return kept.by_key({f"{key}.{suffix}": content for key, suffix, content in rows})

    def _are_there(self) -> bool:
        there: dict[str, bool] = dict(self.cursor.execute(_THERE).fetchall())
        if any(there.values()) and not all(there.values()):
            gone = ", ".join(name for name, found in there.items() if not found)
            raise self._damaged(f"A table of the ledger is missing: {gone}.")
        return all(there.values())

    def _demand_unicode(self) -> None:
        encoding = self._value("SHOW server_encoding")
        if encoding != "UTF8":
            what = f"The database's encoding is {encoding}, which cannot hold every title."
            raise LedgerError.of(what, self.where, "Make a database with ENCODING 'UTF8'.")

    def _value(self, select: str, *values: Any) -> Any:
        row = self.cursor.execute(select, values).fetchone()
        return row[0] if row else None

    def _damaged(self, what: str) -> LedgerDamaged:
        mend = "Restore the database from a backup; until then nothing is sent."
        return LedgerDamaged.of(what, self.where, mend)


def _length(now: Mapping[str, History], key: str) -> int:
    return len(now[key].lines) if key in now else 0


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[column] for row in rows] for column in range(width)]


def _decoded(rows: Iterable[tuple[str, int, str]], where: str) -> dict[str, History]:
    """Read histories as strictly as those in files."""
    lines: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for key, seq, text in rows:
        before = lines.setdefault(key, [])
        before.append(text)
        if seq != len(before) or "\n" in text:
            place = f"{where}, pressrun_line {key}:{seq}"
            problems.append(Problem("This is not a line that Pressrun wrote.", place, jsonl.MEND))
    LedgerDamaged.raise_if_any(problems)
    files = {
        f"{key}{jsonl.SUFFIX}": "".join(f"{text}\n" for text in texts).encode()
        for key, texts in lines.items()
    }
    return jsonl.decode_all(files, lambda name: _place(name, where))


def _place(name: str, where: str) -> str:
    return f"{where}, pressrun_line {name.removesuffix(jsonl.SUFFIX)}"
