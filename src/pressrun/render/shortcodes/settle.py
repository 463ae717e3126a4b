"""What becomes of each tag that the parser found: replaced, or printed as written and reported."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from pressrun.render.raw import Loss
from pressrun.render.shortcodes import addresses, known, tags

RULE = "template-tag"
_MEND = "Write it in Markdown; if you mean the braces themselves, put them in backticks."
_NO_TARGET = "Write the address that it leads to."

_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(pre|code)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_CODE_TAG = re.compile(r"<(/?)(?:pre|code|kbd|samp)\b", re.IGNORECASE)
# Liquid does not mind that quotes stand in quotes.
_ADDRESS = re.compile(
    r"""\b(href|src)\s*=\s*(["'])((?:\{\{[^{}]*\}\}|\{[a-z]+\}|(?!\2)[^{}<>])*)\2"""
)
_MODULE = re.compile(
    r"""import\s(?:.*\sfrom\s+)?["'][^"']+["'];?"""
    r"|export\s+(?:const|default|function|let)\s+\w+\s*[=({].*"
)


@dataclass(slots=True)
class Settling:
    """One walk over a post's tokens: ``losses`` grows as it goes."""

    site: str
    losses: list[Loss]
    normal: Callable[[str], str]
    _open: set[str] = field(default_factory=set)
    _raw_ends: int = 0
    _raw: bool = False
    _code: int = 0

    def settled(self, tokens: Sequence[Token]) -> list[Token]:
        """Give the tokens without a single shortcode among them."""
        self._raw_ends = sum(_is_raw(tag) and tag.closing for tag in _tags(tokens))
        line = 0
        emptied: set[int] = set()
        for at, token in enumerate(tokens):
            line = token.map[0] if token.map else line
            if token.type == "html_block":
                token.content = self._html(token.content, line)
            elif token.type == "inline" and token.children:
                self._code = 0
                self._module(token, line)
                before, token.children = token.children, self._inline(token.children, line)
                if _is_empty(token.children) and not _is_empty(before):
                    emptied.add(at)
        return [token for at, token in enumerate(tokens) if not _goes(at, tokens, emptied)]

    def _module(self, inline: Token, line: int) -> None:
        first = inline.content.partition("\n")[0]
        if inline.level == 1 and _MODULE.fullmatch(first):
            what = f"{first} is code for your site's generator and is shown as written"
            self._lose(line, what, _MEND)

    def _inline(self, tokens: Sequence[Token], line: int) -> list[Token]:
        kept: list[Token] = []
        unlinked = False
        here = line
        for token in tokens:
            here += token.type in {"softbreak", "hardbreak"}
            if token.type == "shortcode":
                here = line + token.meta["line"]
                kept += self._tag(token, here)
            elif token.type == "link_open" and not self._leads(token, "href", here):
                unlinked = True
            elif token.type == "link_close" and unlinked:
                unlinked = False
            elif token.type == "image":
                kept += self._picture(token, here)
            else:
                kept += [self._other(token, here)]
        return kept

    def _other(self, token: Token, line: int) -> Token:
        if token.type != "html_inline":
            return token
        if found := _CODE_TAG.match(token.content):
            self._code += -1 if found[1] else 1
        if "{" in token.content:
            token.content = self._html(token.content, line)
        return token

    def _picture(self, token: Token, line: int) -> list[Token]:
        token.children = self._inline(token.children or [], line)
        return [token] if self._leads(token, "src", line) else token.children

    def _leads(self, token: Token, name: str, line: int) -> bool:
        """Write a templated address out; say whether that can be done."""
        address = str(token.attrs.get(name, ""))
        if not addresses.is_templated(address):
            return True
        resolved = addresses.resolve(address, self.site)
        if resolved is None:
            self._lose_address(line, addresses.shown(address))
            return False
        token.attrs[name] = self.normal(resolved)
        return True

    def _tag(self, token: Token, line: int) -> list[Token]:
        tag: tags.Tag = token.meta["tag"]
        as_written = [known.text(token.content)]
        if _is_raw(tag) and (self._raw or self._raw_ends) and tag.closing == self._raw:
            self._raw, self._raw_ends = not self._raw, self._raw_ends - tag.closing
            return []
        if self._raw or self._code > 0:
            return as_written
        tokens = known.tokens(tag)
        if tokens is None:
            self._report(tag, line)
            return as_written
        if known.is_embed(tag):
            what = f"{tag.shown} does not work in feeds and emails, so a link stands in its place"
            self._lose(line, what, "Write a link yourself to say what it leads to.")
        return tokens

    def _report(self, tag: tags.Tag, line: int) -> None:
        """Report a tag; one that closes another goes with it."""
        if tag.closing and (tag.name in self._open or (not tag.name and self._open)):
            return
        self._open.add(tag.name)
        what = f"{tag.shown} is for your site's generator and is shown as written"
        self._lose(line, what, _MEND)

    def _html(self, html: str, line: int) -> str:
        if "{" not in html:
            return html
        written = _ADDRESS.sub(self._attribute, html)
        visible = _HIDDEN.sub(lambda found: "\n" * found.group().count("\n"), written)
        for below, tag in tags.find(visible):
            self._report(tag, line + below)
        return written

    def _attribute(self, found: re.Match[str]) -> str:
        name, quote, address = found.groups()
        resolved = addresses.resolve(address, self.site) if addresses.is_templated(address) else ""
        return f"{name}={quote}{self.normal(resolved)}{quote}" if resolved else found.group()

    def _lose_address(self, line: int, address: str) -> None:
        what = f"only your site's generator knows where {address} leads, so the address is left out"
        self._lose(line, what, _NO_TARGET)

    def _lose(self, line: int, what: str, mend: str) -> None:
        self.losses.append(Loss(line, what, mend, RULE))


def _is_raw(tag: tags.Tag) -> bool:
    return tag.name == "raw"


def _tags(tokens: Sequence[Token]) -> Iterator[tags.Tag]:
    for token in tokens:
        for child in token.children or []:
            if child.type == "shortcode":
                yield child.meta["tag"]


def _is_empty(tokens: Sequence[Token]) -> bool:
    return all(
        token.type == "softbreak" or (token.type == "text" and not token.content.strip())
        for token in tokens
    )


def _goes(at: int, tokens: Sequence[Token], emptied: set[int]) -> bool:
    """Whether a token belongs to a paragraph of which nothing is left."""
    kind = tokens[at].type
    inline = at + {"paragraph_open": 1, "paragraph_close": -1}.get(kind, 0)
    return inline in emptied and tokens[inline - 1].type == "paragraph_open"
