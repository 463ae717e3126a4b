"""What a language's tag tells: its main language, which way it runs, and how it writes dates."""

from datetime import datetime

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"})


def primary(language: str) -> str:
    """Give the language of a tag without region or script: de for de-AT."""
    return language.lower().split("-")[0]


def direction(language: str) -> str:
    """Say which way a language runs, by its tag: ltr or rtl."""
    main, *rest = language.lower().split("-")
    return "rtl" if main in _RIGHT_TO_LEFT or {"arab", "hebr"} & {*rest} else "ltr"


def long_date(moment: datetime, language: str) -> str:
    """Write a day out: 23 November 2026 in English, 2026-11-23 in every other language so far."""
    if primary(language) != "en":
        return moment.date().isoformat()
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
