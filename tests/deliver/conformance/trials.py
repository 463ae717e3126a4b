"""Play worlds to their end, with mishaps on the way, and say what came of each."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from deliver.conformance.worlds import AHEAD, MARK, START, SUBJECT, World, asks
from pressrun.deliver.steps import PAST_SENDING, Step
from support.mishaps import Mischief, Mishap, ways

# Runs of a scheduled job while things may still go wrong.
TROUBLED = 6
# More than any run has requests, lines or messages: who gets here runs for ever.
MOST = 150

Make = Callable[[], World]


@dataclass(frozen=True, slots=True)
class Record:
    """What came of one world: ``hit`` says what each mishap met, ``wrong`` what must never be.

    ``sent`` counts the copies that readers got. ``asked`` is whether a person had to say what
    became of the issue, ``stray`` whether a draft is left that nobody will look at again.
    """

    mishaps: tuple[Mishap, ...]
    hit: tuple[str, ...]
    sent: int
    asked: bool
    stray: bool
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        pairs = zip(self.mishaps, self.hit, strict=False)
        return ", then ".join(f"{mishap} ({what})" for mishap, what in pairs)


def single(
    make: Make, *, apart: bool = False, but: Collection[str] = frozenset()
) -> Iterator[Record]:
    """Play every world with one mishap that happens, at every place ``but`` these.

    ``make`` makes the same world each time; ``apart``: only mishaps that look different to us.
    """
    for name, kind in ways(make().places, apart=apart):
        if name not in but:
            yield from _each(make, (), name, kind)


def double(make: Make) -> Iterator[Record]:
    """Play every world with two mishaps that happen, one after the other."""
    for first in single(make, apart=True):
        for name, kind in ways(make().places, apart=True):
            yield from _each(make, first.mishaps, name, kind)


def _each(make: Make, before: Sequence[Mishap], name: str, kind: str) -> Iterator[Record]:
    """Let the last mishap happen earlier or later, until it comes too late to happen at all."""
    for at in count(1):
        record = play(make(), (*before, Mishap(name, kind, at)))
        if len(record.hit) <= len(before):
            return
        if at == MOST:
            raise RecursionError(f"{record}: the run never ends")
        yield record


def play(world: World, mishaps: Sequence[Mishap]) -> Record:
    """Run as a scheduled job does, with these mishaps and after them, until nothing changes."""
    mischief = Mischief(world.places, mishaps, lambda: _cut_in(world))
    for _ in range(TROUBLED):
        world.run_into()
        world.rig.clock.sleep(600)
        if not mischief.left or world.history.settled:
            break
    mischief.stop()
    early = list(_early(world))
    asked = asks(world.run_until_quiet())
    wrong = [*early, *_wrong(world, asked=asked)]
    copies = len(world.rig.deliveries())
    if asked:
        wrong += _after_an_answer(world)
    stray = not asked and world.rig.drafts() > 0
    world.store.close()
    return Record(tuple(mishaps), tuple(mischief.met), copies, asked, stray, tuple(wrong))


def _cut_in(world: World) -> None:
    """Let a second process, on another machine, do all that it can."""
    world.another().run_into()


def _early(world: World) -> Iterator[str]:
    """Let the time come at which a scheduled issue is due; say whether it went before."""
    if world.email.schedule != "provider":
        return
    world.run_until_quiet(3)
    if world.rig.deliveries():
        yield "it went before its time"
    world.rig.clock.moment = max(world.rig.clock.moment, START + AHEAD)


def _wrong(world: World, *, asked: bool) -> Iterator[str]:
    copies = world.rig.deliveries()
    if len(copies) > 1:
        yield f"{len(copies)} copies"
    for copy in copies:
        if (copy.subject, MARK in copy.body) != (SUBJECT, True):
            yield "an incomplete copy"
        if any(picture.url in copy.body for picture in world.pictures):
            yield "a copy with a picture that was not uploaded"
    if asked:
        return
    if not copies:
        yield "lost"
    if world.history.step is not Step.SENT:
        yield f"the ledger ends with {world.history.step}"


def _after_an_answer(world: World) -> Iterator[str]:
    """A person's true answer must bring the issue to its end, with one copy."""
    if world.history.step not in PAST_SENDING:
        yield "a person is asked, and there is no question to answer"
        return
    world.answer()
    world.run_until_quiet()
    if len(world.rig.deliveries()) != 1 or world.history.step is not Step.SENT:
        copies = len(world.rig.deliveries())
        yield f"after a true answer {copies} copies, and the ledger ends with {world.history.step}"
