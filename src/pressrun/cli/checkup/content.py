"""The posts can be read, and an email can be made of one."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pressrun import posts
from pressrun.cli import show
from pressrun.cli.checkup.seen import Seen, fine, note
from pressrun.cli.problems import findings
from pressrun.errors import PressrunError
from pressrun.model import Post
from pressrun.publication import Publication


class Written(NamedTuple):
    """The posts, none where they cannot be read, and what there is to say about them."""

    posts: Sequence[Post]
    seen: Sequence[Seen]


def load(publication: Publication) -> Written:
    """Read all posts."""
    try:
        written = posts.load(publication)
    except PressrunError as error:
        return Written((), tuple(findings("posts", error, publication.posts.folder)))
    drafts = show.Counted(sum(post.draft for post in written), "draft")
    counted = f"{show.Counted(len(written), 'post')} in {publication.posts.folder}/"
    return Written(written, (fine(f"{counted}, {drafts}"),))


def render(publication: Publication, written: Sequence[Post]) -> Iterator[Seen]:
    """Make the email of one post, as a run would."""
    from pressrun.cli.compose import Composer

    if not written:
        yield note("there is no post to try it with")
        return
    post = max(written, key=lambda post: (not post.draft, post.published, post.id))
    newsletter = next(iter(publication.newsletters))
    try:
        Composer(publication, written, None).compose(post, newsletter)
    except PressrunError as error:
        yield from findings("template", error, post.place())
        return
    yield fine(f"{publication.email.template} shows {post.title} ({post.path})")
