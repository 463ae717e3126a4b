"""The guard rails: what holds an issue back until a person has looked."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from pressrun.check.facts import Facts
from pressrun.check.rule import Spot
from pressrun.placeholders import TOKENS

_TK = r"\bTK(?:TK)*\b"
_LOREM = r"(?i)\blorem ipsum\b"
_ABSOLUTE = re.compile(r"https?://[^/]|(?!https?:)[a-z][a-z0-9+-]*:|#", re.IGNORECASE)
_HERE = re.compile(r"localhost|.*\.(?:local|localhost|internal|test)", re.IGNORECASE)


def empty_body(facts: Facts) -> Iterator[Spot]:
    """Find a message with nothing in it."""
    if not re.search(r"\w", facts.content.words) and not facts.content.images:
        yield Spot(facts.post.body_line, "the post has no body", "Write one.")


def tk_left(facts: Facts) -> Iterator[Spot]:
    """Find the editor's mark for "to come" outside of code."""
    mend = "Fill the gap, or write `TK` as code if you mean the word."
    for line in _in_prose(facts, _TK):
        yield Spot(line, "TK is left in the text", mend)
    for key, text in _front_matter(facts).items():
        if re.search(_TK, text):
            yield Spot(facts.post.lines.get(key, 1), f"TK is left in the {key}", mend)


def lorem_left(facts: Facts) -> Iterator[Spot]:
    """Find the typesetter's filler outside of code."""
    for line in _in_prose(facts, _LOREM):
        yield Spot(line, "filler is left in the text", "Write what belongs there.")


def relative_url(facts: Facts) -> Iterator[Spot]:
    """Find an address that leads nowhere from an inbox."""
    for address in dict.fromkeys(facts.document.addresses):
        if not _ABSOLUTE.match(address) and address not in TOKENS.values():
            mend = "Write it with https:// and the host, in the post or in the template."
            yield Spot(facts.line_of(address), f'"{address}" is no full address', mend)


def local_address(facts: Facts) -> Iterator[Spot]:
    """Find an address that only the writer's own machine or network knows."""
    for address in dict.fromkeys(facts.document.addresses):
        if _is_local(urlsplit(address).hostname or ""):
            what = f'"{address}" is on a machine that readers cannot reach'
            yield Spot(facts.line_of(address), what, "Write the public address.")


def data_uri(facts: Facts) -> Iterator[Spot]:
    """Find a picture that stands in the message itself, which Gmail and Outlook do not show."""
    for image in facts.content.images:
        if image.get("src", "").startswith("data:"):
            what = f"a picture ({image.get('alt') or 'without words'}) is a data URI"
            mend = "Put it into a file beside the post."
            yield Spot(facts.line(r"\(data:", "data:"), what, mend)


def no_unsubscribe(facts: Facts) -> Iterator[Spot]:
    """Find a template without the link that lets readers leave."""
    token = TOKENS["unsubscribe_url"]
    targets = facts.document.targets
    present = {"message.html": token in targets, "message.txt": token in facts.message.text}
    for name in (name for name, found in present.items() if not found):
        what = f"the template's {name} has no unsubscribe link"
        yield Spot(1, what, "Put {{ unsubscribe_url }} into it.")


def no_tag(facts: Facts) -> Iterator[Spot]:
    """Find a placeholder that the provider would leave as it is."""
    if facts.carrier is None:
        return
    for name in facts.carrier.lacking(facts.message):
        what = f"{facts.carrier.name} has no tag for {name}"
        yield Spot(1, what, "Set it in publish.yml, or leave it out of the template.")


def reserved_word(facts: Facts) -> Iterator[Spot]:
    """Find text that would be taken for a place that the provider fills in."""
    mend = "Break it up, for example with a hyphen: a provider's tag would stand in its place."
    lines = facts.post.body.split("\n")
    for number, line in enumerate(lines, facts.post.body_line):
        for token in (token for token in TOKENS.values() if token in line):
            yield Spot(number, f'"{token}" is reserved', mend)
    for key, text in _front_matter(facts).items():
        for token in (token for token in TOKENS.values() if token in text):
            yield Spot(facts.post.lines.get(key, 1), f'"{token}" is reserved', mend)


def _in_prose(facts: Facts, pattern: str) -> list[int]:
    if not re.search(pattern, facts.content.prose):
        return []
    return facts.lines(pattern) or [facts.post.body_line]


def _front_matter(facts: Facts) -> Mapping[str, str]:
    post = facts.post
    return {
        "title": post.title,
        "subject": facts.message.subject.replace(post.title, ""),
        "description": post.description,
        "summary": post.summary,
        "preheader": post.preheader,
    }


def _is_local(host: str) -> bool:
    if _HERE.fullmatch(host):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
