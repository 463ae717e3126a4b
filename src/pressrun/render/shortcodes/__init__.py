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

# Text that has a tag in it, or the first line of an MDX file's code, has one of these.
_SIGNS = ("{", "import ", "export ")
_PAIRS = {"highlight", "comment"}
_ADDRESS = re.compile(rf"(?:{tags.TAG.pattern}|[^\s()])+", re.DOTALL)
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
    markdown.core.ruler.after("footnote_tail", "shortcodes", _settle)
    links: Any = SimpleNamespace(**{**vars(helpers), "parseLinkDestination": _destination})
    markdown.helpers = links


def _pair(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a block of code or a comment, whose content is no Markdown."""
    if state.is_code_block(start):
        return False
    opening = _alone(state, start)
    if not opening or opening.closing or opening.name not in _PAIRS:
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
    if tag.name == "comment" and (hidden := _COMMENT_ENDS.search(state.src, state.pos)):
        tag, state.pos = tags.Tag(raw, comment=True), hidden.end()
    if not silent:
        token = state.push("shortcode", "", 0)
        token.content = raw
        token.meta = {"tag": tag, "line": line}
    return True


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
