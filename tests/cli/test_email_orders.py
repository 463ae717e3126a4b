"""``publish email`` with a person's orders: once more, as planned, and nothing that contradicts."""

import json

import pytest

from support.publishing import NEW_POST, SENDING, Desk, desk


@pytest.fixture
def here(tmp_path, capsys) -> Desk:
    made = desk(tmp_path, capsys)
    assert made.publish("baseline").code == 0
    made.write("posts/once.md", NEW_POST)
    return made


def outbox(here: Desk) -> list[str]:
    return sorted(path.name for path in (here.root / "outbox").glob("[!.]*"))


class TestResend:
    def test_mails_a_post_once_more_under_a_name_of_its_own(self, here):
        here.publish("email")
        assert len(outbox(here)) == 1
        said = here.publish("email", "--resend", "once", "--because", "half of it was lost")
        assert (said.code, "Sent 1 issue." in said.out) == (0, True)
        first, second = outbox(here)
        assert second == f"{first}-r2"
        assert here.publish("email").out == "Nothing to send.\n"

    def test_needs_a_reason_and_a_first_time(self, here):
        assert here.publish("email", "--resend", "once").code == 2
        said = here.publish("email", "--resend", "once", "--because", "x")
        assert (said.code, "was not sent yet" in said.err) == (2, True)
        assert outbox(here) == []


class TestPlan:
    def save(self, here: Desk) -> dict:
        said = here.publish("email", "--dry-run", "--save-plan", "plan.json")
        assert said.code == 0, said.err
        return json.loads((here.root / "plan.json").read_text())

    def test_what_was_saved_is_done_and_a_second_time_nothing(self, here):
        plan = self.save(here)
        (step,) = plan["steps"]
        assert (step["title"], step["action"], step["lines"]) == ("Once is enough", "send", 0)
        here.write("posts/another.md", NEW_POST.replace("Once", "Twice"))
        said = here.publish("email", "--plan", "plan.json")
        assert (said.code, outbox(here)) == (0, [step["key"]])
        assert here.publish("email", "--plan", "plan.json").code == 0
        assert outbox(here) == [step["key"]]

    def test_a_post_that_has_changed_since_is_refused(self, here):
        self.save(here)
        here.write("posts/once.md", NEW_POST + "\nMore.\n")
        said = here.publish("email", "--plan", "plan.json")
        assert (said.code, outbox(here)) == (1, [])
        assert "'Once is enough': it renders differently now" in said.err

    def test_a_ledger_that_has_moved_since_is_refused_with_the_lines(self, here):
        self.save(here)
        here.publish("email")
        said = here.publish("email", "--plan", "plan.json")
        assert said.code == 1
        assert "lines that the plan did not see: claim by run run, drafted by run run" in said.err
        assert len(outbox(here)) == 1

    def test_another_account_is_refused(self, here):
        self.save(here)
        here.write(
            "publish.yml", SENDING.replace("name: outbox", "name: outbox\n  folder: elsewhere")
        )
        said = here.publish("email", "--plan", "plan.json")
        assert (said.code, "for the account 'outbox', and this is 'elsewhere'" in said.err) == (
            1,
            True,
        )

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("{}", "not a plan that Pressrun has saved"),
            ("nothing", "not a plan that Pressrun has saved"),
            ("[]", "not a plan that Pressrun has saved"),
        ],
    )
    def test_a_file_that_is_no_plan_is_refused(self, here, content, words):
        here.write("plan.json", content)
        said = here.publish("email", "--plan", "plan.json")
        assert (said.code, words in said.err) == (1, True)

    def test_a_plan_that_was_changed_by_hand_is_refused(self, here):
        plan = self.save(here)
        plan["steps"][0]["audience"] = "everybody"
        here.write("plan.json", json.dumps(plan))
        said = here.publish("email", "--plan", "plan.json")
        assert (said.code, "changed after it was saved" in said.err) == (1, True)

    def test_a_plan_that_is_not_there_says_how_to_make_one(self, here):
        said = here.publish("email", "--plan", "plan.json")
        assert (said.code, "--save-plan" in said.err) == (2, True)


def test_a_provider_without_tests_says_so_before_anything_happens(here):
    said = here.publish("email", "--test-to", "me@example.org", "--post", "once")
    assert (said.code, "outbox sends no tests to single addresses" in said.err) == (2, True)


@pytest.mark.parametrize(
    "options",
    [
        ("--plan", "p", "--dry-run"),
        ("--plan", "p", "--late", "once"),
        ("--test-to", "me@example.org", "--dry-run"),
        ("--save-plan", "p"),
        ("--overwrite", "once", "--keep", "once"),
        ("--reschedule", "once", "--unschedule", "once"),
    ],
)
def test_orders_that_contradict_each_other_are_refused(here, options):
    said = here.publish("email", *options)
    assert (said.code, outbox(here)) == (2, [])
    assert said.err


def test_an_address_that_is_none_is_refused(here):
    said = here.publish("email", "--test-to", "nobody")
    assert (said.code, "--test-to must be an email address" in said.err) == (2, True)


def test_a_provider_without_a_scheduler_is_handed_nothing(here):
    here.write("publish.yml", SENDING + "  schedule: provider\n")
    said = here.publish("email", "--dry-run")
    assert (said.code, "outbox cannot send at a time that it is given" in said.err) == (2, True)
