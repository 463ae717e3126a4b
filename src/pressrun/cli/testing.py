"""``publish email --test-to``: an issue to a few addresses, without a line in the ledger."""

from collections.abc import Sequence

import click

from pressrun.cli import exits
from pressrun.cli.world import World
from pressrun.deliver import trial
from pressrun.errors import UsageError
from pressrun.kinds import EMAIL_ADDRESS
from pressrun.model import Post
from pressrun.publication import Publication


def run(
    world: World,
    publication: Publication,
    posts: Sequence[Post],
    chosen: Sequence[Post],
    addresses: Sequence[str],
) -> int:
    """Send a test of each chosen post, or of the newest one, to ``addresses`` only."""
    for address in addresses:
        if wrong := EMAIL_ADDRESS.wrong(address):
            raise UsageError.of(f"--test-to {wrong}")
    wanted = chosen or _newest(posts)
    provider = world.provider(publication)
    click.echo(f"{provider.name}: {trial.limits(provider)}", err=True)

    from pressrun.cli.compose import Composer

    composer = Composer(publication, posts, provider)
    for post in wanted:
        issue = composer.compose(post, _newsletter(publication, post)).issue
        left = trial.send(provider, issue, addresses)
        click.echo(f"Sent a test of {post.title!r} to {', '.join(addresses)}. {left}".rstrip())
    return exits.DONE


def _newest(posts: Sequence[Post]) -> list[Post]:
    """Choose the newest post that is no draft."""
    finished = [post for post in posts if not post.draft]
    if not finished:
        raise UsageError.of("there is no post to test.", mend="Name one with --post.")
    return finished[:1]


def _newsletter(publication: Publication, post: Post) -> str:
    """Choose the newsletter that the post is for, or the first one."""
    named = post.newsletter if isinstance(post.newsletter, str) else ""
    return named if named in publication.newsletters else next(iter(publication.newsletters))
