"""``publish stats``: what the provider counts of the issues that went out. Only reads."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import click

from pressrun import config
from pressrun.cli import exits, statsview
from pressrun.cli.choose import find_issues, readable
from pressrun.cli.statsview import View
from pressrun.cli.world import World
from pressrun.deliver import figures
from pressrun.deliver.figures import Reading
from pressrun.deliver.providers.contract import Provider
from pressrun.deliver.steps import History
from pressrun.publication import Publication
from pressrun.wire import Recorder

NEWEST = 10


@click.command("stats")
@click.argument("issue", required=False)
@click.option(
    "--all", "everything", is_flag=True, help=f"Show all of them, not the newest {NEWEST}."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures for machines.")
@click.pass_obj
def command(world: World, issue: str | None, *, everything: bool, as_json: bool) -> int:
    """Show what the provider counts of the issues that went out, the newest first.

    ISSUE is a post, or an issue's key: then all of its issues are shown. Nothing is changed. Exit
    code 1 when the figures of an issue could not be read.
    """
    publication = config.load(world.root)
    figures.demand_statistics(publication)
    histories = world.ledger(publication).read()
    known = find_issues(histories, readable(publication), issue) if issue else histories.values()
    out = figures.went_out(known)
    shown = out if everything or issue else out[:NEWEST]
    pending = len(figures.may_have_gone(known))
    view = look(world, shown, View(publication, issue or "", len(out), pending))
    (statsview.for_machines if as_json else statsview.for_people)(view)
    return exits.FAILED if any(reading.failed for reading in view.readings) else exits.DONE


def look(world: World, shown: Sequence[History], view: View) -> View:
    """Ask the provider for what is to be shown; nobody is asked about nothing."""
    if not shown:
        return view
    provider = tied(world, view.publication)
    account = provider.account()
    asked = _watched(figures.ask(provider, account, shown), len(shown), provider.name)
    unique = provider.can.unique_opens
    return replace(view, account=account, unique=unique, readings=tuple(asked))


def tied(world: World, publication: Publication) -> Provider:
    """Return the provider as a dry run has it: nothing but reads goes through."""
    free = world.provider(publication)
    return free.over(Recorder(free.wire))


def _watched(readings: Iterator[Reading], total: int, name: str) -> Iterable[Reading]:
    """Show on a terminal how far the questions are: a provider may let each of them wait."""
    if not sys.stderr.isatty():
        return readings
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(readings, f"Asking {name}", total, console=console, transient=True)
