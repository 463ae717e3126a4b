"""``publish check``: what is wrong, before anybody reads it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from pressrun.cli import exits
from pressrun.cli.world import World
from pressrun.errors import ConfigError, PostError, TemplateError

if TYPE_CHECKING:
    from pressrun.cli.compose import Composed, Composer
    from pressrun.model import Finding, Post
    from pressrun.publication import Publication


@click.command("check")
@click.argument("names", nargs=-1, metavar="[POST]...")
@click.option("--json", "as_json", is_flag=True, help="Print the findings for machines.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github"]),
    default="text",
    help="github: as annotations of a workflow run.",
)
@click.option("--links", is_flag=True, help="Ask whether addresses answer, and measure pictures.")
@click.option("--explain", metavar="RULE", help="Say what a rule is for; all: every rule.")
@click.pass_obj
def command(
    world: World,
    /,
    *,
    names: tuple[str, ...],
    as_json: bool,
    form: str,
    links: bool,
    explain: str | None,
) -> int:
    """Read publish.yml and all posts, and look at the emails of those in the feeds or named.

    Nothing is sent, and nobody is asked but with --links. Exit code 3 where a finding is an error.
    """
    from pressrun import config, posts
    from pressrun.cli import findings, problems
    from pressrun.cli.choose import find_post

    if explain:
        return findings.explain(explain)
    form = "json" if as_json else form
    try:
        publication = config.load(world.root)
        written = posts.load(publication)
        provider = world.provider(publication, offline=True)
    except (ConfigError, PostError) as error:
        findings.tell(list(problems.findings("unreadable", error, config.FILE)), 0, form=form)
        return exits.CHECK_FOUND_ERRORS
    from pressrun.cli.compose import Composer

    wanted = [find_post(written, name) for name in names] or _in_feeds(publication, written, world)
    composer = Composer(publication, written, provider)
    composed, found = _compose(composer, wanted)
    found += _of_all(publication, written, world)
    if links:
        from pressrun.cli import linkcheck

        found += linkcheck.run(world, composer, composed)
    else:
        found += (finding for each in composed for finding in each.findings)
    found = sorted(dict.fromkeys(found), key=lambda each: (each.path, each.line))
    findings.tell(found, len(written), form=form)
    return exits.CHECK_FOUND_ERRORS if findings.errors(found) else exits.DONE


def _compose(
    composer: "Composer", wanted: Sequence["Post"]
) -> tuple[list["Composed"], list["Finding"]]:
    """Make the emails of posts, and find what prevents them."""
    from pressrun.cli import problems
    from pressrun.config import FILE

    newsletter = next(iter(composer.publication.newsletters))
    # It names the template, and the same one for all posts.
    chosen = f"{FILE}:{composer.publication.email.line}"
    composed: list[Composed] = []
    found: list[Finding] = []
    for post in wanted:
        try:
            composed.append(composer.compose(post, newsletter))
        except PostError as error:
            found += problems.findings("unreadable", error, post.place())
        except TemplateError as error:
            found += problems.findings("unreadable", error, chosen)
    return composed, found


def _in_feeds(publication: "Publication", written: Sequence["Post"], world: World) -> list["Post"]:
    """Give the posts that feeds show, and those that are still to come."""
    from pressrun.posts.select import in_feeds
    from pressrun.render.feeds.selection import select, shown

    now = world.now()
    ahead = [post for post in written if post.published > now and not post.draft]
    return [*ahead, *shown(select(publication, in_feeds(written, now)))]


def _of_all(
    publication: "Publication", written: Sequence["Post"], world: World
) -> Iterator["Finding"]:
    """Find what is wrong with settings, with feeds, and between posts."""
    from pressrun import check
    from pressrun.check.feeds import vanished
    from pressrun.check.posts import far_dates, same_titles
    from pressrun.check.theme import faint_colours
    from pressrun.cli import output
    from pressrun.render.feeds.selection import unknown_names

    known = output.manifest(publication.root / publication.feeds.folder).ids
    found = [
        *vanished(known, written, publication.feeds),
        *faint_colours(publication.email.theme),
        *unknown_names(publication, written),
        *far_dates(written, world.now()),
        *same_titles(written),
    ]
    yield from check.switched(found, publication.check.rules)
    yield from check.unknown_switches(publication.check)
