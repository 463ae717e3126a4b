"""Which issues are due, which are not and why: from posts and ledger, without side effects."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from pressrun.deliver.steps import PAST_SENDING, History, Step
from pressrun.model import Email, Post, Publication, issue_key
from pressrun.posts.select import for_newsletter, when


class Action(StrEnum):
    """What a run does with an issue; the values are the words that a person reads."""

    SEND = "send"  # goes out in this run
    DRAFT = "draft"  # becomes a draft at the provider in this run
    CHECK = "check"  # left us in an earlier run: ask the provider what became of it
    HELD = "held"  # does not go out until a person says so
    NEXT = "next"  # due, but this run has sent enough
    WAIT = "wait"  # not yet
    OFF = "off"  # not meant for this newsletter
    SENT = "sent"
    BASELINE = "older"  # older than the ledger, never to be mailed
    NEVER = "never"  # a person said so


WORKS = frozenset({Action.SEND, Action.DRAFT})


@dataclass(frozen=True, slots=True)
class Item:
    """One issue in the plan. ``post`` is None for an issue whose post has vanished."""

    action: Action
    newsletter: str
    history: History
    note: str
    post: Post | None

    @property
    def key(self) -> str:
        """The issue's key."""
        return self.history.key

    @property
    def title(self) -> str:
        """The post's title, or the one that the ledger remembers."""
        return self.post.title if self.post else self.history.title or self.key


@dataclass(frozen=True, slots=True)
class Plan:
    """All issues, those that need work first; at most ``limit`` of those that are due go out."""

    items: tuple[Item, ...]
    limit: int
    unlimited: tuple[Item, ...] = field(compare=False, repr=False)

    @classmethod
    def within(cls, limit: int, unlimited: Iterable[Item]) -> "Plan":
        """Let ``limit`` of the due issues through, oldest first."""
        candidates = tuple(unlimited)
        return cls(tuple(sorted(_limited(candidates, limit), key=_order)), limit, candidates)

    def holding(self, reasons: Mapping[str, str]) -> "Plan":
        """Return the plan with these issues held, by key: what is due next moves up."""
        held = (
            replace(item, action=Action.HELD, note=reasons[item.key])
            if item.key in reasons
            else item
            for item in self.unlimited
        )
        return Plan.within(self.limit, held)

    @property
    def due(self) -> tuple[Item, ...]:
        """Every issue that may go out, oldest first, whatever the limit."""
        due = (item for item in self.unlimited if item.action in WORKS)
        return tuple(sorted(due, key=_oldest_first))

    @property
    def pending(self) -> tuple[Item, ...]:
        """The issues on which a run would act: to send, to draft, to ask the provider about."""
        return tuple(item for item in self.items if item.action in WORKS | {Action.CHECK})

    def of(self, *actions: Action) -> tuple[Item, ...]:
        """Return the items with one of ``actions``, in the plan's order."""
        return tuple(item for item in self.items if item.action in actions)


def body_digest(post: Post) -> str:
    """Recognise a post's text under another name: 16 hex digits, empty for an empty body."""
    body = post.body.strip()
    return hashlib.sha256(body.encode()).hexdigest()[:16] if body else ""


def make(
    publication: Publication,
    posts: Sequence[Post],
    histories: Mapping[str, History] | None,
    now: datetime,
    late: Collection[str] = (),
) -> Plan:
    """Plan every post in every newsletter.

    ``histories`` is what the ledger knows, None where there is no ledger: then nothing can be sent,
    and each due post says so. ``late`` holds ids of posts that may go out although they are late.
    """
    planner = _Planner(publication, histories, now, frozenset(late))
    items = [planner.item(post, name) for name in publication.newsletters for post in posts]
    known = {item.key for item in items}
    vanished = [planner.vanished(h) for key, h in (histories or {}).items() if key not in known]
    planned = planner.hold_known([*items, *(item for item in vanished if item)])
    return Plan.within(publication.email.max_issues_per_run, planned)


@dataclass(frozen=True, slots=True)
class _Planner:
    publication: Publication
    histories: Mapping[str, History] | None
    now: datetime
    late: frozenset[str]

    def item(self, post: Post, newsletter: str) -> Item:
        key = issue_key(self.publication.id, newsletter, post.id)
        history = (self.histories or {}).get(key, History(key))
        action, note = self._decide(post, newsletter, history)
        return Item(action, newsletter, history, note, post)

    def vanished(self, history: History) -> Item | None:
        """Keep an issue in sight whose post or newsletter is gone, unless it is settled."""
        if history.settled:
            return None
        note = f"its post {history.post} is gone"
        if history.newsletter not in self.publication.newsletters:
            note = f"its newsletter {history.newsletter} is gone from publish.yml"
        if history.step in PAST_SENDING | {Step.DRAFTED}:
            return Item(Action.CHECK, history.newsletter, history, note, None)
        note = f"{note}: bring it back, or publish resolve {history.key} --never"
        return Item(Action.HELD, history.newsletter, history, note, None)

    def hold_known(self, items: list[Item]) -> list[Item]:
        """Hold new issues that the ledger seems to know under another name."""
        ids = {item.post.id for item in items if item.post}
        mailed = (self.histories or {}).values()
        gone = [old for old in mailed if old.post not in ids]
        orphans = [old for old in mailed if old.newsletter not in self.publication.newsletters]
        return [_held_if_known(item, gone, orphans) for item in items]

    def _decide(self, post: Post, newsletter: str, history: History) -> tuple[Action, str]:
        if settled := self._settled(history):
            return settled
        if history.step in PAST_SENDING:
            return Action.CHECK, f"campaign {history.campaign}, {history.step}"
        verdict = for_newsletter(post, newsletter, self.publication.email.posts, self.now)
        if verdict.outcome == "in":
            return self._due(post, history)
        if self._waits(history):
            return Action.CHECK, f"draft {history.campaign} still lies there, but {verdict.reason}"
        return Action(verdict.outcome), verdict.reason

    def _settled(self, history: History) -> tuple[Action, str] | None:
        if not history.settled:
            return None
        last = history.lines[-1]
        day = f"{last.at.astimezone(self.publication.site.timezone):%Y-%m-%d}"
        if last.step is Step.SENT:
            return Action.SENT, f"{day}, campaign {history.campaign or 'unknown'}"
        if last.step is Step.BASELINE:
            return Action.BASELINE, f"was there before the ledger ({day})"
        return Action.NEVER, last.because or "a person said never"

    def _waits(self, history: History) -> bool:
        """Whether a person is to send the draft, or has done so since we looked."""
        return history.step is Step.DRAFTED and self.publication.email.mode == "draft"

    def _due(self, post: Post, history: History) -> tuple[Action, str]:
        email = self.publication.email
        due = f"due {when(post.published.astimezone(self.publication.site.timezone))}"
        waits = self._waits(history)
        if self.histories is None:
            return Action.WAIT, f"{due}, but without a ledger nothing is sent"
        if waits and _unchanged(post, history):
            return Action.CHECK, f"waits as draft {history.campaign} for a person to send it"
        if not waits and self._too_late(post):
            return Action.HELD, _late_note(post, history, self.now, email)
        begun = "new" if history.step is None else f"begun before ({history.step})"
        return Action.SEND if email.mode == "send" else Action.DRAFT, f"{begun}, {due}"

    def _too_late(self, post: Post) -> bool:
        days = (self.now - post.published) / timedelta(days=1)
        return days > self.publication.email.max_lateness and post.id not in self.late


def _unchanged(post: Post, history: History) -> bool:
    return (history.title, history.body) == (post.title, body_digest(post))


def _late_note(post: Post, history: History, now: datetime, email: Email) -> str:
    days = (now - post.published).days
    drop = f"baseline --post {post.slug}"
    if history.lines:  # a baseline is for issues that no run has begun
        drop = f"resolve {history.key} --never"
    return (
        f"{days} days late, more than max_lateness ({email.max_lateness}): "
        f"publish email --late {post.slug}, or publish {drop}"
    )


def _held_if_known(item: Item, gone: Iterable[History], orphans: Iterable[History]) -> Item:
    """Hold a new issue like one whose post is gone, or whose post is known but its newsletter."""
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
    """Notice a new name for a newsletter: it makes new keys of all its issues."""
    for old in orphans:
        if old.post == post.id:
            return (
                f"was an issue of newsletter {old.newsletter}, which is gone from publish.yml: "
                f"put that name back, or publish baseline --newsletter {newsletter}"
            )
    return ""


def _limited(items: Sequence[Item], limit: int) -> list[Item]:
    due = sorted((item for item in items if item.action in WORKS), key=_oldest_first)
    later = {item.key for item in due[limit:]}
    note = f"due, but max_issues_per_run is {limit}"
    return [
        replace(item, action=Action.NEXT, note=note) if item.key in later else item
        for item in items
    ]


def _oldest_first(item: Item) -> tuple[datetime, str]:
    assert item.post is not None  # noqa: S101 - only a post can be due
    return item.post.published, item.key


def _order(item: Item) -> tuple[int, float, str]:
    """By action; what goes out oldest first, as it is sent, all else newest first."""
    rank = list(Action).index(item.action)
    published = item.post.published.timestamp() if item.post else 0.0
    return rank, published if item.action in WORKS | {Action.NEXT} else -published, item.key
