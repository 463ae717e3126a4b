"""What a generator is asked, and what it may say."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pressrun.cli.surroundings import holds_posts

_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Said:
    """A value for one of our fields, under the generator's own ``key``.

    The key is empty for a folder that is simply there. ``file`` is where the value stands, when
    that is not the generator's main file.
    """

    field: str
    value: Any
    key: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What a person has to know, because it could not be taken over."""

    text: str


Listed = Iterable[Said | Note]


@dataclass(frozen=True, slots=True)
class Site:
    """A folder with a generator's files, and those folders in it that hold posts."""

    root: Path
    posts: tuple[str, ...]

    def folder_of(self, *wanted: str, below: str = "") -> str:
        """Name the folder of the posts: one that is wanted, else one ``below`` another."""
        own = (name for name in wanted if holds_posts(self.root / name))
        usual = (name for name in self.posts if name.startswith(below))
        return next(own, next(usual, ""))

    def keeps_dates(self, folder: str) -> bool:
        """Whether files or folders of posts are named by date, which we leave out of addresses."""
        files = (self.root / folder).rglob("*.md")
        return any(_DATED.match(part) for file in files for part in file.parts[-2:])


@dataclass(frozen=True, slots=True)
class Generator:
    """A generator, its configuration files, and how they are read.

    ``read`` gets the name of the first of ``files`` that is there. It returns None where that file
    turns out to be another program's.
    """

    name: str
    files: tuple[str, ...]
    read: Callable[[Site, str], Listed | None]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value that can be taken over, and where it stands."""

    value: str
    key: str
    file: str

    @property
    def place(self) -> str:
        """Say where the value comes from, after the value itself."""
        return f" from {self.file} ({self.key})" if self.key else ", where Markdown files are"


@dataclass(frozen=True, slots=True)
class Proposals:
    """What was found: a proposal for each field, and notes on what was not."""

    generator: str = ""
    file: str = ""
    values: Mapping[str, Proposal] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def get(self, name: str) -> str:
        """Return the value that is proposed for a field; empty without one."""
        return self.values[name].value if name in self.values else ""
