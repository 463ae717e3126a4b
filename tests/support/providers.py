"""A provider in memory that does as it is told, and the desk of a run that works with it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pressrun.deliver.ledger.contract import Entry, Ledger
from pressrun.deliver.providers.contract import Can, Discards, Provider, Schedules
from pressrun.deliver.send import deliver
from pressrun.deliver.settle import settle, take_back
from pressrun.deliver.steps import History, Line, Step
from pressrun.deliver.trail import Desk, Errand, Outcome, Trail
from pressrun.errors import Rejected
from pressrun.model import Issue, Remote, State
from support.issues import NOW, issue
from support.ledgers import MemoryLedger

Work = Callable[[], Any]
Act = Callable[[Work], Any]


def refused(error: BaseException) -> Act:
    """Fail before anything happens."""

    def act(work: Work) -> Any:
        raise error

    return act


def lost(error: BaseException) -> Act:
    """Do the work, and fail to say so."""

    def act(work: Work) -> Any:
        work()
        raise error

    return act


def after(cut_in: Callable[[], Any]) -> Act:
    """Let somebody else act first."""

    def act(work: Work) -> Any:
        cut_in()
        return work()

    return act


def shows(state: State, detail: str = "") -> Act:
    """Answer a status read with ``state``, whatever is true."""
    return lambda work: Remote(work().id, state, detail)


@dataclass(frozen=True)
class Campaign:
    """What the provider holds under one id; ``digest`` is that of the issue in it."""

    id: str
    key: str
    digest: str
    state: State
    made: datetime


@dataclass
class Clock:
    """A time that only moves when somebody sleeps, or when a call is said to take long."""

    moment: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


class FakeProvider(Provider):
    """The contract in memory, for tests of the core; the conformance suite holds real adapters.

    ``script`` holds, for each call by name, what its next calls do instead of plain work; a call
    without an act left just works. ``calls`` lists every call, ``delivered`` the digest of every
    copy that reached the readers, ``becomes`` the state that a send leads to. ``lag`` is the time
    in seconds for which ``find`` does not show a new campaign.
    """

    name = "fake"
    home = "memory"
    can = Can()
    Options = type(None)
    placeholders: ClassVar[dict[str, str]] = {}

    def __init__(self, clock: Clock | None = None, *, lag: float = 0.0, once: bool = False) -> None:
        super().__init__(None, None)
        self.clock = clock or Clock()
        self.can = Can(send_once=once)
        self.find_lag = lag
        self.lag = lag
        self.script: dict[str, list[Act]] = defaultdict(list)
        self.campaigns: dict[str, Campaign] = {}
        self.calls: list[str] = []
        self.delivered: list[str] = []
        self.becomes = State.SENT
        self.made = 0

    def account(self) -> str:
        return "the account"

    def find(self, key: str) -> list[Remote]:
        return self._do("find", lambda: [_remote(one) for one in self._listed(key)])

    def draft(self, issue: Issue, into: str | None) -> Remote:
        return self._do("draft", lambda: _remote(self._put(issue, into)))

    def send(self, issue: Issue, remote_id: str) -> None:
        self._do("send", lambda: self._release(issue, remote_id))

    def status(self, remote_id: str) -> Remote:
        return self._do("status", lambda: self._status(remote_id))

    def holds(self, key: str, state: State, *, digest: str = "") -> str:
        """Put a campaign of ``key`` there as if somebody else had; return its id."""
        self.made += 1
        name = f"em_{self.made}"
        self.campaigns[name] = Campaign(name, key, digest, state, self.clock.now())
        return name

    def edit(self, remote_id: str) -> None:
        """Let a person change a draft there."""
        self.campaigns[remote_id] = replace(self.campaigns[remote_id], digest="theirs")

    def turn(self, remote_id: str, state: State) -> None:
        """Let a campaign be in ``state`` from now on; GONE deletes it."""
        if state is State.GONE:
            del self.campaigns[remote_id]
        else:
            self.campaigns[remote_id] = replace(self.campaigns[remote_id], state=state)

    def release(self, remote_id: str) -> None:
        """Send a campaign to the readers, as a person could do there too."""
        campaign = self._there(remote_id)
        if self.can.send_once and campaign.state is not State.DRAFT:
            raise Rejected.of(f"{remote_id} was sent before.")
        self.delivered.append(campaign.digest)
        self.turn(remote_id, self.becomes)

    def _release(self, issue: Issue, remote_id: str) -> None:
        self._demand_same(issue, remote_id)
        self.release(remote_id)

    def _demand_same(self, issue: Issue, remote_id: str) -> None:
        if self._there(remote_id).key != issue.key:
            raise AssertionError(f"{remote_id} is not a campaign of {issue.key}")

    def _do(self, call: str, work: Work) -> Any:
        self.calls.append(call)
        acts = self.script[call]
        return acts.pop(0)(work) if acts else work()

    def _listed(self, key: str) -> list[Campaign]:
        settled = self.clock.now() - timedelta(seconds=self.lag)
        ours = [one for one in self.campaigns.values() if one.key == key]
        return [one for one in ours if self.lag == 0 or one.made <= settled]

    def _put(self, issue: Issue, into: str | None) -> Campaign:
        if into and self._there(into).state is not State.DRAFT:
            raise Rejected.of(f"{into} is no draft.")
        name = into or self.holds(issue.key, State.DRAFT)
        self.campaigns[name] = replace(self.campaigns[name], digest=issue.digest)
        return self.campaigns[name]

    def _there(self, remote_id: str) -> Campaign:
        if remote_id not in self.campaigns:
            raise Rejected.of(f"there is no {remote_id}.")
        return self.campaigns[remote_id]

    def _status(self, remote_id: str) -> Remote:
        campaign = self.campaigns.get(remote_id)
        return _remote(campaign) if campaign else Remote(remote_id, State.GONE, "not found")


class Discarding(FakeProvider, Discards):
    """The same that can delete a campaign."""

    def discard(self, remote_id: str) -> None:
        self._do("discard", lambda: self.turn(remote_id, State.GONE))


class Scheduler(FakeProvider, Schedules):
    """The same with a scheduler; ``handed`` are the times that campaigns were handed over for."""

    time_step = timedelta(minutes=15)

    def __init__(self, clock: Clock | None = None, *, lag: float = 0.0, once: bool = False) -> None:
        super().__init__(clock, lag=lag, once=once)
        self.handed: dict[str, datetime] = {}

    def schedule(self, issue: Issue, remote_id: str, at: datetime) -> None:
        self._do("schedule", lambda: self._hand(issue, remote_id, at))

    def unschedule(self, remote_id: str) -> None:
        self._do("unschedule", lambda: self._take(remote_id))

    def _hand(self, issue: Issue, remote_id: str, at: datetime) -> None:
        self._demand_same(issue, remote_id)
        self.handed[remote_id] = at
        self.turn(remote_id, State.SCHEDULED)

    def _take(self, remote_id: str) -> None:
        if self._there(remote_id).state is not State.SCHEDULED:
            raise Rejected.of(f"{remote_id} is not scheduled.")
        self.turn(remote_id, State.DRAFT)


def _remote(campaign: Campaign) -> Remote:
    shown = f"fake-{campaign.state}"
    return Remote(campaign.id, campaign.state, shown, content=campaign.digest)


class Runner:
    """Runs of one machine on one issue: each ``go`` is a process of its own that reads afresh."""

    def __init__(
        self,
        provider: FakeProvider | None = None,
        ledger: Ledger | None = None,
        *,
        send: bool = True,
        name: str = "run",
        errand: Errand | None = None,
    ) -> None:
        self.provider = provider or FakeProvider()
        self.ledger = ledger or MemoryLedger()
        self.issue = issue()
        self.send = send
        self.errand = errand
        self.name = name
        self.runs = 0

    @property
    def history(self) -> History:
        """What the ledger holds of the issue."""
        return self.ledger.read().get(self.issue.key, History(self.issue.key))

    @property
    def steps(self) -> list[Step]:
        """The steps in the ledger, oldest first."""
        return [line.step for line in self.history.lines]

    def trail(self, history: History | None = None) -> Trail:
        """Begin a run that has just read the ledger, or that read ``history`` some time ago."""
        self.runs += 1
        clock = self.provider.clock
        run = f"{self.name}-{self.runs}"
        account = self.provider.account()
        desk = Desk(self.ledger, self.provider, run, clock.now, clock.sleep, account)
        read = self.history if history is None else history
        return Trail(desk, read, self.about(), self.errand or Errand(send=self.send))

    def about(self) -> dict[str, str]:
        """What a claim of these runs says of the issue."""
        return {"newsletter": "main", "post": "hello", "title": self.issue.title}

    def facts(self) -> dict[str, str]:
        """What earlier runs have written on every line."""
        there = {"provider": self.provider.name, "account": self.provider.account()}
        return self.about() | there

    def go(self) -> Outcome:
        """Deliver the issue."""
        return deliver(self.issue, self.trail())

    def ask(self, *, post_is_gone: bool = False) -> Outcome:
        """Settle the issue, as a later run does."""
        return settle(self.trail(), None if post_is_gone else lambda: self.issue)

    def take_back(self) -> Outcome:
        """Take it back from the provider's scheduler, as a person orders."""
        return take_back(self.trail())

    def say(self, step: Step) -> None:
        """Let a person write a step."""
        self.write(step, because="a person said so", facts={})

    def was(self, *steps: Step, campaign: str = "") -> None:
        """Let an earlier run have written ``steps``, naming ``campaign`` from ``drafted`` on."""
        for step in steps:
            named = {"campaign": campaign} if step is not Step.CLAIM else {}
            self.write(step, facts=self.facts() | named)

    def write(self, step: Step, *, facts: dict[str, str], **more: str) -> None:
        """Append one line to the ledger."""
        line = Line(step, "earlier", self.provider.clock.now(), **facts, **more)
        self.ledger.append([Entry(self.issue.key, len(self.history.lines), line)])
