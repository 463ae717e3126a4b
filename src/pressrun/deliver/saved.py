"""A plan as a file: what a dry run has shown, for a run that does exactly that or nothing."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from pressrun.deliver.orders import Orders
from pressrun.deliver.plan import Action, Item
from pressrun.deliver.steps import DRAFTS, PAST_SENDING, History
from pressrun.errors import PlanStale, Problem
from pressrun.model import Issue
from pressrun.publication import Publication

FORMAT = "pressrun plan 1"
MEND = "Look at the plan again: publish email --dry-run --save-plan FILE"


@dataclass(frozen=True, slots=True)
class Step:
    """One issue of a saved plan: what is done with it, its content, and what the ledger held."""

    key: str
    post: str
    title: str
    newsletter: str
    audience: str
    action: str
    due: str
    digest: str
    lines: int

    @classmethod
    def of(cls, item: Item, issue: Issue) -> Self:
        """Describe what a run would do with an item that was rendered as ``issue``."""
        return cls(
            key=item.key,
            post=item.post.id if item.post else "",
            title=item.title,
            newsletter=item.newsletter,
            audience=issue.audience,
            action=item.action,
            due=item.errand.at.isoformat() if item.errand.at else "",
            digest=issue.digest,
            lines=len(item.history.lines),
        )


@dataclass(frozen=True, slots=True)
class Saved:
    """A plan for one publication at one account of one provider."""

    publication: str
    provider: str
    account: str
    orders: Orders
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """Name the plan by its content: 16 hex digits."""
        return hashlib.sha256(json.dumps(self._content(), sort_keys=True).encode()).hexdigest()[:16]

    def encode(self) -> bytes:
        """Return the file's content."""
        content = {"format": FORMAT, "id": self.id, **self._content()}
        return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()

    def _content(self) -> dict[str, Any]:
        orders = {
            name: sorted(value) if isinstance(value, frozenset) else value
            for name, value in asdict(self.orders).items()
        }
        return {**asdict(self), "orders": orders}

    @classmethod
    def decode(cls, data: bytes, where: str) -> Self:
        """Read a file's content; PlanStale where it is not what ``encode`` wrote."""
        try:
            content = json.loads(data)
            known, name = content.pop("format") == FORMAT, content.pop("id")
            steps = tuple(Step(**step) for step in content.pop("steps"))
            orders = content.pop("orders")
            orders |= {name: frozenset(ids) for name, ids in orders.items() if name != "because"}
            saved = cls(**content, orders=Orders(**orders), steps=steps)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _no_plan("it is not a plan that Pressrun has saved.", where) from None
        if not known:
            raise _no_plan("another version of Pressrun has saved it.", where)
        if saved.id != name:
            raise _no_plan("it was changed after it was saved.", where)
        return saved

    def fits(self, publication: Publication, provider: str, account: str, where: str) -> None:
        """Raise PlanStale where the plan is for another publication, provider or account."""
        ours = {
            "publication": (self.publication, publication.id),
            "provider": (self.provider, provider),
            "account": (self.account, account),
        }
        PlanStale.raise_if_any(
            Problem(f"it is for the {what} {saved!r}, and this is {now!r}.", where, MEND)
            for what, (saved, now) in ours.items()
            if saved != now
        )

    def moved(
        self, items: Mapping[str, Item], issues: Mapping[str, Issue], where: str
    ) -> Iterator[Problem]:
        """Yield everything that is no longer as the plan has it."""
        for step in self.steps:
            item = items.get(step.key)
            if item is None:
                yield Problem(f"{step.title!r} has no post any more.", where, MEND)
                continue
            for what in self._differences(step, item, issues.get(step.key)):
                yield Problem(f"{step.title!r}: {what}", where, MEND)

    def is_done(self, step: Step, history: History) -> bool:
        """Whether a run of this very plan has brought the issue where the plan wants it."""
        ours = [line for line in history.lines[step.lines :] if line.plan == self.id]
        drafted = step.action == Action.DRAFT and history.step in DRAFTS
        return bool(ours) and (history.settled or history.step in PAST_SENDING or drafted)

    def _differences(self, step: Step, item: Item, issue: Issue | None) -> Iterator[str]:
        strangers = [line for line in item.history.lines[step.lines :] if line.plan != self.id]
        if strangers:
            seen = ", ".join(f"{line.step} by run {line.run}" for line in strangers)
            yield f"the ledger has lines that the plan did not see: {seen}."
            return
        if self.is_done(step, item.history):
            return
        if item.action != step.action:
            yield f"the plan says {step.action}, now it would be {item.action} ({item.note})."
        if item.errand.at and item.errand.at.isoformat() != step.due:
            yield f"it would go out at {item.errand.at.isoformat()}, the plan says {step.due}."
        if issue and issue.digest != step.digest:
            what = "its post, a picture, a template or publish.yml"
            yield f"it renders differently now: {what} has changed."
        if issue and issue.audience != step.audience:
            yield f"its audience is {issue.audience!r}, the plan says {step.audience!r}."


def save(
    publication: Publication,
    provider: str,
    account: str,
    orders: Orders,
    rendered: Sequence[tuple[Item, Issue]],
) -> Saved:
    """Make the plan that a dry run has shown."""
    steps = tuple(Step.of(item, issue) for item, issue in rendered)
    return Saved(publication.id, provider, account, orders, steps)


def _no_plan(what: str, where: str) -> PlanStale:
    return PlanStale(Problem(what, where, MEND))
