"""What a rule is: a name, a weight, why it is there, and a function that finds places."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pressrun.check.facts import Facts
from pressrun.model import Finding, Severity


class Spot(NamedTuple):
    """One place where a rule is broken; ``line`` is that of the post's file."""

    line: int
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for a message, or one that is kept elsewhere and only explained here.

    ``severity`` is its weight unless publish.yml says otherwise; a ``fixed`` one cannot be changed.
    ``why`` is a paragraph for people, ``source`` a page that says more.
    """

    name: str
    severity: Severity
    why: str
    source: str
    look: Callable[[Facts], Iterator[Spot]] | None = None
    fixed: bool = False

    def find(self, facts: Facts, severity: Severity) -> Iterator[Finding]:
        """Look for places, and report them with this severity."""
        for spot in self.look(facts) if self.look else ():
            yield Finding(self.name, severity, facts.post.path, *spot)
