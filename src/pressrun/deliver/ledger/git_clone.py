"""A private bare repository: a cache of the ledger's newest commit, and where the next is made.

It may be deleted or damaged at any time; whatever it cannot do it is rebuilt for.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path

from pressrun.deliver.ledger.git_command import Answer, Git

_HEAD = "refs/ledger/head"  # keeps the fetched commit reachable


class Broken(Exception):
    """Something in the clone is not as git needs it."""


class Clone:
    """The repository in ``folder``, which need not exist yet."""

    def __init__(self, folder: Path, git: Git) -> None:
        self._folder = folder
        self._git = git

    def ensure(self) -> None:
        """Make the repository unless it is there."""
        if self._call("rev-parse", "--is-bare-repository").out != b"true\n":
            self.rebuild()

    def rebuild(self) -> None:
        """Make the repository anew; Broken when that fails."""
        self.discard()
        # No template: its hooks and settings are not ours.
        done = self._git.call("init", "--quiet", "--bare", "--template=", str(self._folder))
        if done.code:
            raise Broken(done.talk)

    def discard(self) -> None:
        """Remove the repository, as far as it can be removed."""
        shutil.rmtree(self._folder, ignore_errors=True)
        with suppress(OSError):
            self._folder.unlink()

    def has(self, commit: str) -> bool:
        """Say whether ``commit`` is here."""
        return not self._call("cat-file", "-e", f"{commit}^{{tree}}").code

    def fetch(self, url: str, branch: str) -> Answer:
        """Fetch the newest commit of a branch and nothing before it."""
        options = ("--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head")
        return self._call("fetch", *options, url, f"+refs/heads/{branch}:{_HEAD}")

    def fetched(self) -> str:
        """Return the commit that was fetched last."""
        return self._plumb("rev-parse", "--verify", _HEAD).decode().strip()

    def push(self, url: str, commit: str, branch: str) -> Answer:
        """Push ``commit``. Never forced: git refuses what does not follow the branch's head."""
        return self._call("push", "--quiet", "--no-verify", url, f"{commit}:refs/heads/{branch}")

    def files(self, commit: str) -> dict[str, bytes]:
        """Return the files in the topmost folder of ``commit``: name to content."""
        return self._files(commit, lambda _: True)

    def files_in(self, commit: str, folder: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
        """Return the wanted files of a folder in the topmost one; none where it is no folder."""
        tree = _tree_of(self._tree(commit).get(folder, ""))
        return self._files(tree, wanted) if tree else {}

    def commit(
        self, parent: str | None, files: Mapping[str, bytes], message: str, at: datetime
    ) -> str:
        """Put ``files`` (path to content) into the tree of ``parent``; return the new commit.

        The same arguments give the same commit, so that pushing it again does no harm.
        """
        stored = dict(zip(files, self._store(tuple(files.values())), strict=True))
        tree = self._grown(parent or "", stored)
        parents = ("-p", parent) if parent else ()
        date = f"@{int(at.timestamp())} +0000"
        env = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        made = self._plumb("commit-tree", tree, *parents, "-F", "-", stdin=_bytes(message), env=env)
        return made.decode().strip()

    def _grown(self, tree: str, stored: Mapping[str, str]) -> str:
        """Return ``tree`` (empty: a new one) with the entries of ``stored`` at their paths."""
        entries = self._tree(tree) if tree else {}
        below: dict[str, dict[str, str]] = {}
        for path, entry in stored.items():
            folder, slash, name = path.partition("/")
            (below.setdefault(folder, {}) if slash else entries)[name or path] = entry
        for folder, inside in below.items():
            grown = self._grown(_tree_of(entries.get(folder, "")), inside)
            entries[folder] = f"040000 tree {grown}"
        lines = "".join(f"{entry}\t{name}\0" for name, entry in entries.items())
        return self._plumb("mktree", "-z", stdin=_bytes(lines)).decode().strip()

    def _files(self, tree: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
        entries = {name: entry.split(" ") for name, entry in self._tree(tree).items()}
        blobs = {
            name: entry[2] for name, entry in entries.items() if entry[1] == "blob" and wanted(name)
        }
        return dict(zip(blobs, self._blobs(blobs.values()), strict=True))

    def _tree(self, tree: str) -> dict[str, str]:
        """Return name to "mode type object" for everything directly in a tree or a commit."""
        listing = self._plumb("ls-tree", "-z", tree).decode(errors="surrogateescape")
        entries = (line.partition("\t") for line in listing.split("\0") if line)
        return {name: entry for entry, _, name in entries}

    def _blobs(self, objects: Iterable[str]) -> Iterable[bytes]:
        """Read many objects with one call."""
        wanted = "".join(f"{name}\n" for name in objects)
        out = BytesIO(self._plumb("cat-file", "--batch", stdin=wanted.encode()))
        while head := out.readline():
            if head.endswith(b" missing\n"):
                raise Broken(head.decode().strip())
            yield out.read(int(head.split(b" ")[2]))
            out.read(1)

    def _store(self, contents: Sequence[bytes]) -> list[str]:
        """Write many blobs with one call; return their tree entries."""
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            paths = [Path(folder, str(number)) for number in range(len(contents))]
            for path, content in zip(paths, contents, strict=True):
                path.write_bytes(content)
            listed = "".join(f"{path}\n" for path in paths).encode()
            options = ("-w", "--no-filters", "--stdin-paths")
            out = self._plumb("hash-object", *options, stdin=listed)
        return [f"100644 blob {name}" for name in out.decode().split()]

    def _plumb(
        self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> bytes:
        answer = self._call(*arguments, stdin=stdin, env=env)
        if answer.code:
            raise Broken(answer.talk)
        return answer.out

    def _call(
        self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> Answer:
        return self._git.call(f"--git-dir={self._folder}", *arguments, stdin=stdin, env=env)


def _tree_of(entry: str) -> str:
    """Return the object of an entry "mode type object" that is a folder, else nothing."""
    kind, name = entry.split(" ")[1:] or ("", "")
    return name if kind == "tree" else ""


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
