"""Dates as people write them: strict, in the publication's time zone unless they say otherwise."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from pressrun.config.words import described
from pressrun.posts.notes import Wrong

# Feeds and mail headers have four digits for a year; a typo is likelier than a post from 0202.
YEARS = range(1900, 3000)

_FORM = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.(?P<fraction>[0-9]{1,9}))?"
    r"(?: ?(?P<offset>Z|[+-][0-9]{2}(?::?[0-9]{2})?))?)?"
)
_MEND = "Write it like 2026-11-23 or 2026-11-23 09:00."


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Read a date with or without time and offset; the result is in ``zone``.

    A bare date is the first moment of that day. Of a time that the clocks show twice, the first is
    meant. Raises Wrong for any other form, and for what no calendar or clock in ``zone`` shows.
    """
    found = _FORM.fullmatch(text.strip())
    if not found:
        raise Wrong(f"is not a date that we can read: {described(text)}.", _MEND)
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


def _naive(day: str, time: str | None, fraction: str | None) -> datetime:
    naive = datetime.fromisoformat(f"{day} {time or '00:00'}")
    microseconds = int((fraction or "0").ljust(6, "0")[:6])
    return naive.replace(microsecond=microseconds)


def _offset(text: str) -> timezone:
    if text == "Z":
        return timezone(timedelta(0))
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
