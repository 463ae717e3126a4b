"""``publish new``: the beginning of a post."""

import os
import unicodedata

import click

from pressrun import config
from pressrun.cli import starter
from pressrun.cli.world import World
from pressrun.errors import UsageError
from pressrun.posts.ids import LONGEST_SLUG
from pressrun.slug import slugify


@click.command("new")
@click.argument("title")
@click.option("--slug", "wish", metavar="SLUG", help="The post's name in file and address.")
@click.option("--bundle", is_flag=True, help="A folder with index.md, for a post with images.")
@click.pass_obj
def command(world: World, title: str, wish: str | None, *, bundle: bool) -> None:
    """Begin a post and print its path: a draft with today's date, to be opened in your editor."""
    publication = config.load(world.root)
    title = " ".join(title.split())
    slug = _slug(title, wish or title)
    folder = publication.root / publication.posts.folder
    single, bundled = folder / f"{slug}.md", folder / slug / "index.md"
    for taken in (single, bundled):
        if taken.exists():
            raise UsageError.of(
                "there is such a post already.",
                os.path.relpath(taken, publication.root),
                "Choose another title, or --slug.",
            )
    path = bundled if bundle else single
    path.parent.mkdir(parents=True, exist_ok=True)
    now = world.now().astimezone(publication.site.timezone)
    with path.open("x", encoding="utf-8") as file:
        file.write(starter.post(title, now))
    click.echo(os.path.relpath(path, world.folder))


def _slug(title: str, wish: str) -> str:
    """Name the file; UsageError for what no post could be read back with."""
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in title):
        raise UsageError.of(
            "the title holds a control character, or is not UTF-8.", mend="Write it anew."
        )
    slug = slugify(wish)
    if not slug:
        raise UsageError.of(
            f"{wish!r} has no letter or digit that a file name can keep.",
            mend="Give one: --slug my-post",
        )
    if len(slug) > LONGEST_SLUG:
        raise UsageError.of(
            f"the post's name would be longer than {LONGEST_SLUG} letters.",
            mend="Give a shorter one: --slug my-post",
        )
    return slug
