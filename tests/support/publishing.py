"""Run commands as a person would, in a world of the test's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pressrun.cli import run
from pressrun.cli.world import World
from support.publications import MINIMAL, publication

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
SENDING = f"{MINIMAL}email:\n  from: Notes <notes@notes.example>\n  mode: send\n"
NEW_POST = """\
---
title: Once is enough
date: 2026-11-23 09:00
description: About sending once.
---
A lost answer is not a lost request.
"""


@dataclass
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@dataclass
class Desk:
    """A publication on disk and somebody in front of it. Time moves only when told to."""

    world: World
    capsys: pytest.CaptureFixture[str]
    slept: list[float] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """The publication's folder."""
        return self.world.folder

    def publish(self, *arguments: str) -> Said:
        """Run ``publish ARGUMENTS``."""
        self.capsys.readouterr()
        code = run(list(arguments), self.world)
        said = self.capsys.readouterr()
        return Said(code, said.out, said.err)

    def write(self, name: str, content: str) -> None:
        """Write a file below the publication's folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def later(self, **time: float) -> None:
        """Let time go by."""
        now = self.world.now() + timedelta(**time)
        self.world = replace(self.world, now=lambda: now)


def desk(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    config: str = SENDING,
    posts: Mapping[str, str | bytes] | None = None,
) -> Desk:
    """Set up a publication and somebody in front of it."""
    root = publication(tmp_path, config=config, posts=posts)
    slept: list[float] = []
    return Desk(World(root, {}, lambda: NOW, slept.append, "run"), capsys, slept)


def tree(folder: Path) -> dict[str, tuple[bytes | None, int]]:
    """Give each path below a folder, with a file's bytes and the time of its last change."""
    return {
        str(path.relative_to(folder)): (
            path.read_bytes() if path.is_file() else None,
            path.lstat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
    }
