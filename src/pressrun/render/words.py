"""The words of the templates themselves, in the language of a post.

Catalogs are gettext's, one for each language: ``email_templates/locale/de.po``. A publication's own
wins over the packed one of the same language. The words in the templates are English, which needs
none. https://babel.pocoo.org/en/latest/messages.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from pressrun.errors import Problem, TemplateError
from pressrun.render.languages import primary

if TYPE_CHECKING:
    from babel.messages.catalog import Message

Say = Callable[..., str]

_SOURCE = "en"
_PLACE = re.compile(r"%\(\w+\)s|%[^%(]|%$")
_BRACES = re.compile(r"\{\}")


class Words:
    """The catalogs in some folders, each with the name that errors show; the last one wins."""

    def __init__(self, folders: Sequence[tuple[str, Traversable]]) -> None:
        self._folders = [(f"{shown}/locale", folder / "locale") for shown, folder in folders]
        self._read: dict[str, Mapping[str, str]] = {}

    def languages(self) -> list[str]:
        """List the languages that there are words for."""
        folders = [folder for _, folder in self._folders if folder.is_dir()]
        files = (file.name for folder in folders for file in folder.iterdir())
        found = {name.removesuffix(".po") for name in files if name.endswith(".po")}
        return sorted(found | {_SOURCE})

    def say(self, language: str) -> Say:
        """Give the function that templates call ``_``: a text with its values filled in.

        A text that no catalog of the language has stays English. Raises TemplateError for a
        catalog that cannot be read.
        """
        known = self._known(language)

        def translate(text: str, **values: str) -> str:
            said = known.get(text) or text
            return said % values if values else said

        return translate

    def _known(self, language: str) -> Mapping[str, str]:
        if language not in self._read:
            names = dict.fromkeys((primary(language), language))  # de-AT is German with some words
            texts: dict[str, str] = {}
            for shown, folder in self._folders:
                for name in names:
                    texts |= _texts(folder / f"{name}.po", f"{shown}/{name}.po")
            self._read[language] = texts
        return self._read[language]


def _texts(file: Traversable, shown: str) -> Mapping[str, str]:
    if not file.is_file():
        return {}
    from babel.messages.pofile import PoFileError, read_po

    try:
        with file.open("rb") as opened:
            catalog = read_po(opened, abort_invalid=True)
    except (PoFileError, LookupError, ValueError) as error:
        line = getattr(error, "lineno", 0)
        where = f"{shown}:{line + 1}"
        what = f"this is no catalog of gettext: {str(error).partition(' on ')[0]}."
        raise TemplateError.of(what, where) from None
    TemplateError.raise_if_any([_strange(each, shown) for each in catalog if _is_strange(each)])
    sure = (each for each in catalog if each.id and each.string and not each.fuzzy)
    return {str(each.id): str(each.string) for each in sure}


def _is_strange(message: "Message") -> bool:
    """Whether a translation has other places for values than the text itself."""
    text, told = str(message.id), str(message.string)
    place = _PLACE if "%(" in text else _BRACES  # elsewhere a per cent sign is one
    return bool(told) and set(place.findall(told)) != set(place.findall(text))


def _strange(message: "Message", shown: str) -> Problem:
    text = str(message.id)
    places = " and ".join(_PLACE.findall(text) or _BRACES.findall(text)) or "none"
    what = f'the text for "{message.id}" has other places for values than that.'
    return Problem(what, f"{shown}:{message.lineno}", f"They must be: {places}.")
