"""``publish status``: what went out, what is open, what comes next; nothing is asked or changed."""

import click

from pressrun import config, posts
from pressrun.cli import exits, show
from pressrun.cli.send import make_plan
from pressrun.cli.world import World
from pressrun.deliver.orders import Orders
from pressrun.deliver.plan import Action

LAST_SENT = 5


@click.command("status")
@click.pass_obj
def command(world: World) -> int:
    """Show what is open, what was sent last and what comes next.

    Reads the posts and the ledger only. Exit code 4 when a person must look at an issue.
    """
    publication = config.load(world.root)
    written = posts.load(publication)
    ledger = world.ledger(publication)
    histories = ledger.read() if ledger.exists() else None
    plan = make_plan(world, publication, written, histories, Orders())
    closed = {Action.SENT, Action.BASELINE, Action.OFF, Action.NEVER}
    opened = [item for item in plan.items if item.action not in closed]
    sent = plan.of(Action.SENT)
    older = len(plan.of(Action.BASELINE))
    click.echo(f"{publication.site.title} -> {publication.provider.name}, {ledger.where()}\n")
    show.items((*opened, *sent[:LAST_SENT]))
    click.echo(
        f"\n{show.Counted(len(written), 'post')}: {len(opened)} open, {len(sent)} sent, "
        f"{older} older than the ledger."
    )
    if histories is None:
        click.echo("There is no ledger yet. publish baseline creates it.")
    return exits.NEEDS_A_PERSON if plan.of(Action.HELD) else exits.DONE
