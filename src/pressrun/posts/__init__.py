"""From the files of the posts folder to posts, or to everything that is wrong with them."""

import os
from pathlib import Path

from pressrun.errors import ConfigError, PostError, Problem
from pressrun.model import Post
from pressrun.posts import files, ids, related
from pressrun.posts.notes import raise_sorted
from pressrun.posts.reading import path_of, read
from pressrun.publication import Publication

__all__ = ["load", "read"]


def load(publication: Publication) -> list[Post]:
    """Read every post, newest first; equal dates are sorted by id.

    PostError with all problems of all posts, by path and line. ConfigError where there is no
    posts folder, or one that leads out of the publication.
    """
    problems: list[Problem] = []
    posts: list[Post] = []
    for relative, file in files.find(_folder(publication), publication.posts.folder, problems):
        try:
            content = _content(file, path_of(relative, publication))
            posts.append(read(content, relative, publication))
        except PostError as error:
            problems.extend(error.problems)
    problems.extend(ids.clashes(posts))
    problems.extend(related.unknown_targets(posts))
    raise_sorted(problems)
    posts.sort(key=lambda post: post.id)
    posts.sort(key=lambda post: post.published.timestamp(), reverse=True)
    return posts


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


def _content(file: Path, path: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PostError.of(f"it cannot be read: {error.strerror}.", f"{path}:1") from None
