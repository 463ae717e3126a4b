"""A world: one issue, one provider, one ledger, and runs that may be cut short.

The driver composes the real plan, the real core and the real adapter as ``publish email`` does;
only what lies beyond the wire and below the ledger is fake.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pressrun.deliver import planner
from pressrun.deliver.ledger.contract import Ledger
from pressrun.deliver.providers.contract import Provider
from pressrun.deliver.rails import Rails, Ready
from pressrun.deliver.run import Run
from pressrun.deliver.trail import Desk, Outcome
from pressrun.errors import PressrunError
from pressrun.http.web import Sight
from pressrun.model import Email, Issue, Message, Post, issue_key
from pressrun.placeholders import TOKENS
from support import canary
from support.publications import post, settings
from support.wire_fakes.base import Delivery

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SUBJECT = "Why {{ braces }} survive"
MARK = "The whole body of the issue."


def everything_is_live(url: str) -> Sight:
    """Find every address on the web."""
    return Sight(200, "answers 200")


@dataclass
class Clock:
    """A time that only moves when somebody sleeps."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Rig(ABC):
    """One provider's far side, as durable as the real one, and faults at its wire."""

    kinds: Sequence[str]
    clock: Clock

    @abstractmethod
    def again(self) -> "Rig":
        """Return a rig of the same kind whose far side is empty."""

    @abstractmethod
    def provider(self) -> Provider:
        """Return the adapter as a new process would build it."""

    @abstractmethod
    def fail(self, at: int, kind: str) -> None:
        """Let the ``at``-th request from now fail once in the way ``kind``; 0 lets all pass."""

    @abstractmethod
    def fired(self) -> bool:
        """Say whether the fault has happened."""

    @abstractmethod
    def deliveries(self) -> Sequence[Delivery]:
        """Return everything that ever reached readers."""

    @abstractmethod
    def drafts(self) -> int:
        """Count the drafts that lie at the provider."""


@dataclass
class World:
    """One issue on its way out; each ``run`` is a process of its own."""

    rig: Rig
    ledger: Ledger
    mode: str = "send"
    post: Post = field(
        default_factory=lambda: post(slug="braces", title=SUBJECT, published=START, body=MARK)
    )
    runs: int = 0

    @property
    def issue(self) -> Issue:
        """The issue as rendering would hand it over."""
        html = f"<!DOCTYPE html><html><body><p>{self.post.body}</p>"
        link = f'<a href="{TOKENS["unsubscribe_url"]}">Unsubscribe</a>'
        message = Message(
            subject=self.post.title,
            preheader="A preheader.",
            html=f"{html}{link}</body></html>",
            fragment=f"<p>{self.post.body}</p>",
            text=f"{self.post.body}\n\nUnsubscribe: {TOKENS['unsubscribe_url']}\n",
            sender="Notes <notes@notes.example>",
            reply_to="",
            language="en",
            date=START,
        )
        key = issue_key("notes", "main", self.post.id)
        url = self.post.url
        return Issue(key, "main", "", self.post.title, self.post.slug, url, message)

    def run(self) -> list[Outcome]:
        """Do what ``publish email`` does, with what this process can see."""
        self.runs += 1
        publication = settings(email=Email(mode=self.mode))
        with self.ledger.run():
            histories, clock = self.ledger.read(), self.rig.clock
            plan = planner.make(publication, [self.post], histories, clock.now())
            if not plan.pending:
                return []
            provider = self.rig.provider()
            name = f"run-{self.runs}"
            desk = Desk(self.ledger, provider, name, clock.now, clock.sleep, provider.account())
            rails = Rails(publication, provider, histories, look=everything_is_live)
            run = Run(desk, rails, lambda *_: Ready(self.issue))
            outcomes = [outcome for _, outcome in run.carry_out(plan)]
        canary.search("an outcome", *outcomes)
        return outcomes

    def run_until_quiet(self, most: int = 6) -> list[Outcome]:
        """Run as a scheduled job would, until nothing more changes; return the last outcomes."""
        outcomes: list[Outcome] = []
        for _ in range(most):
            self.rig.clock.sleep(600)
            try:
                now = self.run()
            except PressrunError as error:
                canary.search_error(error)
                continue
            if not now:
                return outcomes
            outcomes = now
        return outcomes
