"""``publish feed --ping``: tell hubs and other listeners which feeds have changed.

WebSub leaves open how a publisher does it; this is what hubs take:
https://documentation.superfeedr.com/publishers.html. micro.blog and others take the feed's address
as ``url``: https://help.micro.blog/t/feeds/94.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pressrun.cli.world import World
from pressrun.errors import UsageError
from pressrun.publication import Feeds

if TYPE_CHECKING:
    from pressrun.http.web import Sight

MOST = 100  # requests a run
PATIENCE = timedelta(seconds=60)  # after which nothing more is begun


@dataclass(frozen=True, slots=True)
class Word:
    """One feed's change, for one listener."""

    listener: str
    feed: str
    form: Mapping[str, str]


def check(feeds: Feeds) -> None:
    """UsageError where nobody is named who could be told."""
    if not feeds.hubs and not feeds.pings:
        mend = "Name a hub in feeds: hubs: or an address in feeds: pings: of publish.yml."
        raise UsageError.of("there is nobody to ping.", f"publish.yml:{feeds.line}", mend)


def words(feeds: Feeds, changed: Iterable[str]) -> list[Word]:
    """Say what is to be told of the ``changed`` feeds' addresses, and to whom."""
    told: list[Word] = []
    for feed in changed:
        told += [Word(hub, feed, {"hub.mode": "publish", "hub.url": feed}) for hub in feeds.hubs]
        told += [Word(ping, feed, {"url": feed}) for ping in feeds.pings]
    return told


def send(feeds: Feeds, changed: Sequence[str], world: World) -> Iterator[str]:
    """Tell everybody of every changed feed; yield a line on each."""
    from pressrun.http.herald import Herald

    with Herald(transport=world.transport) as herald:
        yield from tell(words(feeds, changed), herald.tell, world.now)


def tell(
    told: Iterable[Word],
    post: "Callable[[str, Mapping[str, str]], Sight]",
    now: Callable[[], datetime],
) -> Iterator[str]:
    """Post each word; a listener that cannot be reached, or a run that takes too long, ends it."""
    from pressrun.http.herald import heard

    until = now() + PATIENCE
    silent: set[str] = set()
    for count, word in enumerate(told):
        if count >= MOST or now() > until:
            yield _line(word, "left for the next change, this run has pinged enough")
        elif word.listener in silent:
            yield _line(word, "cannot be reached")
        else:
            sight = post(word.listener, word.form)
            if sight.status is None:
                silent.add(word.listener)
            yield _line(word, "" if heard(sight) else sight.words)


def _line(word: Word, trouble: str) -> str:
    """Name the listener by its host: what follows it may be a key."""
    host = urlsplit(word.listener).hostname
    return (
        f"{host}: not told of {word.feed}: {trouble}."
        if trouble
        else f"{host}: told of {word.feed}"
    )
