"""What is wrong with feeds as readers know them: each rule yields findings."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from pressrun.model import Finding, Post, Severity
from pressrun.publication import Feeds
from pressrun.render.feeds import ids


def vanished(known: Mapping[str, str], posts: Sequence[Post], feeds: Feeds) -> Iterator[Finding]:
    """Find ids that the last feeds had and no post has any more.

    ``known`` gives the path of the post behind each id. A post that goes on under another id is new
    to every reader.
    """
    there = {ids.of_post(feeds, post.id): post for post in posts}
    for feed_id, path in sorted(known.items()):
        if feed_id not in there:
            fresh = [post for each, post in there.items() if each not in known]
            yield Finding(
                rule="vanished-id",
                severity=Severity.WARNING,
                path=path,
                line=1,
                what=f"it was in the feeds as {feed_id}, and no post is that any more",
                mend=_mend(feeds, feed_id, _moved(path, fresh)),
            )


def _moved(path: str, fresh: Sequence[Post]) -> str:
    """Guess where a post is now: at its old path under another id, or elsewhere by its name."""
    name = PurePosixPath(path).name
    paths = [post.path for post in fresh]
    if path in paths:
        return path
    like = [each for each in paths if PurePosixPath(each).name == name and name != "index.md"]
    return like[0] if len(like) == 1 else ""


def _mend(feeds: Feeds, feed_id: str, moved: str) -> str:
    post = ids.post_of(feeds, feed_id)
    if not post:
        return "Put feeds: authority: and authority_date: back as they were in publish.yml."
    if moved:
        return f"It looks like {moved} now: add id: {post} there, or readers get it again."
    return f"If it was renamed, add id: {post} to it; if it was deleted, all is well."
