"""Any mishaps in any order: no copy too many, and no issue that nobody hears of again."""

import contextlib

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pressrun.deliver.steps import PAST_SENDING, SETTLED, Step
from pressrun.deliver.trail import Result
from pressrun.errors import LedgerError, NotNow, Rejected, Unsure
from pressrun.model import State
from support.issues import issue
from support.ledgers import Crash, fail_at, nothing
from support.providers import FakeProvider, Runner, after, lost, refused, shows

ASKS = {Result.UNSURE, Result.HELD}

ACTS = {
    "refused": lambda: refused(Rejected.of("no.")),
    "not now": lambda: refused(NotNow.of("later.")),
    "lost request": lambda: refused(Unsure.of("no answer.")),
    "lost answer": lambda: lost(Unsure.of("no answer.")),
    "crash before": lambda: refused(Crash()),
    "crash after": lambda: lost(Crash()),
}


class Story:
    """One issue in a world where things happen; a person who speaks says the truth."""

    def __init__(self, *, once: bool, send: bool) -> None:
        self.run = Runner(FakeProvider(lag=90, once=once), send=send)
        self.other = Runner(self.run.provider, self.run.ledger.another(), send=send, name="other")
        self.provider = self.run.provider
        self.last = None

    def go(self, run: Runner) -> None:
        """Do what the plan says for the step that the ledger shows."""
        step = run.history.step
        if step in SETTLED:
            return
        waits = step is Step.DRAFTED and not run.send
        self.last = run.ask() if step in PAST_SENDING or waits else run.go()

    def happens(self, event: str, call: str, act: str, at: int) -> None:
        self.provider.clock.sleep(600)
        self.run.ledger.hook = nothing
        self.provider.script.clear()
        getattr(self, event.replace(" ", "_"))(call, act, at)

    def fault(self, call: str, act: str, at: int) -> None:
        plain = [after(lambda: None)] * (at % 2)
        self.provider.script[call] = [*plain, ACTS[act]()]
        self._run()

    def stale_read(self, call: str, act: str, at: int) -> None:
        """Lag behind our own send only: what a person did there is seen at once."""
        if self.run.history.step in PAST_SENDING:
            self.provider.script["status"] = [shows(State.DRAFT)]
        else:
            seen = [shows(State.DRAFT)] * at
            self.provider.script["send"] = [after(lambda: self.provider.script.update(status=seen))]
        self._run()

    def ledger_fault(self, call: str, act: str, at: int) -> None:
        error = Crash() if "crash" in act else LedgerError.of("away.")
        moment = "appended" if "after" in act or "answer" in act else "append"
        self.run.ledger.hook = fail_at(at, error, moment)
        self._run()

    def second_runner(self, call: str, act: str, at: int) -> None:
        self.provider.script[call] = [after(lambda: self.go(self.other))]
        self._run()

    def edit(self, call: str, act: str, at: int) -> None:
        self.run.issue = self.other.issue = issue(f"<p>Edition {at}</p>")

    def person_sends(self, call: str, act: str, at: int) -> None:
        drafts = [one for one in self.provider.campaigns.values() if one.state is State.DRAFT]
        if drafts and not self.provider.delivered:
            self.provider.release(drafts[at % len(drafts)].id)

    def person_deletes(self, call: str, act: str, at: int) -> None:
        """Delete a draft, or what we sent; who sends by hand and deletes that leaves no trace."""
        ours = self.run.history.step in PAST_SENDING
        campaigns = self.provider.campaigns.values()
        if there := [one.id for one in campaigns if ours or one.state is State.DRAFT]:
            self.provider.turn(there[at % len(there)], State.GONE)

    def person_resolves(self, call: str, act: str, at: int) -> None:
        if self.run.history.lines and not self.run.history.settled:
            self.run.say(Step.SENT if self.provider.delivered else Step.NOT_SENT)

    def _run(self) -> None:
        with contextlib.suppress(Crash):
            self.go(self.run)


EVENTS = [
    "fault",
    "stale read",
    "ledger fault",
    "second runner",
    "edit",
    "person sends",
    "person deletes",
    "person resolves",
]
CALLS = ["find", "draft", "send", "status"]
STORIES = st.lists(
    st.tuples(
        st.sampled_from(EVENTS), st.sampled_from(CALLS), st.sampled_from([*ACTS]), st.integers(1, 4)
    ),
    max_size=7,
)


@settings(max_examples=200)
@given(STORIES, st.booleans(), st.booleans())
@example([("fault", "send", "lost request", 1)], False, True)
@example([("fault", "draft", "crash after", 1), ("edit", "find", "refused", 1)], False, True)
def test_whatever_happens_there_is_one_copy_or_a_person_is_asked(events, once, send):
    story = Story(once=once, send=send)
    for event in events:
        story.happens(*event)
        assert len(story.provider.delivered) <= 1
    story.run.send = True
    story.run.ledger.hook = nothing
    story.provider.script.clear()
    for _ in range(4):
        story.provider.clock.sleep(600)
        story.go(story.run)
    assert len(story.provider.delivered) <= 1
    if story.last and story.last.result in ASKS:
        lines = len(story.run.steps)
        story.go(story.run)
        assert story.last.result in ASKS
        assert len(story.run.steps) == lines, "each run wrote a line"
    else:
        assert len(story.provider.delivered) == 1
        assert story.run.steps[-1] is Step.SENT
