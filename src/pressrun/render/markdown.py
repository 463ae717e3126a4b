"""Markdown becomes clean HTML and plain text, both from a single parse.

CommonMark with tables, strikethrough, footnotes, task lists, heading ids and ``<!--more-->``.
https://markdown-it-py.readthedocs.io/
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.anchors.index import slugify
from mdit_py_plugins.footnote import footnote_plugin

from pressrun import urls
from pressrun.model import Body, Finding, Post, Severity
from pressrun.publication import Site
from pressrun.render import characters, dead_ends, depth, html, raw, shortcodes, text
from pressrun.render.highlight import highlight
from pressrun.render.words import Say

# Of Hugo, Jekyll and Zola; of Nikola; of Docusaurus.
_MORE = re.compile(r"<!--\s*(?:more|TEASER_END|END_TEASER|truncate)\s*-->")
# An address in which markdown-it would change nothing.
_SETTLED = re.compile(
    r"https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,3}(?:[/?#][a-zA-Z0-9;/?:@&=+$,._~!*'()#-]*)?"
)
_TASK = re.compile(r"\[([ xX])\][ \t]+")
_BOXES = {" ": "\N{BALLOT BOX}", "x": "\N{BALLOT BOX WITH CHECK}"}


def render(post: Post, site: Site, *, plain: bool = True, mail: Say | None = None) -> Body:
    """Render a post's body, its related section, and what stands before ``<!--more-->``.

    Without ``plain`` the texts are left empty: they take as long as all the rest. For ``mail``,
    which translates our own words, links and sources stand in for what no mail client can show.
    """
    base = urls.absolute(site.url, post.url) or site.url
    prefix = _id_prefix(post.id)
    parts, losses = _parse(post, base, site.url, mail)
    body_text, related_text = _texts(parts, base) if plain else ("", "")

    def clean(tokens: Sequence[Token]) -> str:
        return html.clean(_html(tokens), base, prefix).strip() if tokens else ""

    return Body(
        html=clean(parts.body),
        text=body_text,
        summary_html=clean(_before_more(parts.body) if _MORE.search(post.body) else []),
        related_html=clean(parts.related),
        related_text=related_text,
        markdown=_source(post),
        findings=tuple(_findings(post, losses)),
    )


def _source(post: Post) -> str:
    parts = (characters.strip(part).strip("\n") for part in (post.body, post.related_section))
    return "\n\n".join(filter(None, parts))


def prepare() -> None:
    """Load what the first post would have to wait for."""
    html.clean(_markdown(tags=False).render("```python\npass\n```\n"), "https://example.org/")


class _Tex(Enum):
    """Where a formula may stand; everything else is text."""

    TEXT = auto()
    DISPLAYED = auto()
    ANYWHERE = auto()


@dataclass(frozen=True, slots=True)
class _Parts:
    body: list[Token]
    related: list[Token]


def _parse(post: Post, base: str, site: str, mail: Say | None) -> tuple[_Parts, list[raw.Loss]]:
    """Parse body and related section as one text: they share link and footnote definitions."""
    source = characters.strip(post.body).rstrip("\n")
    whole = f"{source}\n\n{characters.strip(post.related_section)}"
    env = shortcodes.environment(site)
    tags = shortcodes.occur(whole)
    tex = _tex(post, whole) if mail else _Tex.TEXT
    tokens = _markdown(tags=tags, tex=tex).parse(whole, env)
    deep = list(depth.find(tokens))
    tokens, adapted = _adapted(tokens, post, base, mail) if mail else (tokens, [])
    losses = [
        *shortcodes.losses(env),
        *deep,
        *adapted,
        *raw.mend(tokens),
        *dead_ends.find(tokens, base),
        *_unused_footnotes(whole, env),
    ]
    return _split(tokens, source.count("\n") + 2 if post.related_section.strip() else None), losses


def _adapted(
    tokens: list[Token], post: Post, base: str, say: Say
) -> tuple[list[Token], list[raw.Loss]]:
    from pressrun.render import mail

    adapted = mail.adapt(tokens, post, base, say)
    return adapted.tokens, adapted.losses


def _tex(post: Post, source: str) -> _Tex:
    from pressrun.render.mail import formulas

    if not formulas.occur(source):
        return _Tex.TEXT
    return _Tex.ANYWHERE if formulas.declared(post) else _Tex.DISPLAYED


def _texts(parts: _Parts, base: str) -> tuple[str, str]:
    """Write both parts, the links of which are numbered as one."""
    notes = text.Notes(base)
    return text.write(parts.body, notes), text.write(parts.related, notes)


def _unused_footnotes(source: str, env: Mapping[str, Any]) -> Iterator[raw.Loss]:
    """Find footnotes that nothing points to: markdown-it leaves them out without a word."""
    lines = source.split("\n")
    for key, number in env.get("footnotes", {}).get("refs", {}).items():
        start = f"[^{key[1:]}]:"
        if number < 0:
            yield raw.Loss(
                next(
                    (at for at, line in enumerate(lines) if line.lstrip(" >").startswith(start)), 0
                ),
                f"footnote [^{key[1:]}] is left out, because nothing refers to it",
                f"Write [^{key[1:]}] where it belongs, or delete it.",
            )


def _split(tokens: list[Token], related_line: int | None) -> _Parts:
    end = _first(tokens, lambda token: token.type == "footnote_block_open")
    if related_line is None:
        return _Parts(tokens, [])
    start = _first(
        tokens[:end],
        lambda token: token.level == 0 and token.map is not None and token.map[0] >= related_line,
    )
    return _Parts(tokens[:start] + tokens[end:], tokens[start:end])


def _first(tokens: Sequence[Token], wanted: Callable[[Token], bool]) -> int:
    return next((at for at, token in enumerate(tokens) if wanted(token)), len(tokens))


def _before_more(tokens: Sequence[Token]) -> list[Token]:
    """Give what stands before the mark, or nothing; footnotes stay behind with their text."""
    before: list[Token] = []
    for token in tokens:
        cut = copy(token)
        if token.type == "html_block" and (mark := _MORE.search(token.content)):
            cut.content = token.content[: mark.start()]
            return [*before, cut]
        children = token.children or []
        end = _first(children, _is_more)
        cut.children = [child for child in children[:end] if child.type != "footnote_ref"]
        before.append(cut)
        if end < len(children):
            return before
    return []


def _is_more(token: Token) -> bool:
    return token.type == "html_inline" and bool(_MORE.fullmatch(token.content))


def _html(tokens: Sequence[Token]) -> str:
    markdown = _markdown()
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _id_prefix(post_id: str) -> str:
    """Keep apart the anchors of several posts that a feed reader shows on one page."""
    return f"p{hashlib.sha256(post_id.encode(errors='replace')).hexdigest()[:8]}-"


def _findings(post: Post, losses: Iterable[raw.Loss]) -> Iterator[Finding]:
    for line in characters.forbidden_lines(post.body):
        yield _warning(
            post,
            line,
            "control-character",
            "a control character that feeds cannot hold is left out",
            "Delete it; some editors show such characters on request.",
        )
    for loss in losses:
        yield _warning(post, loss.line, loss.rule, loss.what, loss.mend)


def _warning(post: Post, line: int, rule: str, what: str, mend: str) -> Finding:
    return Finding(rule, Severity.WARNING, post.path, post.body_line + line, what, mend)


class _Parser(MarkdownIt):
    """CommonMark's parser, which reads no address apart without need: a quarter of its time."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - a hook of the library
        return url if _SETTLED.fullmatch(url) else super().normalizeLink(url)


@cache
def _markdown(*, tags: bool = False, tex: _Tex = _Tex.TEXT) -> MarkdownIt:
    options = {"html": True, "maxNesting": depth.DEEPEST, "highlight": highlight}
    markdown = _Parser("commonmark", options).enable(["table", "strikethrough"])
    markdown.use(footnote_plugin)
    if tags:
        markdown.use(shortcodes.plugin)
    if tex is not _Tex.TEXT:
        from pressrun.render.mail import formulas

        markdown.use(formulas.plugin, within=tex is _Tex.ANYWHERE)
    markdown.use(anchors_plugin, max_level=6, slug_func=_slug)
    markdown.core.ruler.push("tasks", _mark_tasks)
    markdown.core.ruler.push("columns", _align_columns)
    markdown.add_render_rule("task", _render_task)
    markdown.add_render_rule("code_block", _render_code_block)
    return markdown


def _slug(title: str) -> str:
    return slugify(title.strip()) or "section"


def _mark_tasks(state: StateCore) -> None:
    """Turn ``[x]`` at the start of a list item into a token: no reader keeps a checkbox."""
    for item, _, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type != "list_item_open" or inline.type != "inline" or not inline.children:
            continue
        first = inline.children[0]
        if first.type == "text" and (mark := _TASK.match(first.content)):
            first.content = first.content[mark.end() :]
            task = Token("task", "", 0, content=mark.group(1).lower())
            inline.children.insert(0, task)


def _align_columns(state: StateCore) -> None:
    """Say a column's alignment as an attribute too: many readers drop styles."""
    for token in state.tokens:
        if token.type in {"th_open", "td_open"} and (style := token.attrGet("style")):
            token.attrSet("align", str(style).rpartition(":")[2])


def _render_task(
    _renderer: RendererProtocol, tokens: Sequence[Token], at: int, _options: object, _env: object
) -> str:
    return f"{_BOXES[tokens[at].content]} "


def _render_code_block(
    _renderer: RendererProtocol, tokens: Sequence[Token], at: int, _options: object, _env: object
) -> str:
    return highlight(tokens[at].content, "") + "\n"
