"""Go's templates as far as a listmonk issue can meet them: html/template and text/template.

Checked against Go's own: what is quoted with ``Safe`` comes out as it is, and the rest is treated
as html/template does, only less kindly. https://pkg.go.dev/html/template
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

# What listmonk replaces before Go sees it, the older form of the second included:
# https://github.com/knadh/listmonk/blob/v6.2.0/models/common.go
REWRITES = (
    (r'\{\{\s*TrackLink\s+"([^"]+)"\s*\}\}', r'{{ TrackLink "\1" . }}'),
    (r"(https?://.+?)@TrackLink", r'{{ TrackLink "\1" . }}'),
    (r"\{\{(\s+)?(UnsubscribeURL|MessageURL)(\s+)?\}\}", r"{{ \2 . }}"),
)
TOKEN = re.compile(r'\s*(?:(`[^`]*`)|("(?:[^"\\\n]|\\.)*")|(\|)|(\.[\w.]*|\w+))')
LITERAL, PIPE, NAME = 2, 3, 4
INSIDE_A_TAG = re.compile(r"<[a-zA-Z/][^>]*$|<(style|script)\b(?!.*</\1)[^>]*>.*$", re.DOTALL)
ESCAPES = {'"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "+": "&#43;"}


class Html(str):
    """What html/template takes for safe."""

    __slots__ = ()


class Reader(NamedTuple):
    """Who reads; ``first_name`` may be empty."""

    first_name: str = ""
    unsubscribe: str = "https://lists.example.org/subscription/c/r"
    message: str = "https://lists.example.org/campaign/c/r"


FUNCTIONS: Mapping[str, Callable[..., str]] = {
    "Safe": lambda text: Html(text),  # noqa: PLW0108 - a str may be made of nothing
    "UnsubscribeURL": lambda reader: reader.unsubscribe,
    "MessageURL": lambda reader: reader.message,
    "TrackLink": lambda url, reader: f"{reader.message}/{len(url)}",
    "default": lambda fallback, value: value or fallback,
}


def has_expression(text: str) -> bool:
    """Say whether listmonk takes a subject, header or text part for a template at all."""
    _, found, rest = text.partition("{{")
    return bool(found) and "}}" in rest


def render(text: str, reader: Reader, *, as_html: bool = True) -> str:
    """Render a template for one reader; ValueError where Go would refuse it."""
    out, written = "", ""
    for piece, action in _pieces(rewritten(text)):
        written += piece
        out += _static(piece) if as_html else piece
        if action is not None:
            value = _evaluated(action, reader)
            out += _escaped(value, written) if as_html else value
    if as_html and (
        INSIDE_A_TAG.search(written) or "<!--" in re.sub("(?s)<!--.*?-->", "", written)
    ):
        raise ValueError("ends in a non-text context")
    return out


def rewritten(text: str) -> str:
    """Apply listmonk's own search and replace."""
    for pattern, replacement in REWRITES:
        text = re.sub(pattern, replacement, text)
    return text


def _pieces(text: str) -> Iterator[tuple[str, list[Any] | None]]:
    """Yield what stands before each action, with the action's tokens; at last what is left."""
    while "{{" in text:
        before, _, rest = text.partition("{{")
        tokens = []
        while not re.match(r"\s*}}", rest):
            match = TOKEN.match(rest)
            if not match:
                raise ValueError(f"unexpected {rest[:20]!r} in an action")
            tokens.append(match)
            rest = rest[match.end() :]
        yield before, tokens
        text = rest.partition("}}")[2]
    yield text, None


def _evaluated(tokens: Sequence[re.Match[str]], reader: Reader) -> str:
    """Run a pipeline: each command's result is the last argument of the next one."""
    value: list[Any] = []
    commands: list[list[re.Match[str]]] = [[]]
    for token in tokens:
        if token[PIPE]:
            commands.append([])
        else:
            commands[-1].append(token)
    for command in commands:
        if not command:
            raise ValueError("missing value for command")
        value = [_called(command, value, reader)]
    return value[0] if isinstance(value[0], str) else str(value[0])


def _called(command: Sequence[re.Match[str]], value: list[Any], reader: Reader) -> Any:
    first, *rest = command
    arguments = [_operand(token, reader) for token in rest] + value
    if first[1] or first[LITERAL] or first[NAME].startswith("."):
        if arguments:
            raise ValueError("can't give an argument to a non-function")
        return _operand(first, reader)
    if first[NAME] not in FUNCTIONS:
        raise ValueError(f"function {first[NAME]!r} not defined")
    try:
        return FUNCTIONS[first[NAME]](*arguments)
    except (TypeError, AttributeError) as error:
        raise ValueError("wrong arguments") from error


def _operand(token: re.Match[str], reader: Reader) -> Any:
    if token[1]:
        return token[1][1:-1].replace("\r", "")
    if token[LITERAL]:
        return token[LITERAL][1:-1].replace(r"\r", "\r").replace(r"\"", '"')
    if token[NAME] == ".":
        return reader
    if token[NAME] == ".Subscriber.FirstName":
        return reader.first_name
    raise ValueError(f"can't evaluate {token[NAME]}")


def _static(text: str) -> str:
    """Treat literal HTML: comments go, and a < that opens nothing is escaped."""
    without = re.sub(r"<!--.*?-->|/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"<(?![a-zA-Z/!])", "&lt;", without)


def _escaped(value: str, before: str) -> str:
    """Put a value into its place; within a tag, a style or a script only if it is tame."""
    if INSIDE_A_TAG.search(before):
        return value if re.fullmatch(r"[\w:/.-]*", value) else "ZgotmplZ"
    if isinstance(value, Html):
        return value
    return "".join(ESCAPES.get(sign, sign) for sign in value)
