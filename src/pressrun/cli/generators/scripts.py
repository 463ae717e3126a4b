"""Generators that are configured by a program, of which only what is plainly written is read."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pressrun.cli.generators import patterns
from pressrun.cli.generators.loading import Unreadable, script_text, settings, source, words
from pressrun.cli.generators.readers import untranslated
from pressrun.cli.generators.site import Listed, Note, Said, Site

_CODE = "puts addresses together by code, which is not run: say posts.url yourself"
_PUBLISHED = "publishconf.py"


def pelican(site: Site, file: str) -> Listed:
    """Read pelicanconf.py, and what publishconf.py sets for the published site."""
    try:
        values = settings(site.root, file)
        there = (site.root / _PUBLISHED).is_file()
        published = settings(site.root, _PUBLISHED) if there else {}
    except Unreadable as broken:
        return [broken.note]
    return _pelican(site, values, published)


def _pelican(
    site: Site, values: Mapping[str, Any], published: Mapping[str, Any]
) -> Iterator[Said | Note]:
    for field, key in (
        ("title", "SITENAME"),
        ("url", "SITEURL"),
        ("timezone", "TIMEZONE"),
        ("language", "DEFAULT_LANG"),
        ("description", "SITESUBTITLE"),
    ):
        yield Said(field, published.get(key), key, _PUBLISHED)
        yield Said(field, values.get(key), key)
    yield from _pelican_folder(site, values)
    both = {**values, **published}
    pattern = both.get("ARTICLE_URL", "{slug}.html")
    file = _PUBLISHED if "ARTICLE_URL" in published else ""
    if isinstance(pattern, str):
        yield Said("pattern", patterns.from_pelican(pattern), f"ARTICLE_URL {pattern}", file)
    if not isinstance(pattern, str) or not patterns.from_pelican(pattern):
        yield untranslated("ARTICLE_URL", pattern)
    elif both.get("SLUGIFY_SOURCE", "title") == "title":
        yield Note("Pelican makes a slug of the title where a post has none; ours is the file's")


def _pelican_folder(site: Site, values: Mapping[str, Any]) -> Iterator[Said | Note]:
    path = words(values.get("PATH"), "content").strip("./")
    articles = values.get("ARTICLE_PATHS")
    first = words(articles[0]).strip("/") if isinstance(articles, list) and articles else ""
    folder = site.folder_of("/".join(filter(None, (path, first))), below=f"{path}/")
    yield Said("folder", folder, "PATH")
    if folder and (site.root / folder / "pages").is_dir():
        yield Note(f"{folder}/pages is below {folder}, so its pages would count as posts")


def nikola(site: Site, file: str) -> Listed | None:
    """Read conf.py, unless it is another program's."""
    try:
        values = settings(site.root, file)
    except Unreadable as broken:
        return [broken.note]
    return _nikola(site, values) if "BLOG_TITLE" in values or "SITE_URL" in values else None


def _nikola(site: Site, values: Mapping[str, Any]) -> Iterator[Said | Note]:
    yield Said("title", values.get("BLOG_TITLE"), "BLOG_TITLE")
    yield Said("url", values.get("SITE_URL"), "SITE_URL")
    yield Said("timezone", values.get("TIMEZONE"), "TIMEZONE")
    yield Said("language", values.get("DEFAULT_LANG"), "DEFAULT_LANG")
    yield Said("description", values.get("BLOG_DESCRIPTION"), "BLOG_DESCRIPTION")
    found = [
        (source.rpartition("/")[0], words(target).strip("/"))
        for source, target in _nikola_posts(values.get("POSTS"))
        if source.endswith(".md")
    ]
    folder = site.folder_of(*(source for source, _ in found), below="posts")
    yield Said("folder", folder, "POSTS" if found else "")
    target = dict(found).get(folder)
    pretty = values.get("PRETTY_URLS")
    if target is None or not isinstance(pretty, bool):
        yield Note("POSTS and PRETTY_URLS do not say plainly where posts are: say posts.url")
    else:
        pattern = f"/{target}/{{path}}{'/' if pretty else '.html'}".replace("//", "/")
        yield Said("pattern", pattern, "POSTS and PRETTY_URLS")


def _nikola_posts(posts: Any) -> Iterator[tuple[str, Any]]:
    """Yield source and target of each line of POSTS that has them."""
    for each in posts if isinstance(posts, (list, tuple)) else ():
        if isinstance(each, (list, tuple)) and len(each) > 1 and isinstance(each[0], str):
            yield each[0], each[1]


def astro(site: Site, file: str) -> Listed:
    """Read the site's address from astro.config, and the rest from where files are."""
    try:
        text = source(site.root, file)
    except Unreadable as broken:
        return [broken.note]
    return _astro(site, text)


def _astro(site: Site, text: str) -> Iterator[Said | Note]:
    yield from _address(text, "site", "base")
    if not (folder := site.folder_of(below="src/")):
        return
    yield Said("folder", folder, "")
    name = folder.rpartition("/")[2]
    pages = site.root / "src/pages" / name
    routes = [f"[...{word}].astro" for word in ("slug", "id", "path")]
    route = next((each for each in routes if (pages / each).is_file()), "")
    if route and not site.keeps_dates(folder):
        end = "" if script_text(text, "trailingSlash") == "never" else "/"
        yield Said("pattern", f"/{name}/{{path}}{end}", "the route", f"src/pages/{name}/{route}")
    else:
        yield Note(f"Astro {_CODE}")


def docusaurus(site: Site, file: str) -> Listed:
    """Read what docusaurus.config says in so many words."""
    try:
        text = source(site.root, file)
    except Unreadable as broken:
        return [broken.note]
    return _docusaurus(site, text)


def _docusaurus(site: Site, text: str) -> Iterator[Said | Note]:
    yield from _address(text, "url", "baseUrl")
    yield Said("title", script_text(text, "title"), "title")
    yield Said("language", script_text(text, "defaultLocale"), "defaultLocale")
    yield Said("description", script_text(text, "tagline"), "tagline")
    if not (folder := site.folder_of("blog")):
        return
    yield Said("folder", folder, "")
    if site.keeps_dates(folder):
        yield Note("Docusaurus has addresses of two forms, with a slug and without: say posts.url")
    else:
        yield Said("pattern", f"/{folder}/{{path}}", "Docusaurus's usual addresses")


def eleventy(site: Site, file: str) -> Listed:
    """Read the data files of a site whose configuration is code."""
    del file
    return _eleventy(site)


def _eleventy(site: Site) -> Iterator[Said | Note]:
    for name in ("metadata", "site"):
        for file in (f"_data/{name}.json", f"src/_data/{name}.json"):
            values, broken = _json(site.root, file)
            yield from broken
            for key in ("title", "url", "language", "description"):
                yield Said(key, values.get(key), key, file)
    if not (folder := site.folder_of()):
        return
    yield Said("folder", folder, "")
    file = f"{folder}/{folder.rpartition('/')[2]}.json"
    values, broken = _json(site.root, file)
    yield from broken
    pattern = values.get("permalink")
    ours = patterns.from_eleventy(pattern) if isinstance(pattern, str) else ""
    yield Said("pattern", ours, f"permalink {pattern}", file)
    if not ours:
        yield untranslated("permalink", pattern) if pattern else Note(f"Eleventy {_CODE}")


def _json(root: Path, file: str) -> tuple[Mapping[str, Any], list[Note]]:
    try:
        return (settings(root, file), []) if (root / file).is_file() else ({}, [])
    except Unreadable as broken:
        return {}, [broken.note]


def _address(text: str, url: str, base: str) -> Iterator[Said]:
    """Put the site's address together, where script and folder are both plainly written."""
    host, path = script_text(text, url), script_text(text, base).strip("/")
    if host and path:
        yield Said("url", f"{host.rstrip('/')}/{path}/", f"{url} and {base}")
    yield Said("url", host, url)
