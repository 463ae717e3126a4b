"""``publish resolve``: a person says what became of an issue in doubt."""

import click

from pressrun import config, posts
from pressrun.cli.choose import find_issue
from pressrun.cli.world import World
from pressrun.deliver.resolve import Verdict, resolve
from pressrun.deliver.steps import History
from pressrun.errors import UsageError
from pressrun.model import Remote
from pressrun.publication import Publication


@click.command("resolve")
@click.argument("issue")
@click.option("--sent", "verdict", flag_value=Verdict.SENT, help="The readers have it.")
@click.option("--not-sent", "verdict", flag_value=Verdict.NOT_SENT, help="Nobody got it.")
@click.option(
    "--draft-again", "verdict", flag_value=Verdict.DRAFT_AGAIN, help="Its draft is to be made anew."
)
@click.option("--never", "verdict", flag_value=Verdict.NEVER, help="Do not send it at all.")
@click.option("--because", default="", metavar="TEXT", help="Why; kept in the ledger.")
@click.pass_obj
def command(world: World, issue: str, verdict: Verdict | None, because: str) -> None:
    """Say what became of ISSUE (a post, or an issue's key) where nobody else can tell.

    Look at the campaign at the provider first. What the provider can prove wins over what you say.
    """
    if verdict is None:
        raise UsageError.of(
            "say what became of it:", mend="--sent, --not-sent, --draft-again or --never."
        )
    publication = config.load(world.root)
    ledger = world.ledger(publication)
    with ledger.run():
        history = find_issue(ledger.read(), posts.load(publication), issue)
        remote = _remote(publication, world, history)
        resolve(
            history,
            Verdict(verdict),
            because,
            ledger,
            now=world.now(),
            run=world.run,
            remote=remote,
        )
    click.echo(f"{history.title or history.key}: written down as {verdict}.")


def _remote(publication: Publication, world: World, history: History) -> Remote | None:
    if not history.campaign:
        return None
    provider = world.provider(publication)
    if history.begun_at != (provider.name, provider.account()):
        name, account = history.begun_at
        click.echo(f"{name} ({account}) was not asked: publish.yml names another one.", err=True)
        return None
    return provider.status(history.campaign)
