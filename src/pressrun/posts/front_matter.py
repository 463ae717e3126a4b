"""A post's file in two parts: the front matter, with the line of each value, and the body.

Each format of front matter is a function from the whole text to ``Matter``, in the table at the
end; it is chosen by the file's first line.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pressrun.errors import PostError, PressrunError
from pressrun.strict_yaml import UNPRINTABLE, Value, decode, forbidden, parse

_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
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
    end = content.find(b"\n---\n", 3) if content.startswith(b"---\n") else -1
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
    if text.lstrip().startswith("---\n"):
        raise PostError.of("blank lines stand before the first ---.", f"{path}:1", "Remove them.")
    mend = f"Begin with a line ---, then title: and date:, then a line ---. {_NO_POST}"
    raise PostError.of("there is no front matter.", f"{path}:1", mend)


def _refuse_control_characters(text: str, path: str) -> None:
    """Refuse what no feed can carry."""
    if bad := UNPRINTABLE.search(text):
        raise PostError(forbidden(bad[0], text[: bad.start()], path, 1))


def _yaml(text: str, path: str) -> Matter:
    begin = text.index("\n") + 1 if "\n" in text else len(text)
    closing = _CLOSING.search(text, begin)
    if not closing:
        raise PostError.of(
            "the front matter begins here and does not end.",
            f"{path}:1",
            "Add a line --- after it.",
        )
    header = parse(text[begin : closing.start()], path, first_line=2)
    if header.data is not None and not isinstance(header.data, dict):
        mend = "Write a key, a colon and a space before each value."
        raise PostError.of("the front matter has no keys.", f"{path}:{header.line}", mend)
    body = text[closing.end() + 1 :]
    return Matter(header.data or {}, body, text.count("\n", 0, closing.end()) + 2)


def _toml(_text: str, path: str) -> Matter:
    mend = "Write it as YAML between two lines of ---."
    raise PostError.of("TOML front matter (+++) is not supported yet.", f"{path}:1", mend)


_FORMATS: Mapping[str, Callable[[str, str], Matter]] = {"---": _yaml, "+++": _toml}
