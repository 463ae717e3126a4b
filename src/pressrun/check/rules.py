"""The guard rails: each rule is a function from facts to findings.

A rule of severity error holds the issue back. The others say what a reader would stumble over.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from pressrun.check.facts import Facts
from pressrun.model import Finding, Severity
from pressrun.placeholders import TOKENS

Rule = Callable[[Facts], Iterator[Finding]]

# Gmail cuts a message near 102 kB, and the provider adds to what we send.
MESSAGE_BYTES = 90_000

_TK = r"\bTK(?:TK)*\b"
_ABSOLUTE = re.compile(r"https?://[^/]|(?!https?:)[a-z][a-z0-9+-]*:|#", re.IGNORECASE)
_SAYS_NOTHING = frozenset(
    {"click", "click here", "here", "link", "more", "read more", "this", "this link", "this page"}
    | {"hier", "hier klicken", "klick hier", "mehr", "weiterlesen"}
)


def empty_body(facts: Facts) -> Iterator[Finding]:
    """Hold an issue with nothing in it."""
    if not re.search(r"\w", facts.content.words) and not facts.content.images:
        line = facts.post.body_line
        yield _error("empty-body", facts, line, "the post has no body", "Write one.")


def tk_left(facts: Facts) -> Iterator[Finding]:
    """Hold an issue with the editor's mark for "to come" outside of code."""
    mend = "Fill the gap, or write `TK` as code if you mean the word."
    if re.search(_TK, facts.content.prose):
        for line in facts.lines(_TK) or [facts.post.body_line]:
            yield _error("tk-left", facts, line, "TK is left in the text", mend)
    for key, text in _front_matter(facts).items():
        if re.search(_TK, text):
            line = facts.post.lines.get(key, 1)
            yield _error("tk-left", facts, line, f"TK is left in the {key}", mend)


def relative_url(facts: Facts) -> Iterator[Finding]:
    """Hold an issue with an address that leads nowhere from an inbox."""
    for address in dict.fromkeys(facts.document.addresses):
        if _ABSOLUTE.match(address) or address in TOKENS.values():
            continue
        line = facts.line_of(address)
        mend = "Write it with https:// and the host, in the post or in the template."
        yield _error("relative-url", facts, line, f'"{address}" is no full address', mend)


def no_unsubscribe(facts: Facts) -> Iterator[Finding]:
    """Hold an issue that readers cannot unsubscribe from."""
    token = TOKENS["unsubscribe_url"]
    links = {link.url for link in facts.document.links}
    present = {"message.html": token in links, "message.txt": token in facts.message.text}
    for name in (name for name, found in present.items() if not found):
        what = f"the template's {name} has no unsubscribe link"
        yield _error("no-unsubscribe", facts, 1, what, "Put {{ unsubscribe_url }} into it.")


def reserved_word(facts: Facts) -> Iterator[Finding]:
    """Hold an issue whose text would be taken for a place that the provider fills in."""
    mend = "Break it up, for example with a hyphen: a provider's tag would stand in its place."
    lines = facts.post.body.split("\n")
    for number, line in enumerate(lines, facts.post.body_line):
        for token in (token for token in TOKENS.values() if token in line):
            yield _error("reserved-word", facts, number, f'"{token}" is reserved', mend)
    for key, text in _front_matter(facts).items():
        for token in (token for token in TOKENS.values() if token in text):
            number = facts.post.lines.get(key, 1)
            yield _error("reserved-word", facts, number, f'"{token}" is reserved', mend)


def link_text(facts: Facts) -> Iterator[Finding]:
    """Point at links whose words say nothing by themselves."""
    seen: Counter[str] = Counter()
    for link in facts.content.links:
        words = link.name.strip(" .,:;!?()[]»›→…").lower()
        if words in _SAYS_NOTHING:
            lines = facts.lines(
                rf"(?i)[\[>]\W*{re.escape(words)}\b", rf"(?i)\b{re.escape(words)}\b"
            )
            line = lines[min(seen[words], len(lines) - 1)] if lines else facts.post.body_line
            seen[words] += 1
            what = f'"{link.name}" says nothing to a screen reader'
            yield _warning("link-text", facts, line, what, "Name the target.")


def image_size(facts: Facts) -> Iterator[Finding]:
    """Point at pictures that make the text jump when they arrive."""
    mend = "Give it width and height in pixels."
    for name, line, image in _images(facts):
        if missing := [side for side in ("width", "height") if not image.get(side)]:
            what = f"{name} has no {' and no '.join(missing)}"
            yield _warning("image-size", facts, line, what, mend)


def image_alt(facts: Facts) -> Iterator[Finding]:
    """Point at pictures that are nothing to a reader who does not see them."""
    mend = "Say in a few words what it shows."
    for name, line, image in _images(facts):
        if not image.get("alt", "").strip() and image.get("role") != "presentation":
            yield _warning("image-alt", facts, line, f"{name} has no alternative text", mend)


def message_size(facts: Facts) -> Iterator[Finding]:
    """Point at a message that Gmail would cut."""
    size = len(facts.message.html.encode())
    if size > MESSAGE_BYTES:
        what = f"the HTML has {size / 1000:.0f} kB, and Gmail cuts near 102 kB"
        mend = "Shorten the post, or mail a part of it with a link to the rest."
        yield _warning("message-size", facts, 1, what, mend)


RULES: tuple[Rule, ...] = (
    empty_body,
    tk_left,
    relative_url,
    no_unsubscribe,
    reserved_word,
    link_text,
    image_size,
    image_alt,
    message_size,
)


def _front_matter(facts: Facts) -> Mapping[str, str]:
    post = facts.post
    return {
        "title": post.title,
        "subject": facts.message.subject.replace(post.title, ""),
        "description": post.description,
        "summary": post.summary,
        "preheader": post.preheader,
    }


def _images(facts: Facts) -> Iterator[tuple[str, int, Mapping[str, str]]]:
    """Give each picture with its file name and its line, the cover too."""
    if cover := facts.post.cover:
        sizes = {"width": str(cover.width or ""), "height": str(cover.height or "")}
        yield "the cover", facts.post.lines.get("cover", 1), {"alt": cover.alt, **sizes}
    for image in facts.content.images:
        url = image.get("src", "")
        yield url.rstrip("/").rpartition("/")[2] or "a picture", facts.line_of(url), image


def _error(rule: str, facts: Facts, line: int, what: str, mend: str) -> Finding:
    return Finding(rule, Severity.ERROR, facts.post.path, line, what, mend)


def _warning(rule: str, facts: Facts, line: int, what: str, mend: str) -> Finding:
    return Finding(rule, Severity.WARNING, facts.post.path, line, what, mend)
