"""Kinds of text that a configuration may hold: what is wrong with a value, and its JSON Schema.

They annotate the fields of ``pressrun.model`` and of the providers' options, so that one definition
serves the check, the error message, the JSON Schema and the documentation.
"""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Doc:
    """What a field is for, in one sentence; ``key`` where its name in YAML is not the field's."""

    text: str
    key: str = ""


class Kind(ABC):
    """A rule for a value that already has the right type."""

    @abstractmethod
    def wrong(self, value: Any) -> str:
        """Say what is wrong, to follow the name of the key; empty when the value is fine."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """Give the JSON Schema keywords that say the same."""


@dataclass(frozen=True, slots=True)
class Pattern(Kind):
    """Text that matches a regular expression as a whole; ``what`` names it in words."""

    regex: str
    what: str

    def wrong(self, value: str) -> str:
        return "" if re.fullmatch(self.regex, value) else f"must be {self.what}, not {value!r}."

    def schema(self) -> dict[str, Any]:
        return {"pattern": f"^(?:{self.regex})$"}


IDENTIFIER = Pattern(
    "[a-z0-9]+(?:[._-][a-z0-9]+)*", "lower-case letters and digits, with dots or hyphens between"
)
LANGUAGE = Pattern("[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*", "a language tag such as en or de-AT")
EMAIL_ADDRESS = Pattern(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+", "an email address")
HOST = Pattern(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", "a host name such as example.org")
BRANCH = Pattern(r"[A-Za-z0-9_][A-Za-z0-9._/-]*", "a branch name")
ENVIRONMENT_NAME = Pattern(
    "[A-Z_][A-Z0-9_]*",
    "the name of an environment variable in capitals, never the secret itself",
)


@dataclass(frozen=True, slots=True)
class Positive(Kind):
    """A whole number of at least one."""

    def wrong(self, value: int) -> str:
        return "" if value > 0 else f"must be at least 1, not {value}."

    def schema(self) -> dict[str, Any]:
        return {"minimum": 1}


@dataclass(frozen=True, slots=True)
class WebUrl(Kind):
    """An absolute http or https address with a host."""

    def wrong(self, value: str) -> str:
        parts = _split(value)
        if parts and parts.scheme in {"http", "https"} and parts.hostname and value.isprintable():
            return "" if " " not in value else f"has a space in its URL: {value!r}."
        return f"must be a URL that starts with https:// or http://, not {value!r}."

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^https?://[^/ ]+"}


@dataclass(frozen=True, slots=True)
class Folder(Kind):
    """A folder inside the publication, relative to publish.yml."""

    def wrong(self, value: str) -> str:
        outside = value.startswith(("/", "\\", "~")) or ".." in re.split(r"[/\\]", value)
        if outside or ":" in value or not value.strip():
            return f"must be a folder beside publish.yml such as posts, not {value!r}."
        return ""

    def schema(self) -> dict[str, Any]:
        return {"pattern": r"^[^/\\~:]", "not": {"pattern": r"(^|[/\\])\.\.([/\\]|$)"}}


@dataclass(frozen=True, slots=True)
class UrlPattern(Kind):
    """A path with places for a post's own parts."""

    fields = ("year", "month", "day", "slug", "path")

    def wrong(self, value: str) -> str:
        if not value.startswith("/"):
            return f"must start with a slash, such as /{{year}}/{{slug}}/, not {value!r}."
        if unknown := [name for name in re.findall(r"{(.*?)}", value) if name not in self.fields]:
            return f"knows no {{{unknown[0]}}}; there are {{{'}, {'.join(self.fields)}}}."
        if not re.search(r"{(slug|path)}", value):
            return "needs {slug} or {path}, else all posts have one URL."
        return ""

    def schema(self) -> dict[str, Any]:
        return {"pattern": r"^/.*\{(slug|path)\}"}


def _split(value: str) -> Any:
    try:
        return urlsplit(value)
    except ValueError:
        return None
