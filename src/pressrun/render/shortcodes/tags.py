"""How generators' tags are written: found in a text, and taken apart."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

# Each kind is bounded, so that a text of nothing but openings stays cheap.
_KINDS = (
    r"\{\{<.{1,1000}?>\}\}",  # Hugo, Quarto
    r"\{\{%.{1,1000}?%\}\}",  # Hugo, Nikola
    r"\{%-?\s*\w.{0,1000}?%\}",  # Liquid, Nunjucks, Zola
    r"\{#\s.{0,1000}?#\}",  # a comment in Nunjucks, Zola
    r"\{/\*.{0,1000}?\*/\}",  # a comment in MDX
    r"\{\{(?![<%])\s*[^\s{}][^{}\n]{0,1000}\}\}",  # an expression of any of them
)
TAG = re.compile("|".join(_KINDS), re.DOTALL)

_NAME = re.compile(r"(/?)\s*([\w./-]+)")
_CALL = re.compile(r"[\w:.-]+\s*\(.*\)", re.DOTALL)
_WORD = r'"[^"]*"' + r"|'[^']*'|`[^`]*`"
_ARGUMENT = re.compile(rf"(?:([\w-]+)\s*=\s*)?({_WORD}|[^\s,()=\"'`]+)")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: ``{{< figure src="x.png" >}}`` is called figure and has an argument src.

    ``words`` are the arguments without a name. An ``expression`` is what stands in plain double
    braces; a ``literal`` is what an escaped tag shows.
    """

    raw: str
    name: str = ""
    words: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    closing: bool = False
    expression: bool = False
    comment: bool = False
    literal: str = ""

    @property
    def shown(self) -> str:
        """The tag on one line, short enough for a message."""
        line = " ".join(self.raw.split())
        return line if len(line) <= 60 else f"{line[:57]}..."  # noqa: PLR2004, columns of a message

    def get(self, *names: str) -> str:
        """Return the first argument that is there: by one of its names, else the first word."""
        found = (self.named[name] for name in names if self.named.get(name))
        return next(found, self.words[0] if self.words else "")


def at(text: str, position: int, end: int) -> Tag | None:
    """Read the tag that begins at ``position``, if one does."""
    found = TAG.match(text, position, end)
    return read(found.group()) if found else None


def find(text: str) -> Iterator[tuple[int, Tag]]:
    """Yield each tag of ``text`` with its line, counted from 0."""
    for found in TAG.finditer(text):
        yield text.count("\n", 0, found.start()), read(found.group())


def read(raw: str) -> Tag:
    """Take a tag apart."""
    if raw.startswith("{/*"):
        return Tag(raw, comment=True)
    if raw.startswith("{#"):
        return Tag(raw, name="#")
    hugo = raw.startswith(("{{<", "{{%"))
    inner = (raw[3:-3] if hugo else raw[2:-2]).strip("- \t\n")
    if hugo and inner.startswith("/*") and inner.endswith("*/"):
        return Tag(raw, literal=f"{raw[:3]}{inner[2:-2]}{raw[-3:]}")
    if raw.startswith("{{") and not hugo and not _CALL.fullmatch(inner):
        return Tag(raw, expression=True)
    return _named(raw, raw[3:-3].strip() if hugo else inner)


def _named(raw: str, inner: str) -> Tag:
    found = _NAME.match(inner)
    if not found:
        return Tag(raw, name=inner[:1])
    name = found[2].removeprefix("end")
    ends = bool(found[1]) or (name != found[2] and raw.startswith("{%"))
    named: dict[str, str] = {}
    words: list[str] = []
    for key, value in _ARGUMENT.findall(inner[found.end() :]):
        bare = value[1:-1] if value[0] in "\"'`" else value
        if key:
            named[key] = bare
        else:
            words.append(bare)
    return Tag(raw, name if ends else found[2], tuple(words), named, closing=ends)
