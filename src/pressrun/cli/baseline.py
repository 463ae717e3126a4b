"""``publish baseline``: create the ledger and mark what is there as never to be mailed."""

import click

from pressrun import config, posts
from pressrun.cli import show
from pressrun.cli.choose import find_post, known_newsletters
from pressrun.cli.world import World
from pressrun.deliver import baseline


@click.command("baseline")
@click.option("--post", "name", metavar="POST", help="Mark this post only, due or not.")
@click.option("--newsletter", "newsletters", multiple=True, metavar="NAME", help="Only this one.")
@click.pass_obj
def command(world: World, name: str | None, newsletters: tuple[str, ...]) -> None:
    """Mark the posts that are due now as never to be mailed.

    Run it once where posts were published before Pressrun came; it also creates the ledger.
    Drafts and future posts stay as they are.
    """
    publication = config.load(world.root)
    written = posts.load(publication)
    known_newsletters(publication, newsletters)
    only = find_post(written, name) if name else None
    ledger = world.ledger(publication)
    with ledger.run():
        ledger.create()
        if only:
            count = baseline.mark(
                publication, only, ledger, now=world.now(), run=world.run, newsletters=newsletters
            )
        else:
            count = baseline.make(
                publication,
                written,
                ledger,
                now=world.now(),
                run=world.run,
                newsletters=newsletters,
            )
    issues = show.Counted(count, "issue")
    click.echo(f"{issues} marked as older than the ledger: never to be mailed. ({ledger.where()})")
