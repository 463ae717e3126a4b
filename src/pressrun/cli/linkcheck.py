"""``publish check --links``: which addresses in posts do not answer."""

from collections.abc import Sequence

import click

from pressrun import check
from pressrun.cache import links as kept
from pressrun.check import links
from pressrun.check.facts import of_content
from pressrun.cli.progress import watched
from pressrun.cli.world import World
from pressrun.model import Finding, Message, Post

MOST = 300  # addresses in a run


def run(world: World, messages: Sequence[tuple[Post, Message]]) -> list[Finding]:
    """Ask the addresses of all messages, and find those that are dead."""
    facts = [of_content(post, message) for post, message in messages]
    urls = list(dict.fromkeys(url for each in facts for url in links.addresses(each)))
    if len(urls) > MOST:
        click.echo(f"Of {len(urls):,} addresses the first {MOST} are asked.", err=True)
    known = {url: links.Answer(*each) for url, each in kept.recall(world.root).items()}
    answers = links.ask(
        watched("Asking addresses", urls[:MOST]),
        world.look,
        known=known,
        now=world.now().timestamp(),
        sleep=world.sleep,
    )
    kept.keep(world.root, known | answers)
    return [
        finding for each in facts for finding in check.heard(links.dead(each, answers), each.post)
    ]
