"""Which posts a channel takes, and why it leaves the others: one selector for feeds and email."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pressrun.model import Post

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Verdict:
    """``in``: the post belongs to the channel now. ``wait``: later. ``off``: not at all."""

    outcome: Literal["in", "wait", "off"]
    reason: str = ""


IN = Verdict("in")


def for_feed(post: Post, now: datetime) -> Verdict:
    """Decide whether ``post`` is in the feeds at ``now``."""
    if not post.feed:
        return Verdict("off", f"feed: false ({post.place('feed')})")
    return _by_date(post, now)


def for_newsletter(
    post: Post, newsletter: str, default: Literal["all", "opt-in"], now: datetime
) -> Verdict:
    """Decide whether ``post`` is an issue of ``newsletter`` at ``now``.

    ``default`` is ``email.posts`` of publish.yml: what holds for posts that do not say.
    """
    place = post.place("newsletter")
    if post.newsletter is False:
        return Verdict("off", f"newsletter: false ({place})")
    if isinstance(post.newsletter, str) and post.newsletter != newsletter:
        return Verdict("off", f"newsletter: {post.newsletter} ({place})")
    if post.newsletter is None and default == "opt-in":
        return Verdict("off", f"does not say newsletter: true ({post.path})")
    return _by_date(post, now)


def _by_date(post: Post, now: datetime) -> Verdict:
    if post.draft:
        return Verdict("off", f"draft: true ({post.place('draft')})")
    if post.expires and post.expires <= now:
        return Verdict("off", f"expired on {_local(post.expires)} ({post.place('expires')})")
    if post.published > now:
        return Verdict("wait", _due(post.published, now))
    return IN


def _due(moment: datetime, now: datetime) -> str:
    """Say when in both zones: the writer's, and that of schedules and servers."""
    return f"due {_distance(moment - now)} ({_local(moment)}, {moment.astimezone(UTC):%H:%M} UTC)"


def _distance(ahead: timedelta) -> str:
    seconds = int(ahead.total_seconds())
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (60, "minute")):
        if seconds >= unit:
            count = seconds // unit
            return f"in {count} {name}{'' if count == 1 else 's'}"
    return "in less than a minute"


def _local(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} {getattr(moment.tzinfo, 'key', moment.tzname())}"
