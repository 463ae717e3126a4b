"""What the site's own generator says about it: proposals for ``publish init``.

Its configuration is read, never run. Each generator is a line in ``TABLE`` and a function in
``readers`` or ``scripts``.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pressrun.cli.generators import readers, scripts
from pressrun.cli.generators.site import (
    Generator,
    Listed,
    Note,
    Proposal,
    Proposals,
    Said,
    Site,
)
from pressrun.cli.surroundings import is_zone
from pressrun.kinds import LANGUAGE, Folder, UrlPattern, WebUrl

__all__ = ["Proposals", "look"]

_DEFAULT = "config/_default"
_SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts")

TABLE = (
    Generator(
        "Hugo",
        tuple(
            f"{folder}{name}.{suffix}"
            for folder in ("", f"{_DEFAULT}/")
            for name in ("hugo", "config")
            for suffix in ("toml", "yaml", "yml", "json")
        ),
        readers.hugo,
    ),
    Generator("Jekyll", ("_config.yml", "_config.yaml", "_config.toml"), readers.jekyll),
    Generator("Zola", ("zola.toml", "config.toml"), readers.zola),
    Generator("Pelican", ("pelicanconf.py",), scripts.pelican),
    Generator("Nikola", ("conf.py",), scripts.nikola),
    Generator("Quarto", ("_quarto.yml", "_quarto.yaml"), readers.quarto),
    Generator("Astro", tuple(f"astro.config{each}" for each in _SCRIPTS), scripts.astro),
    Generator(
        "Docusaurus", tuple(f"docusaurus.config{each}" for each in _SCRIPTS), scripts.docusaurus
    ),
    Generator(
        "Eleventy",
        (".eleventy.js", *(f"eleventy.config{each}" for each in _SCRIPTS)),
        scripts.eleventy,
    ),
)


def look(root: Path, posts: Iterable[str]) -> Proposals:
    """Ask the generator of the site at ``root``, where ``posts`` are folders with Markdown files.

    Several generators are there after a move from one to another: the first with posts counts.
    """
    known = tuple(posts)
    asked = [each for generator in TABLE if (each := _ask(generator, Site(root, known)))]
    if not asked:
        return Proposals()
    chosen = next((each for each in asked if "folder" in each.values), asked[0])
    others = [
        f"{each.file} is there too, as of {each.generator}: nothing is taken from it"
        for each in asked
        if each is not chosen
    ]
    return replace(chosen, notes=(*chosen.notes, *others))


def _ask(generator: Generator, site: Site) -> Proposals | None:
    """Ask one generator; None where none of its files is there, or where it is another's."""
    file = next((name for name in generator.files if (site.root / name).is_file()), "")
    said = generator.read(site, file) if file else None
    return _sorted(generator.name, file, said) if said is not None else None


def _sorted(name: str, file: str, said: Listed) -> Proposals:
    values: dict[str, Proposal] = {}
    notes: list[str] = []
    for each in said:
        if isinstance(each, Note):
            notes.append(each.text)
        elif each.value not in (None, "") and each.field not in values:
            if wrong := _wrong(each):
                notes.append(f"{each.key} in {each.file or file} {wrong}: it is not taken")
            else:
                values[each.field] = Proposal(_line(each.value), each.key, each.file or file)
    return Proposals(name, file, values, tuple(notes))


def _line(text: str) -> str:
    """Write text as one line; YAML may fold it over several."""
    return " ".join(text.split())


def _wrong(said: Said) -> str:
    """Say why a value cannot be taken over; empty where it can."""
    if not isinstance(said.value, str):
        return "is no text"
    if not _line(said.value).isprintable():
        return "holds characters that nobody can see"
    if said.field == "timezone":
        return "" if is_zone(said.value) else "is no time zone such as Europe/Berlin"
    kinds = {
        "url": WebUrl(base=True),
        "language": LANGUAGE,
        "folder": Folder(),
        "pattern": UrlPattern(),
    }
    kind = kinds.get(said.field)
    return kind.wrong(said.value).rstrip(".") if kind else ""
