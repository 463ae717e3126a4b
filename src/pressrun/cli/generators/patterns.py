"""A generator's pattern for addresses in our own form, where that can be said."""

import re
from collections.abc import Mapping

_JEKYLL_DATE = "/:categories/:year/:month/:day/:title"
JEKYLL_STYLES = {
    "date": f"{_JEKYLL_DATE}:output_ext",
    "pretty": f"{_JEKYLL_DATE}/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_DATE = {"year": "{year}", "month": "{month}", "day": "{day}"}
_JEKYLL = {
    **_DATE,
    "title": "{slug}",
    "slug": "{slug}",
    "categories": "",
    "slugified_categories": "",
    "output_ext": ".html",
}
_HUGO = {
    **_DATE,
    **dict.fromkeys(("slug", "title", "slugorfilename", "slugorcontentbasename"), "{slug}"),
    **dict.fromkeys(("filename", "contentbasename"), "{slug}"),
}
_PELICAN = {"date:%Y": "{year}", "date:%m": "{month}", "date:%d": "{day}", "slug": "{slug}"}
_ELEVENTY = {"page.fileSlug": "{slug}", "page.filePathStem": "/{path}", "slug": "{slug}"}


def from_jekyll(pattern: str) -> str:
    """Translate ``/:year/:title/`` or the name of a style; empty where that cannot be done.

    Categories are left out: an address has them only where a post has.
    """
    return _filled(r":([a-z_]+)", JEKYLL_STYLES.get(pattern, pattern), _JEKYLL)


def from_hugo(pattern: str, section: str) -> str:
    """Translate ``/:section/:slug/``, where ``section`` is the top folder of the posts."""
    flat = re.sub(r":sections/:(?:slug|filename|contentbasename)\b", f"{section}/{{path}}", pattern)
    filled = _filled(r":([a-z]+)", flat, {**_HUGO, "section": section})
    # Hugo puts a page in a folder of its own, unless it has a suffix.
    return filled if not filled or filled.endswith((".html", "/")) else f"{filled}/"


def from_pelican(pattern: str) -> str:
    """Translate ``{date:%Y}/{slug}.html``."""
    return _filled(r"\{([^{}]*)\}", pattern, _PELICAN)


def from_eleventy(pattern: str) -> str:
    """Translate ``/blog/{{ page.fileSlug }}/index.html``."""
    filled = _filled(r"\{\{-?\s*([\w.]+)\s*-?\}\}", pattern, _ELEVENTY)
    return re.sub(r"/index\.html$", "/", filled)


def _filled(place: str, pattern: str, names: Mapping[str, str]) -> str:
    """Put our names in the places of theirs; empty where that makes no address of each post."""
    if any(name not in names for name in re.findall(place, pattern)):
        return ""
    path = re.sub(place, lambda found: names[found[1]], pattern)
    return re.sub("/{2,}", "/", f"/{path}") if re.search(r"\{(slug|path)\}", path) else ""
