"""What a check brings back: facts that are fine, notes, and findings with their places."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pressrun.config import FILE
from pressrun.model import Finding
from pressrun.strict_yaml import Value, decode, parse


class Fact(NamedTuple):
    """What needs no mend: ``word`` is ok, or note for what was not asked or is good to know."""

    word: str
    what: str


Seen = Fact | Finding


@dataclass(frozen=True, slots=True)
class Part:
    """Everything that one part of the examination saw."""

    name: str
    seen: tuple[Seen, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is fine, and notes."""
        return tuple(one for one in self.seen if isinstance(one, Fact))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What needs a mend."""
        return tuple(one for one in self.seen if isinstance(one, Finding))


@dataclass(frozen=True, slots=True)
class Places:
    """The lines of publish.yml."""

    value: Value

    @classmethod
    def of(cls, root: Path) -> "Places":
        """Read publish.yml, which has been loaded without a problem before."""
        return cls(parse(decode((root / FILE).read_bytes(), FILE), FILE))

    def line(self, *keys: str) -> int:
        """Say where the key at the end of ``keys`` stands, or the last of them that is there."""
        found = self.value
        for key in keys:
            if not isinstance(found.data, dict) or key not in found.data:
                break
            found = found.data[key]
        return found.key_line or found.line

    def at(self, *keys: str) -> str:
        """Name the place of a key: ``publish.yml:7``."""
        return f"{FILE}:{self.line(*keys)}"


def fine(what: str) -> Fact:
    """Say what is as it should be."""
    return Fact("ok", what)


def note(what: str) -> Fact:
    """Say what was not asked, or is good to know."""
    return Fact("note", what)
