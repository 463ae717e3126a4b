"""``publish init`` beside a site: what its generator's own configuration says is proposed."""

import os
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun import config, posts
from pressrun.cli import generators, run
from pressrun.cli.world import World
from support.publications import HELLO

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
POST = HELLO.replace("title: Hello", "title: Hello, world")

HUGO = """\
baseURL = "https://ada.example/"
languageCode = "en-gb"
title = "Ada's notes"
theme = "plain"
timeZone = "Europe/London"
[params]
  description = "On engines."
[permalinks.page]
  posts = "/:year/:month/:slug/"
"""
JEKYLL = """\
title: Ada's notes
email: ada@ada.example
description: >- # this means to ignore newlines until "baseurl:"
  On
  engines.
baseurl: "/blog"
url: "https://ada.example"
timezone: Europe/London
lang: en-GB
permalink: /:year/:title/
theme: minima
plugins:
  - jekyll-feed
"""
ZOLA = """\
base_url = "https://ada.example"
title = "Ada's notes"
description = "On engines."
default_language = "en"
compile_sass = true
[markdown]
highlight_code = true
"""
PELICAN = """\
from __future__ import unicode_literals
import os

AUTHOR = 'Ada'
SITENAME = "Ada's notes"
SITEURL = ""
SITESUBTITLE = 'On engines.'
PATH = "content"
TIMEZONE = 'Europe/London'
DEFAULT_LANG = 'en'
ARTICLE_URL = '{date:%Y}/{date:%m}/{slug}.html'
ARTICLE_SAVE_AS = ARTICLE_URL
SLUGIFY_SOURCE = 'basename'
OUTPUT_PATH = os.environ['OUT']
"""
PUBLISHED = """\
import sys
sys.exit("this must never be run")
from pelicanconf import *
SITEURL = "https://ada.example"
RELATIVE_URLS = False
"""
NIKOLA = """\
import time
BLOG_AUTHOR = "Ada"  # (translatable)
BLOG_TITLE = "Ada's notes"  # (translatable)
SITE_URL = "https://ada.example/"
BLOG_DESCRIPTION = "On engines."  # (translatable)
DEFAULT_LANG = "en"
TRANSLATIONS = {
    DEFAULT_LANG: "",
}
POSTS = (
    ("posts/*.rst", "posts", "post.tmpl"),
    ("posts/*.md", "posts", "post.tmpl"),
)
TIMEZONE = "Europe/London"
PRETTY_URLS = True
"""
QUARTO = """\
project:
  type: website
lang: en-GB
website:
  title: "Ada's notes"
  description: On engines.
  site-url: https://ada.example
"""
ASTRO = """\
// @ts-check
import { defineConfig } from 'astro/config';
import mdx from '@astrojs/mdx';

// https://astro.build/config
export default defineConfig({
	// site: 'https://old.example',
	site: 'https://ada.example', // the address
	base: '/blog',
	integrations: [mdx()],
});
"""
DOCUSAURUS = """\
import {themes as prismThemes} from 'prism-react-renderer';
/** @type {import('@docusaurus/types').Config} */
const config = {
  title: 'Notes',
  tagline: 'On engines.',
  url: 'https://ada.example',
  baseUrl: '/',
  i18n: { defaultLocale: 'en', locales: ['en'] },
};
export default config;
"""
METADATA = '{"title": "Notes", "url": "https://ada.example/", "language": "en"}'

SITES = {
    "Hugo": (
        {"hugo.toml": HUGO, "content/posts/hello.md": POST},
        ("Ada's notes", "https://ada.example/", "Europe/London", "en-gb", "On engines."),
        ("content/posts", "https://ada.example/2026/11/hello/"),
    ),
    "Jekyll": (
        {"_config.yml": JEKYLL, "_posts/2026-11-10-hello.md": POST},
        ("Ada's notes", "https://ada.example/blog/", "Europe/London", "en-GB", "On engines."),
        ("_posts", "https://ada.example/blog/2026/hello/"),
    ),
    "Zola": (
        {"config.toml": ZOLA, "content/blog/2026-11-10-hello.md": POST},
        ("Ada's notes", "https://ada.example/", "Asia/Tokyo", "en", "On engines."),
        ("content/blog", "https://ada.example/blog/hello/"),
    ),
    "Pelican": (
        {"pelicanconf.py": PELICAN, "publishconf.py": PUBLISHED, "content/hello.md": POST},
        ("Ada's notes", "https://ada.example/", "Europe/London", "en", "On engines."),
        ("content", "https://ada.example/2026/11/hello.html"),
    ),
    "Nikola": (
        {"conf.py": NIKOLA, "posts/hello.md": POST},
        ("Ada's notes", "https://ada.example/", "Europe/London", "en", "On engines."),
        ("posts", "https://ada.example/posts/hello/"),
    ),
    "Quarto": (
        {"_quarto.yml": QUARTO, "posts/hello/index.md": POST},
        ("Ada's notes", "https://ada.example/", "Asia/Tokyo", "en-GB", "On engines."),
        ("posts", "https://ada.example/posts/hello/"),
    ),
    "Astro": (
        {
            "astro.config.mjs": ASTRO,
            "src/content/blog/hello.md": POST,
            "src/pages/blog/[...slug].astro": "",
        },
        ("Notes", "https://ada.example/blog/", "Asia/Tokyo", "en", ""),
        ("src/content/blog", "https://ada.example/blog/blog/hello/"),
    ),
    "Docusaurus": (
        {"docusaurus.config.js": DOCUSAURUS, "blog/hello.md": POST},
        ("Notes", "https://ada.example/", "Asia/Tokyo", "en", "On engines."),
        ("blog", "https://ada.example/blog/hello"),
    ),
    "Eleventy": (
        {
            "eleventy.config.js": "module.exports = {};\n",
            "_data/metadata.json": METADATA,
            "posts/hello.md": POST,
            "posts/posts.json": '{"permalink": "/{{ page.fileSlug }}/index.html"}',
        },
        ("Notes", "https://ada.example/", "Asia/Tokyo", "en", ""),
        ("posts", "https://ada.example/hello/"),
    ),
}


@pytest.fixture
def world(tmp_path):
    root = tmp_path / "notes"
    root.mkdir()
    environ = {"PATH": os.environ["PATH"], "HOME": str(root), "TZ": "Asia/Tokyo"}
    return World(root, environ, lambda: NOW, run="run")


def write(root, files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def proposed(root, **files):
    write(root, {name.replace("__", "/"): content for name, content in files.items()})
    return generators.look(root, [])


def pattern(root, files, *folders):
    write(root, files)
    return generators.look(root, folders).get("pattern")


@pytest.mark.parametrize(("files", "site", "first"), SITES.values(), ids=SITES)
def test_beside_a_site_its_own_configuration_fills_in(world, capsys, files, site, first):
    write(world.folder, files)
    assert run(["init"], world) == 0
    publication = config.load(world.folder)
    found = publication.site
    assert (
        found.title,
        found.url,
        found.timezone.key,
        found.language,
        found.description,
    ) == site
    (post,) = posts.load(publication)
    assert (publication.posts.folder, post.url) == first
    said = capsys.readouterr().out
    assert f"took   posts folder {publication.posts.folder}" in said
    assert f"took   url pattern {publication.posts.url} from " in said
    assert "must be where your site shows a post" not in said
    assert ("as on this machine" in said) == (found.timezone.key == "Asia/Tokyo")
    assert all((world.folder / name).read_bytes() == text.encode() for name, text in files.items())


def test_each_value_is_said_with_its_place_and_its_own_words(world, capsys):
    write(world.folder, SITES["Jekyll"][0])
    run(["init", "--title", "Mine"], world)
    said = capsys.readouterr().out
    assert (
        "  took   url pattern /{year}/{slug}/ from _config.yml (permalink /:year/:title/)\n" in said
    )
    assert "  took   time zone Europe/London from _config.yml (timezone)\n" in said
    assert "took   title" not in said
    assert config.load(world.folder).site.title == "Mine"


def test_without_a_generator_nothing_is_said(world, capsys):
    write(world.folder, {"posts/hello.md": POST, "conf.py": "project = 'Sphinx'\n"})
    assert run(["init"], world) == 0
    said = capsys.readouterr().out
    assert "took" not in said
    assert "note" not in said
    assert "must be where your site shows a post" in said


def test_a_configuration_of_ours_counts_and_no_generator_is_asked(world, capsys):
    run(["init"], world)
    write(world.folder, SITES["Hugo"][0])
    capsys.readouterr()
    assert run(["init"], world) == 0
    assert "took" not in capsys.readouterr().out


def test_of_several_the_one_with_posts_counts_and_the_others_are_named(world, capsys):
    write(world.folder, {**SITES["Jekyll"][0], "hugo.toml": HUGO, "eleventy.config.js": ""})
    (world.folder / "_posts/2026-11-10-hello.md").rename(world.folder / "_posts/2026-11-11-x.md")
    assert run(["init"], world) == 0
    said = capsys.readouterr().out
    assert "hugo.toml is there too, as of Hugo: nothing is taken from it" in said
    assert "eleventy.config.js is there too" in said
    assert config.load(world.folder).posts.folder == "_posts"


BROKEN = {
    "hugo.toml": "title = [",
    "_config.yml": "title: [\n",
    "pelicanconf.py": "SITENAME = (",
    "_quarto.yml": "\tx: {",
    "astro.config.mjs": b"\xff\xfe",
    "docusaurus.config.js": b"\xff",
    "config/_default/hugo.yaml": "- a\n",
    "config.toml": b"\x00",
    "conf.py": "BLOG_TITLE = '" + "(" * 5_000,
    "zola.toml": "x = " + "[" * 5_000,
    "hugo.json": "[" * 100_000,
    "_config.yaml": "{" * 5_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_configuration_never_stops_it_and_is_said(world, capsys, name):
    write(world.folder, {name: BROKEN[name], "posts/hello.md": POST})
    assert run(["init"], world) == 0
    assert f"{name} could not be read: nothing is taken from it" in capsys.readouterr().out
    assert config.load(world.folder).posts.folder == "posts"


def test_a_configuration_that_is_too_large_or_a_folder_is_passed_over(world, capsys):
    (world.folder / "hugo.toml").mkdir()
    write(world.folder, {"_config.yml": "#" * 1_000_001, "posts/hello.md": POST})
    assert run(["init"], world) == 0
    assert "_config.yml could not be read" in capsys.readouterr().out


def test_values_that_are_none_of_ours_are_said_and_not_taken(tmp_path):
    found = proposed(
        tmp_path,
        **{"_config.yml": "title: 3\nurl: localhost\ntimezone: Mars/Base\nlang: e n\n"},
    )
    assert set(found.values) == {"pattern"}
    reasons = "\n".join(found.notes)
    assert "title in _config.yml is no text: it is not taken" in reasons
    assert "url in _config.yml must be a URL" in reasons
    assert "timezone in _config.yml is no time zone" in reasons
    assert "lang in _config.yml must be a language tag" in reasons


def test_a_few_aliases_do_not_fill_the_memory(tmp_path):
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    bomb = "\n".join(["a0: &a0 [x, x]", *levels, "permalink: *a11", "title: *a11", "url: *a11"])
    tracemalloc.start()
    proposed(tmp_path, **{"_config.yml": bomb})
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("permalink", "ours"),
    [
        ("date", "/{year}/{month}/{day}/{slug}.html"),
        ("pretty", "/{year}/{month}/{day}/{slug}/"),
        ("none", "/{slug}.html"),
        ("/:year/:month/:day/:title/", "/{year}/{month}/{day}/{slug}/"),
        ("/blog/:title", "/blog/{slug}"),
        ("/:categories/:slug:output_ext", "/{slug}.html"),
        ("ordinal", ""),
        ("/:short_year/:title/", ""),
        ("/same/for/all/", ""),
    ],
)
def test_jekylls_permalinks_in_our_form(tmp_path, permalink, ours):
    found = proposed(tmp_path, **{"_config.yml": f"permalink: {permalink}\n"})
    assert found.get("pattern") == ours
    if not ours:
        assert f"permalink {permalink} has no form of ours" in "\n".join(found.notes)


def test_jekylls_usual_permalink_is_by_date(tmp_path):
    found = proposed(tmp_path, **{"_config.yml": "title: X\n"})
    assert found.get("pattern") == "/{year}/{month}/{day}/{slug}.html"
    assert "categories" in "\n".join(found.notes)


@pytest.mark.parametrize(
    "text",
    [
        "collections:\n  posts:\n    permalink: /a/:title/\n",
        "defaults:\n- scope: {path: '', type: posts}\n  values: {permalink: /a/:title/}\n",
    ],
)
def test_jekylls_own_permalink_of_posts_counts_before_the_sites(tmp_path, text):
    found = proposed(tmp_path, **{"_config.yml": f"permalink: pretty\n{text}"})
    assert found.get("pattern") == "/a/{slug}/"


@pytest.mark.parametrize(
    ("settings", "post", "ours"),
    [
        ("", "content/posts/hello.md", "/posts/{path}/"),
        ("uglyURLs = true", "content/posts/hello.md", "/posts/{path}.html"),
        ("", "content/posts/2026-11-10-hello.md", ""),
        (
            '[permalinks]\nposts = "/:section/:filename/"',
            "content/posts/hello.md",
            "/posts/{slug}/",
        ),
        ('[permalinks]\nposts = "/:year/:title.html"', "content/posts/x.md", "/{year}/{slug}.html"),
        ('[permalinks]\nposts = "/:sections/:slug"', "content/posts/x.md", "/posts/{path}/"),
        ('[permalinks]\nposts = "/:yearday/:slug"', "content/posts/x.md", ""),
        ('[permalinks]\nessays = "/e/:slug/"', "content/essays/x.md", "/e/{slug}/"),
        ('[params]\nmainSections = ["essays"]', "content/essays/x.md", "/essays/{path}/"),
    ],
)
def test_hugos_addresses_in_our_form(tmp_path, settings, post, ours):
    written = f'baseURL = "https://ada.example/"\n{settings}\n'
    assert pattern(tmp_path, {"hugo.toml": written, post: POST}, "content/posts") == ours


def test_hugos_settings_may_be_a_folder_of_files(tmp_path):
    found = proposed(
        tmp_path,
        **{
            "config/_default/config.yaml": "baseurl: https://ada.example/\n",
            "config/_default/permalinks.toml": 'essays = "/e/:slug/"\n',
            "config/_default/params.yaml": "Description: On engines.\n",
            "content/essays/x.md": POST,
        },
    )
    assert found.get("pattern") == "/e/{slug}/"
    assert found.get("description") == "On engines."
    assert found.values["url"].file == "config/_default/config.yaml"


@pytest.mark.parametrize(
    ("settings", "ours"),
    [
        ("", "/{slug}.html"),
        ("ARTICLE_URL = 'posts/{date:%Y}/{date:%b}/{slug}/'", ""),
        ("ARTICLE_URL = '{category}/{slug}.html'", ""),
        ("ARTICLE_URL = 'a/' + '{slug}'", "/{slug}.html"),
        ("ARTICLE_URL = '{slug}/'\nARTICLE_URL = 3", ""),
    ],
)
def test_pelicans_addresses_in_our_form(tmp_path, settings, ours):
    files = {"pelicanconf.py": f"SITENAME = 'x'\n{settings}\n", "content/x.md": POST}
    assert pattern(tmp_path, files) == ours


def test_nikola_without_plain_words_on_addresses_is_not_guessed(tmp_path):
    found = proposed(tmp_path, **{"conf.py": 'BLOG_TITLE = "x"\nPOSTS = tuple(make())\n'})
    assert found.get("pattern") == ""
    assert "say posts.url" in "\n".join(found.notes)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("site: 'https://a.example'", "https://a.example"),
        ('"site": "https://a.example",', "https://a.example"),
        ("site: process.env.SITE", ""),
        ("site: `https://${host}`", ""),
        ("/* site: 'https://a.example' */", ""),
        ("x: 'site: no',\n site: 'https://a.example'", "https://a.example"),
        ("site: dev ? 'http://localhost' : 'https://a.example'", ""),
        ("site: 'https://a.example', y: { site: 'https://b.example' }", ""),
    ],
)
def test_of_a_script_only_what_is_plainly_written_is_taken(tmp_path, written, url):
    text = f"export default defineConfig({{ {written} }});\n"
    assert proposed(tmp_path, **{"astro.config.mjs": text}).get("url") == url


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just("/:title/")
WORDS = """title url baseurl permalink permalinks params mainsections defaults collections posts
    scope values website source contentdir lang page"""
KEYS = st.sampled_from(WORDS.split())
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5)
)


@pytest.mark.parametrize("reader", ["hugo", "jekyll", "zola", "quarto"])
@given(values=st.dictionaries(KEYS, VALUES))
def test_values_of_any_type_never_stop_it(reader, values):
    read = getattr(generators.readers, f"_{reader}")
    site = generators.Site(Path("/nowhere"), ())
    found = generators._sorted(reader, "file", read(site, values))
    assert all(isinstance(each.value, str) for each in found.values.values())


@given(st.dictionaries(st.sampled_from(["PATH", "ARTICLE_PATHS", "ARTICLE_URL", "POSTS"]), VALUES))
def test_assignments_of_any_type_never_stop_it(values):
    site = generators.Site(Path("/nowhere"), ())
    generators._sorted("Pelican", "x", generators.scripts._pelican(site, values, {}))
    generators._sorted("Nikola", "x", generators.scripts._nikola(site, values))
