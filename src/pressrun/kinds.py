"""Kinds of text that a configuration may hold: what is wrong with a value, and its JSON Schema.

They annotate the fields of ``pressrun.model`` and of the providers' options, so that one definition
serves the check, the error message, the JSON Schema and the documentation.
"""

import json
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Doc:
    """What a field is for, in one sentence; ``key`` where its name in YAML is not the field's."""

    text: str
    key: str = ""


class Kind(ABC):
    """A rule for a value that already has the right type.

    A ``secret`` kind stands where a secret may be written by mistake: no message repeats its value.
    """

    secret: ClassVar[bool] = False

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
        return (
            "" if re.fullmatch(self.regex, value) else f"must be {self.what}, not {quoted(value)}."
        )

    def schema(self) -> dict[str, Any]:
        return {"pattern": f"^(?:{self.regex})$"}


IDENTIFIER = Pattern(
    "[a-z0-9]+(?:[._-][a-z0-9]+)*", "lower-case letters and digits, with dots or hyphens between"
)
LANGUAGE = Pattern("[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*", "a language tag such as en or de-AT")
EMAIL_ADDRESS = Pattern(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+", "an email address")
HOST = Pattern(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", "a host name such as example.org")
LINE = Pattern(r"[^\r\n]*", "one line")
HOURS = Pattern(
    "(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:[01][0-9]|2[0-3]):[0-5][0-9]", "hours such as 22:00-07:00"
)
COLOUR = Pattern("#[0-9a-fA-F]{6}", 'a colour of six digits such as "#a4262c"')
FONTS = Pattern(
    "[A-Za-z][A-Za-z0-9 -]*(?:, ?[A-Za-z][A-Za-z0-9 -]*)*", "serif, sans or names of fonts"
)
BRANCH = Pattern(r"[A-Za-z0-9_][A-Za-z0-9._/-]*", "a branch name")


@dataclass(frozen=True, slots=True)
class EnvironmentName(Kind):
    """The name of an environment variable, where a careless writer may put the secret itself."""

    secret = True

    def wrong(self, value: str) -> str:
        if re.fullmatch("[A-Z_][A-Z0-9_]*", value):
            return ""
        return "must be the name of an environment variable in capitals, never the secret itself."

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^[A-Z_][A-Z0-9_]*$"}


ENVIRONMENT_NAME = EnvironmentName()


@dataclass(frozen=True, slots=True)
class Mailbox(Kind):
    """Somebody's name with an email address in angle brackets, or the address alone."""

    def wrong(self, value: str) -> str:
        if re.fullmatch(_MAILBOX, value):
            return ""
        mend = "A name with a comma or colon needs double quotes around it."
        return f"must be like The Press <hello@example.org>, not {quoted(value)}. {mend}"

    def schema(self) -> dict[str, Any]:
        return {"pattern": f"^(?:{_MAILBOX})$"}


_DISPLAY_NAME = r'"[^"\\\r\n]+"|[^"<>@,;:()\[\]\\\r\n]+'
_MAILBOX = f"(?:{_DISPLAY_NAME}) <{EMAIL_ADDRESS.regex}>|{EMAIL_ADDRESS.regex}"


@dataclass(frozen=True, slots=True)
class AtLeast(Kind):
    """A whole number that is not smaller than ``least``."""

    least: int

    def wrong(self, value: int) -> str:
        return "" if value >= self.least else f"must be at least {self.least}, not {value}."

    def schema(self) -> dict[str, Any]:
        return {"minimum": self.least}


@dataclass(frozen=True, slots=True)
class Between(Kind):
    """A whole number from ``least`` to ``most``."""

    least: int
    most: int

    def wrong(self, value: int) -> str:
        if self.least <= value <= self.most:
            return ""
        return f"must be from {self.least} to {self.most}, not {value}."

    def schema(self) -> dict[str, Any]:
        return {"minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class WebUrl(Kind):
    """An absolute http or https address with a host; to a ``base``, paths are added."""

    base: bool = False

    def wrong(self, value: str) -> str:
        parts = _split(value)
        if parts and (parts.username or parts.password):
            return "must not hold a login: whoever reads this file, or a feed, could use it."
        if self.base and ("?" in value or "#" in value):
            return f"must end before any ? or #, since paths are added to it, not {quoted(value)}."
        if parts and parts.scheme in {"http", "https"} and parts.hostname and value.isprintable():
            return "" if " " not in value else f"has a space in its URL: {quoted(value)}."
        return f"must be a URL that starts with https:// or http://, not {quoted(value)}."

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^https?://[^@/?# ]+[^?# ]*$" if self.base else "^https?://[^@/ ]+"}


@dataclass(frozen=True, slots=True)
class LedgerStore(Kind):
    """One of our own stores, or the URL of a PostgreSQL database without its password."""

    secret = True
    words = ("file", "git")

    def wrong(self, value: str) -> str:
        if value in self.words:
            return ""
        if not re.match("postgres(?:ql)?:", value):
            shown = "" if "@" in value else f", not {quoted(value)}"
            return f"must be file, git or {_DATABASE_EXAMPLE}{shown}."
        if re.search(_WITH_LOGIN, value):
            return (
                "must not hold a password, which everybody who has this file could use. Remove it"
                " from the URL and put it into the environment variable PGPASSWORD, or into the"
                ' one that you name as "password_env".'
            )
        return "" if re.fullmatch(_DATABASE, value) else f"must be like {_DATABASE_EXAMPLE}."

    def schema(self) -> dict[str, Any]:
        url = {"pattern": f"^{_DATABASE}$", "not": {"pattern": _WITH_LOGIN}}
        return {"anyOf": [{"enum": list(self.words)}, url]}


_DATABASE_EXAMPLE = "postgresql://USER@HOST/DATABASE"
_DATABASE = r"postgres(?:ql)?://(?:[^\s:/?#@]+@)?[^\s/?#@]*/[^\s/?#@]+(?:\?[^\s#]*)?"
_WITH_LOGIN = r"^[^?]*:(?!//)[^?]*@|[?&][^=&]*([pP]assword|[sS]ecret)[^=&]*="


@dataclass(frozen=True, slots=True)
class Folder(Kind):
    """A folder inside the publication, relative to publish.yml."""

    def wrong(self, value: str) -> str:
        outside = value.startswith(("/", "\\", "~")) or ".." in re.split(r"[/\\]", value)
        if outside or ":" in value or not value.strip():
            return f"must be a folder beside publish.yml such as posts, not {quoted(value)}."
        return ""

    def schema(self) -> dict[str, Any]:
        return {"pattern": r"^[^/\\~:]", "not": {"pattern": r"(^|[/\\])\.\.([/\\]|$)"}}


@dataclass(frozen=True, slots=True)
class UrlPattern(Kind):
    """A path with places for a post's own parts."""

    fields = ("year", "month", "day", "slug", "path")

    def wrong(self, value: str) -> str:
        if not value.startswith("/"):
            return f"must start with a slash, such as /{{year}}/{{slug}}/, not {quoted(value)}."
        if unknown := [name for name in re.findall(r"{(.*?)}", value) if name not in self.fields]:
            return f"knows no {{{unknown[0]}}}; there are {{{'}, {'.join(self.fields)}}}."
        if not re.search(r"{(slug|path)}", value):
            return "needs {slug} or {path}, else all posts have one URL."
        if re.search(r"[\s?#\\{}]|/\.{1,2}(/|$)", re.sub("{.*?}", "x", value)):
            return f"must be a plain path such as /{{year}}/{{slug}}/, not {quoted(value)}."
        return ""

    def schema(self) -> dict[str, Any]:
        return {"pattern": r"^/.*\{(slug|path)\}"}


LIKE_A_FEED_FILE = re.compile(r"\.(?:css|html|json|opml|xml)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedPath(Kind):
    """A folder below the folder of all feeds, with a place for what a feed is about."""

    def wrong(self, value: str) -> str:
        if "{name}" not in value:
            return f"needs {{name}}, else all of them have one place, not {quoted(value)}."
        plain = value.replace("{name}", "name")
        if re.search(r"[{}?#%:\\\s]", plain) or not plain.isprintable():
            return f"must be a plain path such as tags/{{name}}, not {quoted(value)}."
        parts = plain.split("/")
        if any(not part or part.startswith(".") for part in parts):
            return f"must lie below the feeds' folder, as tags/{{name}} does, not {quoted(value)}."
        if any(LIKE_A_FEED_FILE.search(part) for part in parts):
            return f"must name folders, for each holds several files, not {quoted(value)}."
        return ""

    def schema(self) -> dict[str, Any]:
        return {"pattern": r"^[^/.].*\{name\}|^\{name\}"}


@dataclass(frozen=True, slots=True)
class SubjectLine(Kind):
    """One line with places for a post's own parts."""

    fields = ("title", "site")

    def wrong(self, value: str) -> str:
        if unknown := [name for name in re.findall(r"{(\w+)}", value) if name not in self.fields]:
            return f"knows no {{{unknown[0]}}}; there are {{{'} and {'.join(self.fields)}}}."
        return LINE.wrong(value)

    def schema(self) -> dict[str, Any]:
        return LINE.schema()


def quoted(value: str) -> str:
    """Show a value as it would be written in quotes."""
    return json.dumps(value, ensure_ascii=False)


def _split(value: str) -> Any:
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError for a port that is no number
    except ValueError:
        return None
    return parts
