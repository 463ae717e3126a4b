"""The folder that feeds are written to: what is ours there, and what is to become of it.

The folder may be a whole site's. A manifest in it lists our files, so that a feed that is no longer
made is removed, and nobody else's file is ever touched. It lies there, and not with the cache,
because it belongs to the files: wherever they are checked in or copied to, it is there too.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from pressrun.cli.files import write
from pressrun.errors import Problem, UsageError

MANIFEST = ".pressrun.json"
# What a file of ours says of itself, be it a feed, a page, a list of feeds or a stylesheet.
_MARKS = (
    b"<generator>Pressrun</generator>",
    b'<meta name="generator" content="Pressrun">',
    b"<!-- Written by Pressrun -->",
    b"/* Written by Pressrun.",
)
_MEND = "Move it away, or name another folder in publish.yml with feeds: folder:"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Our files by their path in the folder, with a digest, and the ids that are in the feeds.

    ``ids`` gives the path of the post that had an id when the feeds were written.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be written and removed, by paths in the folder.

    ``left`` are files of feeds that are gone, which somebody else has changed since.
    """

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything would change."""
        return bool(self.written or self.removed)


def manifest(folder: Path) -> Manifest:
    """Read the manifest; an empty one where there is none that can be read."""
    try:
        kept = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(_texts(kept["files"]), _texts(kept["ids"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return Manifest()


def _texts(kept: Any) -> dict[str, str]:
    if isinstance(kept, dict) and all(isinstance(each, str) for each in kept.values()):
        return kept
    raise TypeError(kept)


def changes(folder: Path, files: Mapping[str, bytes], shown: str) -> Changes:
    """Compare what is in the folder, which messages call ``shown``, with what should be.

    UsageError for each file that we would have to overwrite and that is not ours.
    """
    known = manifest(folder).files
    written = [path for path, content in files.items() if _content(folder / path) != content]
    UsageError.raise_if_any(dict.fromkeys(_foreign(folder, written, known, shown)))
    gone = [path for path in sorted(known.keys() - files.keys()) if _is_there(folder, path)]
    ours = [path for path in gone if _digest((folder / path).read_bytes()) == known[path]]
    return Changes(tuple(written), tuple(ours), tuple(each for each in gone if each not in ours))


def apply(
    folder: Path, files: Mapping[str, bytes], wanted: Changes, ids: Mapping[str, str]
) -> None:
    """Write and remove what is to be, and keep the manifest.

    It names all files before they are written: what a stopped run leaves does not look foreign.
    """
    digests = {path: _digest(content) for path, content in files.items()}
    if wanted.any:
        _keep(folder, Manifest({**manifest(folder).files, **digests}, ids))
    for path in wanted.written:
        write(folder / path, files[path])
    for path in wanted.removed:
        _remove(folder, folder / path)
    _keep(folder, Manifest(digests, ids))


def _keep(folder: Path, kept: Manifest) -> None:
    told = {"files": dict(kept.files), "ids": dict(kept.ids)}
    write(folder / MANIFEST, f"{json.dumps(told, indent=1, sort_keys=True)}\n".encode())


def _foreign(
    folder: Path, paths: Iterable[str], known: Mapping[str, str], shown: str
) -> Iterable[Problem]:
    for path in paths:
        place = folder / path
        if not _is_within(folder, place.parent):
            yield Problem("this folder is a link that leads elsewhere.", f"{shown}/{path}", _MEND)
        elif blocking := _blocking(folder, path):
            what = "it is there in the place of a folder."
            yield Problem(what, str(PurePath(shown) / blocking), _MEND)
        elif os.path.lexists(place) and not (path in known or (not known and _is_marked(place))):
            what = "it is there already, and Pressrun did not write it."
            yield Problem(what, f"{shown}/{path}", _MEND)


def _blocking(folder: Path, path: str) -> PurePath | None:
    """Find what is in the way of a folder that a file of ours needs."""
    for above in PurePath(path).parents:
        place = folder / above
        if os.path.lexists(place) and not place.is_dir():
            return above
    return None


def _is_marked(place: Path) -> bool:
    """Whether a file says that it is ours, or, being JSON, the RSS feed beside it does."""
    speaks = place.with_name("feed.xml") if place.name == "feed.json" else place
    said = _content(speaks) or b""
    return any(mark in said for mark in _MARKS)


def _is_there(folder: Path, path: str) -> bool:
    """Whether a file that the manifest names is there, and in the folder."""
    try:
        return (folder / path).is_file() and _is_within(folder, folder / path)
    except (OSError, ValueError):  # a name that no file can have
        return False


def _is_within(folder: Path, place: Path) -> bool:
    # Unlike resolve(), this has an answer also where a link leads to itself.
    return Path(os.path.realpath(place)).is_relative_to(os.path.realpath(folder))


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _remove(folder: Path, path: Path) -> None:
    """Remove a file, and the folders that it leaves empty."""
    path.unlink()
    for parent in path.parents:
        if parent == folder or any(parent.iterdir()):
            return
        parent.rmdir()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
