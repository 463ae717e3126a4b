"""``publish check --links``: which addresses in posts do not answer, and how large pictures are."""

from collections.abc import Collection, Iterable, Iterator, Sequence

import click

from pressrun import check
from pressrun.cache import links as kept
from pressrun.check import links
from pressrun.check.facts import Facts, of_content
from pressrun.check.links import Answer
from pressrun.cli.compose import Composed, Composer
from pressrun.cli.progress import watched
from pressrun.cli.world import World
from pressrun.http.shown import Shown
from pressrun.http.web import Sight
from pressrun.model import Finding

MOST = 300  # addresses in a run


def run(world: World, composer: Composer, composed: Sequence[Composed]) -> Iterator[Finding]:
    """Ask the addresses of all messages, and find those that are dead.

    A message with pictures elsewhere is checked again: how large they are is known by then.
    """
    facts = [of_content(each.post, each.issue.message) for each in composed]
    files = {url for each in composed for url in each.pictures}
    elsewhere = {url for each in facts for url in links.pictures(each)} - files
    answers = _ask(world, facts, elsewhere)
    for each, known in zip(composed, facts, strict=True):
        measured = links.measured(known, answers)
        yield from composer.check(each, measured) if measured else each.findings
        dead = check.heard(links.dead(known, answers), each.post)
        yield from check.switched(dead, composer.publication.check.rules)


def _ask(world: World, facts: Iterable[Facts], pictures: Collection[str]) -> dict[str, Answer]:
    urls = list(dict.fromkeys(url for each in facts for url in links.addresses(each)))
    if len(urls) > MOST:
        click.echo(f"Of {len(urls):,} addresses the first {MOST} are asked.", err=True)
    earlier = _recall(world)

    def look(url: str) -> Sight:
        return world.measure(url) if url in pictures else world.look(url)

    answers = links.ask(
        watched("Asking addresses", urls[:MOST]),
        look,
        # What has been asked as a page does not say how large the picture is.
        known={url: each for url, each in earlier.items() if each.shown or url not in pictures},
        now=world.now().timestamp(),
        sleep=world.sleep,
    )
    kept.keep(world.root, earlier | answers)
    return answers


def _recall(world: World) -> dict[str, Answer]:
    rows = kept.recall(world.root).items()
    return {
        url: Answer(status, words, at, Shown(*shown) if shown else None)
        for url, (status, words, at, shown) in rows
    }
