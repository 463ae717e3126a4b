"""``publish init``: a working publication in an empty folder or beside posts already there."""

from collections.abc import Iterator
from datetime import datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from pressrun import config, posts
from pressrun.cli import starter
from pressrun.cli.advice import advice
from pressrun.cli.answers import EMBEDDED, Answers, gather
from pressrun.cli.surroundings import Surroundings, look
from pressrun.cli.world import World
from pressrun.deliver import baseline
from pressrun.deliver.ledger import open_ledger
from pressrun.deliver.providers import TABLE
from pressrun.errors import PressrunError, UsageError
from pressrun.render.packed import packed_templates

LATER = "When it can be reached: publish baseline"


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
@click.option("--ledger", type=click.Choice(["file", "git"]), help="Where the record is kept.")
@click.pass_obj
def command(world: World, folder: Path, **given: str | None) -> None:
    """Make a working publication in FOLDER, also beside posts that are already there.

    Nothing is overwritten: a file that exists stays as it is and is named as kept.
    """
    root = world.folder / folder
    found = look(root, world.environ)
    answers = gather(given, found, root.resolve().name.replace("-", " ") or "publication")
    now = world.now().astimezone(ZoneInfo(answers.timezone))
    files = dict(_files(answers, found, now))
    kept = set()
    for name, content in files.items():
        if not _put(root / name, content):
            kept.add(name)
        click.echo(f"  {'kept ' if name in kept else 'wrote'}  {name}")
    click.echo("")
    click.echo(_start_ledger(world, root, archive=bool(found.posts)))
    for paragraph in advice(answers, found, folder, kept):
        click.echo("")
        click.echo(paragraph)


def _files(answers: Answers, found: Surroundings, now: datetime) -> Iterator[tuple[str, bytes]]:
    yield "publish.yml", _configuration(answers, found, now).encode()
    schema = resources.files("pressrun") / "publish.schema.json"
    yield ".publish/publish.schema.json", schema.read_bytes()
    if not found.posts:
        draft = "" if answers.provider == EMBEDDED else "draft: true\n"
        hello = starter.fill("hello.md", date=f"{now:%Y-%m-%d %H:%M}", draft=draft)
        yield f"{answers.posts}/hello.md", hello.encode()
    yield from _copy(packed_templates() / "letter", "email_templates/letter")
    branch, secrets = found.branch or "main", tuple(answers.secrets.values())
    workflow = starter.workflow(posts=answers.posts, branch=branch, secrets=secrets)
    yield starter.WORKFLOW, workflow.encode()
    yield ".gitignore", "".join(f"{line}\n" for line in starter.IGNORED).encode()


def _copy(source: Traversable, target: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(source.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _copy(entry, f"{target}/{entry.name}")
        else:
            yield f"{target}/{entry.name}", entry.read_bytes()


def _configuration(answers: Answers, found: Surroundings, now: datetime) -> str:
    provider = {"name": answers.provider} | dict(answers.secrets)
    other_remote = found.remote not in {"", "origin"} and answers.ledger == "git"
    ledger = f"\n  store: git\n  remote: {starter.scalar(found.remote)}" if other_remote else ""
    return starter.fill(
        "publish.yml",
        **{
            key: starter.scalar(getattr(answers, key))
            for key in ("id", "title", "url", "language", "timezone", "authority", "sender")
        },
        author=starter.scalar(answers.sender.partition("<")[0].strip(' "') or answers.title),
        folder=starter.scalar(answers.posts),
        today=f"{now:%Y-%m-%d}",
        mode=answers.mode,
        provider="".join(f"  {key}: {starter.scalar(text)}\n" for key, text in provider.items()),
        ledger=ledger or answers.ledger,
    )


def _put(path: Path, content: bytes) -> bool:
    """Write a file where there is none; say whether it was written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        if path.parent.is_dir():
            return False
        raise UsageError.of("stands where a folder is needed.", str(path.parent)) from None
    except OSError as error:
        raise UsageError.of(f"cannot be written: {error.strerror}.", str(path)) from None
    return True


def _start_ledger(world: World, root: Path, *, archive: bool) -> str:
    """Create the ledger, mark an ``archive`` as known, and say how that went."""
    publication = config.load(root)
    written = posts.load(publication)
    ledger = open_ledger(publication, world.environ)
    try:
        if ledger.exists():
            return f"The record of what was sent is there already: {ledger.where()}."
        with ledger.run():
            ledger.create()
            marked = 0
            if archive:
                marked = baseline.make(publication, written, ledger, now=world.now(), run=world.run)
    except PressrunError as error:
        return f"The record of what was sent could not be made yet. {error}\n{LATER}"
    if not marked:
        return f"The record of what was sent begins empty: {ledger.where()}."
    issues = "1 post counts" if marked == 1 else f"{marked} posts count"
    return f"{issues} as known to your readers and will not be mailed: {ledger.where()}."
