"""The folder that feeds are written to: what is ours there, and what is to become of it.

The folder may be a whole site's. A manifest in it lists our files, so that a feed that is no longer
made is removed, and nobody else's file is ever touched. It lies there, and not with the cache,
because it belongs to the files: wherever they are checked in or copied to, it is there too.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pressrun.cli.files import write
from pressrun.errors import Problem, UsageError

MANIFEST = ".pressrun.json"
_OURS = b"<generator>Pressrun</generator>"
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
        return Manifest(dict(kept["files"]), dict(kept["ids"]))
    except (OSError, ValueError, TypeError, KeyError):
        return Manifest()


def changes(folder: Path, files: Mapping[str, bytes], shown: str) -> Changes:
    """Compare what is in the folder, which messages call ``shown``, with what should be.

    UsageError for each file that we would have to overwrite and that is not ours.
    """
    known = manifest(folder).files
    written = [path for path, content in files.items() if _content(folder / path) != content]
    UsageError.raise_if_any(_foreign(folder, written, known, shown))
    gone = [path for path in sorted(known.keys() - files.keys()) if (folder / path).is_file()]
    ours = [path for path in gone if _digest((folder / path).read_bytes()) == known[path]]
    return Changes(tuple(written), tuple(ours), tuple(each for each in gone if each not in ours))


def apply(
    folder: Path, files: Mapping[str, bytes], wanted: Changes, ids: Mapping[str, str]
) -> None:
    """Write and remove what is to be, and then the manifest."""
    for path in wanted.written:
        write(folder / path, files[path])
    for path in wanted.removed:
        _remove(folder, folder / path)
    digests = {path: _digest(content) for path, content in files.items()}
    content = json.dumps({"files": digests, "ids": dict(ids)}, indent=1, sort_keys=True)
    write(folder / MANIFEST, f"{content}\n".encode())


def _foreign(
    folder: Path, paths: Iterable[str], known: Mapping[str, str], shown: str
) -> Iterable[Problem]:
    adopted = not known and _OURS in (_content(folder / "feed.xml") or b"")
    for path in paths:
        place = folder / path
        if not _is_within(folder, place.parent):
            yield Problem("this folder is a link that leads elsewhere.", f"{shown}/{path}", _MEND)
        elif place.exists() and path not in known and not adopted:
            what = "it is there already, and Pressrun did not write it."
            yield Problem(what, f"{shown}/{path}", _MEND)


def _is_within(folder: Path, place: Path) -> bool:
    return place.resolve().is_relative_to(folder.resolve())


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
