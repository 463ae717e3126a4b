"""Which files are posts: every Markdown file below the folder, and none outside it."""

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

from pressrun.errors import Problem
from pressrun.posts.ids import JEKYLL_FOLDER

SUFFIXES = (".md", ".markdown", ".qmd")


def find(folder: Path, shown: str, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """Yield path below ``folder`` and file of each post, sorted; note what may not be there.

    Names that begin with a dot or an underscore are passed over, with all that is below them, but
    not the folders _posts of Jekyll.
    ``shown`` is what messages call the folder.
    """
    real = os.path.realpath(folder)
    shown = posixpath.normpath(shown)
    open_folders = [""]
    found: list[str] = []
    while open_folders:
        below = open_folders.pop()
        for entry in _entries(folder / below, f"{shown}/{below}", problems):
            relative = f"{below}/{entry.name}".lstrip("/")
            if problem := _forbidden(entry, real):
                problems.append(
                    Problem(problem[0], f"{shown}/{_printable(relative)}:1", problem[1])
                )
            elif entry.is_dir():
                open_folders.append(relative)
            else:
                found.append(relative)
    return ((relative, f"{folder}/{relative}") for relative in sorted(found))


def _entries(folder: Path, shown: str, problems: list[Problem]) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError as error:
        problems.append(Problem(f"it cannot be read: {error.strerror}.", f"{shown.rstrip('/')}:1"))
        return iter(())
    visible = (entry for entry in listed if not _passed_over(entry.name))
    return (entry for entry in visible if _matters(entry))


def _passed_over(name: str) -> bool:
    return name.startswith((".", "_")) and name != JEKYLL_FOLDER


def _matters(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(SUFFIXES) or _leads_to_folder(entry)


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _forbidden(entry: os.DirEntry[str], real: str) -> tuple[str, str] | None:
    if not entry.name.isprintable():
        return "the name holds characters that nobody can see.", "Rename it."
    if not entry.is_symlink():
        plain = entry.is_dir() or entry.is_file()
        return None if plain else ("this is not a file.", "Remove it, or rename it.")
    target = os.path.realpath(entry.path)
    if os.path.commonpath([real, target]) != real:
        return "this link leads out of the folder.", "Copy the file, or remove the link."
    if _leads_to_folder(entry):
        return "this is a link to a folder.", "Posts are read where they are: remove the link."
    return None if Path(entry.path).is_file() else ("this link leads nowhere.", "Remove it.")


def _printable(name: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in name)
