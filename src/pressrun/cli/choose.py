"""What a person names on the command line: posts and newsletters, by any name that is clear."""

from collections.abc import Mapping, Sequence

from pressrun.config.words import did_you_mean, there_are
from pressrun.deliver.steps import History
from pressrun.errors import PostError, UsageError
from pressrun.model import Post
from pressrun.posts import load
from pressrun.publication import Publication

MANY = 10


def find_post(posts: Sequence[Post], name: str) -> Post:
    """Find the post with this slug, id or path; UsageError, with a suggestion, if none has it."""
    for post in posts:
        if name in {post.slug, post.id, post.path}:
            return post
    raise UsageError.of(f"there is no post {name!r}.", mend=_suggest(name, [p.slug for p in posts]))


def readable(publication: Publication) -> Sequence[Post]:
    """Read the posts, whose names may be given; none where one of them cannot be read.

    What was sent can be named by its key without them.
    """
    try:
        return load(publication)
    except PostError:
        return ()


def known_newsletters(publication: Publication, names: Sequence[str]) -> None:
    """Raise UsageError for a newsletter that publish.yml does not define."""
    for name in names:
        if name not in publication.newsletters:
            mend = _suggest(name, list(publication.newsletters))
            raise UsageError.of(f"there is no newsletter {name!r}.", "publish.yml", mend)


def find_issue(histories: Mapping[str, History], posts: Sequence[Post], name: str) -> History:
    """Find the one issue that ``name`` means: a key, or a post's slug, id or path.

    Of several issues of a post the open one is meant: what is settled stays as it is.
    """
    named = find_issues(histories, posts, name)
    found = [history for history in named if not history.settled] or named
    if len(found) == 1:
        return found[0]
    keys = ", ".join(history.key for history in found)
    raise UsageError.of(f"{name!r} means several issues.", mend=f"Say which: {keys}")


def find_issues(
    histories: Mapping[str, History], posts: Sequence[Post], name: str
) -> list[History]:
    """Find all issues that ``name`` means; UsageError when there is none."""
    if name in histories:
        return [histories[name]]
    ids = {post.id for post in posts if name in {post.slug, post.id, post.path}} or {name}
    found = [history for history in histories.values() if history.post in ids]
    if not found:
        open_keys = [key for key, history in histories.items() if not history.settled]
        begun = {history.post for history in histories.values()}
        slugs = [post.slug for post in posts if post.id in begun]
        mend = did_you_mean(name, [*slugs, *histories]) or there_are(open_keys[:MANY])
        raise UsageError.of(f"the ledger has no issue {name!r}.", mend=mend)
    return found


def _suggest(name: str, known: list[str]) -> str:
    return did_you_mean(name, known) or there_are(known[:MANY])
