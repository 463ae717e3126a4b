"""Configuration files of any generator as plain values; nothing in them is run."""

import ast
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from pressrun.cli.generators.site import Note

LARGEST = 1_000_000  # bytes; nobody writes such a configuration


class Unreadable(Exception):
    """A configuration file that is broken; it never stops ``publish init``."""

    @property
    def note(self) -> Note:
        """What to say of it."""
        return Note(f"{self} could not be read: nothing is taken from it")


def settings(root: Path, name: str) -> dict[str, Any]:
    """Read a file by its suffix: YAML, TOML, JSON or the assignments of Python."""
    text = source(root, name)
    try:
        found = _READERS[Path(name).suffix](text)
    except (ValueError, SyntaxError, RecursionError, MemoryError, yaml.YAMLError) as error:
        raise Unreadable(name) from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Unreadable(name)
    return found


def source(root: Path, name: str) -> str:
    """Read a file's text."""
    try:
        with (root / name).open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise Unreadable(name)
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(name) from error


def section(values: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """Go down to a part of a configuration; empty where there is none."""
    for name in path:
        inner = values.get(name)
        if not isinstance(inner, dict):
            return {}
        values = inner
    return values


def words(value: Any, otherwise: str = "") -> str:
    """Return ``value`` where it is text."""
    return value if isinstance(value, str) and value else otherwise


def script_text(text: str, key: str) -> str:
    """Find the text that a script gives to ``key`` as it stands there, in quotes.

    What code would put together is not found, and neither is what is commented out or said twice.
    """
    code = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", text, flags=re.DOTALL)
    pattern = rf"""(?m)(?:^|[{{,])\s*["']?{key}["']?\s*:\s*(["'`])((?:(?!\1)[^\\\n$])*)\1"""
    found = {match[2] for match in re.finditer(pattern, code)}
    return found.pop() if len(found) == 1 else ""


def _python(text: str) -> dict[str, Any]:
    """Read assignments of literals; anything that would have to be computed is left out."""
    found: dict[str, Any] = {}
    for statement in ast.parse(text).body:
        if not isinstance(statement, ast.Assign):
            continue
        for target in statement.targets:
            if isinstance(target, ast.Name):
                found.pop(target.id, None)
                _assign(found, target.id, statement.value)
    return found


def _assign(found: dict[str, Any], name: str, value: ast.expr) -> None:
    try:
        found[name] = ast.literal_eval(value)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return


_READERS: Mapping[str, Callable[[str], Any]] = {
    ".yml": yaml.safe_load,
    ".yaml": yaml.safe_load,
    ".toml": tomllib.loads,
    ".json": json.loads,
    ".py": _python,
}
