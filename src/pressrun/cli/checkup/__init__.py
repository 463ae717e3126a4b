"""What ``publish doctor`` looks at, part by part; each part goes on where another one failed."""

from collections.abc import Iterator

from pressrun import config
from pressrun.cli.checkup import content, jobs, records, service
from pressrun.cli.checkup.seen import Part, Places, fine
from pressrun.cli.problems import findings
from pressrun.cli.world import World
from pressrun.errors import PressrunError
from pressrun.publication import Publication


def examine(world: World) -> Iterator[Part]:
    """Look at everything that a run needs, and yield each part when it is done.

    Every request is a read, and nothing is written but what a read of the ledger caches.
    """
    try:
        publication = config.load(world.root)
    except PressrunError as error:
        yield Part("configuration", tuple(findings("configuration", error, config.FILE)))
        yield Part("workflows", tuple(jobs.look(world.root, None)))
        return
    yield Part("configuration", (fine(f"{config.FILE} holds together"),))
    yield from _parts(world, publication, Places.of(publication.root))


def _parts(world: World, publication: Publication, places: Places) -> Iterator[Part]:
    written = content.load(publication)
    yield Part("posts", tuple(written.seen))
    yield Part("template", tuple(content.render(publication, written.posts)))
    call = service.call(world, publication)
    yield Part("secrets", tuple(service.secrets(call, places)))
    yield Part("provider", tuple(service.account(call, places)))
    yield Part("readers", tuple(service.readers(call, publication, places)))
    yield Part("sender", tuple(service.sender(call, publication, places)))
    yield Part("ledger", tuple(records.look(world, publication, places)))
    yield Part("clock", tuple(service.clock(call, publication, world.now(), places)))
    yield Part("workflows", tuple(jobs.look(publication.root, publication.ledger)))
