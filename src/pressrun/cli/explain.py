"""``publish explain``: where each field of a post came from, and what the channels do with it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from pressrun import config, posts
from pressrun.cli.choose import find_post
from pressrun.cli.world import World
from pressrun.errors import PostError, UsageError
from pressrun.model import Post
from pressrun.posts import ids
from pressrun.posts.front_matter import without_body
from pressrun.posts.origins import Explanation, Key, Origin, explain
from pressrun.posts.reading import path_of
from pressrun.posts.select import Verdict, for_feed, for_newsletter, when
from pressrun.publication import Publication

LONGEST = 60
_NAMES = ("name", "target", "url")  # what an author, a link or a picture is called on one line


@click.command("explain")
@click.argument("name", metavar="POST")
@click.option("--json", "as_json", is_flag=True, help="Print it for machines.")
@click.pass_obj
def command(world: World, name: str, *, as_json: bool) -> None:
    """Show where each field of POST came from: a key and its line, the file's name, or a default.

    POST is a slug, an id or a path. Keys that nobody here understands are kept for templates. A
    post that cannot be read gives its errors instead.
    """
    publication = config.load(world.root)
    relative, file = _find(publication, name)
    explained = explain(file.read_bytes(), relative, publication)
    verdicts = dict(_verdicts(explained.post, publication, world.now()))
    if as_json:
        click.echo(json.dumps(_for_machines(explained, verdicts), ensure_ascii=False, indent=2))
    else:
        _for_people(explained, verdicts)


def _find(publication: Publication, name: str) -> tuple[str, Path]:
    """Find a post's path below the folder, and its file.

    Posts that cannot be read have only the names that their path gives.
    """
    files = dict(posts.sources(publication))
    paths = {path_of(relative, publication): relative for relative in files}
    relative = paths.get(name) or _named(files, paths, publication, name)
    return relative, Path(files[relative])


def _named(
    files: Mapping[str, str], paths: Mapping[str, str], publication: Publication, name: str
) -> str:
    try:
        return paths[find_post(list(_readable(files, publication)), name).path]
    except UsageError:
        for relative in files:
            if name in _names(relative):
                return relative
        raise


def _readable(files: Mapping[str, str], publication: Publication) -> Iterator[Post]:
    for relative, file in files.items():
        try:
            content = without_body(Path(file).read_bytes())
            yield posts.read(content, relative, publication)
        except (PostError, OSError):
            continue


def _names(relative: str) -> set[str]:
    file = ids.from_file(relative)
    return {file.id, file.slug, relative}


def _verdicts(post: Post, publication: Publication, now: datetime) -> Iterator[tuple[str, Verdict]]:
    yield "feeds", for_feed(post, now)
    for newsletter in publication.newsletters:
        verdict = for_newsletter(post, newsletter, publication.email.posts, now)
        yield f"newsletter {newsletter}", verdict


def _for_people(explained: Explanation, verdicts: Mapping[str, Verdict]) -> None:
    post = explained.post
    click.echo(f"{post.path}: {post.title}\n")
    values = [_short(_text(origin.value)) or "-" for origin in explained.origins]
    width = max(map(len, values))
    for origin, value in zip(explained.origins, values, strict=True):
        click.echo(f"  {origin.field:<11}  {value:<{width}}  {_source(origin)}".rstrip())
    click.echo()
    if explained.unknown:
        click.echo(f"Kept for templates: {', '.join(map(_shown, explained.unknown))}")
    for channel, verdict in verdicts.items():
        click.echo(f"{channel.capitalize()}: {verdict.outcome}, {verdict.reason}")


def _source(origin: Origin) -> str:
    return ", ".join(map(_shown, origin.keys)) or origin.otherwise


def _shown(key: Key) -> str:
    return f"{key.name} (line {key.line})"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _text(value: Any) -> str:
    """Show a field's value on one line; nothing for one that is not there."""
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))
    named = (getattr(value, name) for name in _NAMES if hasattr(value, name))
    return next(named, str(value or ""))


def _for_machines(explained: Explanation, verdicts: Mapping[str, Verdict]) -> dict[str, Any]:
    return {
        "post": explained.post.path,
        "fields": {origin.field: _field(origin) for origin in explained.origins},
        "kept_for_templates": {key.name: key.line for key in explained.unknown},
        "channels": {
            channel: {"outcome": verdict.outcome, "reason": verdict.reason}
            for channel, verdict in verdicts.items()
        },
    }


def _field(origin: Origin) -> dict[str, Any]:
    keys = [{"key": key.name, "line": key.line} for key in origin.keys]
    source: dict[str, Any] = {"keys": keys} if keys else {"otherwise": origin.otherwise}
    return {"value": _plain(origin.value)} | source


def _plain(value: Any) -> Any:
    """Give a field's value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
