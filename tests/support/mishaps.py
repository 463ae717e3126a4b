"""What can go wrong on an issue's way out, at the n-th request or the n-th line of the ledger."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pressrun.deliver.ledger.contract import Entry, Ledger
from pressrun.errors import LedgerError
from support.ledgers import Crash, Passing

CUT_IN = "a second runner cuts in"


@dataclass(frozen=True, slots=True)
class Mishap:
    """Something that goes wrong in the way ``kind``, when its place comes up for the n-th time."""

    place: str
    kind: str
    at: int

    def __str__(self) -> str:
        return f"{self.kind} at {self.place} {self.at}"


# Told of what was being done when a mishap happened, such as "POST /emails" or "line sending".
Met = Callable[[str], None]
CutIn = Callable[[], None]


class Place(ABC):
    """Where mishaps happen: the provider's wire, the ledger, a store's own connection.

    ``alike`` are kinds that look to us like another one of the list.
    """

    kinds: Sequence[str]
    alike: Collection[str] = frozenset()

    @abstractmethod
    def arm(self, kind: str, at: int, met: Met, cut_in: CutIn) -> None:
        """Let it happen once, at the ``at``-th time from now.

        ``met`` is called as it happens. ``cut_in`` lets a second runner run to its end.
        """

    @abstractmethod
    def disarm(self) -> None:
        """Let everything pass from now on."""


@dataclass(slots=True)
class Trap:
    """A mishap that waits: counts down, springs once."""

    kind: str = ""
    left: int = 0
    met: Met = field(default=lambda _: None)
    cut_in: CutIn = field(default=lambda: None)

    def springs(self, what: str) -> bool:
        """Count one more time; say whether this is the one."""
        self.left -= 1
        if self.left != 0:
            return False
        self.met(what)
        return True


class Lines(Place):
    """The writing of each line, in any store of the ledger."""

    kinds = ("crash before", "crash after", "refused", "lost answer", CUT_IN)

    def __init__(self) -> None:
        self.trap = Trap()

    def arm(self, kind: str, at: int, met: Met, cut_in: CutIn) -> None:
        self.trap = Trap(kind, at, met, cut_in)

    def disarm(self) -> None:
        self.trap = Trap()

    def watch(self, ledger: Ledger) -> Ledger:
        """Return the ledger with mishaps on its way."""
        return _Watched(ledger, self)


class _Watched(Passing):
    def __init__(self, ledger: Ledger, lines: Lines) -> None:
        super().__init__(ledger)
        self.lines = lines

    def append(self, entries: Sequence[Entry]) -> None:
        trap = self.lines.trap
        if not trap.springs(f"line {entries[0].line.step}"):
            self.inner.append(entries)
            return
        if trap.kind == "crash before":
            raise Crash
        if trap.kind == "refused":
            raise LedgerError.of("the ledger is away.")
        if trap.kind == CUT_IN:
            trap.cut_in()
        self.inner.append(entries)
        if trap.kind == "crash after":
            raise Crash
        if trap.kind == "lost answer":
            raise LedgerError.of("the ledger did not say whether it has the line.")


class Mischief:
    """A row of mishaps, each armed once the one before has happened. ``met`` says what they hit."""

    def __init__(self, places: Mapping[str, Place], row: Sequence[Mishap], cut_in: CutIn) -> None:
        self.places = places
        self.left = list(row)
        self.cut_in = cut_in
        self.met: list[str] = []
        self._arm()

    def stop(self) -> None:
        """End the mishaps: the world is sound from now on."""
        self.left.clear()
        self._arm()

    def _arm(self) -> None:
        for place in self.places.values():
            place.disarm()
        if self.left:
            first = self.left[0]
            self.places[first.place].arm(first.kind, first.at, self._happened, self.cut_in)

    def _happened(self, what: str) -> None:
        self.met.append(what)
        self.left.pop(0)
        self._arm()


def ways(places: Mapping[str, Place], *, apart: bool = False) -> Iterator[tuple[str, str]]:
    """Yield every place with every kind of mishap that can happen there.

    ``apart``: of those that look alike, only one.
    """
    for name, place in places.items():
        for kind in place.kinds:
            if not (apart and kind in place.alike):
                yield name, kind
