"""What was sent, kept beside the ledger: files of an issue, named by its key and a suffix.

They are written before, or together with, the line that speaks of them, so that a line never
promises what is not there. A file without its line is harmless: the next draft replaces it.
"""

import re
from collections.abc import Mapping, Sequence

from pressrun.deliver.ledger import jsonl
from pressrun.deliver.ledger.contract import Entry
from pressrun.errors import LedgerError

FOLDER = "sent"
_NAME = re.compile(f"({jsonl.KEY})\\.([a-z]+)")


def named(entries: Sequence[Entry]) -> dict[str, bytes]:
    """Return the files of ``entries`` by name; LedgerError for a name that could leave its folder.

    Of two files with one name the later counts.
    """
    return {
        _name(entry.key, suffix): content
        for entry in entries
        for suffix, content in entry.files.items()
    }


def key_of(name: str) -> str:
    """Return the key of the issue that a file belongs to; empty for a file that is not ours."""
    found = _NAME.fullmatch(name)
    return found[1] if found else ""


def by_key(files: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Return key to suffix to content for files by name; files of other names are not ours."""
    issues: dict[str, dict[str, bytes]] = {}
    for name in sorted(files):
        if found := _NAME.fullmatch(name):
            issues.setdefault(found[1], {})[found[2]] = files[name]
    return issues


def _name(key: str, suffix: str) -> str:
    name = f"{key}.{suffix}"
    if not _NAME.fullmatch(name):
        raise LedgerError.of(f"{name!r} cannot be the name of a file that is kept.")
    return name
