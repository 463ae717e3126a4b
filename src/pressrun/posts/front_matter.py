"""A post's file in two parts: the front matter, with the line of each value, and the body.

Each format of front matter is a function from the whole text to ``Matter``, in the tables at the
end; it is chosen by the file's first line.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pressrun.errors import PostError, PressrunError
from pressrun.posts import headers
from pressrun.strict_yaml import UNPRINTABLE, Value, decode, forbidden, parse

_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_CLOSING_TOML = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")  # one pass, ten times faster
_NO_POST = "A file that is no post may have a name that begins with an underscore."


@dataclass(frozen=True, slots=True)
class Matter:
    """Front matter by key, and the body with the line of the file on which it begins."""

    header: Mapping[str, Value]
    body: str
    body_line: int


def without_body(content: bytes) -> bytes:
    """Cut a post's body off where the end of the front matter is plain to see; else give all.

    What is left reads as the whole does, but for the body. It is not decoded to find the place.
    """
    fence = content[:4]
    end = content.find(b"\n" + fence, 3) if fence in {b"---\n", b"+++\n"} else -1
    return content if end < 0 else content[: end + len(b"\n---\n")]


def read(content: bytes, path: str) -> Matter:
    """Split and read a file's content. PostError for what is not a post in UTF-8."""
    try:
        text = decode(content, path)
        if len(content.translate(None, _CONTROLS)) < len(content) or b"\xef\xbf" in content:
            _refuse_control_characters(text, path)
        return _format(text, path)(text, path)
    except PressrunError as error:
        raise PostError(*error.problems) from None


def _format(text: str, path: str) -> Callable[[str, str], Matter]:
    if not text.strip():
        raise PostError.of("the file is empty.", f"{path}:1", f"Write a post. {_NO_POST}")
    first = text.partition("\n")[0].rstrip(" \t")
    if reader := _FORMATS.get(first):
        return reader
    for form, other_reader in _FORMS:
        if form.fullmatch(first):
            return other_reader
    if text.lstrip().startswith(("---\n", "+++\n")):
        what = f"blank lines stand before the first {text.lstrip()[:3]}."
        raise PostError.of(what, f"{path}:1", "Remove them.")
    mend = f"Begin with a line ---, then title: and date:, then a line ---. {_NO_POST}"
    raise PostError.of("there is no front matter.", f"{path}:1", mend)


def _refuse_control_characters(text: str, path: str) -> None:
    """Refuse what no feed can carry."""
    if bad := UNPRINTABLE.search(text):
        raise PostError(forbidden(bad[0], text[: bad.start()], path, 1))


def _yaml(text: str, path: str) -> Matter:
    begin, closing = _fenced(text, _CLOSING, path)
    header = parse(text[begin : closing.start()], path, first_line=2)
    if header.data is not None and not isinstance(header.data, dict):
        mend = "Write a key, a colon and a space before each value."
        raise PostError.of("the front matter has no keys.", f"{path}:{header.line}", mend)
    return _matter(header.data or {}, text, closing)


def _toml(text: str, path: str) -> Matter:
    from pressrun.posts import strict_toml

    begin, closing = _fenced(text, _CLOSING_TOML, path)
    header = strict_toml.parse(text[begin : closing.start()], path, first_line=2)
    return _matter(header, text, closing)


def _fenced(text: str, closing: re.Pattern[str], path: str) -> tuple[int, re.Match[str]]:
    """Find where front matter begins, after the first line, and the line that closes it."""
    begin = text.index("\n") + 1 if "\n" in text else len(text)
    if found := closing.search(text, begin):
        return begin, found
    mend = f"Add a line {text[:3]} after it."
    raise PostError.of("the front matter begins here and does not end.", f"{path}:1", mend)


def _matter(header: Mapping[str, Value], text: str, closing: re.Match[str]) -> Matter:
    body = text[closing.end() + 1 :]
    return Matter(header, body, text.count("\n", 0, closing.end()) + 2)


def _pelican(text: str, path: str) -> Matter:
    header = headers.pelican(text, path)
    return Matter(header.values, text[header.end :], header.body_line)


def _nikola(text: str, path: str) -> Matter:
    header = headers.nikola(text, path)
    return Matter(header.values, text[header.end :], header.body_line)


def _refused(text: str, path: str) -> Matter:
    """Say so of formats that we do not read: JSON, JavaScript and whatever a tool is told to."""
    name = "JSON" if text.startswith(("{", ";;;")) else text.partition("\n")[0].strip("- \t")
    mend = "Write it as YAML between two lines of ---."
    raise PostError.of(f"front matter in {name} is not supported.", f"{path}:1", mend)


# By the whole first line, which finds nearly all posts, and by its form.
_FORMATS: Mapping[str, Callable[[str, str], Matter]] = {
    "---": _yaml,
    "+++": _toml,
    "<!--": _nikola,
}
_FORMS: tuple[tuple[re.Pattern[str], Callable[[str, str], Matter]], ...] = (
    (headers.PELICAN, _pelican),
    (re.compile(r"<!--[ \t]+\.\.[ \t].*"), _nikola),
    (re.compile(r"\{.*|;;;|---[ \t]*[A-Za-z]+"), _refused),
)
