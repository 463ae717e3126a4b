"""Raw HTML in Markdown: find what no feed and no email can carry, and put something in its place.

It works on markdown-it's tokens before HTML and plain text are made of them, so both say the same.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

from markdown_it.token import Token

from pressrun.render.html import DROPPED_WITH_CONTENT, TAGS

# Their tags go, their text stays, and nothing is lost that a reader would miss.
_HARMLESS_TAGS = "big body fieldset font html label legend marquee nobr optgroup option"
_HARMLESS = frozenset(_HARMLESS_TAGS.split())
_EMBEDS = frozenset({"embed", "iframe", "object"})
# To a browser all that follows is their text, up to their end tag.
# https://html.spec.whatwg.org/multipage/parsing.html#parsing-html-fragments
_SWALLOWING_TAGS = "iframe noembed noframes plaintext script style textarea title xmp"
_SWALLOWS = frozenset(_SWALLOWING_TAGS.split())

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_OPEN = re.compile(r"""<([A-Za-z][A-Za-z0-9-]*)(?:[^>"']|"[^"]*"|'[^']*')*>?""")
_PICTURE = re.compile(r"""\s*<img\b(?:[^>"']|"[^"]*"|'[^']*')*>\s*""", re.IGNORECASE)
_SCRIPTED = re.compile(
    r"""\s(on[a-z]+)\s*=|(?:href|src)\s*=\s*["']?\s*(javascript):""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that readers will not get: ``line`` counts from 0 within the Markdown."""

    line: int
    what: str
    mend: str
    rule: str = "lost-content"


def mend(tokens: list[Token]) -> list[Loss]:
    """Replace in ``tokens`` what cannot be carried; say what was replaced or dropped."""
    losses: list[Loss] = []
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        if token.type == "html_block":
            losses += _lost(token.content, line)
            token.content = _close(_replace(_in_paragraph(token.content)))
        elif token.type == "inline" and token.children:
            losses += _mend_inline(token, line)
    return losses


def opening_tags(html: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield each opening tag outside of comments, with its line counted from 0."""
    visible = _COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), html)
    for tag in _OPEN.finditer(visible):
        yield visible.count("\n", 0, tag.start()), tag


def attributes(tag: str) -> dict[str, str]:
    """Read the attributes of one opening tag, such as ``<a href="/x">``."""
    reader = _Attributes()
    reader.feed(tag)
    return reader.found


class _Attributes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found = {name: value or "" for name, value in attrs}


def _mend_inline(inline: Token, line: int) -> list[Loss]:
    losses: list[Loss] = []
    kept: list[Token] = []
    children = inline.children or []
    last_ends = {name: at for at, child in enumerate(children) if (name := _ended(child))}
    dropping = ""
    for at, child in enumerate(children):
        line += child.type in {"softbreak", "hardbreak"}
        if dropping:
            dropping = "" if _ended(child) == dropping else dropping
            # Marks such as "*" may straddle what is dropped: pairs must stay pairs.
            kept += [child] if child.nesting else []
            continue
        if child.type != "html_inline" or not (tag := _OPEN.match(child.content)):
            kept.append(child)
            continue
        name = tag.group(1).lower()
        has_end = last_ends.get(name, -1) > at
        in_place, lost = _mend_tag(child, name, line, has_end=has_end)
        kept += in_place
        losses += lost
        dropping = name if has_end and name in _SWALLOWS | DROPPED_WITH_CONTENT else ""
    inline.children = kept
    return losses


def _mend_tag(
    token: Token, name: str, line: int, *, has_end: bool
) -> tuple[list[Token], Iterable[Loss]]:
    """Give what stands in an opening tag's place, and what is lost."""
    losses = _lost(token.content, line)
    if name in _EMBEDS:
        return _link_tokens(token.content), losses
    if name not in _SWALLOWS | DROPPED_WITH_CONTENT:
        return [token], losses
    if has_end:
        return [], losses
    return [Token("text", "", 0, content=token.content)], [_unended(name, line)]


def _link_tokens(embed: str) -> list[Token]:
    source, title = _embedded(embed)
    if not source:
        return []
    return [
        Token("link_open", "a", 1, attrs={"href": source}),
        Token("text", "", 0, content=title),
        Token("link_close", "a", -1),
    ]


def _embedded(tag: str) -> tuple[str, str]:
    """Read the address and the title of an embed."""
    found = attributes(tag)
    source = found.get("src") or found.get("data", "")
    return source, found.get("title") or source


def _unended(name: str, line: int) -> Loss:
    return Loss(
        line,
        f"<{name}> has no end tag here, so it is shown as a word",
        f"If you meant the word, write `<{name}>`.",
    )


def _ended(token: Token) -> str:
    """Name the element that this token ends, if it is an end tag."""
    if token.type != "html_inline" or not token.content.startswith("</"):
        return ""
    return token.content[2:].rstrip("> \t\n").lower()


def _lost(html: str, line: int) -> Iterator[Loss]:
    if "<!--" in html and not html[html.rindex("<!--") :].count("-->"):
        yield Loss(
            line + html[: html.rindex("<!--")].count("\n"),
            "the comment that starts here has no end and hides all that follows",
            "Close it with -->.",
        )
    seen: set[str] = set()
    for below, tag in opening_tags(html):
        for loss in _losses_of(tag, line + below):
            if loss.what not in seen:
                yield loss
            seen.add(loss.what)


def _losses_of(tag: re.Match[str], line: int) -> Iterator[Loss]:
    name = tag.group(1).lower()
    if not tag.group().endswith(">"):
        yield Loss(
            line,
            f"the tag <{name} that starts here has no end, so it is shown as it is",
            "Close it with >, and look for a missing quotation mark.",
        )
    elif name in _EMBEDS:
        yield Loss(
            line,
            f"<{name}> does not work in feeds and emails, so a link stands in its place",
            "Give it a title= that says what the link leads to, or write a link yourself.",
        )
    elif name not in TAGS and name not in _HARMLESS:
        yield Loss(
            line,
            f"<{name}> is left out of feeds and emails",
            f"Replace it by text, a picture or a link; if you meant the word, write `<{name}>`.",
        )
    if scripted := _SCRIPTED.search(tag.group()):
        word = scripted.group(1) or scripted.group(2)
        yield Loss(
            line,
            f"{word.lower()} on <{name}> is left out: no feed reader or mail client runs scripts",
            "Remove it, or link to the page.",
        )


def _in_paragraph(html: str) -> str:
    """Give a picture that stands alone the paragraph that Markdown's own pictures have."""
    return f"<p>{html.strip()}</p>\n" if _PICTURE.fullmatch(html) else html


def _replace(html: str) -> str:
    """Write embeds as links, and make sure that a broken tag cannot swallow what follows."""
    without_ends = re.sub(r"</(?:iframe|object|embed)\s*>", "", html, flags=re.IGNORECASE)
    return _OPEN.sub(_replace_tag, without_ends)


def _replace_tag(tag: re.Match[str]) -> str:
    name = tag.group(1).lower()
    if not tag.group().endswith(">"):
        return escape(tag.group(), quote=False)
    if name not in _EMBEDS | {"plaintext"}:
        return tag.group()
    source, title = _embedded(tag.group())
    return f'<p><a href="{escape(source)}">{escape(title)}</a></p>' if source else ""


def _close(html: str) -> str:
    """End what would swallow the rest of the post."""
    visible = _COMMENT.sub("", html).lower()
    unclosed = [
        name
        for name in sorted(_SWALLOWS | DROPPED_WITH_CONTENT)
        if re.search(rf"<{name}\b", visible) and f"</{name}" not in visible
    ]
    end = "-->" if "<!--" in html and "-->" not in html[html.rindex("<!--") :] else ""
    return html + end + "".join(f"</{name}>" for name in unclosed)
