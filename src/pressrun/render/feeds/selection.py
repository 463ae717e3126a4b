"""Which feeds there are, and which posts each of them shows: decided before any is rendered."""

import hashlib
import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pressrun.config.words import described, did_you_mean
from pressrun.errors import ConfigError
from pressrun.kinds import LIKE_A_FEED_FILE
from pressrun.model import Finding, Post, Severity
from pressrun.posts.ids import from_file
from pressrun.publication import Content, FeedPattern, Feeds, Publication
from pressrun.render.feeds import ids
from pressrun.render.feeds.plain import without_mailbox

PODCAST = "podcast"
LONGEST = 80  # bytes of a folder's name that are made of a tag
_SPACES = re.compile(r"[\s_-]+")
# Letters with the marks that belong to them, digits, and what joins signs to one.
_KEPT = frozenset("LMN")
_ENDS = ".-\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
_KEPT_TOO = frozenset("+.-_\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
# They choose between two looks of one sign: https://www.unicode.org/reports/tr51/
_VARIANTS = {0xFE0E: None, 0xFE0F: None}
_DIGITS = 6  # of a digest, to tell names apart that look alike without what a path cannot hold


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed, or a page of its archive.

    ``path`` is the folder below that of all feeds, empty for the feed of all posts. ``about`` names
    what the posts have in common as readers see it, ``kind`` and ``name`` as ids and paths do; all
    are empty for all posts. ``page`` counts the pages of the archive from 1, the oldest; it is 0
    for the feed that people subscribe to, which lies at ``current``. ``older`` is the page before.
    """

    path: str
    posts: tuple[Post, ...]
    content: Content = "both"
    kind: str = ""
    name: str = ""
    about: str = ""
    language: str = ""
    page: int = 0
    older: str | None = None
    current: str = ""

    @property
    def subject(self) -> str:
        """What the feed is about, as its id says it; empty for all posts."""
        return ":".join(filter(None, [self.kind, self.name]))


def select(publication: Publication, posts: Sequence[Post]) -> tuple[Feed, ...]:
    """Plan the feeds of ``posts``, which come newest first: that of all posts, then the others.

    Each is followed by the pages of its archive; a podcast, with all its episodes, comes last.
    ConfigError where two would lie in one folder.
    """
    feeds = publication.feeds
    found = _paged(Feed("", tuple(posts), feeds.content), feeds.items, feeds.archives)
    for kind in _KINDS:
        if pattern := getattr(feeds.by, kind):
            found += chain.from_iterable(_by(publication, kind, pattern, posts))
    _check_places(feeds, found)
    if feeds.podcast:
        episodes = tuple(post for post in posts if post.enclosure)
        found.append(Feed("", episodes, feeds.content, kind=PODCAST))
    return tuple(found)


def unknown_names(publication: Publication, posts: Sequence[Post]) -> Iterator[Finding]:
    """Find names that a pattern includes or excludes, and that none of all ``posts`` has."""
    for kind in _KINDS:
        pattern: FeedPattern | None = getattr(publication.feeds.by, kind)
        asked = (*pattern.include, *pattern.exclude) if pattern else ()
        if pattern is None or not asked:
            continue
        groups = _grouped(posts, kind, publication.posts.folder)
        spelt = [group[0][1] for group in groups.values()]
        for name in asked:
            if fold(name) not in groups:
                yield Finding(
                    rule="unknown-name",
                    severity=Severity.WARNING,
                    path="publish.yml",
                    line=pattern.line,
                    what=f"feeds: by: {kind}: names {described(name)}, which no post has",
                    mend=did_you_mean(name, spelt) or "Remove it, or spell it as posts do.",
                )


def shown(feeds: Iterable[Feed]) -> list[Post]:
    """List each post that is in one of ``feeds`` or more, once."""
    return list({post.id: post for feed in feeds for post in feed.posts}.values())


def folder_name(name: str) -> str:
    """Make a folder's name of a tag or a person's name: ``Web Dev`` gives ``web-dev``.

    Where more than case and spaces goes, digits of a digest keep apart what looks alike without. So
    they do what would be in the place of a file such as feed.xml.
    """
    folded = fold(name).replace("#", "-sharp")
    parted = "-".join("".join(each if _is_kept(each) else " " for each in folded).split())
    kept = parted.encode()[:LONGEST].decode(errors="ignore").strip(_ENDS)
    digest = hashlib.sha256(folded.encode(errors="replace")).hexdigest()[:_DIGITS]
    is_plain = kept == folded and not LIKE_A_FEED_FILE.search(kept)
    return kept if is_plain else f"{kept}-{digest}".lstrip("-")


def _is_kept(character: str) -> bool:
    """Whether a folder's name can hold it: emoji are symbols, and so are < and |."""
    kind = unicodedata.category(character)[0]
    return kind in _KEPT or character in _KEPT_TOO or (kind == "S" and not character.isascii())


def fold(name: str) -> str:
    """Write alike what people take for one name: ``Web Dev``, ``web-dev`` and ``web_dev``."""
    plain = unicodedata.normalize("NFC", name.translate(_VARIANTS))
    folded = unicodedata.normalize("NFC", plain.casefold())
    return _SPACES.sub("-", folded).strip("-")


def _tags(post: Post, _folder: str) -> Iterable[str]:
    return post.tags


def _authors(post: Post, _folder: str) -> Iterable[str]:
    return [without_mailbox(author.name) for author in post.authors]


def _section(post: Post, folder: str) -> Iterable[str]:
    """Name the first folder that a post lies in; that of a bundle is its own name and none."""
    first = from_file(posixpath.relpath(post.path, folder)).folders.partition("/")[0]
    return [first] if first else []


def _language(post: Post, _folder: str) -> Iterable[str]:
    return [post.language]


_KINDS: Mapping[str, Callable[[Post, str], Iterable[str]]] = {
    "tag": _tags,
    "author": _authors,
    "section": _section,
    "language": _language,
}


def _by(
    publication: Publication, kind: str, pattern: FeedPattern, posts: Sequence[Post]
) -> Iterator[list[Feed]]:
    """Plan a feed for each name that posts have and the pattern wants, in the order of names."""
    feeds = publication.feeds
    for name, group in sorted(_grouped(posts, kind, publication.posts.folder).items()):
        if _wanted(name, pattern):
            feed = Feed(
                path=pattern.path.replace("{name}", folder_name(name)),
                posts=tuple(post for post, _ in group),
                content=pattern.content or feeds.content,
                kind=kind,
                name=name,
            )
            pages = _paged(feed, pattern.items or feeds.items, feeds.archives)
            spelt = {post.id: name for post, name in group}
            yield [_titled(page, spelt, page.posts if page.page else feed.posts) for page in pages]


def _grouped(
    posts: Sequence[Post], kind: str, folder: str
) -> Mapping[str, Sequence[tuple[Post, str]]]:
    """Give the posts of each name, each with the name as it is spelt there."""
    groups: dict[str, list[tuple[Post, str]]] = {}
    for post in posts:
        for folded, name in {fold(name): name for name in _KINDS[kind](post, folder)}.items():
            if folded:
                groups.setdefault(folded, []).append((post, name))
    return groups


def _titled(feed: Feed, spelt: Mapping[str, str], posts: Iterable[Post]) -> Feed:
    """Name a feed as most of the ``posts`` do, a page as its own: later ones may not change it."""
    spellings = Counter(spelt[post.id] for post in posts)
    about = min(spellings, key=lambda name: (-spellings[name], name))
    return replace(feed, about=about, language=about if feed.kind == "language" else "")


def _wanted(name: str, pattern: FeedPattern) -> bool:
    included = not pattern.include or name in map(fold, pattern.include)
    return included and name not in map(fold, pattern.exclude)


def _paged(feed: Feed, items: int, size: int) -> list[Feed]:
    """Give a feed of the newest posts, and where there is an archive, its pages.

    Pages hold posts that are no longer among the newest, from the oldest post on, and only full
    ones are written: a later post changes none, nor does one that is dated back by a few days. What
    fills no page yet stays in the feed. https://www.rfc-editor.org/rfc/rfc5005
    """
    count = max(len(feed.posts) - items, 0) // size if size else 0
    places = [posixpath.join(feed.path, "archive", str(page)) for page in range(1, count + 1)]
    left = len(feed.posts) - count * size
    newest = replace(
        feed, posts=feed.posts[: left if size else items], older=places[-1] if places else None
    )
    pages = [
        replace(
            feed,
            path=place,
            posts=feed.posts[len(feed.posts) - page * size :][:size],
            page=page,
            older=places[page - 2] if page > 1 else None,
            current=feed.path,
        )
        for page, place in enumerate(places, 1)
    ]
    return [newest, *pages]


def _check_places(feeds: Feeds, planned: Sequence[Feed]) -> None:
    """Let no two feeds have one id, or a folder that some disk takes for one: Macs know no case."""
    taken: dict[str, Feed] = {}
    for feed in planned:
        folder = unicodedata.normalize("NFC", feed.path).casefold()
        feed_id = ids.of_feed(feeds, "", feed.subject, feed.page)
        shared = {f"lie in {feed.path}": folder, f"have the id {feed_id}": feed_id}
        for what, key in shared.items():
            other = taken.setdefault(key, feed)
            if other is not feed:
                pattern = getattr(feeds.by, feed.kind)
                raise ConfigError.of(
                    f"the feeds of {_called(other)} and {_called(feed)} would both {what}.",
                    f"publish.yml:{pattern.line}",
                    "Give them different paths in feeds: by:, or exclude one of them.",
                )


def _called(feed: Feed) -> str:
    about = f"{feed.kind} {described(feed.about)}" if feed.kind else "all posts"
    return f"{about}, page {feed.page}" if feed.page else about
