"""What ``publish init`` finds where it is to make a publication: posts, git, the time zone."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

# Where generators keep posts. The first that holds a Markdown file wins.
POST_FOLDERS = (
    "posts",
    "_posts",
    "content/posts",
    "content/post",
    "content/blog",
    "src/content/posts",
    "src/content/blog",
    "src/posts",
    "blog",
    "content",
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is there before anything is written.

    ``posts`` are the folders that hold Markdown files, the likeliest first. ``remote`` and
    ``branch`` are empty outside of a git repository, ``remote`` also where it has none;
    ``top`` is false in a folder below the top of its repository.
    """

    posts: tuple[str, ...]
    remote: str
    branch: str
    top: bool
    timezone: str

    def with_posts(self, folder: str) -> "Surroundings":
        """Put a folder before all others that hold posts; an empty one changes nothing."""
        others = tuple(name for name in self.posts if name != folder)
        return replace(self, posts=(folder, *others)) if folder else self


def look(folder: Path, environ: Mapping[str, str], etc: Path = Path("/etc")) -> Surroundings:
    """Look around in ``folder``; nothing is changed, and a folder that is not there is empty."""
    place = folder.resolve()
    there = next(path for path in (place, *place.parents) if path.is_dir())
    remotes = _git(there, environ, "remote").split()
    return Surroundings(
        posts=tuple(name for name in POST_FOLDERS if holds_posts(folder / name)),
        remote="origin" if "origin" in remotes else next(iter(remotes), ""),
        branch=_git(there, environ, "symbolic-ref", "--short", "HEAD"),
        top=_git(there, environ, "rev-parse", "--show-toplevel") in {"", str(place)},
        timezone=_timezone(environ, etc),
    )


def holds_posts(folder: Path) -> bool:
    """Say whether a folder has a Markdown file in it, however deep."""
    return folder.is_dir() and any(folder.rglob("*.md"))


def _git(folder: Path, environ: Mapping[str, str], *arguments: str) -> str:
    """Ask git; empty without git, outside of a repository, and for no answer."""
    try:
        answer = subprocess.run(
            ("git", *arguments),
            cwd=folder,
            env=dict(environ),
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def _timezone(environ: Mapping[str, str], etc: Path) -> str:
    """Name this machine's zone; UTC where it does not say, as on most servers."""
    localtime = etc / "localtime"
    link = str(localtime.resolve()).rpartition("zoneinfo/")[2] if localtime.is_symlink() else ""
    written = etc / "timezone"
    says = written.read_text(encoding="utf-8").strip() if written.is_file() else ""
    names = (environ.get("TZ", "").removeprefix(":"), says, link)
    zone = next((name for name in names if name and is_zone(name)), "UTC")
    return "UTC" if zone == "Etc/UTC" else zone


def is_zone(name: str) -> bool:
    """Say whether ``name`` is a time zone such as Europe/Berlin."""
    try:
        return ZoneInfo(name).key == name
    except (KeyError, OSError, ValueError):  # no such zone, a folder of zones, not a name at all
        return False
