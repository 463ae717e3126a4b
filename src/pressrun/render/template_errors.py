"""What went wrong in a template, in words: the file, its line, and the mend."""

import re
import traceback
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from jinja2 import StrictUndefined, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.utils import missing

from pressrun.config.words import did_you_mean, there_are
from pressrun.errors import Problem

_MANUAL = "https://jinja.palletsprojects.com/templates/"


class Missing(StrictUndefined):
    """A name that a template asks for in vain; the error says which names there are.

    The attributes are the documented ones for subclasses:
    https://jinja.palletsprojects.com/en/stable/api/#undefined-types
    """

    @property
    def _undefined_message(self) -> str:
        known = _names_in(self._undefined_obj)
        if self._undefined_hint or self._undefined_obj is missing or not known:
            return super()._undefined_message
        return f'there is no "{self._undefined_name}" here. {suggest(self._undefined_name, known)}'


def suggest(name: object, known: Collection[str]) -> str:
    """Say which of the known names is meant, else list them."""
    return did_you_mean(str(name), known) or there_are(sorted(known))


def explain(
    error: Exception, place: str, places: Collection[str], variables: Mapping[str, Any]
) -> Problem:
    """Turn an exception of a template into a problem.

    ``place`` is the file that was to be rendered; ``places`` holds every file that was read, since
    Jinja2 gives the frames of a traceback the names and the lines of the template's files.
    """
    if isinstance(error, TemplateSyntaxError):
        where = f"{error.filename or place}:{error.lineno}"
        return Problem(_sentence(error.message), where, f"The language is described at {_MANUAL}")
    where = _line(error, places) or place
    if isinstance(error, TemplateNotFound):
        mend = "A template can use the files in its own folder and those of the packed one."
        return Problem(f'there is no template file "{error.message}".', where, mend)
    if isinstance(error, UndefinedError):
        return _undefined(error, where, variables)
    return Problem(*_other(error, where))


def _undefined(error: UndefinedError, where: str, variables: Mapping[str, Any]) -> Problem:
    message = error.message or "a variable is undefined"
    if name := re.fullmatch("'(.+)' is undefined", message):
        return Problem(f'there is no variable "{name[1]}".', where, suggest(name[1], [*variables]))
    return Problem(_sentence(message), where)


def _other(error: Exception, where: str) -> tuple[str, str, str]:
    if isinstance(error, SecurityError):
        mend = "A template may only read the values that it is given."
        return _sentence(str(error)), where, mend
    if isinstance(error, RecursionError):
        return "the template includes itself without an end.", where, "Take that include out."
    return f"{type(error).__name__}: {_sentence(str(error))}", where, "Correct the expression."


def _line(error: Exception, places: Collection[str]) -> str:
    frames = traceback.walk_tb(error.__traceback__)
    lines = [(frame.f_code.co_filename, line) for frame, line in frames]
    return next((f"{name}:{line}" for name, line in reversed(lines) if name in places), "")


def _names_in(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return [str(key) for key in value]
    return [field.name for field in fields(value)] if is_dataclass(value) else []


def _sentence(text: str | None) -> str:
    words = (text or "").strip().rstrip(".")
    return f"{words}."
