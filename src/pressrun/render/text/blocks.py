"""Blocks of plain text from the tree of a post's tokens."""

from collections.abc import Callable, Iterable, Sequence

from markdown_it.tree import SyntaxTreeNode

from pressrun.render import html
from pressrun.render.text.inline import plain, raised
from pressrun.render.text.notes import Notes
from pressrun.render.text.pieces import Piece, pieces
from pressrun.render.text.table import Table
from pressrun.render.text.wrap import fill, width

WIDTH = 72
# Deep nesting may eat up the line; words need some room all the same.
_NARROWEST = 24
_CODE_INDENT = "    "
_UNDERLINES = {"h1": "=", "h2": "-"}

_Lines = list[str]


class Blocks:
    """Writes blocks as lines; each method gives one kind of block in so many columns."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._kinds: dict[str, Callable[[SyntaxTreeNode, int], _Lines]] = {
            "blockquote": self._quote,
            "bullet_list": self._list,
            "code_block": self._code,
            "fence": self._code,
            "footnote": self._footnote,
            "footnote_block": self._footnotes,
            "heading": self._heading,
            "hr": lambda _node, _columns: ["* * *"],
            "html_block": self._html,
            "ordered_list": self._list,
            "paragraph": self._paragraph,
            "table": self._table,
        }

    def write(self, nodes: Sequence[SyntaxTreeNode], columns: int) -> _Lines:
        """Write blocks one after the other, with a blank line between any two."""
        return _join(self._block(node, columns) for node in nodes)

    def _block(self, node: SyntaxTreeNode, columns: int) -> _Lines:
        kind = self._kinds.get(node.type)
        return kind(node, max(columns, _NARROWEST)) if kind else []

    def _plain(self, node: SyntaxTreeNode) -> str:
        return "".join(plain(inline.children, self._notes) for inline in node.children)

    def _paragraph(self, node: SyntaxTreeNode, columns: int) -> _Lines:
        return fill(self._plain(node), columns)

    def _heading(self, node: SyntaxTreeNode, columns: int) -> _Lines:
        lines = fill(self._plain(node), columns)
        if lines and (underline := _UNDERLINES.get(node.tag)):
            lines.append(underline * max(map(width, lines)))
        return lines

    def _code(self, node: SyntaxTreeNode, _columns: int) -> _Lines:
        return _indented(node.content)

    def _quote(self, node: SyntaxTreeNode, columns: int) -> _Lines:
        return [f"> {line}".rstrip() for line in self.write(node.children, columns - 2)]

    def _list(self, node: SyntaxTreeNode, columns: int) -> _Lines:
        markers = _markers(node)
        indent = " " * max(map(len, markers))
        items = [
            _hang(marker.rjust(len(indent)), indent, self._item(item, columns - len(indent)))
            for marker, item in zip(markers, node.children, strict=True)
        ]
        return [line for item in items for line in item] if _is_tight(node) else _join(items)

    def _item(self, item: SyntaxTreeNode, columns: int) -> _Lines:
        blocks = [self._block(node, columns) for node in item.children]
        return [line for block in blocks for line in block] if _is_tight(item) else _join(blocks)

    def _table(self, node: SyntaxTreeNode, columns: int) -> _Lines:
        head, *rows = [row for part in node.children for row in part.children]
        cells = [[self._plain(cell).replace("\n", " ") for cell in row.children] for row in rows]
        align = [str(cell.attrs.get("align", "left")) for cell in head.children]
        return Table([self._plain(cell) for cell in head.children], cells, align).lines(columns)

    def _html(self, node: SyntaxTreeNode, columns: int) -> _Lines:
        found = pieces(html.clean(node.content, self._notes.base), self._notes)
        return _join(_piece(piece, columns) for piece in found)

    def _footnotes(self, node: SyntaxTreeNode, columns: int) -> _Lines:
        return _join([["--------"], *(self._footnote(note, columns) for note in node.children)])

    def _footnote(self, node: SyntaxTreeNode, columns: int) -> _Lines:
        marker = f"{raised(node.meta['id'] + 1)} "
        indent = " " * len(marker)
        return _hang(marker, indent, self.write(node.children, columns - len(marker)))


def _piece(piece: Piece, columns: int) -> _Lines:
    if piece.table:
        return piece.table.lines(columns)
    return _indented(piece.text) if piece.code else fill(piece.text, columns)


def _join(blocks: Iterable[_Lines]) -> _Lines:
    joined: _Lines = []
    for block in filter(None, blocks):
        joined += ["", *block] if joined else block
    return joined


def _hang(marker: str, indent: str, lines: _Lines) -> _Lines:
    first, *rest = lines or [""]
    return [f"{marker}{first}".rstrip(), *(f"{indent}{line}".rstrip() for line in rest)]


def _indented(code: str) -> _Lines:
    return [f"{_CODE_INDENT}{line}".rstrip() for line in code.strip("\n").split("\n")]


def _markers(node: SyntaxTreeNode) -> list[str]:
    if node.type == "bullet_list":
        return ["- "] * len(node.children)
    first = int(node.attrs.get("start", 1))
    sign = node.children[0].markup
    return [f"{number}{sign} " for number in range(first, first + len(node.children))]


def _is_tight(node: SyntaxTreeNode) -> bool:
    """Tell a list, or an item, whose paragraphs are set without a blank line."""
    items = [node] if node.type == "list_item" else node.children
    return all(
        child.hidden for item in items for child in item.children if child.type == "paragraph"
    )
