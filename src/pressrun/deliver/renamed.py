"""New issues that the ledger seems to know under another name: they are held."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pressrun.deliver.plan import WORKS, Action, Item, body_digest
from pressrun.deliver.steps import History
from pressrun.model import Post
from pressrun.publication import Publication


def hold_renamed(
    publication: Publication, items: Sequence[Item], histories: Mapping[str, History]
) -> list[Item]:
    """Hold each new issue like one whose post is gone, or whose post is known but its newsletter.

    A new name for a newsletter makes new keys of all its issues.
    """
    ids = {item.post.id for item in items if item.post}
    gone = [old for old in histories.values() if old.post not in ids]
    known = publication.newsletters
    orphans = [old for old in histories.values() if old.newsletter not in known]
    return [_held_if_known(item, gone, orphans) for item in items]


def _held_if_known(item: Item, gone: Iterable[History], orphans: Iterable[History]) -> Item:
    if item.action not in WORKS | {Action.WAIT} or not item.post or item.history.lines:
        return item
    note = _renamed_post(item.post, item.newsletter, gone)
    note = note or _renamed_newsletter(item.post, item.newsletter, orphans)
    return replace(item, action=Action.HELD, note=note) if note else item


def _renamed_post(post: Post, newsletter: str, gone: Iterable[History]) -> str:
    body = body_digest(post)
    for old in gone:
        same_body = bool(body) and old.body == body
        if old.newsletter == newsletter and (same_body or old.title == post.title):
            return f"looks like {old.post} renamed: add `id: {old.post}` to {post.path}"
    return ""


def _renamed_newsletter(post: Post, newsletter: str, orphans: Iterable[History]) -> str:
    for old in orphans:
        if old.post == post.id:
            return (
                f"was an issue of newsletter {old.newsletter}, which is gone from publish.yml: "
                f"put that name back, or publish baseline --newsletter {newsletter}"
            )
    return ""
