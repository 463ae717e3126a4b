"""The judgement on each issue, from its post, its history and what a person ordered."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pressrun.deliver.orders import Orders
from pressrun.deliver.plan import Action, Item, Limits, Plan, unchanged
from pressrun.deliver.renamed import hold_renamed
from pressrun.deliver.steps import DRAFTS, PAST_SENDING, SETTLED, History, Step
from pressrun.deliver.times import NOTICE, loud, on_grid, too_near
from pressrun.deliver.trail import Errand, Version
from pressrun.errors import UsageError
from pressrun.model import Post, issue_key
from pressrun.posts.select import both, for_newsletter, when
from pressrun.publication import Publication

_AGAIN = re.compile(r"-r([0-9]+)$")
_Judgement = tuple[Action, str]
_Repeats = Mapping[str, Mapping[int, History]]
_NOBODY_ORDERED = Orders()


def make(
    publication: Publication,
    posts: Sequence[Post],
    histories: Mapping[str, History] | None,
    now: datetime,
    orders: Orders = _NOBODY_ORDERED,
    *,
    step: timedelta | None = None,
) -> Plan:
    """Plan every post in every newsletter.

    ``histories`` is what the ledger knows, None where there is no ledger: then nothing can be sent,
    and each due post says so. ``step`` is the grid of the provider's scheduler, None where it has
    none. UsageError for an order that cannot be followed.
    """
    planner = _Planner(publication, histories or {}, now, orders, step, histories is not None)
    repeats = _repeats(planner.histories)
    items = [
        item
        for newsletter in publication.newsletters
        for post in posts
        for item in planner.items(post, newsletter, repeats)
    ]
    _check_resends(orders, posts, items)
    known = {item.key for item in items}
    gone = [planner.vanished(old) for key, old in planner.histories.items() if key not in known]
    planned = [*items, *(item for item in gone if item)]
    email = publication.email
    limits = Limits(email.max_issues_per_run, spaced=email.min_gap > 0 and email.mode == "send")
    return Plan.within(limits, hold_renamed(publication, planned, planner.histories))


def again(key: str, number: int) -> str:
    """Name the issue that mails a post once more; ``number`` is 2 for the first time."""
    return f"{key}-r{number}"


def _repeats(histories: Mapping[str, History]) -> _Repeats:
    """Sort the issues that mail a post once more by the key of its first one."""
    found: dict[str, dict[int, History]] = {}
    for key, history in histories.items():
        if number := _AGAIN.search(key):
            found.setdefault(key[: number.start()], {})[int(number[1])] = history
    return found


def _check_resends(orders: Orders, posts: Sequence[Post], items: Sequence[Item]) -> None:
    """Raise UsageError for a post that is to be mailed once more and was never mailed."""
    repeated = {item.post.id for item in items if item.post and _AGAIN.search(item.key)}
    for post in posts:
        if post.id in orders.resend - repeated:
            what = f"{post.title!r} was not sent yet, so it cannot be sent once more."
            raise UsageError.of(what, post.path, "publish status shows where it stands.")


@dataclass(frozen=True, slots=True)
class _Planner:
    publication: Publication
    histories: Mapping[str, History]
    now: datetime
    orders: Orders
    step: timedelta | None
    has_ledger: bool

    def items(self, post: Post, newsletter: str, repeats: _Repeats) -> Iterator[Item]:
        """Plan a post's issue, and those that mail it once more."""
        key = issue_key(self.publication.id, newsletter, post.id)
        first = self.histories.get(key, History(key))
        yield self._item(post, newsletter, first, *self._decide(post, newsletter, first))
        for history in self._again(post, first, repeats.get(key, {})):
            yield self._item(post, newsletter, history, *self._once_more(post, newsletter, history))

    def vanished(self, history: History) -> Item | None:
        """Keep an issue in sight whose post or newsletter is gone, unless it is settled."""
        if history.settled:
            return None
        note = f"its post {history.post} is gone"
        if history.newsletter not in self.publication.newsletters:
            note = f"its newsletter {history.newsletter} is gone from publish.yml"
        if history.due and history.due > self.now and history.step in PAST_SENDING:
            note = (
                f"{self._scheduled(history)}, but {note}: publish email --unschedule {history.key}"
            )
            return Item(self._taking_back(history.key), history.newsletter, history, note, None)
        if history.step in PAST_SENDING | DRAFTS:
            return Item(Action.CHECK, history.newsletter, history, note, None)
        note = f"{note}: bring it back, or publish resolve {history.key} --never"
        return Item(Action.HELD, history.newsletter, history, note, None)

    def _item(
        self, post: Post, newsletter: str, history: History, action: Action, note: str
    ) -> Item:
        orders = self.orders
        version = Version.OURS if post.id in orders.overwrite else None
        version = Version.THEIRS if post.id in orders.keep else version
        errand = Errand(
            send=action is not Action.DRAFT,
            at=self._handing_over(post) if action is Action.SCHEDULE else None,
            version=version,
            because=orders.because,
        )
        return Item(action, newsletter, history, note, post, errand)

    def _decide(self, post: Post, newsletter: str, history: History) -> _Judgement:
        if history.settled:
            return self._settled(history)
        if history.step in PAST_SENDING:
            return self._gone_out(post, newsletter, history)
        verdict = for_newsletter(post, newsletter, self.publication.email.posts, self.now)
        if verdict.outcome == "in":
            return self._due(post, newsletter, history)
        if self._waits(post, history):
            return Action.CHECK, f"draft {history.campaign} still lies there, but {verdict.reason}"
        if verdict.outcome == "wait" and self._hands_over(post):
            return self._ahead(post, newsletter, history, verdict.reason)
        return Action(verdict.outcome), verdict.reason

    def _settled(self, history: History) -> _Judgement:
        last = history.lines[-1]
        day = f"{last.at.astimezone(self.publication.site.timezone):%Y-%m-%d}"
        if last.step is Step.SENT:
            return Action.SENT, f"{day}, campaign {history.campaign or 'unknown'}"
        if last.step is Step.BASELINE:
            return Action.BASELINE, f"was there before the ledger ({day})"
        return Action.NEVER, last.because or "a person said never"

    def _gone_out(self, post: Post, newsletter: str, history: History) -> _Judgement:
        """Judge what left us; of what is still to go out at its time, whether it is still right."""
        if history.due is None:
            return Action.CHECK, f"campaign {history.campaign}, {history.step}"
        ordered = post.id in self.orders.unschedule | self.orders.reschedule
        if ordered:
            return Action.UNSCHEDULE, self._scheduled(history)
        drift = self._drift(post, newsletter, history) if history.due > self.now else ""
        if not drift:
            return Action.CHECK, self._scheduled(history)
        ways = f"publish email --reschedule {post.slug} or --unschedule {post.slug}"
        return Action.HELD, f"{self._scheduled(history)}, but {drift}: {ways}"

    def _drift(self, post: Post, newsletter: str, history: History) -> str:
        verdict = for_newsletter(post, newsletter, self.publication.email.posts, self.now)
        if verdict.outcome == "off":
            return f"its post is not for it any more ({verdict.reason})"
        if self._handing_over(post) != history.due:
            return f"its post now says {both(self._handing_over(post))}"
        if (audience := self._audience(newsletter)) != history.audience:
            return f'its audience is now "{audience or "everyone"}"'
        return "" if history.kept or unchanged(post, history) else "its post has changed since"

    def _audience(self, newsletter: str) -> str:
        return self.publication.newsletters[newsletter].audience

    def _stands(self, post: Post, newsletter: str, history: History) -> bool:
        """Whether the draft that waits for a person is still the one that we would make."""
        same_readers = self._audience(newsletter) == history.audience
        return self._waits(post, history) and same_readers and unchanged(post, history)

    def _scheduled(self, history: History) -> str:
        assert history.due is not None  # noqa: S101 - asked only of those
        due = history.due.astimezone(self.publication.site.timezone)
        return f"campaign {history.campaign} goes out by itself at {both(due)}"

    def _taking_back(self, name: str) -> Action:
        return Action.UNSCHEDULE if name in self.orders.unschedule else Action.HELD

    def _waits(self, post: Post, history: History) -> bool:
        """Whether a person is to send the draft, or has done so since we looked."""
        return history.step in DRAFTS and not self._sends(post)

    def _sends(self, post: Post) -> bool:
        return self.publication.email.mode == "send" or post.id in self.orders.send

    def _due(self, post: Post, newsletter: str, history: History) -> _Judgement:
        due = f"due {when(post.published.astimezone(self.publication.site.timezone))}"
        if not self.has_ledger:
            return Action.WAIT, f"{due}, but without a ledger nothing is sent"
        touched = post.id in self.orders.overwrite | self.orders.keep
        if self._stands(post, newsletter, history) and not touched:
            return Action.DRAFTED, f"waits as draft {history.campaign} for a person to send it"
        if stop := self._held(post, history) or self._not_yet(post, newsletter, history):
            return stop
        begun = "new" if history.step is None else f"begun before ({history.step})"
        return Action.SEND if self._sends(post) else Action.DRAFT, f"{begun}, {due}"

    def _held(self, post: Post, history: History) -> _Judgement | None:
        if history.step is Step.UNSCHEDULED and post.id not in self.orders.reschedule:
            again = f"publish email --reschedule {post.slug}"
            never = f"publish resolve {history.key} --never"
            return Action.HELD, f"was taken back from the provider's scheduler: {again} or {never}"
        if not self._waits(post, history) and self._too_late(post):
            return Action.HELD, self._late_note(post, history)
        return None

    def _too_late(self, post: Post) -> bool:
        days = (self.now - post.published) / timedelta(days=1)
        allowed = self.orders.late | self.orders.send
        return days > self.publication.email.max_lateness and post.id not in allowed

    def _late_note(self, post: Post, history: History) -> str:
        days = (self.now - post.published).days
        drop = f"baseline --post {post.slug}"
        if history.lines:  # a baseline is for issues that no run has begun
            drop = f"resolve {history.key} --never"
        return (
            f"{days} days late, more than max_lateness ({self.publication.email.max_lateness}): "
            f"publish email --late {post.slug}, or publish {drop}"
        )

    def _not_yet(self, post: Post, newsletter: str, history: History) -> _Judgement | None:
        """Let a due issue wait for the end of the quiet hours, and for the gap to the last one."""
        email, zone = self.publication.email, self.publication.site.timezone
        if not self._sends(post) or post.id in self.orders.send:
            return None
        if (until := loud(self.now, email, zone)) > self.now:
            return Action.WAIT, f"quiet hours until {both(until)}"
        return self._kept_apart(self.now, newsletter, history)

    def _kept_apart(self, moment: datetime, newsletter: str, history: History) -> _Judgement | None:
        gap = timedelta(hours=self.publication.email.min_gap)
        if not gap:
            return None
        others = (other for other in self.histories.values() if other.key != history.key)
        near = too_near(moment, gap, newsletter, others)
        if near is None:
            return None
        there = both(near.astimezone(self.publication.site.timezone))
        hours = self.publication.email.min_gap
        return (
            Action.WAIT,
            f"another issue went or goes out at {there}, and min_gap is {hours} hours",
        )

    def _hands_over(self, post: Post) -> bool:
        """Whether a post of a later date is a matter of the provider's scheduler."""
        by_provider = self.publication.email.schedule == "provider" and self.step is not None
        if not (by_provider and self.has_ledger and self._sends(post)):
            return False
        return self._handing_over(post) - self.now > NOTICE

    def _ahead(self, post: Post, newsletter: str, history: History, due: str) -> _Judgement:
        at = self._handing_over(post)
        if stop := self._held(post, history) or self._kept_apart(at, newsletter, history):
            return stop
        moved = "" if at == post.published else f" for {both(at)}"
        return Action.SCHEDULE, f"{due}: handed to the provider's scheduler{moved}"

    def _handing_over(self, post: Post) -> datetime:
        email, zone = self.publication.email, self.publication.site.timezone
        return on_grid(loud(post.published, email, zone), self.step or timedelta(minutes=1))

    def _again(self, post: Post, first: History, there: Mapping[int, History]) -> Iterator[History]:
        """Yield the issues that mail a post once more: those there are, and one that is ordered."""
        yield from there.values()
        newest = there[max(there)] if there else first
        sent = newest.settled if there else first.step in {Step.SENT, Step.BASELINE}
        if post.id in self.orders.resend and sent:
            yield History(again(first.key, max(there, default=1) + 1))

    def _once_more(self, post: Post, newsletter: str, history: History) -> _Judgement:
        """Judge an issue that a person ordered: neither late nor too near to the others."""
        if history.step in SETTLED | PAST_SENDING:
            return self._decide(post, newsletter, history)
        verdict = for_newsletter(post, newsletter, self.publication.email.posts, self.now)
        if verdict.outcome != "in":
            return Action(verdict.outcome), verdict.reason
        if self._stands(post, newsletter, history):
            return Action.DRAFTED, f"waits as draft {history.campaign} for a person to send it"
        return Action.SEND if self._sends(post) else Action.DRAFT, "once more, as a person ordered"
