"""``publish check``: what is wrong, before anybody reads it."""

import click

from pressrun.cli import exits
from pressrun.cli.world import World


@click.command("check")
@click.pass_obj
def command(world: World) -> int:
    """Read publish.yml and all posts; look at the theme, and for ids that the feeds have lost.

    Nothing is written, and nobody is asked.
    """
    from pressrun import config, posts
    from pressrun.check.feeds import vanished
    from pressrun.check.theme import faint_colours
    from pressrun.cli import output, show
    from pressrun.model import Severity

    publication = config.load(world.root)
    written = posts.load(publication)
    folder = publication.feeds.folder
    known = output.manifest(publication.root / folder).ids
    found = [
        *vanished(known, written, publication.feeds),
        *faint_colours(publication.email.theme),
    ]
    show.findings(found)
    click.echo(f"{show.Counted(len(written), 'post')} read, {show.Counted(len(found), 'finding')}.")
    errors = any(each.severity is Severity.ERROR for each in found)
    return exits.CHECK_FOUND_ERRORS if errors else exits.DONE
