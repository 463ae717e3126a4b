"""Addresses that a generator puts together: those that say where they lead, and the others."""

import re
from urllib.parse import unquote

from pressrun.render.shortcodes.tags import TAG

_SITE = re.compile(r"\{\{-?\s*site\.(?:url|baseurl)\s*-?\}\}")
_FILTERED = re.compile(
    r"""\{\{-?\s*["']([^"'{}]*)["']\s*\|\s*(?:relative_url|absolute_url|url)\s*-?\}\}"""
)
# Pelican: static and attach are files, the others are posts and pages.
PELICAN = re.compile(r"\{(static|attach|filename|index|author|category|tag)\}")


def is_templated(address: str) -> bool:
    """Whether an address, as Markdown's parser gives it, has a tag in it."""
    plain = shown(address)
    return bool(TAG.search(plain) or PELICAN.match(plain))


def shown(address: str) -> str:
    """Write an address as it stands in the post."""
    return unquote(address) if "%7B" in address else address


def resolve(address: str, site: str) -> str | None:
    """Say where an address leads below ``site``, the front page; None where it does not say."""
    plain = shown(address)
    if pelican := PELICAN.match(plain):
        return _pelican(pelican[1], plain[pelican.end() :], site)
    bare = _FILTERED.sub(lambda found: _below("", found[1]), _SITE.sub("", plain))
    if TAG.search(bare):
        return None
    return _below(site, bare)


def _pelican(kind: str, path: str, site: str) -> str | None:
    if kind == "attach" and not path.startswith("/"):
        return path
    return _below(site, path) if kind == "static" and path.startswith("/") else None


def _below(site: str, path: str) -> str:
    """Put a path below the front page; an address that is whole already stays."""
    return path if ":" in path.partition("/")[0] else f"{site.rstrip('/')}/{path.lstrip('/')}"
