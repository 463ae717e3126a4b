"""``publish init``: a working publication in an empty folder or beside posts already there."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from pressrun import config, posts
from pressrun.cli.advice import advice
from pressrun.cli.answers import Answers, gather, known
from pressrun.cli.generators import Proposals
from pressrun.cli.generators import look as ask_generator
from pressrun.cli.starter.files import beginning, first_post
from pressrun.cli.surroundings import look
from pressrun.cli.world import World
from pressrun.deliver import baseline
from pressrun.deliver.providers import TABLE
from pressrun.errors import PostError, PressrunError, Problem, UsageError

AFTERWARDS = "Mend these posts, then run publish init again: it has not begun a ledger yet."
LATER = "Later: publish baseline"


@click.command("init")
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--title", help="The publication's name.")
@click.option("--url", help="The address of the site's front page.")
@click.option("--from", "sender", help='Who writes: "The Press <hello@example.org>".')
@click.option("--timezone", help="Such as Europe/Berlin; this machine's when left out.")
@click.option("--language", help="Such as en or de-AT; en when left out.")
@click.option(
    "--provider", type=click.Choice(sorted(TABLE)), help="Who mails; the outbox at first."
)
@click.option(
    "--ledger",
    type=click.Choice(["file", "git"]),
    help="Where what was sent is recorded.",
)
@click.pass_obj
def command(world: World, /, folder: Path, **given: str | None) -> None:
    """Make a working publication in FOLDER, also beside posts that are already there.

    Nothing is overwritten: a file that exists stays as it is and is named as kept. Where there is a
    publish.yml already, what it says counts, and only what is missing is added.
    """
    root = world.folder / folder
    found = look(root, world.environ)
    there = (root / "publish.yml").exists()
    proposed = Proposals() if there else ask_generator(root, found.posts)
    if there:
        answers = known(config.load(root))
    else:
        found = found.with_posts(proposed.get("folder"))
        answers = gather(given, found, proposed, _name(root))
        _say_taken(answers, proposed)
    begins = not there and not found.posts
    now = world.now().astimezone(ZoneInfo(answers.timezone))
    files = dict(beginning(answers, found, now))
    if begins:
        files |= first_post(answers, now)
    kept = set()
    for name, content in files.items():
        if not _put(root / name, content):
            kept.add(name)
        click.echo(f"  {'kept ' if name in kept else 'wrote'}  {name}")
    click.echo("")
    click.echo(_start_ledger(world, root, archive=not begins))
    for paragraph in advice(answers, found, proposed, folder, kept):
        click.echo("")
        click.echo(paragraph)


def _say_taken(answers: Answers, proposed: Proposals) -> None:
    """Say what came from the configuration of the site's generator, and what could not."""
    for label, field, answer in (
        ("title", "title", answers.title),
        ("address", "url", answers.url),
        ("description", "description", answers.description),
        ("language", "language", answers.language),
        ("time zone", "timezone", answers.timezone),
        ("posts folder", "folder", answers.posts),
        ("url pattern", "pattern", answers.pattern),
    ):
        found = proposed.values.get(field)
        if found and found.value == answer:
            click.echo(f"  took   {label} {answer}{found.place}")
    for note in proposed.notes:
        click.echo(f"  note   {note}.")


def _name(root: Path) -> str:
    """Guess a title from the folder's name."""
    name = root.resolve().name.replace("-", " ") or "publication"
    return name[:1].upper() + name[1:]


def _put(path: Path, content: bytes) -> bool:
    """Write a file where there is none; say whether it was written."""
    if path.exists() or path.is_symlink():
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        mend = "Make room or give rights, then run publish init again: it goes on where it stopped."
        raise UsageError.of(f"cannot be written: {error.strerror}.", str(path), mend) from None
    return True


def _start_ledger(world: World, root: Path, *, archive: bool) -> str:
    """Create the ledger, mark an ``archive`` as known, and say how that went."""
    publication = config.load(root)
    try:
        written = posts.load(publication)
    except PostError as error:
        raise PostError(*error.problems, Problem(AFTERWARDS)) from None
    ledger = world.ledger(publication)
    try:
        if ledger.exists():
            return f"The ledger is there already: {ledger.where()}."
        with ledger.run():
            ledger.create()
            marked = 0
            if archive:
                marked = baseline.make(publication, written, ledger, now=world.now(), run=world.run)
    except PressrunError as error:
        return f"The ledger could not be made yet. {error}\n{LATER}"
    if not marked:
        return f"The ledger, which records what was sent, begins empty: {ledger.where()}."
    issues = "1 post counts" if marked == 1 else f"{marked} posts count"
    return f"{issues} as known to your readers and will not be mailed: {ledger.where()}."
