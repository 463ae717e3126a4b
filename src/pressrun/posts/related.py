"""Posts that a reader may like too: as the writer says, else by what posts have in common."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from urllib.parse import urlsplit

from pressrun.config.words import described, did_you_mean
from pressrun.errors import Problem
from pressrun.model import Post, RelatedLink
from pressrun.posts.ids import resolved
from pressrun.posts.notes import Wrong

TAG_WEIGHT = 3.0
TITLE_WEIGHT = 2.0
COMMON = 0.25  # a word in more than this part of the posts says nothing
ENOUGH = 2.0  # one word of a title, or two of descriptions: a single word there is chance

_WORD = re.compile(r"[^\W\d_]\w{2,}")


@dataclass(frozen=True, slots=True)
class Related:
    """A link to show: complete, whatever it was made of; ``post`` where it is one of ours."""

    title: str
    url: str
    description: str = ""
    post: Post | None = field(default=None, compare=False)


def choose(post: Post, others: Sequence[Post], limit: int = 3) -> tuple[Related, ...]:
    """Choose what to show below ``post``.

    What the writer names in front matter or in a section of the post comes first, all of it; a
    draft is left out, since its page does not exist. Else at most ``limit`` of the posts that were
    published before this one and share tags or words with it. ``others`` may hold the post itself.
    """
    if post.related or "related" in post.lines:
        shelf = Shelf(others)
        found = (shelf.show(link, post) for link in post.related)
        return tuple(dict.fromkeys(link for link in found if link and link.url != post.url))
    return tuple(_shown(other) for other in _similar(post, others)[:limit])


def unknown_targets(posts: Sequence[Post]) -> Iterator[Problem]:
    """Yield a problem for each target in front matter that should be a post of ours and is not."""
    asking = [post for post in posts if post.related and "related" in post.lines]
    shelf = Shelf(posts if asking else ())
    for post in asking:
        for link in post.related:
            a_page = link.title and "/" in link.target  # of the site, and no post
            if not a_page and not shelf.find(link.target, post) and _is_own(link.target, post):
                what = f"related names {described(link.target)}, and no post is called that."
                yield Problem(what, post.place("related"), did_you_mean(link.target, shelf.names))


class Shelf:
    """Posts by everything they may be called."""

    def __init__(self, posts: Iterable[Post]) -> None:
        self._posts: dict[str, Post] = {}
        self._urls: dict[str, Post] = {}
        for post in posts:
            self._posts |= {post.path: post, post.slug: post}
            self._urls[_bare(post.url)] = post
        self._posts |= {post.id: post for post in self._posts.values()}

    @property
    def names(self) -> list[str]:
        """The slugs, ids and paths."""
        return sorted(self._posts)

    def find(self, target: str, post: Post) -> Post | None:
        """Find the post that ``target``, written in ``post``, means: an id, slug, path or URL."""
        path = target.partition("#")[0].partition("?")[0]
        beside = normpath(join(dirname(post.path), path))
        calls = (target, path, beside, path.removesuffix(".md").removesuffix("/index"))
        named = next((self._posts[call] for call in calls if call in self._posts), None)
        return named or self._urls.get(_bare(_web_address(path, post)))

    def show(self, link: RelatedLink, post: Post) -> Related | None:
        """Complete a link; None for a draft, and for what leads nowhere we know."""
        if other := self.find(link.target, post):
            return None if other.draft else _shown(other, link)
        url = _web_address(link.target, post)
        if not url or not (link.title or not _is_own(link.target, post)):
            return None
        return Related(link.title or url, url, link.description)


def _shown(post: Post, link: RelatedLink | None = None) -> Related:
    title = (link.title if link else "") or post.title
    words = (link.description if link else "") or post.description or post.summary
    return Related(title, post.url, words, post)


def _similar(post: Post, others: Sequence[Post]) -> list[Post]:
    """Sort the posts published before ``post`` that have something in common with it."""
    earlier = [other for other in others if _is_live_before(other, post)]
    words = {other.id: _words(other) for other in (*earlier, post)}
    tags = {other.id: {tag.casefold() for tag in other.tags} for other in (*earlier, post)}
    weigh = _Weights(words[post.id], Counter(w for own in words.values() for w in own), len(words))
    rarity = Counter(tag for own in tags.values() for tag in own)

    def score(other: Post) -> float:
        shared = tags[post.id] & tags[other.id]
        by_tag = math.fsum(math.log(1 + len(tags) / rarity[tag]) for tag in shared)
        return TAG_WEIGHT * by_tag + weigh(words[other.id])

    scored = [(score(other), other) for other in earlier]
    scored = [(points, other) for points, other in scored if points > 0]
    scored.sort(key=lambda each: each[1].id)
    scored.sort(key=lambda each: each[1].published.timestamp(), reverse=True)
    scored.sort(key=lambda each: -each[0])
    return [other for _, other in scored]


class _Weights:
    """How much the words that two posts share say: rare ones much, common ones nothing."""

    def __init__(self, own: dict[str, float], frequency: Counter[str], posts: int) -> None:
        most = max(2, posts * COMMON)
        self._own = own
        self._weights = {
            word: math.log(posts / frequency[word]) * factor
            for word, factor in own.items()
            if 1 < frequency[word] <= most
        }

    def __call__(self, words: dict[str, float]) -> float:
        shared = self._weights.keys() & words.keys()
        if math.fsum(self._own[word] * words[word] for word in shared) < ENOUGH:
            return 0.0
        return math.fsum(self._weights[word] * words[word] for word in shared)


def _words(post: Post) -> dict[str, float]:
    """Return the words of description and title, with the weight of the better place."""
    described_by = dict.fromkeys(_WORD.findall(post.description.casefold()), 1.0)
    return described_by | dict.fromkeys(_WORD.findall(post.title.casefold()), TITLE_WEIGHT)


def _is_live_before(other: Post, post: Post) -> bool:
    moment = post.published.timestamp()
    over = other.expires is not None and other.expires.timestamp() <= moment
    earlier = other.published.timestamp() < moment and other.id != post.id
    return earlier and not other.draft and not over


def _web_address(target: str, post: Post) -> str:
    try:
        return resolved(target, post.url)
    except Wrong:
        return ""


def _is_own(target: str, post: Post) -> bool:
    address = _web_address(target, post)
    return not address or urlsplit(address).netloc == urlsplit(post.url).netloc


def _bare(url: str) -> str:
    return url.partition("://")[2].rstrip("/").removesuffix("/index.html")
