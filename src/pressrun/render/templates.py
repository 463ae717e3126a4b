"""Email templates: the writer's files over the packed ones, run by Jinja2 in a sandbox."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, TemplateNotFound
from jinja2.loaders import split_template_path
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pressrun.errors import Problem, TemplateError
from pressrun.publication import Theme
from pressrun.render import remote_sheets
from pressrun.render.packed import packed_templates
from pressrun.render.template_errors import Missing, explain, suggest
from pressrun.render.text import WIDTH
from pressrun.render.text.wrap import fill, width
from pressrun.render.theme import Look, look
from pressrun.render.words import Words

FOLDER = "email_templates"
DEFAULT = "letter"
SHARED = ("partials", "locale")  # folders that are no templates

_CSS_COMMENT = re.compile(r"""("[^"\n]*"|'[^'\n]*')|/\*.*?\*/\s*""", re.DOTALL)


class Templates:
    """The templates that a publication can use: its own, and those that Pressrun brings along."""

    def __init__(self, root: Path, theme: Theme | None = None) -> None:
        self._own = root / FOLDER
        self._packed = packed_templates()
        self._opened: dict[str, Template] = {}
        self.look = look(theme or Theme())
        self.words = Words([(f"pressrun/{FOLDER}", self._packed), (FOLDER, self._own)])

    def names(self) -> list[str]:
        """List the templates by name."""
        folders: list[Traversable] = [self._own, self._packed]
        entries = (entry for folder in folders if folder.is_dir() for entry in folder.iterdir())
        names = {entry.name for entry in entries if entry.is_dir()}
        return sorted(names.difference(SHARED))

    def named(self, name: str) -> "Template":
        """Open a template. Raises TemplateError, with the names there are, for an unknown one."""
        if name in self._opened:
            return self._opened[name]
        for folder in (self._own, *(self._own / each for each in (name, *SHARED))):
            if folder.exists() and not folder.is_dir():
                place = folder.relative_to(self._own.parent).as_posix()
                mend = "Make it a folder of templates, or remove it."
                raise TemplateError.of("it is a file, where a folder must be.", place, mend)
        if name not in (names := self.names()):
            raise TemplateError(
                Problem(f'there is no email template "{name}".', FOLDER, suggest(name, names))
            )
        self._opened[name] = Template(self._shelves(name), self.look)
        return self._opened[name]

    def _shelves(self, name: str) -> list[tuple[str, Traversable]]:
        """Give the folders in which a template's files are looked for, the writer's first."""
        own, packed = (name, "partials"), dict.fromkeys((name, "partials", DEFAULT))
        return [
            *((f"{FOLDER}/{each}", self._own / each) for each in own),
            *((f"pressrun/{FOLDER}/{each}", self._packed / each) for each in packed),
        ]


class Template:
    """One template: message.html, message.txt, style.css, head.css and what they include."""

    def __init__(self, shelves: Sequence[tuple[str, Traversable]], look: Look) -> None:
        self._files = _Files(shelves)
        self._look = look
        self._sheets: dict[str, str] = {}
        self._environment = ImmutableSandboxedEnvironment(
            loader=self._files,
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=Missing,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters |= {"wrap": wrap, "underline": underline}

    def place(self, name: str) -> str:
        """Say where a file of this template is: ``email_templates/letter/message.html``."""
        return self._files.read(name)[1]

    def css(self, name: str) -> str:
        """Fill a stylesheet in, once, without its comments, which would cost bytes in each email.

        Raises TemplateError as ``render`` does.
        """
        if name not in self._sheets:
            colours = {"light": self._look.light, "dark": self._look.dark}
            sheet = self.render(name, {"theme": self._look, **colours})
            self._sheets[name] = _CSS_COMMENT.sub(lambda match: match[1] or "", sheet).strip()
        return self._sheets[name]

    def render(self, name: str, variables: Mapping[str, Any]) -> str:
        """Run a file. Raises TemplateError for whatever is wrong with it or what it includes."""
        place = self.place(name)
        try:
            return self._environment.get_template(name).render(variables)
        except TemplateError:
            raise
        except Exception as error:  # a template is code: it can raise anything
            files = self._files.read_so_far
            raise TemplateError(explain(error, place, files, variables)) from error


class _Files(BaseLoader):
    """Finds a template's file on the first shelf that has it."""

    def __init__(self, shelves: Sequence[tuple[str, Traversable]]) -> None:
        self._shelves = shelves
        self._known: dict[str, tuple[str, str]] = {}
        self.read_so_far: set[str] = set()

    def get_source(
        self,
        environment: Environment,
        template: str,
    ) -> tuple[str, str, None]:
        """Give Jinja2 the source, and as file name the place that errors shall show."""
        try:
            return (*self.read(template), None)
        except FileNotFoundError:
            raise TemplateNotFound(template) from None

    def read(self, name: str) -> tuple[str, str]:
        """Return a file's text and its place; each file is read once.

        Raises FileNotFoundError where no shelf has it, TemplateError where it is not UTF-8 or asks
        for a stylesheet from elsewhere.
        """
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> tuple[str, str]:
        parts = split_template_path(name)
        for prefix, folder in self._shelves:
            file = folder.joinpath(*parts)
            if file.is_file():
                return self._read(file, f"{prefix}/{name}")
        raise FileNotFoundError(name)

    def _read(self, file: Traversable, place: str) -> tuple[str, str]:
        try:
            source = file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise TemplateError(
                Problem("the file is not UTF-8.", place, "Save it in UTF-8.")
            ) from error
        remote_sheets.refuse(source, place)
        self.read_so_far.add(place)
        return source, place


def wrap(text: str, indent: str = "", hang: str = "") -> str:
    """Fill ``text`` to 72 columns, never inside a word: an address or a placeholder stays whole."""
    first, rest = indent, hang or indent
    lines = fill(text, WIDTH - len(rest))
    return "\n".join((rest if number else first) + line for number, line in enumerate(lines))


def underline(text: str) -> str:
    """Fill ``text`` and draw a double line below it."""
    lines = fill(text, WIDTH)
    return "\n".join([*lines, "=" * max(map(width, lines), default=0)])
