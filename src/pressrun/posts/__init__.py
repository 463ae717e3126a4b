"""From the files of the posts folder to posts, or to everything that is wrong with them."""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from pressrun.errors import ConfigError, PostError, Problem
from pressrun.model import Post
from pressrun.parallel import in_halves
from pressrun.posts import files, ids, related
from pressrun.posts.front_matter import without_body
from pressrun.posts.notes import raise_sorted
from pressrun.posts.reading import path_of, read
from pressrun.publication import Publication

__all__ = ["load", "outline", "read", "sources", "whole"]

# Below so many posts a second process takes longer to start than it saves.
WORTH_A_PROCESS = 1_500
_PIECE = 1 << 16  # bytes

_Found = tuple[str, str]  # path below the folder, and the file
_Watch = Callable[[Sequence[_Found]], Iterable[_Found]]


def load(publication: Publication) -> list[Post]:
    """Read every post, newest first; equal dates are sorted by id.

    PostError with all problems of all posts, by path and line. ConfigError where there is no
    posts folder, or one that leads out of the publication.
    """
    return _load(publication, lambda content: content, 1, iter)


def outline(publication: Publication, *, cores: int = 1, watch: _Watch = iter) -> list[Post]:
    """Read the front matter of every post, as ``load`` does, and leave the bodies empty.

    It is checked as strictly as by ``load``. A body, with the related section at its end, costs
    more than all the rest; ``whole`` reads it where it is wanted. ``watch`` may show how far it is.
    """
    try:
        return _load(publication, without_body, cores, watch)
    except PostError:
        load(publication)  # names what is wrong with bodies too, and all of it at once
        raise


def whole(post: Post, publication: Publication) -> Post:
    """Read the whole of a post that ``outline`` gave. PostError where it cannot be read."""
    relative = os.path.relpath(post.path, os.path.normpath(publication.posts.folder))
    (made,) = _read([(relative, f"{publication.root}/{post.path}")], publication, lambda all_: all_)
    if isinstance(made, Post):
        return made
    raise PostError(*made)


def sources(publication: Publication) -> list[tuple[str, str]]:
    """Give each post's path below the posts folder, and its file, whether it can be read or not."""
    return list(files.find(_folder(publication), publication.posts.folder, []))


def _load(
    publication: Publication, part: Callable[[bytes], bytes], cores: int, watch: _Watch
) -> list[Post]:
    problems: list[Problem] = []
    found = list(files.find(_folder(publication), publication.posts.folder, problems))
    posts: list[Post] = []
    read_some = partial(_read, publication=publication, part=part)
    count = cores if len(found) >= WORTH_A_PROCESS else 1
    for each in in_halves(read_some, found, count=count, watch=watch):
        if isinstance(each, Post):
            posts.append(each)
        else:
            problems.extend(each)
    problems.extend(ids.clashes(posts))
    problems.extend(related.unknown_targets(posts))
    raise_sorted(problems)
    posts.sort(key=lambda post: post.id)
    posts.sort(key=lambda post: post.published.timestamp(), reverse=True)
    return posts


def _read(
    found: Iterable[_Found], publication: Publication, part: Callable[[bytes], bytes]
) -> list[Post | tuple[Problem, ...]]:
    """Make a post of each file, or what is wrong with it."""
    made: list[Post | tuple[Problem, ...]] = []
    for relative, file in found:
        try:
            made.append(read(part(_content(file)), relative, publication))
        except OSError as error:
            place = f"{path_of(relative, publication)}:1"
            made.append((Problem(f"it cannot be read: {error.strerror}.", place),))
        except PostError as error:
            made.append(error.problems)
    return made


def _folder(publication: Publication) -> Path:
    name = publication.posts.folder
    folder = publication.root / name
    if not folder.is_dir():
        mend = "Create it, or name another one in publish.yml with posts: folder:"
        raise ConfigError.of(f"there is no folder {name}.", "publish.yml", mend)
    root, real = os.path.realpath(publication.root), os.path.realpath(folder)
    if os.path.commonpath([root, real]) != root:
        mend = "Move the posts below publish.yml, or publish.yml above the posts."
        raise ConfigError.of(
            f"the folder {name} leads out of the publication.", "publish.yml", mend
        )
    return folder


def _content(file: str) -> bytes:
    opened = os.open(file, os.O_RDONLY)  # two thirds of what a file object takes
    try:
        return b"".join(iter(lambda: os.read(opened, _PIECE), b""))
    finally:
        os.close(opened)
