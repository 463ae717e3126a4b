"""How messages name a value and guess what was meant."""

import json
from collections.abc import Collection, Iterable
from typing import Any

LONGEST = 60

_YES_AND_NO = {"yes": "true", "on": "true", "no": "false", "off": "false"}


def described(data: Any) -> str:
    """Name a value from YAML: ``"text"``, ``the number 5``, ``a list``."""
    if isinstance(data, str):
        shown = data if len(data) <= LONGEST else f"{data[:LONGEST]}…"
        return json.dumps(shown, ensure_ascii=False)
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int | float):
        return f"the number {data}"
    if data is None:
        return "nothing"
    return "a list" if isinstance(data, list) else "a mapping"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Ask whether the closest of ``known`` was meant; empty when nothing is close."""
    import difflib

    by_fold = {each.casefold(): each for each in known}
    close = difflib.get_close_matches(word.casefold()[:LONGEST], by_fold, n=1)
    return f'Did you mean "{by_fold[close[0]]}"?' if close else ""


def there_are(known: Collection[str]) -> str:
    """List what there is to choose from; empty where there is nothing."""
    return f"There are: {', '.join(known)}." if known else ""


def write_truth(word: str) -> str:
    """Give the mend for a word that other YAML takes for a truth value; empty for any other."""
    meant = _YES_AND_NO.get(word.lower())
    return f"Write {meant}." if meant else ""
