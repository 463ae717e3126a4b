"""What is wrong with posts as a whole, whatever each of them says."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pressrun.check import heard
from pressrun.model import Finding, Post, Severity

FAR = 366  # days


def far_dates(posts: Iterable[Post], now: datetime) -> Iterator[Finding]:
    """Find posts that are to come out in more than a year; comments may silence it."""
    for post in posts:
        if (post.published - now).days > FAR and not post.draft:
            yield from heard([_far_date(post)], post)


def same_titles(posts: Iterable[Post]) -> Iterator[Finding]:
    """Find posts with the title of an older one, in the same language; comments may silence it."""
    first: dict[tuple[str, str], Post] = {}
    for post in sorted(posts, key=lambda each: (each.published.timestamp(), each.id)):
        older = first.setdefault((" ".join(post.title.casefold().split()), post.language), post)
        if older is not post and not post.draft:
            yield from heard([_copy(post, older)], post)


def _far_date(post: Post) -> Finding:
    return Finding(
        rule="far-date",
        severity=Severity.WARNING,
        path=post.path,
        line=post.lines.get("date", 1),
        what=f"{post.published:%Y-%m-%d} is more than a year ahead",
        mend="Correct the year, or write draft: true until the time is near.",
    )


def _copy(post: Post, older: Post) -> Finding:
    return Finding(
        rule="duplicate-title",
        severity=Severity.WARNING,
        path=post.path,
        line=post.lines.get("title", 1),
        what=f"{older.place('title')} has the same title",
        mend="Tell them apart: readers take the second for a copy of the first.",
    )
