"""The workflow files of the repository that the publication is in."""

import os
from collections.abc import Iterator
from pathlib import Path

from pressrun.check.workflows import workflow
from pressrun.cli.checkup.seen import Seen, fine, note
from pressrun.cli.problems import finding
from pressrun.errors import Problem
from pressrun.publication import LedgerChoice

FOLDER = Path(".github") / "workflows"


def look(root: Path, ledger: LedgerChoice | None) -> Iterator[Seen]:
    """Check each workflow; GitHub reads them at the top of a repository only."""
    folder = _top(root) / FOLDER
    shown = Path(os.path.relpath(folder, root))
    if not folder.exists():
        yield note(f"there is no {shown.as_posix()}/")
        return
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix in {".yml", ".yaml"})
    except OSError as error:
        yield _unread(shown.as_posix(), error)
        return
    for file in files:
        yield from _file(file, (shown / file.name).as_posix(), ledger)


def _file(file: Path, shown: str, ledger: LedgerChoice | None) -> Iterator[Seen]:
    try:
        content = file.read_bytes()
    except OSError as error:
        yield _unread(shown, error)
        return
    found = workflow(content, shown, ledger)
    yield from found or (fine(shown),)


def _unread(shown: str, error: OSError) -> Seen:
    mend = "Give it back its permissions, or move away what is in its place."
    problem = Problem(f"it cannot be read: {error.strerror}.", mend=mend)
    return finding("workflow-unread", problem, shown)


def _top(root: Path) -> Path:
    """Return the top of the repository around ``root``; ``root`` itself outside of one."""
    here = root.resolve()
    return next((path for path in (here, *here.parents) if (path / ".git").exists()), here)
