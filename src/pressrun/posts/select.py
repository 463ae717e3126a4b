"""Which posts go out now, which later and which not at all: one judgement for both channels."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pressrun.model import Post

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))
_CLOCK = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``in``: now. ``wait``: by itself later. ``off``: not unless somebody changes something."""

    outcome: Literal["in", "wait", "off"]
    reason: str


def for_feed(post: Post, now: datetime) -> Verdict:
    """Judge whether ``post`` belongs into the feeds at ``now`` (aware)."""
    return _judge(post, _not_for_feeds(post), now)


def in_feeds(posts: Iterable[Post], now: datetime) -> list[Post]:
    """Give those that ``for_feed`` says are in, without a word on each."""
    now = now.astimezone(UTC)
    return [
        post
        for post in posts
        if post.published <= now and not _off(post, _not_for_feeds(post), now)
    ]


def for_newsletter(
    post: Post, newsletter: str, default: Literal["all", "opt-in"], now: datetime
) -> Verdict:
    """Judge whether ``post`` is to be mailed in ``newsletter`` at ``now`` (aware).

    ``default`` decides for a post that does not say.
    """
    return _judge(post, _not_for(post, newsletter, default), now)


def when(moment: datetime) -> str:
    """Show a moment in its own zone: ``2026-12-01 09:00 Europe/Berlin``."""
    zone = moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else moment.tzname()
    return f"{moment.strftime(_CLOCK)} {zone or ''}".rstrip()


def _judge(post: Post, off: str, now: datetime) -> Verdict:
    now = now.astimezone(UTC)  # times of one zone are compared by the clock on the wall
    if reason := _off(post, off, now):
        return Verdict("off", reason)
    if post.published > now:
        return Verdict("wait", f"due {_distance(post.published, now)} ({both(post.published)})")
    return Verdict("in", f"due {when(post.published)}")


def _off(post: Post, off: str, now: datetime) -> str:
    return _draft(post) or _expired(post, now) or off


def _not_for_feeds(post: Post) -> str:
    return "" if post.feed else f"feed: false ({post.place('feed')})"


def _draft(post: Post) -> str:
    return f"draft: true ({post.place('draft')})" if post.draft else ""


def _expired(post: Post, now: datetime) -> str:
    if post.expires is None or post.expires > now:
        return ""
    return f"expired on {when(post.expires)} ({post.place('expires')})"


def _not_for(post: Post, newsletter: str, default: str) -> str:
    where = f" ({post.place('newsletter')})" if "newsletter" in post.lines else ""
    if post.newsletter is False:
        return f"newsletter: false{where}"
    if isinstance(post.newsletter, str) and post.newsletter != newsletter:
        return f"goes to {post.newsletter}{where}"
    if post.newsletter is None and default == "opt-in":
        return "does not say newsletter: true, and email.posts is opt-in"
    return ""


def _distance(moment: datetime, now: datetime) -> str:
    """Say how long it is, in days from two days on, else in hours or minutes."""
    seconds = (moment - now).total_seconds()
    return next(_rounded(seconds), "in less than a minute")


def _rounded(seconds: float) -> Iterator[str]:
    for name, size in _UNITS:
        count = round(seconds / size)
        if seconds >= 2 * size or (name == "minute" and seconds >= size):
            yield f"in {count} {name}{'' if count == 1 else 's'}"


def both(moment: datetime) -> str:
    """Show a moment in its own zone and in UTC, the day again only where it differs."""
    utc = moment.astimezone(UTC)
    if moment.strftime(_CLOCK) == utc.strftime(_CLOCK):
        return when(moment)
    same_day = moment.date() == utc.date()
    return f"{when(moment)}, {utc.strftime('%H:%M' if same_day else _CLOCK)} UTC"
