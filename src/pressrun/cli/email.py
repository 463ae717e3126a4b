"""``publish email``: due posts become issues and go out, or are shown in a dry run."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pressrun import config, posts
from pressrun.cli.choose import find_post
from pressrun.cli.world import World
from pressrun.deliver.orders import Orders
from pressrun.errors import UsageError
from pressrun.model import Post

if TYPE_CHECKING:
    from pressrun.cli.dryrun import View
    from pressrun.publication import Publication

EXCEPTIONS = {
    "--late": ("late", "Let this post go out although it is late."),
    "--audience-changed": ("resized", "Let it go out although its audience changed size."),
    "--send": ("send", "Send this post's draft, in draft mode."),
    "--resend": ("resend", "Mail this post once more; say why with --because."),
    "--overwrite": ("overwrite", "Put the post into a draft that was changed at the provider."),
    "--keep": ("keep", "Let a draft stand as it was changed at the provider."),
    "--reschedule": ("reschedule", "Hand a scheduled issue over again, as its post is now."),
    "--unschedule": ("unschedule", "Take a scheduled issue back from the provider."),
}


def _exceptions(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for each exception that a person may order for a post."""
    for option, (name, text) in reversed(EXCEPTIONS.items()):
        command = click.option(option, name, multiple=True, metavar="POST", help=text)(command)
    return command


@click.command("email")
@click.option("--dry-run", is_flag=True, help="Show everything, send nothing.")
@click.option("--open", "opens", is_flag=True, help="Dry run, and look at it in the browser.")
@click.option("--post", "names", multiple=True, metavar="POST", help="Show or test this post.")
@click.option("--all", "everything", is_flag=True, help="Dry run: render every post.")
@click.option("--json", "as_json", is_flag=True, help="Dry run: print the plan for machines.")
@click.option("--detailed-exitcode", is_flag=True, help="Dry run: 10 when there is work to do.")
@click.option("--save-plan", type=click.Path(path_type=Path), help="Dry run: write the plan here.")
@click.option("--plan", type=click.Path(path_type=Path), help="Do what this saved plan says.")
@click.option("--test-to", multiple=True, metavar="ADDRESS", help="Send a test to this address.")
@_exceptions
@click.option("--because", default="", metavar="TEXT", help="Why; kept in the ledger.")
@click.pass_obj
def command(
    world: World,
    /,
    *,
    dry_run: bool,
    opens: bool,
    names: tuple[str, ...],
    everything: bool,
    as_json: bool,
    detailed_exitcode: bool,
    save_plan: Path | None,
    plan: Path | None,
    test_to: tuple[str, ...],
    because: str,
    **exceptions: tuple[str, ...],
) -> int:
    """Send each new post as one issue, exactly once.

    Exit codes: 0 done or nothing to do, 1 failed and nothing sent, 2 usage, 4 an issue is held or
    uncertain and a person must look, 5 some issues sent and some failed.
    """
    dry_run = dry_run or opens
    shown = everything or as_json or detailed_exitcode or save_plan
    _check_combination(
        dry_run=dry_run,
        shown=bool(shown),
        names=names,
        plan=plan,
        test_to=test_to,
        exceptions=exceptions,
        because=because,
    )
    publication = config.load(world.root)
    written = posts.load(publication)
    chosen = [find_post(written, name) for name in names]
    if test_to:
        from pressrun.cli import testing

        return testing.run(world, publication, written, chosen, test_to)
    if plan:
        from pressrun.cli import apply

        return apply.run(world, publication, written, world.folder / plan)
    orders = _orders(written, exceptions, because)
    if not dry_run:
        from pressrun.cli import send

        return send.run(world, publication, written, orders)
    view = _look(world, publication, written, written if everything else chosen, orders)
    from pressrun.cli import dryrun, planview

    (planview.for_machines if as_json else planview.for_people)(view)
    if save_plan:
        dryrun.save(view, orders, world.folder / save_plan)
    if opens:
        from pressrun.cli import lookpage

        lookpage.show(view, world.browse)
    return dryrun.exit_code(view, detailed=detailed_exitcode)


def _look(
    world: World,
    publication: "Publication",
    written: Sequence[Post],
    wanted: Sequence[Post],
    orders: Orders,
) -> "View":
    """Make the dry run, while the inliner gets ready beside it, and say what it noticed."""
    from pressrun.cli import inlining

    with inlining.standby(world.cores) as helper:
        from pressrun.cli import dryrun

        inline = inlining.by(helper)
        view = dryrun.look(world, publication, written, wanted, orders, inline=inline)
    for notice in view.notices:
        click.echo(notice, err=True)
    return view


def _check_combination(
    *,
    dry_run: bool,
    shown: bool,
    names: Sequence[str],
    plan: Path | None,
    test_to: Sequence[str],
    exceptions: dict[str, tuple[str, ...]],
    because: str,
) -> None:
    """Refuse options that contradict each other, before anything is read."""
    if not dry_run and (shown or (names and not test_to)):
        raise UsageError.of(
            "--post, --all, --json, --save-plan and --detailed-exitcode choose what is shown.",
            mend="Add --dry-run. What is sent follows from the posts and the ledger alone.",
        )
    ordered = any(exceptions.values())
    if (plan or test_to) and (dry_run or ordered or (plan and test_to)):
        raise UsageError.of(
            "--plan does what the plan says and --test-to sends tests, and nothing besides.",
            mend="Leave out the other options.",
        )
    if exceptions["resend"] and not because:
        raise UsageError.of("say why it is mailed once more.", mend="Add --because TEXT.")
    if both := set(exceptions["overwrite"]) & set(exceptions["keep"]):
        what = f"{min(both)}: its draft is either overwritten or kept."
        raise UsageError.of(what, mend="Leave out --overwrite or --keep.")
    if both := set(exceptions["reschedule"]) & set(exceptions["unschedule"]):
        what = f"{min(both)}: --reschedule takes it back already."
        raise UsageError.of(what, mend="Leave out --reschedule or --unschedule.")


def _orders(
    written: Sequence[Post], exceptions: dict[str, tuple[str, ...]], because: str
) -> Orders:
    """Turn names into ids of posts; an issue without its post can be named by its key."""
    ids = {
        name: frozenset(find_post(written, each).id for each in values)
        for name, values in exceptions.items()
        if name != "unschedule"
    }
    known = {name: post.id for post in written for name in (post.slug, post.id, post.path)}
    ids["unschedule"] = frozenset(known.get(name, name) for name in exceptions["unschedule"])
    return Orders(**ids, because=because)
