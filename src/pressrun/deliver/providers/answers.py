"""Reading what a provider answers. Nothing is believed that is not there: else it is Unsure."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from pressrun.errors import Rejected, Unsure
from pressrun.model import Figures, Remote, State
from pressrun.wire import Later

P = ParamSpec("P")
T = TypeVar("T")


def part(answer: Any, name: str, kind: type[T]) -> T:
    """Take a field out of an answer; Unsure where the answer is not what it seems to be."""
    found = answer.get(name) if isinstance(answer, Mapping) else None
    if isinstance(found, kind):
        return found
    raise Unsure.of(f"the provider's answer has no {name!r}, which its documents promise.")


def at(answer: Any, path: str, kind: type[T]) -> T | None:
    """Return what stands at a dotted path of an answer, None where it is not of this kind."""
    for name in path.split("."):
        answer = answer.get(name) if isinstance(answer, Mapping) else None
    return answer if isinstance(answer, kind) else None


def moment(text: Any) -> datetime | None:
    """Read an ISO time of an answer, in UTC where it names no zone; None where it is none."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def public_url(answer: Any, name: str) -> str:
    """Take the address of a picture out of an answer; Rejected where readers could not load it."""
    found = part(answer, name, str)
    if isinstance(answer, Later) or found.startswith("https://"):
        return found
    mend = "Give the provider's server an address with https, or write images: site."
    what = f"readers cannot load the picture that was uploaded: its address, {found}, is not https."
    raise Rejected.of(what, "", mend)


def gone(remote_id: str) -> Remote:
    """Say that the provider has no such campaign."""
    return Remote(remote_id, State.GONE, "not found")


def digest(seen: Any) -> str:
    """Digest what a campaign holds: equal only while nobody changes it."""
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


def counted(answer: Any, paths: Mapping[str, str]) -> Figures:
    """Read ``Figures`` from the places of an answer; None where there is no number."""
    found = {ours: at(answer, path, object) for ours, path in paths.items()}
    return Figures(**{ours: _whole(number) for ours, number in found.items()})


def if_tracked(figures: Figures) -> Figures:
    """Take 0 opens or clicks for none counted, where the provider does not say that it tracks."""
    return replace(figures, opens=figures.opens or None, clicks=figures.clicks or None)


def each_once(read: Callable[P, Iterator[list[Any]]]) -> Callable[P, Iterator[Any]]:
    """Make a generator of a list's pages one of its entries, each once although the list may grow.

    The next page is asked for when it is needed. A page that shows nothing new is the last one,
    whatever it says: it may lead round in circles.
    """

    @wraps(read)
    def entries(*args: P.args, **kwargs: P.kwargs) -> Iterator[Any]:
        seen: set[str] = set()
        for page in read(*args, **kwargs):
            there = {_id(one): one for one in page}
            fresh = [one for name, one in there.items() if name not in seen]
            if there and not fresh:
                return
            yield from fresh
            seen.update(there)

    return entries


def called(entries: Sequence[Any], name: str) -> list[Any]:
    """Return the entry with this id, or else those with this name, which need not be unique."""
    by_id = [one for one in entries if _id(one) == name]
    return by_id or [one for one in entries if at(one, "name", str) == name]


def listed(entries: Sequence[Any]) -> str:
    """Show entries to choose from, as ``name (id)``; empty where there is none."""
    return ", ".join(sorted(f"{at(one, 'name', str) or ''} ({_id(one)})" for one in entries))


def _id(entry: Any) -> str:
    """Return an entry's id, be it a number or a word."""
    number = at(entry, "id", int)
    return part(entry, "id", str) if number is None else str(number)


def _whole(number: Any) -> int | None:
    return int(number) if isinstance(number, int | float) else None
