"""A world: one issue, one provider, one ledger, and runs that may be cut short.

The driver composes the real plan, the real core and the real adapter as ``publish email`` does;
only what lies beyond the wire and below the ledger is fake.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import escape

from pressrun.deliver import planner
from pressrun.deliver.ledger.contract import Ledger
from pressrun.deliver.orders import Orders
from pressrun.deliver.providers.contract import Provider, Schedules
from pressrun.deliver.rails import Rails, Ready
from pressrun.deliver.resolve import Verdict, resolve
from pressrun.deliver.run import Run
from pressrun.deliver.steps import History
from pressrun.deliver.trail import Desk, Outcome, Result
from pressrun.errors import PressrunError
from pressrun.http.web import Sight
from pressrun.model import Issue, Message, PictureFile, Post, issue_key
from pressrun.placeholders import TOKENS
from pressrun.publication import Email, Publication
from support import canary
from support.issues import MARK, START, SUBJECT
from support.ledgers import Crash
from support.mishaps import Lines, Place
from support.publications import post, settings
from support.stores import MemoryStore, Store
from support.wire_fakes.base import Delivery

AHEAD = timedelta(days=1)


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
    """One provider's far side, as durable as the real one; ``requests`` is where mishaps hit it."""

    clock: Clock
    requests: Place

    @abstractmethod
    def again(self) -> "Rig":
        """Return a rig of the same kind whose far side is empty."""

    @abstractmethod
    def provider(self) -> Provider:
        """Return the adapter as a new process would build it."""

    @abstractmethod
    def count(self) -> int:
        """Count the requests that were made so far."""

    @abstractmethod
    def deliveries(self) -> Sequence[Delivery]:
        """Return everything that ever reached readers."""

    @abstractmethod
    def drafts(self) -> int:
        """Count the drafts that lie at the provider."""


@dataclass
class World:
    """One issue on its way out; each ``run`` is a process of its own, with nothing in its memory.

    ``email`` are the settings of publish.yml, ``orders`` what a person says on the command line,
    ``pictures`` those of the issue that are to be uploaded.
    """

    rig: Rig
    store: Store = field(default_factory=lambda: MemoryStore(exclusive=False))
    email: Email = field(default_factory=lambda: Email(mode="send"))
    post: Post = field(
        default_factory=lambda: post(slug="braces", title=SUBJECT, published=START, body=MARK)
    )
    orders: Orders = field(default_factory=Orders)
    pictures: tuple[PictureFile, ...] = ()
    runs: int = 0
    lines: Lines = field(default_factory=Lines)

    def __post_init__(self) -> None:
        if not self.runs:  # a second runner finds the ledger there
            self.store.plain().open().create()

    def another(self) -> "World":
        """Return what a second runner sees: the same issue, provider and ledger."""
        return replace(self, store=self.store.plain(), runs=self.runs + 100, lines=Lines())

    @property
    def places(self) -> Mapping[str, Place]:
        """Everywhere that something can go wrong."""
        return {"request": self.rig.requests, "line": self.lines, **self.store.places}

    @property
    def publication(self) -> Publication:
        """The publication as publish.yml describes it."""
        return settings(email=self.email)

    @property
    def issue(self) -> Issue:
        """The issue as rendering would hand it over."""
        shown = "".join(f'<img src="{picture.url}" alt="">' for picture in self.pictures)
        body = f"<p>{escape(self.post.body, quote=False)}</p>{shown}"
        html = f"<!DOCTYPE html><html><body>{body}"
        link = f'<a href="{TOKENS["unsubscribe_url"]}">Unsubscribe</a>'
        message = Message(
            subject=self.post.title,
            preheader="A preheader.",
            html=f"{html}{link}</body></html>",
            fragment=body,
            text=f"{self.post.body}\n\nUnsubscribe: {TOKENS['unsubscribe_url']}\n",
            sender="Notes <notes@notes.example>",
            reply_to="",
            language="en",
            date=START,
        )
        key = issue_key("notes", "main", self.post.id)
        url = self.post.url
        title, slug = self.post.title, self.post.slug
        return Issue(key, "main", "", title, slug, url, message, self.pictures)

    @property
    def history(self) -> History:
        """What the ledger knows of the issue."""
        key = self.issue.key
        return self.store.plain().open().read().get(key, History(key))

    def run(self) -> list[Outcome]:
        """Do what ``publish email`` does, with what this process can see."""
        self.runs += 1
        ledger = self.lines.watch(self.store.open())
        with ledger.run():
            histories, clock = ledger.read(), self.rig.clock
            provider = self.rig.provider()
            step = provider.time_step if isinstance(provider, Schedules) else None
            plan = planner.make(
                self.publication, [self.post], histories, clock.now(), self.orders, step=step
            )
            if not plan.pending:
                return []
            runner = self._runner(ledger, provider, histories)
            outcomes = [outcome for _, outcome in runner.carry_out(plan)]
        canary.search("an outcome", *outcomes)
        return outcomes

    def run_into(self) -> list[Outcome] | None:
        """Run once; None where this process came to nothing. The next one starts afresh."""
        try:
            return self.run()
        except Crash:
            return None
        except PressrunError as error:
            canary.search_error(error)
            return None

    def run_until_quiet(self, most: int = 8) -> list[Outcome]:
        """Run as a scheduled job would, until nothing more changes; return the last outcomes."""
        outcomes: list[Outcome] = []
        for _ in range(most):
            self.rig.clock.sleep(600)
            now = self.run_into()
            if now == []:
                break
            outcomes = now or outcomes
        return outcomes

    def answer(self) -> None:
        """Let a person who knows say what became of the issue, where nobody else can tell."""
        verdict = Verdict.SENT if self.rig.deliveries() else Verdict.NOT_SENT
        resolve(
            self.history,
            verdict,
            "a reader says so",
            self.store.plain().open(),
            now=self.rig.clock.now(),
            run="by-hand",
            remote=None,
        )

    def _runner(self, ledger: Ledger, provider: Provider, histories: Mapping[str, History]) -> Run:
        clock = self.rig.clock
        name = f"run-{self.runs}"
        desk = Desk(ledger, provider, name, clock.now, clock.sleep, provider.account())
        rails = Rails(self.publication, provider, histories, everything_is_live, self.orders)
        return Run(desk, rails, lambda *_: Ready(self.issue))


def ahead(rig: Rig) -> World:
    """Return a world whose issue is handed to the provider's scheduler, a day before it is due."""
    here = World(rig, email=Email(mode="send", schedule="provider"))
    here.post = replace(here.post, published=START + AHEAD)
    return here


def asks(outcomes: Sequence[Outcome]) -> bool:
    """Whether a run ended in asking a person."""
    return bool(outcomes) and outcomes[-1].result in {Result.UNSURE, Result.HELD}
