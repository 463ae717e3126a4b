"""What happened at the provider's side: campaigns renamed, deleted, restored, and left behind."""

import copy

import pytest

from support.publishing import NEW_POST
from support.wire_fakes.base import Crash, Kind
from support.wire_fakes.buttondown import ButtondownFake
from support.wire_fakes.listmonk import ListmonkFake

ONE_COPY = ["Once is enough"]
NOTHING = "Nothing to send.\n"


def test_campaign_that_was_renamed_there_is_still_the_one_of_its_post(at):
    here = at(ListmonkFake)
    here.internet.upset(Kind.CRASH_AFTER, "POST", "/campaigns")
    with pytest.raises(Crash):
        here.publish("email")
    [campaign] = here.service.state.values()
    campaign["name"] = "November letter"
    assert here.publish("email").code == 0
    assert (here.subjects(), len(here.service.state)) == (ONE_COPY, 1)


def test_campaign_that_only_has_the_name_of_a_post_is_left_alone(at):
    here = at(ListmonkFake)
    here.publish("email")
    first = copy.deepcopy(here.service.state[7])
    here.write("posts/again.md", NEW_POST.replace("A lost answer", "Another text"))
    assert here.publish("email").code == 0
    assert here.service.state[7]["name"] == here.service.state[8]["name"]
    assert here.service.state[7]["body"] == first["body"]
    assert here.subjects() == ONE_COPY * 2


def test_draft_deleted_there_is_made_again_only_when_a_person_says_so(here):
    here.configure("mode: send", "mode: draft")
    here.publish("email")
    here.service.remove("em_0001")
    for mode in ("draft", "send"):
        here.configure("mode: draft", f"mode: {mode}")
        said = here.publish("email")
        assert (said.code, "somebody deleted its draft there" in said.out) == (4, True)
    assert here.service.state == {}
    here.configure("mode: send", "mode: draft")
    assert here.publish("resolve", "once", "--draft-again", "--because", "a slip").code == 0
    assert here.publish("email").code == 0
    assert (here.service.drafts(), here.subjects()) == (1, [])


def test_draft_that_a_person_sent_there_is_not_sent_again_by_a_job(here):
    here.configure("mode: send", "mode: draft")
    here.publish("email")
    here.send_by_hand("em_0001")
    assert "a person sent it there" in here.publish("email").out
    here.configure("mode: draft", "mode: send")
    for _ in range(3):
        here.publish("email")
    assert here.publish("email").out == NOTHING
    assert here.subjects() == ONE_COPY


def test_draft_that_was_changed_there_is_neither_lost_nor_sent_unseen(here):
    here.configure("mode: send", "mode: draft")
    here.publish("email")
    here.service.edit("em_0001", "A word of thanks.")
    here.configure("mode: draft", "mode: send")
    said = here.publish("email")
    assert (said.code, "its draft was changed there" in said.out) == (4, True)
    assert here.subjects() == []
    assert here.publish("email", "--keep", "once").code == 0
    [one] = here.delivered
    assert "A word of thanks." in one.body


@pytest.mark.parametrize("fake", [ButtondownFake, ListmonkFake])
def test_server_restored_from_before_the_send_gets_no_second_campaign(at, fake):
    here = at(fake)
    snapshot = copy.deepcopy(here.service.state)
    here.publish("email")
    here.service.state = snapshot
    assert here.publish("email").out == NOTHING
    assert (here.subjects(), here.service.state) == (ONE_COPY, {})


def test_server_restored_to_the_draft_of_what_went_out_is_asked_about_and_sends_nothing(at):
    here = at(ListmonkFake)
    here.internet.upset(Kind.CRASH_AFTER, "PUT", "/status")
    with pytest.raises(Crash):
        here.publish("email")
    here.service.state[7] |= {"status": "draft", "started_at": None}
    for _ in range(3):
        said = here.publish("email")
        assert (said.code, "UNSURE   Once is enough" in said.out) == (4, True)
    assert here.subjects() == ONE_COPY


def test_server_restored_with_a_campaign_that_is_still_scheduled_is_not_made_to_send_it(at):
    here = at(ListmonkFake, more="  schedule: provider\n")
    here.write("posts/once.md", NEW_POST.replace("2026-11-23", "2026-11-24"))
    assert "scheduled Once is enough" in here.publish("email").out
    snapshot = copy.deepcopy(here.service.state)
    here.later(days=2)
    assert here.subjects() == ONE_COPY
    for _ in range(2):
        here.publish("email")
    here.service.state, before = snapshot, len(here.internet.requests)
    for _ in range(3):
        assert here.publish("email").out == NOTHING
    assert len(here.internet.requests) == before
    assert len(here.service.deliveries) == 1


def test_server_restored_from_before_the_scheduling_is_asked_about_and_not_scheduled_anew(at):
    here = at(ListmonkFake, more="  schedule: provider\n")
    here.write("posts/once.md", NEW_POST.replace("2026-11-23", "2026-11-24"))
    here.publish("email")
    here.service.state[7] |= {"status": "draft", "send_at": None}
    before = here.internet.writes()
    said = here.publish("email")
    assert (said.code, "UNSURE   Once is enough" in said.out) == (4, True)
    assert here.internet.writes() == before


def test_sandbox_with_a_copy_of_server_and_ledger_touches_nothing_that_was_begun(at):
    here = at(ListmonkFake, more="  schedule: provider\n")
    here.write("posts/once.md", NEW_POST.replace("2026-11-23", "2026-12-01"))
    here.publish("email")
    here.configure("https://lists.example.org/mail", "https://sandbox.example.org/mail")
    here.service.base_url = "https://sandbox.example.org/mail/api"
    before = here.internet.writes()
    said = here.publish("email")
    assert said.code == 4
    assert "it was begun at listmonk (lists.example.org/mail)" in said.out
    assert here.internet.writes() == before


def test_new_provider_gets_no_issue_that_the_old_one_has_sent(here):
    here.publish("email")
    listmonk = here.move_to(ListmonkFake)
    assert here.publish("email").out == NOTHING
    assert (listmonk.state, here.subjects()) == ({}, ONE_COPY)
    here.write("posts/twice.md", NEW_POST.replace("Once", "Twice"))
    assert here.publish("email").code == 0
    assert [one.subject for one in listmonk.deliveries] == ["Twice is enough"]


def test_new_provider_gets_no_issue_that_the_old_one_may_have_sent(here):
    here.internet.upset(Kind.ERROR_BEFORE, "POST", "/publish")
    here.publish("email")
    listmonk = here.move_to(ListmonkFake)
    said = here.publish("email")
    assert said.code == 4
    assert "it was begun at buttondown (press), publish.yml now says listmonk" in said.out
    assert listmonk.state == {}
