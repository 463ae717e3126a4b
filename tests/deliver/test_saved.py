"""A plan as a file: read back as it was written, and whatever has moved since is named."""

import json
from dataclasses import replace

import pytest

from pressrun.deliver.orders import Orders
from pressrun.deliver.plan import Action, Item
from pressrun.deliver.saved import Saved, save
from pressrun.deliver.steps import History, Step
from pressrun.deliver.trail import Errand
from pressrun.errors import PlanStale
from support.issues import KEY, NOW, issue
from support.lines import line
from support.publications import post, settings

MEND = "Look at the plan again: publish email --dry-run --save-plan FILE"
ORDERS = Orders(late=frozenset({"b", "a"}), because="it matters")
SEEN = History(KEY, (line(Step.CLAIM, plan="an earlier plan"),))


def item(action: Action = Action.SEND, history: History = SEEN, errand: Errand | None = None):
    errand = errand or Errand()
    return Item(action, "main", history, "new", post(slug="hello"), errand)


def plan(action: Action = Action.SEND, errand: Errand | None = None) -> Saved:
    """Save the plan of one issue, of which the ledger holds one line."""
    planned = item(action, errand=errand)
    return save(settings(), "fake", "the account", ORDERS, [(planned, issue(audience="friends"))])


def then(saved: Saved, *steps: Step, plan: str | None = None) -> History:
    """Return what the ledger holds after a run of the plan has written ``steps``."""
    name = saved.id if plan is None else plan
    return History(KEY, (*SEEN.lines, *(line(step, plan=name) for step in steps)))


def moved(saved: Saved, now: Item | None, **fields) -> list[str]:
    issues = {KEY: issue(**{"audience": "friends", **fields})}
    return [str(one) for one in saved.moved({KEY: now} if now else {}, issues, "plan.json")]


class TestFile:
    def test_is_read_as_it_was_written(self):
        saved = plan(errand=Errand(at=NOW))
        assert Saved.decode(saved.encode(), "plan.json") == saved
        (step,) = json.loads(saved.encode())["steps"]
        assert step == {
            "key": KEY,
            "post": "hello",
            "title": "Hello",
            "newsletter": "main",
            "audience": "friends",
            "action": "send",
            "due": "2026-11-23T09:00:00+00:00",
            "digest": issue(audience="friends").digest,
            "lines": 1,
        }

    def test_of_an_issue_whose_post_is_gone_names_none(self):
        gone = replace(item(), post=None)
        saved = save(settings(), "fake", "the account", Orders(), [(gone, issue())])
        assert (saved.steps[0].post, saved.steps[0].due) == ("", "")

    def test_is_laid_out_for_whoever_reviews_it(self):
        named = replace(item(), post=post(slug="hello", title="Überall"))
        text = save(settings(), "fake", "x", Orders(), [(named, issue())]).encode().decode()
        assert '\n  "publication": "notes",\n' in text
        assert '"title": "Überall"' in text

    @pytest.mark.parametrize(
        ("old", "new", "what"),
        [
            (b'"friends"', b'"everybody"', "it was changed after it was saved."),
            (b'"format"', b'"form"', "it is not a plan that Pressrun has saved."),
        ],
    )
    def test_that_somebody_touched_is_refused(self, old, new, what):
        with pytest.raises(PlanStale) as caught:
            Saved.decode(plan().encode().replace(old, new), "plan.json")
        assert str(caught.value) == f"plan.json: {what} {MEND}"

    def test_of_another_version_is_refused(self):
        other = plan().encode().replace(b"pressrun plan 1", b"pressrun plan 2")
        with pytest.raises(PlanStale) as caught:
            Saved.decode(other, "plan.json")
        assert str(caught.value) == f"plan.json: another version of Pressrun has saved it. {MEND}"


@pytest.mark.parametrize(
    ("publication", "provider", "account", "what"),
    [
        ("other", "fake", "the account", "publication 'notes', and this is 'other'"),
        ("notes", "other", "the account", "provider 'fake', and this is 'other'"),
        ("notes", "fake", "other", "account 'the account', and this is 'other'"),
    ],
)
def test_a_plan_of_another_place_is_refused(publication, provider, account, what):
    with pytest.raises(PlanStale) as caught:
        plan().fits(settings(id=publication), provider, account, "plan.json")
    assert str(caught.value) == f"plan.json: it is for the {what}. {MEND}"
    plan().fits(settings(), "fake", "the account", "plan.json")


class TestDone:
    @pytest.mark.parametrize("step", [Step.SENDING, Step.ACCEPTED, Step.SENT])
    def test_is_what_a_run_of_the_plan_has_sent(self, step):
        saved = plan()
        assert saved.is_done(saved.steps[0], then(saved, Step.CLAIM, step))

    @pytest.mark.parametrize("step", [Step.CLAIM, Step.DRAFTED, Step.KEPT, Step.NOT_SENT])
    def test_is_not_what_it_has_only_begun(self, step):
        saved = plan()
        assert not saved.is_done(saved.steps[0], then(saved, Step.CLAIM, step))

    @pytest.mark.parametrize(("step", "done"), [(Step.DRAFTED, True), (Step.CLAIM, False)])
    def test_is_a_draft_where_a_draft_was_planned(self, step, done):
        saved = plan(Action.DRAFT)
        assert saved.is_done(saved.steps[0], then(saved, Step.CLAIM, step)) is done

    def test_is_not_what_another_run_has_sent(self):
        saved = plan()
        assert not saved.is_done(saved.steps[0], then(saved, Step.CLAIM, Step.SENT, plan="other"))

    def test_is_not_what_was_sent_before_the_plan(self):
        saved = plan()
        before = History(KEY, (line(Step.SENT, plan=saved.id),))
        assert not saved.is_done(saved.steps[0], before)


class TestMoved:
    def test_nothing_has_where_all_is_as_it_was(self):
        assert moved(plan(), item()) == []

    def test_every_issue_is_looked_at(self):
        gone = replace(plan().steps[0], key="gone", title="Gone")
        saved = replace(plan(), steps=(gone, *plan().steps))
        assert len(moved(saved, item(Action.WAIT))) == 2

    def test_nothing_has_where_the_plan_is_done(self):
        saved = plan()
        done = item(Action.SENT, then(saved, Step.CLAIM, Step.SENT))
        assert moved(saved, done, html="<p>Mended</p>") == []

    def test_a_plan_that_was_cut_short_is_still_held_to_its_content(self):
        saved = plan()
        begun = item(history=then(saved, Step.CLAIM))
        assert moved(saved, begun) == []
        assert len(moved(saved, begun, html="<p>Mended</p>")) == 1

    @pytest.mark.parametrize(
        ("now", "fields", "what"),
        [
            (None, {}, "has no post any more."),
            (item(Action.WAIT), {}, "the plan says send, now it would be wait (new)."),
            (
                item(errand=Errand(at=NOW)),
                {},
                "it would go out at 2026-11-23T09:00:00+00:00, the plan says .",
            ),
            (item(), {"audience": ""}, "its audience is '', the plan says 'friends'."),
            (
                item(),
                {"subject": "Mended"},
                (
                    "it renders differently now: "
                    "its post, a picture, a template or publish.yml has changed."
                ),
            ),
            (
                item(history=then(plan(), Step.CLAIM, plan="")),
                {"subject": "Mended"},
                "the ledger has lines that the plan did not see: claim by run run-a.",
            ),
        ],
    )
    def test_everything_else_is_named_with_the_mend(self, now, fields, what):
        (problem,) = moved(plan(), now, **fields)
        title = "'Hello'" if now is None else "'Hello':"
        assert problem == f"plan.json: {title} {what} {MEND}"
