"""Where the files behind a site's addresses lie on the disk, such as pictures and sounds."""

import posixpath
from pathlib import Path
from urllib.parse import unquote

from pressrun.model import Post
from pressrun.publication import Publication

# Below the site's address lie what the site is built of and what it is built to.
_SITE_FOLDERS = ("static", "")


def file_of(publication: Publication, post: Post, url: str) -> Path | None:
    """Find the file at an address below the site's, in the first of its ``places``."""
    root = publication.root
    found = (root / place for place in places(publication, post, url))
    return next((path for path in found if _is_within(root, path)), None)


def places(publication: Publication, post: Post, url: str) -> list[str]:
    """List where the file at ``url`` may lie: beside the post, or in the site's folders."""
    bare = url.partition("?")[0].partition("#")[0]
    beside = _below(post.url.rstrip("/") + "/", bare)
    site = _below(publication.site.url, bare)
    folders = (publication.feeds.folder, *_SITE_FOLDERS) if site else ()
    own = [posixpath.join(posixpath.dirname(post.path), beside)] if beside else []
    return own + [posixpath.join(folder, site) for folder in folders]


def _below(base: str, url: str) -> str:
    return unquote(url.removeprefix(base)).lstrip("/") if url.startswith(base) else ""


def _is_within(root: Path, path: Path) -> bool:
    return path.is_file() and path.resolve().is_relative_to(root.resolve())
