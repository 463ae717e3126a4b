"""Day one: mark what is already there as never to be mailed."""

from collections.abc import Sequence
from datetime import datetime

from pressrun.deliver.ledger.contract import Entry, Ledger
from pressrun.deliver.plan import body_digest
from pressrun.deliver.steps import History, Line, Step
from pressrun.errors import UsageError
from pressrun.model import Post, issue_key
from pressrun.posts.select import for_newsletter
from pressrun.publication import Publication


def make(
    publication: Publication,
    posts: Sequence[Post],
    ledger: Ledger,
    *,
    now: datetime,
    run: str,
    newsletters: Sequence[str] = (),
) -> int:
    """Mark every post that is due at ``now`` and unknown to the ledger; return how many issues.

    Drafts, future and excluded posts are left alone: they may go out when their time comes.
    """
    histories = ledger.read()
    entries = [
        Entry(key, 0, _line(post, newsletter, now, run))
        for newsletter in newsletters or tuple(publication.newsletters)
        for post in posts
        if (key := issue_key(publication.id, newsletter, post.id)) not in histories
        and for_newsletter(post, newsletter, publication.email.posts, now).outcome == "in"
    ]
    if entries:
        ledger.append(entries)
    return len(entries)


def mark(
    publication: Publication,
    post: Post,
    ledger: Ledger,
    *,
    now: datetime,
    run: str,
    newsletters: Sequence[str] = (),
) -> int:
    """Mark one post, due or not. UsageError when a run has begun to send it."""
    histories = ledger.read()
    entries = []
    for newsletter in newsletters or tuple(publication.newsletters):
        key = issue_key(publication.id, newsletter, post.id)
        history = histories.get(key, History(key))
        if history.lines and not history.settled:
            raise UsageError.of(
                f"a run has begun to send {post.title!r} ({history.step}).",
                post.path,
                f"To drop it for good: publish resolve {post.slug} --never --because TEXT",
            )
        if not history.lines:
            entries.append(Entry(key, 0, _line(post, newsletter, now, run)))
    if entries:
        ledger.append(entries)
    return len(entries)


def _line(post: Post, newsletter: str, now: datetime, run: str) -> Line:
    return Line(
        Step.BASELINE,
        run,
        now,
        newsletter=newsletter,
        post=post.id,
        title=post.title,
        body=body_digest(post),
    )
