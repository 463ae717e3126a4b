"""A git remote on the disk, and ways to break it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

BRANCH = "publish-ledger"


@dataclass(frozen=True)
class GitRemote:
    """A bare repository in ``folder``; ``home`` is the HOME that git sees, empty at first."""

    folder: Path
    home: Path
    branch: str = BRANCH

    @classmethod
    def make(cls, parent: Path) -> "GitRemote":
        """Make an empty remote below ``parent``."""
        remote = cls(parent / "remote.git", parent / "home")
        remote.home.mkdir(parents=True)
        remote.git("init", "--quiet", "--bare", str(remote.folder), within=parent)
        return remote

    @property
    def environ(self) -> dict[str, str]:
        """Return the environment of a job that uses the remote."""
        path = "/usr/local/bin:/usr/bin:/bin"
        return {"PATH": path, "HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1"}

    def git(self, *arguments: str, within: Path | None = None, stdin: bytes = b"") -> bytes:
        """Run git in the remote itself and return its output."""
        identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
        return subprocess.run(
            ["git", *identity, *arguments],
            cwd=within or self.folder,
            env=self.environ,
            input=stdin,
            capture_output=True,
            check=True,
        ).stdout

    def head(self) -> str:
        """Return the newest commit of the ledger's branch, empty without one."""
        ref = f"refs/heads/{self.branch}"
        return self.git("for-each-ref", "--format=%(objectname)", ref).decode().strip()

    def subjects(self) -> list[str]:
        """Return the first line of each commit's message, newest first."""
        return self.git("log", "--format=%s", self.branch).decode().splitlines()

    def files(self) -> dict[str, bytes]:
        """Return the files of the branch."""
        names = self.git("ls-tree", "--name-only", self.branch).decode().splitlines()
        return {name: self.git("show", f"{self.branch}:{name}") for name in names}

    def put(self, name: str, content: bytes) -> None:
        """Commit a file to the branch, as a person would."""
        head = self.head()
        tree = self._tree(head, name, content)
        parents = ("-p", head) if head else ()
        commit = self.git("commit-tree", tree, *parents, "-m", "By hand").decode().strip()
        self.git("update-ref", f"refs/heads/{self.branch}", commit)

    def _tree(self, old: str, path: str, content: bytes) -> str:
        """Return the tree ``old`` (none where empty) with ``content`` at ``path``."""
        name, _, rest = path.partition("/")
        if rest:
            below = self.git("ls-tree", old, name).decode().split() if old else []
            entry = f"040000 tree {self._tree(below[2] if below else '', rest, content)}"
        else:
            blob = self.git("hash-object", "-w", "--stdin", stdin=content).decode().strip()
            entry = f"100644 blob {blob}"
        there = self.git("ls-tree", old).decode().splitlines() if old else []
        kept = [line for line in there if line.partition("\t")[2] != name]
        lines = "".join(f"{line}\n" for line in [*kept, f"{entry}\t{name}"])
        return self.git("mktree", stdin=lines.encode()).decode().strip()

    def hook(self, name: str, script: str) -> None:
        """Install a hook on the server's side."""
        path = self.folder / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


def command_of(line: str) -> str:
    """Return git's own command, such as push, of what was said after ``git``."""
    words = iter(line.split())
    for word in words:
        if word in {"-c", "-C"}:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def wrapper(folder: Path, script: str) -> str:
    """Put a program git before the real one, whose path is $REAL; return the PATH for it."""
    folder.mkdir(exist_ok=True)
    program = folder / "git"
    program.write_text(f"#!/bin/sh\nREAL=/usr/bin/git\n{script}\n")
    program.chmod(0o755)
    return f"{folder}:/usr/local/bin:/usr/bin:/bin"
