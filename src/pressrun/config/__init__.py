"""publish.yml: from the file to a Publication, or to everything that is wrong with it."""

from dataclasses import replace
from pathlib import Path

from pressrun.config.checking import read
from pressrun.errors import ConfigError, PressrunError, UsageError
from pressrun.publication import Publication
from pressrun.strict_yaml import Value, decode, parse

FILE = "publish.yml"


def load(root: Path) -> Publication:
    """Read ``publish.yml`` of the folder ``root``.

    The URLs of site and feeds end with a slash. UsageError where there is no such file;
    ConfigError with every problem, each with its line.
    """
    publication = read(Publication, _document(_content(root)), FILE, given={"root": root})
    site = replace(publication.site, url=_with_slash(publication.site.url))
    feeds = replace(publication.feeds, url=_with_slash(publication.feeds.url or site.url))
    return replace(publication, site=site, feeds=feeds)


def _content(root: Path) -> bytes:
    try:
        return (root / FILE).read_bytes()
    except FileNotFoundError:
        mend = "Change into a folder that has one, or make one here: publish init"
        raise UsageError.of(f"there is no {FILE} in this folder.", mend=mend) from None
    except OSError as error:
        raise ConfigError.of(f"it cannot be read: {error.strerror}.", FILE) from None


def _document(content: bytes) -> Value:
    try:
        value = parse(decode(content, FILE), FILE)
    except PressrunError as error:
        raise ConfigError(*error.problems) from None
    if value.data is None:
        raise ConfigError.of(f"{FILE} is empty.", f"{FILE}:1", "Make a new one: publish init")
    return value


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"
