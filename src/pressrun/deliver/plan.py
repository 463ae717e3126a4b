"""Which issues are due, which are not and why: from posts and ledger, without side effects."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from pressrun.deliver.steps import DRAFTS, PAST_SENDING, History
from pressrun.deliver.trail import Errand
from pressrun.model import Post


class Action(StrEnum):
    """What a run does with an issue; the values are the words that a person reads."""

    UNSCHEDULE = "unschedule"  # is taken back from the provider's scheduler in this run
    SEND = "send"  # goes out in this run
    SCHEDULE = "schedule"  # is handed to the provider's scheduler in this run
    DRAFT = "draft"  # becomes a draft at the provider in this run
    CHECK = "check"  # left us in an earlier run: ask the provider what became of it
    DRAFTED = "drafted"  # waits at the provider for a person to send it
    HELD = "held"  # does not go out until a person says so
    NEXT = "next"  # due, but this run has sent enough
    WAIT = "wait"  # not yet
    OFF = "off"  # not meant for this newsletter
    SENT = "sent"
    BASELINE = "older"  # older than the ledger, never to be mailed
    NEVER = "never"  # a person said so


WORKS = frozenset({Action.SEND, Action.SCHEDULE, Action.DRAFT})
ACTS = WORKS | {Action.UNSCHEDULE, Action.CHECK, Action.DRAFTED}


@dataclass(frozen=True, slots=True)
class Item:
    """One issue in the plan. ``post`` is None for an issue whose post has vanished."""

    action: Action
    newsletter: str
    history: History
    note: str
    post: Post | None
    errand: Errand = field(default_factory=Errand)

    @property
    def key(self) -> str:
        """The issue's key."""
        return self.history.key

    @property
    def title(self) -> str:
        """The post's title, or the one that the ledger remembers."""
        return self.post.title if self.post else self.history.title or self.key

    @property
    def asks(self) -> bool:
        """Whether the provider may know more than we do: also of one that is held meanwhile."""
        if self.history.step in PAST_SENDING:
            return self.action in {Action.CHECK, Action.HELD}
        return self.action in {Action.CHECK, Action.DRAFTED} and self.history.step in DRAFTS


@dataclass(frozen=True, slots=True)
class Limits:
    """How much goes out in one run; ``spaced``: one issue a newsletter."""

    issues: int
    spaced: bool = False

    def reached(self, done: Sequence[str], newsletter: str) -> str:
        """Say why nothing more goes out after issues of the newsletters ``done``; or nothing."""
        if len(done) >= self.issues:
            return f"due, but max_issues_per_run is {self.issues}"
        return "due, but min_gap keeps issues apart" if self.spaced and newsletter in done else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All issues, those that need work first; of those that are due only so many go out."""

    items: tuple[Item, ...]
    limits: Limits
    unlimited: tuple[Item, ...] = field(compare=False, repr=False)

    @classmethod
    def within(cls, limits: Limits, unlimited: Iterable[Item]) -> "Plan":
        """Let as many of the due issues through as the limits allow, oldest first."""
        candidates = tuple(unlimited)
        return cls(tuple(sorted(_limited(candidates, limits), key=_order)), limits, candidates)

    def holding(self, stops: Mapping[str, tuple[Action, str]]) -> "Plan":
        """Return the plan with these issues stopped, by key: what is due next moves up."""
        items = (_stopped(item, *stops.get(item.key, ("", ""))) for item in self.unlimited)
        return Plan.within(self.limits, items)

    def only(self, keys: Iterable[str]) -> "Plan":
        """Return the plan of these issues, all of which may go out."""
        wanted = tuple(keys)
        chosen = [item for item in self.unlimited if item.key in wanted]
        return Plan.within(Limits(len(wanted)), chosen)

    @property
    def due(self) -> tuple[Item, ...]:
        """Every issue that may go out, oldest first, whatever the limit."""
        due = (item for item in self.unlimited if item.action in WORKS)
        return tuple(sorted(due, key=_oldest_first))

    @property
    def asked(self) -> tuple[Item, ...]:
        """The issues of which the provider may know more than we do."""
        return tuple(item for item in self.items if item.asks)

    @property
    def pending(self) -> tuple[Item, ...]:
        """The issues on which a run would act: to send, to draft, to ask the provider about."""
        return tuple(item for item in self.items if item.action in ACTS or item.asks)

    def of(self, *actions: Action) -> tuple[Item, ...]:
        """Return the items with one of ``actions``, in the plan's order."""
        return tuple(item for item in self.items if item.action in actions)


def body_digest(post: Post) -> str:
    """Recognise a post's text under another name: 16 hex digits, empty for an empty body."""
    body = post.body.strip()
    return hashlib.sha256(body.encode()).hexdigest()[:16] if body else ""


def unchanged(post: Post, history: History) -> bool:
    """Whether the post reads as it did when its issue was claimed."""
    return (history.title, history.body) == (post.title, body_digest(post))


def _stopped(item: Item, action: Action | str, note: str) -> Item:
    return replace(item, action=Action(action), note=note) if action else item


def _limited(items: Sequence[Item], limits: Limits) -> list[Item]:
    done: list[str] = []
    later: dict[str, str] = {}
    for item in sorted((item for item in items if item.action in WORKS), key=_oldest_first):
        if note := limits.reached(done, item.newsletter):
            later[item.key] = note
        else:
            done.append(item.newsletter)
    return [
        replace(item, action=Action.NEXT, note=later[item.key]) if item.key in later else item
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
