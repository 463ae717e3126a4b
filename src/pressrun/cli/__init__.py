"""The command ``publish``: click, one module per command, heavy imports inside the commands."""

import gc
import os
import sys
from importlib import import_module
from pathlib import Path

import click

from pressrun import __version__
from pressrun.cli.world import World
from pressrun.errors import PressrunError, Problem

COMMANDS = (
    "init",
    "new",
    "check",
    "feed",
    "email",
    "status",
    "stats",
    "baseline",
    "resolve",
    "ledger",
    "providers",
    "explain",
    "doctor",
)


# A command ends within seconds, and what it makes it keeps: Python's usual 700 new objects between
# two looks for garbage cost a tenth of the time that 10,000 posts take to read.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000


class Commands(click.Group):
    """Find a command in the module of its name, so that only the one asked for is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"pressrun.cli.{cmd_name}").command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Work in this folder instead of the current one.",
)
@click.version_option(__version__, prog_name="publish")
@click.pass_context
def publish(ctx: click.Context, directory: Path | None) -> None:
    """Turn posts in git into feeds and newsletter issues, each sent exactly once."""
    ctx.obj = (ctx.obj or World.real()).within(directory)


def main() -> None:
    """Run the command line; every error becomes lines on stderr and an exit code."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        code = run(sys.argv[1:])
        # Python would look through all of it a last time before the system takes it back anyway.
        gc.freeze()
        sys.exit(code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - a person gets a sentence, never a traceback
        click.echo(f"This is a bug in Pressrun, please report it: {_bug(error)}", err=True)
        sys.exit(1)


def _bug(error: Exception) -> str:
    """Name an unexpected error and its place, not its text: that might quote a secret."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "pressrun" in frame.filename] or frames
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
    return f"{type(error).__name__} at {place}"


def run(arguments: list[str], world: World | None = None) -> int:
    """Run one command line and return its exit code."""
    try:
        code = publish.main(arguments, "publish", standalone_mode=False, obj=world)
    except PressrunError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        return error.exit_code
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as error:
        if isinstance(error, BrokenPipeError) or not error.strerror:
            raise
        click.echo(str(_refusal(error)), err=True)
        return PressrunError.exit_code
    return code if isinstance(code, int) else 0


def _refusal(error: OSError) -> Problem:
    """Put into words what the machine refused: a full disk, a file where a folder must be."""
    path = error.filename2 or error.filename  # a rename has two, and the second is the wanted one
    place = os.path.relpath(os.fsdecode(path)) if path else "the output"
    return Problem(
        f"it cannot be read or written: {error.strerror}.",
        place,
        "Make room, mend the permissions, or move away what is in the place; then run again.",
    )
