"""``publish ledger``: show what the ledger knows, check it, and move it to another store."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import click

from pressrun import config
from pressrun.cli import ledgerview, show
from pressrun.cli.choose import find_issues, readable
from pressrun.cli.world import World
from pressrun.config.checking import read
from pressrun.deliver.ledger.contract import Ledger
from pressrun.deliver.ledger.move import move
from pressrun.deliver.ledger.verify import problems
from pressrun.deliver.steps import History
from pressrun.errors import LedgerDamaged, PressrunError, UsageError
from pressrun.publication import LedgerChoice
from pressrun.strict_yaml import parse


@click.group("ledger")
def command() -> None:
    """Show what was promised and sent, check it, and move it to another store."""


@command.command("show")
@click.argument("issue", required=False)
@click.option("--eml", is_flag=True, help="Write the message as it was sent, and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Write it for a machine.")
@click.pass_obj
def show_command(world: World, issue: str | None, eml: bool, as_json: bool) -> None:
    """Show all issues, or every step of ISSUE: a post, or an issue's key."""
    if eml and (not issue or as_json):
        raise UsageError.of("--eml needs one issue, and nothing beside it.", mend="Name a post.")
    publication = config.load(world.root)
    ledger = world.ledger(publication)
    histories = ledger.read()
    if not issue:
        ledgerview.overview(histories, publication.site.timezone, as_json=as_json)
        return
    found = find_issues(histories, readable(publication), issue)
    if eml:
        click.echo(_message(found, ledger), nl=False)
        return
    kept = {history.key: ledger.kept(history.key) for history in found}
    ledgerview.details(found, kept, publication.site.timezone, as_json=as_json)


@command.command("verify")
@click.pass_obj
def verify_command(world: World) -> None:
    """Read everything, and check that it is as Pressrun wrote it.

    Exit code 1 when it is not.
    """
    ledger = world.ledger(config.load(world.root))
    histories = ledger.read()
    kept = ledger.all_kept()
    LedgerDamaged.raise_if_any(problems(histories, kept))
    lines = sum(len(history.lines) for history in histories.values())
    click.echo(f"{_contents(len(histories), lines, len(kept))}: all as Pressrun wrote it.")


@command.command("move")
@click.argument("store")
@click.pass_obj
def move_command(world: World, store: str) -> None:
    """Move everything to STORE, and close the old ledger.

    STORE is what publish.yml is to say after `ledger:`, such as git or postgresql://me@host/db, or
    '{store: git, remote: backup}'. A move that was interrupted may be made again.
    """
    publication = config.load(world.root)
    choice = _choice(store)
    old = world.ledger(publication)
    new = world.ledger(replace(publication, ledger=choice))
    moved = move(old, new, store)
    contents = _contents(moved.issues, moved.lines, moved.kept)
    click.echo(f"{contents} moved from {old.where()} to {new.where()}, and read back there.")
    click.echo(f"Write this into publish.yml, wherever it is used:\n\n    ledger: {store}")


def _choice(store: str) -> LedgerChoice:
    try:
        value = parse(store, "STORE")
    except PressrunError as error:
        raise UsageError(*error.problems) from None
    if value.data is None:
        raise UsageError.of("STORE is empty.", mend="Say git, file or postgresql://USER@HOST/NAME.")
    return read(LedgerChoice, value, "STORE", name="ledger")


def _message(found: Sequence[History], ledger: Ledger) -> bytes:
    if len(found) > 1:
        keys = ", ".join(history.key for history in found)
        raise UsageError.of("there are several issues of this post.", mend=f"Say which: {keys}")
    files: Mapping[str, bytes] = ledger.kept(found[0].key)
    if "eml" not in files:
        what = f"nothing that was sent is kept of {found[0].key}."
        raise UsageError.of(what, ledger.where(), "A message is kept once it has been drafted.")
    return files["eml"]


def _contents(issues: int, lines: int, kept: int) -> str:
    parts = ((issues, "issue"), (lines, "line"), (kept, "kept message"))
    return ", ".join(str(show.Counted(number, noun)) for number, noun in parts)
