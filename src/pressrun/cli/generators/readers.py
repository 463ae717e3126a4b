"""Generators that are configured in YAML or TOML."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pressrun.cli.generators import patterns
from pressrun.cli.generators.loading import Unreadable, section, settings, words
from pressrun.cli.generators.site import Listed, Note, Said, Site

_HUGO_FOLDER = "config/_default"
_TITLE_SLUGS = "makes a slug of the title where a post has none; ours is the file's name"
_DATES_KEPT = (
    "keeps the date of a file's name in the address, and we do not: say posts.url yourself"
)


def untranslated(key: str, pattern: Any) -> Note:
    """Say that a pattern has no form of ours."""
    return Note(f"{key} {words(pattern)} has no form of ours: say posts.url yourself")


def hugo(site: Site, file: str) -> Listed | None:
    """Read hugo.toml and its like, also in config/_default."""
    try:
        values = _hugo_settings(site.root, file)
    except Unreadable as broken:
        return [broken.note]
    if "base_url" in values:
        return None  # Zola's
    return _hugo(site, values)


def _hugo_settings(root: Path, file: str) -> Mapping[str, Any]:
    """Read the main file, and those that are a table each in the folder beside it."""
    values = _lowered(settings(root, file))
    if not file.startswith(_HUGO_FOLDER):
        return values
    for part in sorted((root / _HUGO_FOLDER).iterdir()):
        if part.stem in {"params", "permalinks"} and part.suffix in {".toml", ".yaml", ".yml"}:
            values[part.stem] = _lowered(settings(root, f"{_HUGO_FOLDER}/{part.name}"))
    return values


def _lowered(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write keys in lower case, as Hugo reads them."""
    return {
        str(key).lower(): _lowered(value) if isinstance(value, dict) else value
        for key, value in values.items()
    }


def _hugo(site: Site, values: Mapping[str, Any]) -> Iterator[Said | Note]:
    yield Said("title", values.get("title"), "title")
    yield Said("url", values.get("baseurl"), "baseURL")
    yield Said("timezone", values.get("timezone"), "timeZone")
    for key in ("locale", "languageCode", "defaultContentLanguage"):
        yield Said("language", values.get(key.lower()), key)
    params = section(values, "params")
    yield Said("description", params.get("description"), "params.description")
    content = words(values.get("contentdir"), "content")
    permalinks = section(values, "permalinks")
    by_section = {**permalinks, **section(permalinks, "page")}
    mains = params.get("mainsections") or values.get("mainsections") or []
    names = [*(mains if isinstance(mains, list) else [words(mains)]), *by_section]
    wanted = (f"{content}/{name}" for name in names if words(name))
    folder = site.folder_of(*wanted, below=f"{content}/")
    if not folder:
        return
    yield Said("folder", folder, "")
    name = folder.removeprefix(f"{content}/").partition("/")[0]
    yield from _hugo_address(site, values, folder, name, by_section.get(name))


def _hugo_address(
    site: Site, values: Mapping[str, Any], folder: str, name: str, pattern: Any
) -> Iterator[Said | Note]:
    key = f"permalinks {pattern}"
    if isinstance(pattern, str):
        yield Said("pattern", ours := patterns.from_hugo(pattern, name), key)
        if not ours:
            yield untranslated("permalinks", pattern)
        elif any(word in pattern for word in (":slug", ":title")):
            yield Note(f"Hugo {_TITLE_SLUGS}")
    elif site.keeps_dates(folder):
        yield Note(f"Hugo {_DATES_KEPT}")
    else:
        end = ".html" if values.get("uglyurls") is True else "/"
        yield Said("pattern", f"/{name}/{{path}}{end}", "Hugo's usual addresses")


def jekyll(site: Site, file: str) -> Listed:
    """Read _config.yml."""
    try:
        return _jekyll(site, settings(site.root, file))
    except Unreadable as broken:
        return [broken.note]


def _jekyll(site: Site, values: Mapping[str, Any]) -> Iterator[Said | Note]:
    yield Said("title", values.get("title"), "title")
    url, base = values.get("url"), values.get("baseurl")
    if isinstance(url, str) and isinstance(base, str) and base.strip("/"):
        yield Said("url", f"{url.rstrip('/')}/{base.strip('/')}", "url and baseurl")
    yield Said("url", url, "url")
    yield Said("timezone", values.get("timezone"), "timezone")
    yield Said("language", values.get("lang"), "lang")
    yield Said("description", values.get("description"), "description")
    top = "/".join(
        part.strip("./")
        for part in (values.get("source"), values.get("collections_dir"))
        if isinstance(part, str) and part.strip("./")
    )
    folder = site.folder_of(f"{top}/_posts".lstrip("/"), below="_posts")
    yield Said("folder", folder, "")
    pattern = _jekyll_pattern(values)
    yield Said("pattern", ours := patterns.from_jekyll(pattern), f"permalink {pattern}")
    if not ours:
        yield untranslated("permalink", pattern)
    elif "categories" in patterns.JEKYLL_STYLES.get(pattern, pattern):
        yield Note("Jekyll puts a post's categories before its address, and we do not")


def _jekyll_pattern(values: Mapping[str, Any]) -> str:
    """Find the pattern for posts: a default of their own, the collection's, or the site's."""
    defaults = values.get("defaults")
    for each in defaults if isinstance(defaults, list) else []:
        scope = section({"": each}, "", "scope")
        pattern = section({"": each}, "", "values").get("permalink")
        if pattern and scope.get("type", "posts") == "posts" and not scope.get("path"):
            return words(pattern, "date")
    own = section(values, "collections", "posts").get("permalink")
    return words(own) or words(values.get("permalink"), "date")


def zola(site: Site, file: str) -> Listed | None:
    """Read config.toml or zola.toml."""
    try:
        values = settings(site.root, file)
    except Unreadable as broken:
        return [broken.note]
    return _zola(site, values) if "base_url" in values else None


def _zola(site: Site, values: Mapping[str, Any]) -> Iterator[Said | Note]:
    yield Said("title", values.get("title"), "title")
    yield Said("url", values.get("base_url"), "base_url")
    yield Said("language", values.get("default_language"), "default_language")
    yield Said("description", values.get("description"), "description")
    if folder := site.folder_of(below="content/"):
        yield Said("folder", folder, "")
        below = folder.removeprefix("content/")
        yield Said("pattern", f"/{below}/{{path}}/", "Zola's usual addresses")


def quarto(site: Site, file: str) -> Listed:
    """Read _quarto.yml."""
    try:
        return _quarto(site, settings(site.root, file))
    except Unreadable as broken:
        return [broken.note]


def _quarto(site: Site, values: Mapping[str, Any]) -> Iterator[Said | Note]:
    website = section(values, "website")
    yield Said("title", website.get("title"), "website.title")
    yield Said("url", website.get("site-url"), "website.site-url")
    yield Said("language", values.get("lang"), "lang")
    yield Said("description", website.get("description"), "website.description")
    if not (folder := site.folder_of()):
        return
    yield Said("folder", folder, "")
    indexes = {file.stem == "index" for file in (site.root / folder).rglob("*.md")}
    if site.keeps_dates(folder):
        yield Note(f"Quarto {_DATES_KEPT}")
    elif len(indexes) > 1:
        yield Note("posts that are folders and posts that are files have addresses of two forms")
    else:
        end = "/" if indexes.pop() else ".html"
        yield Said("pattern", f"/{folder}/{{path}}{end}", "Quarto's usual addresses")
