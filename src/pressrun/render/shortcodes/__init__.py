"""Shortcodes and template tags that a site's generator runs, and that nobody runs here.

Markdown's own parser finds them, so code is code: what stands in it is never looked at. The few
whose meaning is certain are replaced; all others are printed as they were written, because a
writer may mean the braces themselves, and are reported.
"""

import re
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

from pressrun.render.raw import Loss
from pressrun.render.shortcodes import tags
from pressrun.render.shortcodes.settle import Settling

# Text that has a tag in it, a fenced div, or code of an MDX file, has one of these.
_SIGNS = ("{", ":::", "import ", "export ")
_PAIRS = {name: re.compile(rf"(?:end|/\s*){name}\b") for name in ("highlight", "comment")}
_ADDRESS = re.compile(rf"(?:{tags.TAG.pattern}|[^\s()])+", re.DOTALL)
# An HTML tag in which an expression has quotes of its own, as in src="{{ "/x.png" | url }}".
_HTML = re.compile(
    r"""<[A-Za-z][\w-]*(?:\s+[\w:-]+(?:\s*=\s*(?:"""
    r""""(?:\{\{[^{}]*\}\}|[^"{])*"|'(?:\{\{[^{}]*\}\}|[^'{])*'))?)*\s*/?>"""
)
_LONGEST_COMMENT = 4_000  # characters, within a paragraph
_COMMENT_ENDS = re.compile(r"\{%-?\s*endcomment\s*-?%\}")


def occur(source: str) -> bool:
    """Whether Markdown may hold what a generator runs; most posts do not, and pay nothing."""
    return any(sign in source for sign in _SIGNS)


def environment(site: str) -> dict[str, Any]:
    """Make what the parser carries along; ``site`` is the address of the front page."""
    return {"site": site, "shortcodes": []}


def losses(env: dict[str, Any]) -> list[Loss]:
    """Return what the parser had to say."""
    found: list[Loss] = env["shortcodes"]
    return found


def plugin(markdown: MarkdownIt) -> None:
    """Teach a parser the tags of generators; use it after the footnotes."""
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    markdown.block.ruler.before("fence", "shortcode", _pair, {"alt": interrupted})
    markdown.inline.ruler.before("link", "shortcode", _tag)
    markdown.inline.ruler.before("html_inline", "templated_html", _html)
    markdown.core.ruler.after("footnote_tail", "shortcodes", _settle)
    links: Any = SimpleNamespace(**{**vars(helpers), "parseLinkDestination": _destination})
    markdown.helpers = links


def _pair(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a block of code or a comment, whose content is no Markdown."""
    opening = _alone(state, start)
    if not opening or opening.closing or opening.name not in _PAIRS:
        return False
    if not _may_end(state, opening.name, state.eMarks[start]):
        return False
    last = next((at for at in range(start + 1, end) if _ends(state, at, opening)), 0)
    if not last:
        return False
    if silent:
        return True
    if opening.name == "highlight":
        token = state.push("fence", "code", 0)
        token.info = opening.get("lang", "type")
        token.content = state.getLines(start + 1, last, state.sCount[start], True)
        token.map = [start, last + 1]
    state.line = last + 1
    return True


def _may_end(state: StateBlock, name: str, position: int) -> bool:
    """Whether a closing tag follows at all; once it does not, nobody looks again."""
    missing: set[str] = state.env.setdefault("unended", set())
    if name not in missing and not _PAIRS[name].search(state.src, position):
        missing.add(name)
    return name not in missing


def _alone(state: StateBlock, line: int) -> tags.Tag | None:
    """Read the tag that has a line to itself."""
    written = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
    if not written.startswith(("{%", "{{")):
        return None
    found = tags.TAG.fullmatch(written)
    return tags.read(written) if found else None


def _ends(state: StateBlock, line: int, opening: tags.Tag) -> bool:
    closing = _alone(state, line)
    return bool(closing and closing.closing and closing.name == opening.name)


def _tag(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "{":
        return False
    tag = tags.at(state.src, state.pos, state.posMax)
    if not tag:
        return False
    # Of plain double braces only the first two are taken: what is in them may be Markdown.
    raw = "{{" if tag.expression else tag.raw
    line = state.src.count("\n", 0, state.pos)
    state.pos += len(raw)
    if tag.name == "comment" and (hidden := _hidden(state.src, state.pos)):
        tag, state.pos = tags.Tag(raw, comment=True), hidden
    if not silent:
        token = state.push("shortcode", "", 0)
        token.content = raw
        token.meta = {"tag": tag, "line": line}
    return True


def _html(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "<":
        return False
    found = _HTML.match(state.src, state.pos, state.posMax)
    if not found or "{{" not in found.group():
        return False
    if not silent:
        state.push("html_inline", "", 0).content = found.group()
    state.pos = found.end()
    return True


def _hidden(text: str, start: int) -> int:
    """Say where the comment that begins at ``start`` ends; 0 where it does not within a page."""
    found = _COMMENT_ENDS.search(text, start, start + _LONGEST_COMMENT)
    return found.end() if found else 0


def _destination(string: str, pos: int, maximum: int) -> Any:
    """Read a link's address, in which a tag may have blanks."""
    found = _ADDRESS.match(string, pos, maximum)
    if not found or not tags.TAG.search(found.group()):
        return helpers.parseLinkDestination(string, pos, maximum)
    result = helpers.parseLinkDestination("x", 0, 1)
    result.pos, result.str = found.end(), found.group()
    return result


def _settle(state: StateCore) -> None:
    settling = Settling(state.env["site"], state.env["shortcodes"], state.md.normalizeLink)
    state.tokens = settling.settled(state.tokens)
