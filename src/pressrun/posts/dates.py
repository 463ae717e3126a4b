"""Dates as people write them: strict, in the publication's time zone unless they say otherwise."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from pressrun.config.words import described
from pressrun.posts.notes import Wrong

# Feeds and mail headers have four digits for a year; a typo is likelier than a post from 0202.
YEARS = range(1900, 3000)

_FORM = re.compile(
    r"(?P<day>[0-9]{4}(?P<mark>[-/])[0-9]{2}(?P=mark)[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.(?P<fraction>[0-9]{1,9}))?"
    r"(?: ?(?P<offset>Z|UTC|GMT|(?:UTC|GMT)?[+-][0-9]{2}(?::?[0-9]{2})?))?)?"
)
# With the month in words it is clear which number is the day.
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_WORDED = re.compile(
    r"(?:(?P<month>[A-Za-z]{3,9})\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
    r"|(?P<day_first>[0-9]{1,2})(?:st|nd|rd|th)?\.? (?P<month_second>[A-Za-z]{3,9})\.?),?"
    r" (?P<year>[0-9]{4})(?P<rest>(?:,? [0-9]{2}:.*)?)"
)
_MOVING = frozenset(
    (
        "lastmodified",
        "gitlastmodified",
        "gitcreated",
        "created",
        "today",
        "now",
    )
)
_MEND = "Write it like 2026-11-23 or 2026-11-23 09:00."


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Read a date with or without time and offset; the result is in ``zone``.

    A bare date is the first moment of that day. Of a time that the clocks show twice, the first is
    meant. Raises Wrong for any other form, and for what no calendar or clock in ``zone`` shows.
    """
    found = _FORM.fullmatch(text.strip()) or _FORM.fullmatch(_in_figures(text.strip()))
    if not found:
        raise _unreadable(text)
    try:
        naive = _naive(found["day"], found["time"], found["fraction"])
        offset = _offset(found["offset"]) if found["offset"] else None
    except ValueError:
        raise Wrong(f"is a day or time that does not exist: {described(text)}.", _MEND) from None
    if naive.year not in YEARS:
        raise Wrong(f"has a year outside {YEARS.start} to {YEARS.stop - 1}: {described(text)}.")
    if offset is not None:
        return naive.replace(tzinfo=offset).astimezone(zone)
    return _local(naive, zone, whole_day=not found["time"])


def moves(text: str) -> bool:
    """Whether a tool puts another date here as time goes on: ``git Last Modified``, ``today``."""
    return text.lower().replace(" ", "").replace("-", "") in _MOVING


def _unreadable(text: str) -> Wrong:
    if moves(text):
        mend = "Write the day itself, like 2026-11-23, so that no later change moves it."
        return Wrong(f"is no fixed date: {described(text)}.", mend)
    return Wrong(f"is not a date that we can read: {described(text)}.", _MEND)


def _in_figures(text: str) -> str:
    """Write ``Jul 8, 2022`` and ``8 July 2022`` as 2022-07-08; give any other text back."""
    found = _WORDED.fullmatch(text)
    if not found:
        return text
    word = (found["month"] or found["month_second"]).lower()
    month = next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(word)), 0)
    day = int(found["day"] or found["day_first"])
    rest = found["rest"].replace(",", "")
    return f"{found['year']}-{month:02}-{day:02}{rest}" if month else text


def _naive(day: str, time: str | None, fraction: str | None) -> datetime:
    naive = datetime.fromisoformat(f"{day.replace('/', '-')} {time or '00:00'}")
    return naive.replace(microsecond=int(fraction.ljust(6, "0")[:6])) if fraction else naive


def _offset(text: str) -> timezone:
    if text in {"Z", "UTC", "GMT"}:
        return UTC
    text = text.removeprefix("UTC").removeprefix("GMT")
    digits = text[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) >= 60:  # noqa: PLR2004, minutes
        raise ValueError(text)
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if text[0] == "-" else size)


def _local(naive: datetime, zone: ZoneInfo, *, whole_day: bool) -> datetime:
    aware = naive.replace(tzinfo=zone)
    shown = aware.astimezone(UTC).astimezone(zone)
    if shown.replace(tzinfo=None) == naive:
        return aware
    if whole_day:  # the clocks went forward at midnight: the day begins an hour later
        return shown
    mend = "Write an hour that exists, or add the offset, as in +02:00."
    raise Wrong(f"is a time that the clocks of {zone.key} skip: {naive:%Y-%m-%d %H:%M}.", mend)
