"""What addresses of the web answered in earlier runs."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pressrun.cache import FOLDER

FILE = "links.json"

_Shown = tuple[str, int, int, int]
_Row = tuple[int | None, str, float, _Shown | None]


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
    status, words, at, *more = kept  # before pictures were measured there was no more
    if isinstance(status, int | None) and isinstance(words, str) and isinstance(at, float):
        return status, words, at, _shown(*more)
    raise TypeError(kept)


def _shown(kept: Any = None) -> _Shown | None:
    if kept is None:
        return None
    media, width, height, weight = kept
    if isinstance(media, str) and all(isinstance(each, int) for each in (width, height, weight)):
        return media, width, height, weight
    raise TypeError(kept)
