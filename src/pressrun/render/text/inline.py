"""A line of text from the inline tokens of a paragraph, heading or cell."""

import re
from collections.abc import Callable, Sequence

from markdown_it.tree import SyntaxTreeNode

from pressrun.render.raw import attributes
from pressrun.render.text.notes import Notes
from pressrun.render.text.pieces import AFTER, BEFORE, MEDIA, image, media

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")


def raised(number: int) -> str:
    """Write a footnote's number: ``¹²``."""
    return str(number).translate(_RAISED)


def plain(nodes: Sequence[SyntaxTreeNode], notes: Notes) -> str:
    """Write inline nodes as text; a newline in it is a hard break."""
    out: list[str] = []
    links: list[tuple[int, str]] = []
    for node in nodes:
        if node.type != "html_inline":
            out.append(_node(node, notes))
            continue
        if not (tag := _TAG.match(node.content)):
            continue
        closing, name = tag.group(1), tag.group(2).lower()
        if name == "a" and not closing:
            links.append((len(out), attributes(node.content).get("href", "#")))
        elif name == "a" and links:
            start, href = links.pop()
            out[start:] = [notes.mark("".join(out[start:]), href)]
        else:
            out.append(_tag(closing, name, node.content, notes))
    return "".join(out)


def _node(node: SyntaxTreeNode, notes: Notes) -> str:
    if write := _KINDS.get(node.type):
        return write(node, notes)
    return plain(node.children, notes) or node.content.replace("\n", " ")


def _image(node: SyntaxTreeNode, notes: Notes) -> str:
    alt = plain(node.children, notes).replace("\n", " ")
    return image(alt, str(node.attrs.get("src", "")), notes)


def _link(node: SyntaxTreeNode, notes: Notes) -> str:
    label = plain(node.children, notes)
    return label if node.info == "auto" else notes.mark(label, str(node.attrs.get("href", "")))


_KINDS: dict[str, Callable[[SyntaxTreeNode, Notes], str]] = {
    "footnote_ref": lambda node, _: raised(node.meta["id"] + 1),
    "hardbreak": lambda _node, _notes: "\n",
    "image": _image,
    "link": _link,
    "s": lambda node, notes: f"~~{plain(node.children, notes)}~~",
    "softbreak": lambda _node, _notes: " ",
    "task": lambda node, _: f"[{node.content}] ",
}


def _tag(closing: str, name: str, html: str, notes: Notes) -> str:
    if name in MEDIA and not closing:
        return media(name, attributes(html), notes)
    return (AFTER if closing else BEFORE).get(name, "")
