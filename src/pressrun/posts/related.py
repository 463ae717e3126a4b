"""Posts that a reader of this one may like: named by the writer, else found by what they share."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from pressrun.model import Post, RelatedLink

LIMIT = 3
TAG_WEIGHT = 3.0

_HEADING = re.compile(
    r"[ ]{0,3}#{1,6}[ ]+"
    r"(?:related(?: (?:posts?|reading|articles?))?|read next|see also|further reading)"
    r"[ ]*:?[ ]*#*[ ]*",
    re.IGNORECASE,
)
_RULE = re.compile(r"[ ]{0,3}(?:-{3,}|\*{3,}|_{3,})[ ]*")
_DEFINITION = re.compile(r"[ ]{0,3}\[[^\]]+\]:")
_ITEM = re.compile(r"[ ]{0,3}(?:[-*+]|\d{1,9}[.)])[ ]")
_LINK = re.compile(
    r"""
    ^[ ]{0,3}(?:[-*+]|\d{1,9}[.)])[ ]+
    \[(?P<title>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])+)\]\(<?(?P<target>[^)\s>]+)>?(?:[ ]+["'(].*?["')])?\)
    [ ]*(?:[-\u2013\u2014:][ ]*)?(?P<description>.*(?:\n[ ]+\S.*)*)
    """,
    re.VERBOSE | re.MULTILINE,
)
_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class Related:
    """A post as another one recommends it."""

    title: str
    url: str
    description: str = ""


def split_section(body: str) -> tuple[str, str]:
    """Cut a hand-written section of related posts off the end of ``body``.

    It is a heading such as "Related posts" with nothing after it but a list of links. Definitions
    of links and footnotes below it stay with the body.
    """
    lines = body.split("\n")
    end = _start_of_definitions(lines)
    start = _start_of_section(lines[:end])
    section = "\n".join(lines[start:end]).rstrip() + "\n"
    items = sum(bool(_ITEM.match(line)) for line in lines[start:end])
    if not items or len(links(section)) != items:
        return body, ""
    before = "\n".join(_without_rule(lines[:start]))
    after = "\n".join(lines[end:]).strip("\n")
    return "\n\n".join(part for part in (before, after) if part) + "\n", section


def _start_of_definitions(lines: list[str]) -> int:
    """Return where the definitions of links and footnotes at the very end begin."""
    start = index = len(lines)
    while index and _is_inside(lines[index - 1], _DEFINITION):
        index -= 1
        if _DEFINITION.match(lines[index]):
            start = index
    return start


def _start_of_section(lines: list[str]) -> int:
    """Return the line of the heading that has only a list below it; the end when there is none."""
    index = len(lines)
    while index and _is_inside(lines[index - 1], _ITEM):
        index -= 1
    found = index > 0 and _HEADING.fullmatch(lines[index - 1])
    return index - 1 if found else len(lines)


def _is_inside(line: str, start: re.Pattern[str]) -> bool:
    """Say whether ``line`` begins, continues or parts a run of items or definitions."""
    return not line.strip() or line[0] in " \t" or bool(start.match(line))


def _without_rule(lines: list[str]) -> list[str]:
    """Drop blank lines at the end, and a rule that set the section apart."""
    while lines and (not lines[-1].strip() or _RULE.fullmatch(lines[-1])):
        lines.pop()
    return lines


def links(section: str) -> tuple[RelatedLink, ...]:
    """Read the links of a hand-written section, each with what is said of it on its line."""
    return tuple(
        RelatedLink(found["target"], found["title"], " ".join(found["description"].split()))
        for found in _LINK.finditer(section)
    )


def choose(post: Post, posts: Sequence[Post], limit: int = LIMIT) -> tuple[Related, ...]:
    """Return the posts to recommend below ``post``, best first.

    What the writer named comes first and alone; a link that leads nowhere is left out. Otherwise
    posts published before this one are ranked by shared tags and words, rare ones counting more.
    """
    if post.related:
        return tuple(found for link in post.related if (found := resolve(link, post, posts)))
    ranked = _ranked(post, [other for other in posts if _comes_before(other, post)])
    return tuple(Related(one.title, one.url, one.description) for one in ranked[:limit])


def resolve(link: RelatedLink, post: Post, posts: Sequence[Post]) -> Related | None:
    """Find the post that ``link`` names; a page elsewhere is taken as it is written.

    None where the link means a post of this publication and there is none, or a draft.
    """
    target = next((other for other in posts if _names(link.target, post, other)), None)
    if target:
        if target.draft:
            return None
        return Related(target.title, target.url, link.description or target.description)
    url = urljoin(post.url, link.target)
    elsewhere = urlsplit(url).netloc != urlsplit(post.url).netloc
    return Related(link.title or url, url, link.description) if elsewhere else None


def _names(target: str, post: Post, other: Post) -> bool:
    if target in {other.id, other.slug, other.path, other.url}:
        return True
    plain = target.partition("#")[0].rstrip("/")
    if plain.endswith((".md", ".markdown")):
        return other.path.endswith(f"/{plain.lstrip('./')}")
    return urljoin(post.url, plain).rstrip("/") == other.url.rstrip("/")


def _comes_before(other: Post, post: Post) -> bool:
    return not other.draft and other.id != post.id and other.published < post.published


def _ranked(post: Post, others: Sequence[Post]) -> list[Post]:
    terms = {other.id: _terms(other) for other in others}
    common = Counter(term for found in terms.values() for term in found)
    mine = _terms(post)
    scores = {
        other.id: sum(_weight(term, mine, common, len(others)) for term in terms[other.id])
        for other in others
    }
    best = [other for other in others if scores[other.id] > 0]
    return sorted(best, key=lambda one: (-scores[one.id], -one.published.timestamp(), one.id))


def _terms(post: Post) -> frozenset[str]:
    """Return a post's tags, marked with #, and the words of its title and description."""
    words = _WORD.findall(f"{post.title} {post.description}".casefold())
    return frozenset(words) | {f"#{tag.casefold()}" for tag in post.tags}


def _weight(term: str, mine: frozenset[str], common: Mapping[str, int], total: int) -> float:
    """Weigh a shared term: tags are chosen by a person, words only where few posts have them."""
    if term not in mine:
        return 0.0
    rarity = math.log((total + 1) / common[term])
    if term.startswith("#"):
        return TAG_WEIGHT * (1.0 + rarity)
    return rarity if common[term] <= max(1, total // 4) else 0.0
