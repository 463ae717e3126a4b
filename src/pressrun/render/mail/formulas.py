r"""TeX formulas: nobody sets them in an inbox, so their source is shown as code.

Dollars and brackets mean other things more often than not. So only a paragraph that is all
``$$...$$`` is a formula by itself, and one that is all ``\[...\]`` if it looks like TeX; within a
sentence nothing is, unless the front matter says that the post has formulas.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from pressrun.model import Post
from pressrun.render.mail.diagrams import note
from pressrun.render.mail.words import Words
from pressrun.render.raw import Loss

_DECLARATIONS = ("math", "katex", "mathjax")
# Markdown takes a backslash away, so some write two.
_DISPLAYED = re.compile(
    r"\$\$(?P<dollars>(?:(?!\$\$).)+)\$\$|\\?\\\[(?P<brackets>(?:(?!\\\]).)+?)\\?\\\]", re.DOTALL
)
_TEX = re.compile(r"\\[A-Za-z]|[\^_=]")
_LONGEST = 2_000  # characters
_WITHIN = re.compile(
    rf"\$\$(?P<displayed>(?:(?!\$\$).){{1,{_LONGEST}}})\$\$"
    rf"|\$(?P<dollars>(?![\s$])(?:\\.|[^$\\]){{1,{_LONGEST}}}?(?<!\s))\$(?!\d)"
    rf"|\\?\\\((?P<round>.{{1,{_LONGEST}}}?)\\?\\\)"
    rf"|\\?\\\[(?P<square>.{{1,{_LONGEST}}}?)\\?\\\]",
    re.DOTALL,
)


def occur(source: str) -> bool:
    """Whether Markdown may hold formulas; most posts do not, and pay nothing."""
    return "$" in source or "\\[" in source or "\\(" in source


def declared(post: Post) -> bool:
    """Whether the front matter says that there are formulas, as sites have to be told."""
    return any(post.extra.get(name) not in {None, False, "", "false"} for name in _DECLARATIONS)


def plugin(markdown: MarkdownIt, *, within: bool) -> None:
    """Teach a parser to leave formulas alone; ``within`` sentences too."""
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    markdown.block.ruler.before("fence", "formula", _block, {"alt": interrupted})
    if within:
        markdown.inline.ruler.before("escape", "formula", _inline)


def link(tokens: Sequence[Token], page: str, words: Words, losses: list[Loss]) -> list[Token]:
    """Put a link to the page below the first block that has a formula, and say it once."""
    lines = [line for line, token in _lined(tokens) if _has_formula(token)]
    if not lines:
        return [*tokens]
    losses.append(_loss(lines[0], sum(map(_count, tokens))))
    first = next(at for at, token in enumerate(tokens) if _has_formula(token))
    rest = range(first, len(tokens))
    end = next((at for at in rest if tokens[at].level == 0 and tokens[at].nesting <= 0), first)
    return [*tokens[: end + 1], note(page, words.formulas), *tokens[end + 1 :]]


def _lined(tokens: Sequence[Token]) -> list[tuple[int, Token]]:
    lined: list[tuple[int, Token]] = []
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        lined.append((line, token))
    return lined


def _has_formula(token: Token) -> bool:
    return _count(token) > 0


def _count(token: Token) -> int:
    return sum(bool(each.meta.get("formula")) for each in (token, *(token.children or [])))


def _loss(line: int, count: int) -> Loss:
    formulas = "a formula is" if count == 1 else f"{count} formulas are"
    return Loss(
        line,
        f"no mail client sets TeX, so {formulas} shown as source, with a link",
        "Put pictures in their place, or leave it so: the page shows them.",
    )


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    last = _last_line(state, start, end)
    if state.is_code_block(start) or not last:
        return False
    written = state.getLines(start, last, state.blkIndent, False).strip()
    found = _DISPLAYED.fullmatch(written)
    inner = (found["dollars"] or found["brackets"]).strip("\n") if found else ""
    if not found or not inner.strip() or (found["brackets"] and not _TEX.search(inner)):
        return False
    if not silent:
        token = state.push("fence", "code", 0)
        token.info = "tex"
        token.content = f"{inner}\n"
        token.map = [start, last]
        token.meta = {"formula": True}
        state.line = last
    return True


def _last_line(state: StateBlock, start: int, end: int) -> int:
    """Say after which line the formula that starts here is over; 0 where there is none."""
    opening = _line(state, start)
    closing = "$$" if opening.startswith("$$") else r"\]"
    if not opening.startswith(("$$", r"\[", r"\\[")):
        return 0
    for at in range(start, end):
        line = _line(state, at)
        if not line or state.sCount[at] < state.blkIndent:
            return 0
        if line.endswith(closing) and (at > start or len(line) > len(closing) * 2):
            return at + 1
    return 0


def _line(state: StateBlock, at: int) -> str:
    return state.src[state.bMarks[at] + state.tShift[at] : state.eMarks[at]].strip()


def _inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    found = _WITHIN.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        token = state.push("code_inline", "code", 0)
        token.content = " ".join(next(filter(None, found.groups())).split())
        token.meta = {"formula": True}
    state.pos = found.end()
    return True
