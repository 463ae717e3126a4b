"""What a reader would stumble over: each rule says it and lets the issue go."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise
from operator import itemgetter
from urllib.parse import urlsplit

from pressrun.check.clients import unsupported
from pressrun.check.facts import Facts, Heading
from pressrun.check.rule import Spot
from pressrun.placeholders import TOKENS
from pressrun.render.pictures import Picture

# Gmail cuts a message at the first, and the provider adds to what we send.
CLIPPED_BYTES = 102_000
MESSAGE_BYTES = 90_000
SUBJECT_LENGTH = 78  # characters: more is cut everywhere
PREHEADER_LENGTH = 150
SHORTEN = "Shorten the post, or mail a part of it with a link to the rest."
PICTURE_BYTES = 1_000_000

_SAYS_NOTHING = frozenset(
    {"click", "click here", "here", "link", "more", "read more", "this", "this link", "this page"}
    | {"hier", "hier klicken", "klick hier", "mehr", "weiterlesen"}
)
# Spam filters distrust what hides where a link leads.
_SHORTENER_HOSTS = """bit.ly buff.ly cutt.ly goo.gl is.gd lnkd.in ow.ly rb.gy rebrand.ly shorturl.at
    t.co t.ly tiny.cc tinyurl.com"""
_SHORTENERS = frozenset(_SHORTENER_HOSTS.split())
# Where these are not known nothing is lost, or another rule speaks of them.
_GRACEFUL = frozenset(
    {"@media", "prefers-color-scheme", "margin: auto", "border-radius", "srcset", "<picture>"}
    | {"data: picture"}
)
_WRITTEN_AS = {
    "SVG picture": r"(?i)\.svgz?\b",
    "WebP picture": r"(?i)\.webp\b",
    "AVIF picture": r"(?i)\.avif\b",
}
_TAKEN_APART = re.compile(r"\*\|[A-Z][A-Z0-9:_]*\|\*")  # a tag that Markdown takes for emphasis
_PIXELS = re.compile(r"[0-9]{1,6}")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|\bcopyright\b)[^.\n]{0,20}?\b((?:19|20)\d\d)\b(?![ \t]*[-–])")


def link_text(facts: Facts) -> Iterator[Spot]:
    """Find links whose words say nothing by themselves."""
    seen: Counter[str] = Counter()
    for link in facts.content.links:
        words = link.name.strip(" .,:;!?()[]»›→…").lower()
        if words in _SAYS_NOTHING:
            lines = facts.lines(
                rf"(?i)[\[>]\W*{re.escape(words)}\b", rf"(?i)\b{re.escape(words)}\b"
            )
            line = lines[min(seen[words], len(lines) - 1)] if lines else facts.post.body_line
            seen[words] += 1
            yield Spot(line, f'"{link.name}" says nothing to a screen reader', "Name the target.")


def image_size(facts: Facts) -> Iterator[Spot]:
    """Find pictures that make the text jump when they arrive."""
    for name, line, image in _images(facts):
        if missing := [side for side in ("width", "height") if not image.get(side)]:
            what = f"{name} has no {' and no '.join(missing)}"
            known = facts.pictures.get(image.get("src", ""))
            yield Spot(line, what, _size_to_write(known, image))


def image_alt(facts: Facts) -> Iterator[Spot]:
    """Find pictures that are nothing to a reader who does not see them."""
    for name, line, image in _images(facts):
        if not image.get("alt", "").strip() and image.get("role") != "presentation":
            what = f"{name} has no alternative text"
            yield Spot(line, what, "Say in a few words what it shows.")


def message_size(facts: Facts) -> Iterator[Spot]:
    """Find a message that Gmail would cut, perhaps only as the provider gets it."""
    size = len(facts.message.html.encode())
    if size > MESSAGE_BYTES:
        what = f"the HTML has {size / 1000:.0f} kB, and Gmail cuts near 102 kB"
        yield Spot(1, what, SHORTEN)
    elif facts.carrier:
        size = len(facts.carrier.localise(facts.message).html.encode())
        if size > CLIPPED_BYTES:
            with_tags = f"with the tags of {facts.carrier.name} the HTML has {size / 1000:.0f} kB"
            yield Spot(1, f"{with_tags}, and Gmail cuts it", SHORTEN)


def subject_length(facts: Facts) -> Iterator[Spot]:
    """Find a subject that is cut in every inbox."""
    if (length := len(facts.message.subject)) > SUBJECT_LENGTH:
        what = f"the subject has {length} characters, and inboxes cut at {SUBJECT_LENGTH} or before"
        mend = "Write a shorter one as subject:, and put the important words first."
        yield Spot(_subject_line(facts), what, mend)


def preheader_length(facts: Facts) -> Iterator[Spot]:
    """Find a preheader of which the end is never seen."""
    if (length := len(facts.message.preheader)) > PREHEADER_LENGTH:
        lines = facts.post.lines
        line = lines.get("preheader", lines.get("description", lines.get("summary", 1)))
        what = f"the preheader has {length} characters, and {PREHEADER_LENGTH} are the most shown"
        yield Spot(line, what, "Write a shorter one as preheader:.")


def http_link(facts: Facts) -> Iterator[Spot]:
    """Find addresses that are not encrypted."""
    for address in dict.fromkeys(facts.content.addresses):
        if address.startswith("http://"):
            mend = "Write https:// where the site has it."
            yield Spot(facts.line_of(address), f'"{address}" is not encrypted', mend)


def shortened_link(facts: Facts) -> Iterator[Spot]:
    """Find links that hide where they lead."""
    for address in dict.fromkeys(facts.content.addresses):
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        if host in _SHORTENERS:
            what = f'"{address}" hides where it leads, and spam filters count it against you'
            yield Spot(facts.line_of(address), what, "Write the address that it leads to.")


def heading_order(facts: Facts) -> Iterator[Spot]:
    """Find headings that skip a level: who listens to them loses the thread."""
    title = Heading(1, facts.post.title)
    # Those of a post that has level 1 itself go down by one in an email.
    down = any(each.level == 1 for each in facts.content.headings)
    for above, below in pairwise([title, *facts.content.headings]):
        allowed = above.level + 1 - (down and above is title)
        if below.level > allowed:
            over = "the title" if above is title else f'"{above.text}", which is of {above.level}'
            what = f'"{below.text}" is of level {below.level} below {over}'
            line = facts.line(rf"(?i)^[ >]*#*\s*{re.escape(below.text)}", re.escape(below.text))
            yield Spot(line, what, f"Make it level {allowed}.")


def stale_year(facts: Facts) -> Iterator[Spot]:
    """Find a copyright line of a year that is over."""
    this_year = facts.message.date.year
    source = facts.source.lower()
    if not any(sign in source for sign in ("©", "(c)", "copyright")):
        return
    for found in _COPYRIGHT.finditer(source):
        if int(found[1]) < this_year:
            number = facts.post.body_line + source.count("\n", 0, found.start())
            yield Spot(number, f"the copyright is of {found[1]}", f"Make it {this_year}.")


def unsupported_feature(facts: Facts) -> Iterator[Spot]:
    """Find what not every client of the families in publish.yml shows."""
    found = unsupported(facts.document.page, facts.clients)
    for feature, group in groupby(found, key=itemgetter(0)):
        if feature.name in _GRACEFUL:
            continue
        shares = " and ".join(f"{share} % of {family}" for _, family, share in group)
        line, which = _place_of(feature.name, facts)
        mend = f"See {feature.source}, and give the others something else."
        yield Spot(line, f"{which} works in {shares}", mend)


def no_address(facts: Facts) -> Iterator[Spot]:
    """Find a message without the sender's postal address."""
    address = facts.address or TOKENS["postal_address"]
    if " ".join(address.split()) not in " ".join(facts.document.words.split()):
        what = "the template shows no postal address"
        yield Spot(1, what, "Put {{ postal_address }} into it; many countries demand one.")


def image_weight(facts: Facts) -> Iterator[Spot]:
    """Find a message whose pictures are heavy; of those elsewhere only --links knows the weight."""
    total = sum(picture.bytes for picture in facts.pictures.values())
    if total > PICTURE_BYTES:
        url, most = max(facts.pictures.items(), key=lambda each: each[1].bytes)
        at = f" at {most.width} by {most.height} pixels" if most.width else ""
        what = (
            f"the pictures have {total / 1e6:.1f} MB, of which {_file_name(url)} has"
            f" {most.bytes / 1e6:.1f} MB{at}"
        )
        mend = "Save them at twice the width that is shown, 1200 pixels, and compress them."
        yield Spot(facts.line_of(url), what, mend)


def provider_tag(facts: Facts) -> Iterator[Spot]:
    """Find what a writer may want the provider to fill in: nothing is, outside of code either."""
    if facts.carrier is None:
        return
    escape = facts.carrier.escape_text
    what = f"a tag of {facts.carrier.name} is text in a post: it arrives as it is written"
    if escape(facts.message.subject) != facts.message.subject:
        yield Spot(_subject_line(facts), what, "Write the subject without it.")
    in_prose = escape(facts.content.prose) != facts.content.prose
    for at, line in enumerate(facts.source.split("\n"), facts.post.body_line):
        seen = in_prose or _TAKEN_APART.search(line)
        if seen and escape(line) != line and at not in facts.tag_lines:
            mend = "Put what it is to fill in into the template, or write this as code."
            yield Spot(at, what, mend)


def _images(facts: Facts) -> Iterator[tuple[str, int, Mapping[str, str]]]:
    """Give each picture with its file name and its line, the cover too."""
    if cover := facts.post.cover:
        sizes = {"width": str(cover.width or ""), "height": str(cover.height or "")}
        shown = {"src": cover.url, "alt": cover.alt, **sizes}
        yield "the cover", facts.post.lines.get("cover", 1), shown
    for image in facts.content.images:
        url = image.get("src", "")
        yield _file_name(url) or "a picture", facts.line_of(url), image


def _place_of(feature: str, facts: Facts) -> tuple[int, str]:
    """Give the line of a feature and its name, with the address of a picture that is not here.

    That is the cover of a post which this one names as related, or the template's.
    """
    written = _WRITTEN_AS.get(feature)
    if written is None:
        return facts.line(rf"(?i){re.escape(feature)}"), feature
    sources = (image.get("src", "") for image in facts.document.page.iter("img"))
    url = next((source for source in sources if re.search(written, source)), "")
    if not url:
        return facts.line(written), feature
    cover = facts.post.cover.url if facts.post.cover else ""
    if url in {cover, *(image.get("src", "") for image in facts.content.images)}:
        return facts.line_of(url), feature
    return facts.post.lines.get("related", 1), f"{feature} ({url})"


def _size_to_write(known: Picture | None, image: Mapping[str, str]) -> str:
    """Name the sides to write; one that the writer has chosen stays."""
    if known is None or not known.width:
        return "Give it width and height in pixels."
    width, height = image.get("width", ""), image.get("height", "")
    own = f"It is {known.width} by {known.height} pixels"
    if not (width or height):
        # One beside the post would have been measured, and its size written.
        sides = f"width {known.width} and height {known.height}"
        return f"{own}: write {sides}, or put the picture beside the post."
    if _PIXELS.fullmatch(width):
        return f"{own}: write height {max(1, round(known.height * int(width) / known.width))}."
    if _PIXELS.fullmatch(height):
        return f"{own}: write width {max(1, round(known.width * int(height) / known.height))}."
    return f"{own}: give it both sides in pixels."


def _subject_line(facts: Facts) -> int:
    lines = facts.post.lines
    return lines.get("subject", lines.get("title", 1))


def _file_name(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]
