"""Day one: what is already there is never mailed, and nothing else is touched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pressrun.deliver.baseline import make, mark
from pressrun.deliver.plan import Action, body_digest
from pressrun.deliver.planner import make as plan
from pressrun.deliver.steps import Step
from pressrun.errors import LedgerAbsent, Overtaken, UsageError
from pressrun.model import issue_key
from pressrun.publication import Email, Newsletter
from support.ledgers import MemoryLedger, fail_at
from support.lines import entry
from support.publications import post, settings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ONE = settings(email=Email(mode="send"))
TWO = settings(newsletters={"main": Newsletter(), "extra": Newsletter()})
ARCHIVE = [
    post(slug=f"p{n}", title=f"P{n}", body=f"{n}", published=NOW - timedelta(days=n))
    for n in range(3)
]


def key(name: str, newsletter: str = "main") -> str:
    return issue_key("notes", newsletter, name)


def baseline(ledger: MemoryLedger, posts=ARCHIVE, publication=ONE, **more) -> int:
    return make(publication, posts, ledger, now=NOW, run="run-a", **more)


def test_everything_that_is_due_is_marked_and_nothing_is_sent_afterwards():
    ledger = MemoryLedger()
    assert baseline(ledger) == 3
    planned = plan(ONE, ARCHIVE, ledger.read(), NOW)
    assert {item.action for item in planned.items} == {Action.BASELINE}
    assert planned.pending == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"draft": True},
        {"published": NOW + timedelta(seconds=1)},
        {"newsletter": False},
        {"newsletter": "other"},
        {"expires": NOW},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_drafts_future_and_excluded_posts_may_still_go_out(fields):
    ledger = MemoryLedger()
    assert baseline(ledger, [post(slug="later", **{"published": NOW, **fields})]) == 0
    assert ledger.read() == {}


def test_opt_in_marks_only_what_would_be_mailed():
    publication = settings(email=Email(posts="opt-in"))
    chosen = post(slug="chosen", published=NOW, newsletter=True)
    ledger = MemoryLedger()
    assert baseline(ledger, [*ARCHIVE, chosen], publication) == 1
    assert list(ledger.read()) == [key("chosen")]


def test_a_post_is_marked_in_the_newsletter_that_it_names():
    ledger = MemoryLedger()
    assert baseline(ledger, [replace(ARCHIVE[0], newsletter="extra")], TWO) == 1
    assert list(ledger.read()) == [key("p0", "extra")]


def test_a_line_says_what_a_renamed_post_is_recognised_by():
    ledger = MemoryLedger()
    baseline(ledger)
    history = ledger.read()[key("p0")]
    assert history.body == body_digest(ARCHIVE[0])
    assert (history.step, history.post, history.title) == (Step.BASELINE, "p0", "P0")
    renamed = post(slug="new-name", title="P0", body="All new.", published=NOW)
    (item,) = plan(ONE, [renamed, *ARCHIVE[1:]], ledger.read(), NOW).of(Action.HELD)
    assert "looks like p0 renamed" in item.note


def test_what_the_ledger_knows_is_left_as_it_is():
    ledger = MemoryLedger()
    ledger.append([entry(key("p1"))])
    assert baseline(ledger) == 2
    assert baseline(ledger) == 0
    assert ledger.steps(key("p1")) == [Step.CLAIM]


def test_each_newsletter_has_its_own_baseline():
    ledger = MemoryLedger()
    assert baseline(ledger, publication=TWO, newsletters=["extra"]) == 3
    assert ledger.steps(key("p0")) == []
    assert ledger.steps(key("p0", "extra")) == [Step.BASELINE]
    assert baseline(ledger, publication=TWO) == 3


def test_all_marks_are_made_at_once():
    ledger = MemoryLedger()
    appended = []
    ledger.hook = lambda moment, entries: appended.append((moment, len(entries)))
    baseline(ledger)
    assert appended == [("read", 0), ("append", 3), ("appended", 3)]


def test_nothing_to_mark_writes_nothing():
    ledger = MemoryLedger()
    ledger.append([entry(key("p0"), step=Step.BASELINE)])
    ledger.hook = fail_at(1, AssertionError("it writes"))
    assert baseline(ledger, []) == 0
    assert mark(ONE, ARCHIVE[0], ledger, now=NOW, run="run-a") == 0


def test_an_absent_ledger_is_not_created_in_passing():
    ledger = MemoryLedger.absent()
    with pytest.raises(LedgerAbsent):
        baseline(ledger)
    with pytest.raises(LedgerAbsent):
        mark(ONE, ARCHIVE[0], ledger, now=NOW, run="run-a")


def test_a_run_that_claims_meanwhile_keeps_its_issue():
    ledger = MemoryLedger()
    other = ledger.another()

    def cut_in(moment, entries):
        if moment == "append" and not ledger.steps(key("p1")):
            other.append([entry(key("p1"), run="other")])

    ledger.hook = cut_in
    with pytest.raises(Overtaken, match="other"):
        baseline(ledger)
    assert ledger.steps(key("p1")) == [Step.CLAIM]


class TestOnePost:
    @pytest.mark.parametrize("fields", [{}, {"draft": True}, {"published": NOW}])
    def test_a_person_may_mark_any_post_in_every_newsletter(self, fields):
        ledger = MemoryLedger()
        assert mark(TWO, post(slug="one", **fields), ledger, now=NOW, run="run-a") == 2
        assert ledger.steps(key("one")) == ledger.steps(key("one", "extra")) == [Step.BASELINE]
        assert {one.newsletter for one in ledger.read().values()} == {"main", "extra"}

    def test_or_in_one_newsletter(self):
        ledger = MemoryLedger()
        marked = mark(TWO, ARCHIVE[0], ledger, now=NOW, run="run-a", newsletters=["extra"])
        assert (marked, list(ledger.read())) == (1, [key("p0", "extra")])

    def test_marking_twice_changes_nothing(self):
        ledger = MemoryLedger()
        mark(ONE, ARCHIVE[0], ledger, now=NOW, run="run-a")
        assert mark(ONE, ARCHIVE[0], ledger, now=NOW, run="run-b") == 0
        assert ledger.steps(key("p0")) == [Step.BASELINE]

    def test_a_post_that_a_run_has_begun_is_refused_with_the_way_to_drop_it(self):
        ledger = MemoryLedger()
        ledger.append([entry(key("p0", "extra"))])
        with pytest.raises(UsageError) as caught:
            mark(TWO, ARCHIVE[0], ledger, now=NOW, run="run-a")
        assert str(caught.value) == (
            "posts/p0.md: a run has begun to send 'P0' (claim). "
            "To drop it for good: publish resolve p0 --never --because TEXT"
        )
        assert ledger.steps(key("p0")) == []
