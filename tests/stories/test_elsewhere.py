"""Stories that other tests play already: here they are only listed, and must not get lost."""

from collections.abc import Mapping
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

PLAYED: Mapping[str, str] = {
    "a post was edited, dated back or renamed, and mailed again": (
        "cli/test_email.py::test_editing_renaming_and_redating_send_nothing_again"
    ),
    "a copy of the same post went out under each new name of its newsletter": (
        "deliver/test_plan.py::test_a_new_name_for_a_newsletter_mails_nothing_again"
    ),
    "a loop took the first line of its list for ever": (
        "cli/test_email.py::test_one_issue_a_run_oldest_first"
    ),
    "a retry in a library repeated a write": (
        "test_http.py::test_a_write_whose_effect_nobody_proved_is_unsure_and_is_made_once"
    ),
    "any request failed in any way": (
        "deliver/conformance/test_conformance.py::test_one_mishap_at_each_request_and_line"
    ),
    "somebody else pushed the record of another issue first": (
        "deliver/ledger/test_git.py::test_another_issue_written_meanwhile_is_no_conflict"
    ),
    "the cache of a job was its memory": (
        "cli/test_email.py::test_ci_refuses_a_ledger_that_dies_with_the_machine"
    ),
    "the job had no guard against a second one, or kept a cache": (
        "check/test_workflow_rules.py::test_a_bad_workflow_is_named_with_rule_and_line"
    ),
    "the output could not be written, and the run ended half-way": (
        "cli/test_email.py::test_what_cannot_be_printed_is_sent_and_counted_all_the_same"
    ),
    "a blank mail, or one with gaps in its text, went to everybody": (
        "cli/test_email.py::test_an_unfinished_post_is_held"
    ),
    "a new installation mailed what was there": (
        "cli/test_init.py::test_posts_that_are_there_stay_and_are_not_mailed"
    ),
    "a post of last month went out when the job came back": (
        "cli/test_email.py::test_a_late_post_is_held_until_a_person_says_so"
    ),
    "an issue that was held back stopped all others": (
        "cli/test_email.py::test_a_held_issue_blocks_no_other_one"
    ),
    "nobody could say whether it went out, and the tool decided": (
        "cli/test_status.py::test_a_person_settles_what_nobody_can_tell"
    ),
    "what was reviewed was not what went out": (
        "cli/test_email_orders.py::test_a_post_that_has_changed_since_is_refused"
    ),
    "the preview was not the mail": (
        "cli/test_email.py::test_what_is_delivered_is_what_the_dry_run_showed"
    ),
    "a mail could not be sent once more on purpose": (
        "cli/test_email_orders.py::test_mails_a_post_once_more_under_a_name_of_its_own"
    ),
    "what went out could not be shown afterwards": (
        "cli/test_ledger.py::test_the_message_comes_out_byte_for_byte"
    ),
}


@pytest.mark.parametrize("place", PLAYED.values(), ids=PLAYED)
def test_story_is_still_played(place):
    file, _, name = place.partition("::")
    assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8")
