"""What a language's tag tells: its main language, which way it runs, and how it writes dates."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_BRITISH = frozenset({"en", "en-gb"})
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"})


def primary(language: str) -> str:
    """Give the language of a tag without region or script: de for de-AT."""
    return language.lower().split("-")[0]


def direction(language: str) -> str:
    """Say which way a language runs, by its tag: ltr or rtl."""
    main, *rest = language.lower().split("-")
    return "rtl" if main in _RIGHT_TO_LEFT or {"arab", "hebr"} & {*rest} else "ltr"


def long_date(moment: datetime, language: str) -> str:
    """Write a day out: 23 November 2026, 23. November 2026, November 23, 2026 in American English.

    In a language that nobody has told Unicode's CLDR about it is 2026-11-23.
    """
    if language.lower() in _BRITISH:  # Babel takes as long to load as a small feed takes to write
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    locale = _locale(language)
    if locale is None:
        return moment.date().isoformat()
    from babel.dates import format_date

    return format_date(moment.date(), "long", locale)


def listed(names: Sequence[str], language: str) -> str:
    """Join names as the language does: A, B and C."""
    if len(names) < 2 or language.lower() in _BRITISH:  # noqa: PLR2004 - one is no list
        return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    locale = _locale(language)
    if locale is None:
        return ", ".join(names)
    from babel.lists import format_list

    return format_list(names, locale=locale)


def decimal_point(language: str) -> str:
    """Give the sign before the tenths: a comma in most of the world."""
    locale = None if primary(language) == "en" else _locale(language)
    if locale is None:
        return "."
    from babel.numbers import get_decimal_symbol

    return get_decimal_symbol(locale)


def _locale(language: str) -> "Locale | None":
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
