"""What is wrong with feeds as readers know them: each rule yields findings."""

from collections.abc import Iterable, Iterator, Mapping

from pressrun.model import Finding, Post, Severity
from pressrun.publication import Feeds
from pressrun.render.feeds import ids


def vanished(
    known: Mapping[str, str], posts: Iterable[Post], feeds: Feeds, where: str
) -> Iterator[Finding]:
    """Find ids that the last feeds had and no post has any more.

    ``known`` gives the path of the post behind each id; ``where`` is the file that remembers it. A
    post that goes on under another id is new to every reader.
    """
    there = {ids.of_post(feeds, post.id) for post in posts}
    for feed_id, path in sorted(known.items()):
        if feed_id not in there:
            yield Finding(
                rule="vanished-id",
                severity=Severity.WARNING,
                path=where,
                line=1,
                what=f"{path} was in the feeds as {feed_id}, and no post is that any more",
                mend=_mend(feeds, feed_id),
            )


def _mend(feeds: Feeds, feed_id: str) -> str:
    post = ids.post_of(feeds, feed_id)
    if not post:
        return "Put feeds: authority: and authority_date: back as they were in publish.yml."
    return f"If it was renamed, add id: {post} to it; if it was deleted, all is well."
