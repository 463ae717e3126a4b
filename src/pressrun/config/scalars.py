"""Single values: from what YAML gave to the type that the configuration asks for."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pressrun.config.words import did_you_mean, write_truth
from pressrun.strict_yaml import Value


class Unreadable(Exception):
    """The value has another type; ``what`` begins with "must", ``mend`` is a sentence."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


def text(value: Value) -> str:
    """Read text; a number or a truth value needs quotes to be one."""
    if isinstance(value.data, str):
        return value.data.strip()
    if isinstance(value.data, bool | int | float):
        raise Unreadable("must be text", f'Put it in quotes: "{value.raw}".')
    raise Unreadable("must be text")


def whole_number(value: Value) -> int:
    """Read an int."""
    if type(value.data) is int:
        return value.data
    raise Unreadable("must be a whole number")


def truth(value: Value) -> bool:
    """Read a bool; YAML's other words for it are text here."""
    if isinstance(value.data, bool):
        return value.data
    raise Unreadable("must be true or false", write_truth(str(value.data)))


def day(value: Value) -> date:
    """Read a date of the calendar, as YYYY-MM-DD and nothing else."""
    if isinstance(value.data, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.data):
        try:
            return date.fromisoformat(value.data)
        except ValueError:
            raise Unreadable("must be a day that exists") from None
    raise Unreadable("must be a date such as 2026-11-01")


def zone(value: Value) -> ZoneInfo:
    """Read the name of a time zone."""
    name = text(value)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder, such as Europe
        raise Unreadable("must be a time zone such as Europe/Berlin", _closest(name)) from None


def _closest(name: str) -> str:
    known = sorted(each for each in available_timezones() if not each.startswith("Etc/"))
    cities = {each.rpartition("/")[2]: each for each in known if "/" in each}
    wanted = name.strip().replace(" ", "_")
    if city := next((city for city in cities if city.casefold() == wanted.casefold()), ""):
        return f'Did you mean "{cities[city]}"?'
    return did_you_mean(wanted, known)


READERS: Mapping[Any, Callable[[Value], Any]] = {
    str: text,
    int: whole_number,
    bool: truth,
    date: day,
    ZoneInfo: zone,
}
