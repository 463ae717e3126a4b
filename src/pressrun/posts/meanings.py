"""Keys that mean one thing in one tool and another in the next: the value decides.

Each function takes a value and gives our field with the value that it has there, or None where the
key means nothing to us; then it is kept for templates. Wrong is raised for what is doubtful.
"""

import re
from collections.abc import Callable, Mapping

from pressrun.config.words import described, did_you_mean
from pressrun.posts.notes import Wrong
from pressrun.strict_yaml import Value

Meaning = tuple[str, Value] | None

# The words of Pelican, Nikola, Ghost and Buttondown. People have words of their own besides.
_NOT_OUT = frozenset(("draft", "hidden", "skip", "private"))
_OUT = frozenset(("published", "featured", "scheduled", "sent"))

# What a tool fills in, which we cannot: ":title", "{{ page.fileSlug }}", "{% if %}", "${slug}".
_PLACE = re.compile(r"[{$]\{|\{%|(?:^|[/._-]):[a-z_]+")
_INDEX = re.compile(r"(?:^|(?<=/))index\.html?$")


def _published(value: Value) -> Meaning:
    """Take a truth value as Jekyll and dev.to do, and a date as Hugo does."""
    if value.data is None:
        return None
    return ("draft", _not(value)) if isinstance(value.data, bool) else ("publish_date", value)


def _status(value: Value) -> Meaning:
    if not isinstance(value.data, str):
        return None
    word = value.data.strip().lower()
    if word in _NOT_OUT | _OUT:
        return "draft", value._replace(data=word in _NOT_OUT)
    if mend := did_you_mean(word, _NOT_OUT):
        raise Wrong(f"is no status that we know: {described(value.data)}.", mend)
    return None


def _address(value: Value) -> Meaning:
    """Take a fixed address; ``false`` is a post without one, as Eleventy writes it.

    Hugo, Jekyll and Pelican need no slash before a path, and mean the root of the site.
    """
    if value.data is False:
        return "unlisted", _not(value)
    if not isinstance(value.data, str) or _PLACE.search(value.data):
        return None
    text = value.data.strip()
    as_written = not text or text.startswith("/") or ":" in text.partition("/")[0]
    return "url", _said(value, _INDEX.sub("", text if as_written else f"/{text}"))


def _path(value: Value) -> Meaning:
    """Take Zola's path, which has no slash before it and gets one after it."""
    if not isinstance(value.data, str) or _PLACE.search(value.data):
        return None
    text = value.data.strip().strip("/")
    return "url", _said(value, f"/{text}/" if text else "")


def _saved_as(value: Value) -> Meaning:
    meaning = _address(value)
    return ("save_as", meaning[1]) if meaning and meaning[0] == "url" else meaning


def _changed(value: Value) -> Meaning:
    """Take Docusaurus' mapping, with a date that may be missing, and everybody else's date."""
    if not isinstance(value.data, dict):
        return "updated", value
    day = value.data.get("date")
    return ("updated", day) if day else None


def _shut_out(value: Value) -> Meaning:
    """Take Hugo's and Zola's words for a page that is not made, or that no list has."""
    if value.data in ("never", "local", "link", False):
        return "unlisted", value._replace(data=True)
    return None


def _only(field: str, *kinds: type) -> Callable[[Value], Meaning]:
    """Take values of some kinds, and leave all others to templates."""
    return lambda value: (field, value) if isinstance(value.data, kinds) else None


def _not(value: Value) -> Value:
    return value._replace(data=not value.data)


def _said(value: Value, text: str) -> Value:
    return value._replace(data=text, raw=text)


# By the key, written small and without hyphens and underscores.
MEANINGS: Mapping[str, Callable[[Value], Meaning]] = {
    "published": _published,
    "status": _status,
    "url": _address,
    "permalink": _address,
    "path": _path,
    "saveas": _saved_as,
    "lastupdate": _changed,
    "language": _only("language", str),  # Quarto's mapping has the words of its page
    "images": _only("images", str, list),
    "excerpt": _only("summary", str),
    "build.list": _shut_out,
    "build.render": _shut_out,
    "render": _shut_out,
    "headless": _only("unlisted", bool),
    "eleventyexcludefromcollections": _only("unlisted", bool),  # else names of collections
}
