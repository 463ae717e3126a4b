"""``publish email``: due posts become issues and go out, or are shown in a dry run."""

import click

from pressrun import config, posts
from pressrun.cli.choose import find_post
from pressrun.cli.world import World
from pressrun.errors import UsageError


@click.command("email")
@click.option("--dry-run", is_flag=True, help="Show everything, send nothing.")
@click.option("--post", "names", multiple=True, metavar="POST", help="Dry run: render this post.")
@click.option("--all", "everything", is_flag=True, help="Dry run: render every post.")
@click.option("--late", multiple=True, metavar="POST", help="Let this post go out although late.")
@click.option("--json", "as_json", is_flag=True, help="Dry run: print the plan for machines.")
@click.option("--detailed-exitcode", is_flag=True, help="Dry run: 10 when there is work to do.")
@click.pass_obj
def command(
    world: World,
    *,
    dry_run: bool,
    names: tuple[str, ...],
    everything: bool,
    late: tuple[str, ...],
    as_json: bool,
    detailed_exitcode: bool,
) -> int:
    """Send each new post as one issue, exactly once.

    Exit codes: 0 done or nothing to do, 1 failed and nothing sent, 2 usage, 4 an issue is held or
    uncertain and a person must look, 5 some issues sent and some failed.
    """
    if not dry_run and (names or everything or as_json or detailed_exitcode):
        raise UsageError.of(
            "--post, --all, --json and --detailed-exitcode choose what a dry run shows.",
            mend="Add --dry-run. What is sent follows from the posts and the ledger alone.",
        )
    publication = config.load(world.root)
    written = posts.load(publication)
    allowed = [find_post(written, name).id for name in late]
    if not dry_run:
        from pressrun.cli import send

        return send.run(world, publication, written, allowed)
    from pressrun.cli import dryrun, planview

    wanted = written if everything else [find_post(written, name) for name in names]
    view = dryrun.look(world, publication, written, wanted, allowed)
    for notice in view.notices:
        click.echo(notice, err=True)
    (planview.for_machines if as_json else planview.for_people)(view)
    return dryrun.exit_code(view, detailed=detailed_exitcode)
