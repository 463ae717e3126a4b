"""What addresses of the web answered in earlier runs."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pressrun.cache import FOLDER

FILE = "links.json"

_Row = tuple[int | None, str, float]


def recall(root: Path) -> dict[str, _Row]:
    """Read what is known, by address; nothing where the file is damaged or missing."""
    try:
        kept = json.loads((root / FOLDER / FILE).read_text(encoding="utf-8"))
        return {str(url): _row(each) for url, each in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def keep(root: Path, answers: Mapping[str, _Row]) -> None:
    """Keep answers for the next run; without room for them it asks again."""
    path = root / FOLDER / FILE
    told = {url: list(answers[url]) for url in sorted(answers)}
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{json.dumps(told, indent=1)}\n", encoding="utf-8")


def _row(kept: Any) -> _Row:
    status, words, at = kept
    if isinstance(status, int | None) and isinstance(words, str) and isinstance(at, float):
        return status, words, at
    raise TypeError(kept)
