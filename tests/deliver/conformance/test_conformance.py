"""Every provider is held to exactly-once: a clean run, and one mishap of each kind at each step."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from deliver.conformance import trials
from deliver.conformance.cases import CASES
from deliver.conformance.over_http import named
from deliver.conformance.worlds import AHEAD, MARK, START, SUBJECT, Rig, World, ahead, asks
from pressrun.deliver import hosting, trial
from pressrun.deliver.orders import Orders
from pressrun.deliver.providers import TABLE, adapter
from pressrun.deliver.providers.contract import HostsPictures, Provider, Schedules, SendsTests
from pressrun.deliver.steps import Step
from pressrun.deliver.trail import Result
from pressrun.model import PictureFile
from pressrun.publication import Email
from pressrun.wire import File, Recorder
from support.issues import picture
from support.wire_fakes.base import Kind, Reply, Sent

DRAFT = Email(mode="draft")
SYNTAX = (
    "{{ x }}",
    "{% raw %}{{ x }}{% endraw %}",
    "{# a comment #}",
    "{{#if x}}{{{ y }}}{{/if}}",
    '{{ template "content" . }}',
    "*|FNAME|*",
    "%recipient.name%",
    "{$name}",
    "%%{x}%%",
    "{name}",
    "[[var:x]]",
    "[unsubscribe]",
    "@TrackLink",
    "<%= x %>",
)


def test_every_provider_has_a_case():
    assert set(CASES) == set(TABLE)


@pytest.fixture(params=sorted(CASES))
def rig(request, tmp_path: Path) -> Rig:
    return CASES[request.param](tmp_path)


def those(which: Callable[[type[Provider]], bool]) -> Callable[..., Any]:
    """Make a fixture of the cases whose adapters are of this kind."""

    @pytest.fixture(params=[name for name in sorted(CASES) if which(adapter(name))])
    def made(request, tmp_path: Path) -> Rig:
        return CASES[request.param](tmp_path)

    return made


service = those(lambda kind: not kind.can.local)
scheduler = those(lambda kind: issubclass(kind, Schedules))
tester = those(lambda kind: issubclass(kind, SendsTests))
host = those(lambda kind: issubclass(kind, HostsPictures))


def test_a_clean_run_delivers_one_complete_copy(rig):
    here = World(rig)
    here.run_until_quiet()
    assert_exactly_one_copy(rig)
    assert here.history.step is Step.SENT
    assert rig.drafts() == 0


def test_a_settled_issue_costs_nothing(rig):
    here = World(rig)
    here.run_until_quiet()
    before = rig.count()
    assert here.run() == []
    assert rig.count() == before


def test_a_draft_reaches_nobody_and_is_found_by_its_key_alone(rig):
    here = World(rig, email=DRAFT)
    assert [outcome.result for outcome in here.run()] == [Result.DRAFTED]
    assert rig.deliveries() == []
    rig.clock.sleep(600)
    found = rig.provider().find(here.issue.key)
    assert [remote.id for remote in found] == [here.history.campaign]
    assert rig.provider().find(here.issue.key[:-1]) == []
    assert rig.provider().find(f"{here.issue.key}0") == []


def test_a_changed_post_refills_its_draft_in_place(rig):
    here = World(rig, email=DRAFT)
    here.run()
    campaign = here.history.campaign
    here.post = replace(here.post, body=f"{MARK} Now longer.")
    here.run()
    here.email = Email(mode="send")
    here.run_until_quiet()
    assert here.history.campaign == campaign
    assert [MARK + " Now longer." in copy.body for copy in rig.deliveries()] == [True]
    assert rig.drafts() == 0


def test_a_scheduled_issue_goes_once_and_at_its_time(scheduler):
    here = ahead(scheduler)
    assert [outcome.result for outcome in here.run()] == [Result.SCHEDULED]
    here.run_until_quiet()
    assert scheduler.deliveries() == []
    scheduler.clock.moment = START + AHEAD
    here.run_until_quiet()
    assert_exactly_one_copy(scheduler)
    assert here.history.step is Step.SENT


@pytest.mark.parametrize("syntax", SYNTAX)
def test_a_template_syntax_in_the_writers_text_arrives_as_written(rig, syntax):
    here = World(rig)
    here.post = replace(here.post, title=f"On {syntax} here", body=f"{MARK} It says {syntax} here.")
    here.run_until_quiet()
    (copy,) = rig.deliveries()
    assert f"{MARK} It says {syntax} here." in visible(copy.body)
    assert plain(copy.subject) == here.post.title
    if rig.provider().can.plain_text:
        assert here.post.body in plain(copy.text)


def test_a_draft_that_a_person_has_changed_there_is_held(service):
    here = World(service, email=DRAFT)
    here.run()
    service.service.edit(here.history.campaign, "Mine.")
    assert [outcome.result for outcome in here.run()] == [Result.HELD]
    here.email, here.orders = Email(mode="send"), Orders(overwrite=frozenset({here.post.id}))
    here.run_until_quiet()
    assert_exactly_one_copy(service)
    assert "Mine." not in service.deliveries()[0].body


def test_a_changed_draft_that_is_kept_goes_out_as_it_is(service):
    here = World(service, email=DRAFT)
    here.run()
    service.service.edit(here.history.campaign, "Mine.")
    here.email, here.orders = Email(mode="send"), Orders(keep=frozenset({here.post.id}))
    here.run_until_quiet()
    assert_exactly_one_copy(service)
    assert "Mine." in service.deliveries()[0].body


def test_a_draft_that_a_person_has_deleted_there_is_not_made_again(service):
    here = World(service, email=DRAFT)
    here.run()
    service.service.remove(here.history.campaign)
    assert [outcome.result for outcome in here.run()] == [Result.HELD]
    here.email = Email(mode="send")
    assert asks(here.run_until_quiet())
    assert (service.drafts(), list(service.deliveries())) == (0, [])


def test_a_test_reaches_the_named_addresses_alone(tester):
    here = World(tester)
    tester.service.staff = True
    trial.send(tester.provider(), here.issue, ["ada@example.org"])
    (copy,) = tester.service.tests
    assert plain(copy.subject).endswith(f"[Test] {SUBJECT}")
    assert copy.to == ("ada@example.org",)
    assert MARK in copy.body
    assert list(tester.deliveries()) == []
    assert tester.drafts() == 0
    assert tester.provider().find(here.issue.key) == []
    here.run_until_quiet()
    assert_exactly_one_copy(tester)


def test_one_mishap_at_each_request_and_line(rig):
    records = list(trials.single(lambda: World(rig.again())))
    assert len(records) > 40
    assert wrong(records) == []
    assert left_behind(records) == []


def test_one_mishap_on_the_way_to_the_scheduler(scheduler):
    records = list(trials.single(lambda: ahead(scheduler.again())))
    assert len(records) > 40
    assert wrong(records) == []
    assert left_behind(records) == []


def test_a_picture_is_uploaded_once_and_shown_from_there(host, tmp_path):
    harbour = picture(tmp_path)
    here = World(host, pictures=(harbour,))
    here.run_until_quiet()
    assert_exactly_one_copy(host)
    (kept,) = host.service.pictures
    assert (kept.content, harbour.name in kept.name) == (harbour.file.read_bytes(), True)
    (copy,) = host.deliveries()
    assert f'<img src="{kept.url}" alt="">' in copy.body
    assert harbour.url not in copy.body


def test_a_picture_that_is_there_is_not_uploaded_again(host, tmp_path):
    harbour, other = picture(tmp_path), picture(tmp_path, "other.png", b"another one")
    urls = [put(host, each) for each in (other, harbour, other, harbour)]
    kept = [one.url for one in host.service.pictures]
    assert kept == (urls[:2] if lists_pictures(host, harbour) else urls)
    assert "harbour" in urls[-1]


def test_a_draft_is_refilled_when_a_picture_of_the_same_address_has_changed(host, tmp_path):
    here = World(host, email=DRAFT, pictures=(picture(tmp_path),))
    here.run()
    campaign = here.history.campaign
    assert [outcome.result for outcome in here.run()] == [Result.DRAFTED]
    assert len(host.service.pictures) == 1
    here.pictures = (picture(tmp_path, content=b"the harbour by night"),)
    here.run()
    assert len(host.service.pictures) == 2
    here.email = Email(mode="send")
    here.run_until_quiet()
    assert here.history.campaign == campaign
    (copy,) = host.deliveries()
    assert host.service.pictures[-1].url in copy.body
    assert host.drafts() == 0


def test_a_run_that_dies_after_an_upload_leaves_one_draft_that_goes_out_once(host, tmp_path):
    here = World(host, pictures=(picture(tmp_path),))
    upload = named(uploads(host, here.pictures[0])[-1])
    rehearsal = World(host.again(), pictures=here.pictures)
    rehearsal.run()
    at = [named(sent) for sent in rehearsal.rig.server.requests].index(upload) + 1
    met: list[str] = []
    host.requests.arm(Kind.CRASH_AFTER, at, met.append, lambda: None)
    assert here.run_into() is None
    assert (len(host.service.pictures), met) == (1, [upload])
    assert host.drafts() == 0
    here.run_until_quiet()
    assert_exactly_one_copy(host)
    assert host.drafts() == 0
    assert len(host.service.pictures) == (1 if lists_pictures(host, here.pictures[0]) else 2)


def test_a_refused_upload_leaves_no_draft_and_names_the_picture(host, tmp_path):
    here = World(host, pictures=(picture(tmp_path),))
    upload = uploads(host, here.pictures[0])[-1]
    words = {"detail": "no room", "message": "no room"}
    host.service.refuse(upload.method, upload.path, Reply.json(words, 400))
    (outcome,) = here.run()
    assert outcome.result is Result.FAILED
    assert "no room" in outcome.note
    assert "static/harbour.png" in outcome.note
    assert (host.drafts(), list(host.deliveries())) == (0, [])
    assert here.history.step is Step.CLAIM


def test_a_picture_that_is_known_not_to_be_taken_holds_the_issue(host, tmp_path):
    here = World(host, pictures=(picture(tmp_path, "harbour.tiff"),))
    before = host.count()
    (outcome,) = here.run()
    assert outcome.result is Result.HELD
    assert outcome.note.startswith("static/harbour.tiff: ")
    assert "images: site" in outcome.note
    assert {sent.method for sent in host.server.requests[before:]} == {"GET"}
    assert here.history.lines == ()


def test_a_dry_run_lists_the_upload_before_the_draft_and_makes_none(host, tmp_path):
    here = World(host, pictures=(picture(tmp_path),))
    recorder = Recorder(host.provider().wire)
    tied = host.provider().over(recorder)
    issue = hosting.hosted(tied, here.issue)
    tied.send(issue, tied.draft(issue, None).id)
    first, *rest = recorder.requests
    upload = uploads(host, here.pictures[0])[-1]
    assert (first.method, first.path) == (upload.method, upload.path)
    assert [file.name for file in first.files] == [here.pictures[0].name]
    assert "of request 1}" in str(rest)
    assert here.pictures[0].url not in str(rest)
    assert all(sent.method == "GET" for sent in host.server.requests)
    assert host.service.pictures == []


def test_a_test_shows_the_pictures_from_the_provider(host, tmp_path):
    here = World(host, pictures=(picture(tmp_path),))
    host.service.staff = True
    trial.send(host.provider(), here.issue, ["ada@example.org"])
    (copy,) = host.service.tests
    assert host.service.pictures[0].url in copy.body


def test_one_mishap_on_the_way_of_an_issue_with_a_picture(host, tmp_path):
    pictures = (picture(tmp_path),)
    records = list(trials.single(lambda: World(host.again(), pictures=pictures)))
    assert len(records) > 40
    assert wrong(records) == []
    assert left_behind(records) == []


@pytest.mark.worlds
def test_two_mishaps(rig):
    assert wrong(trials.double(lambda: World(rig.again()))) == []


def put(rig: Rig, picture: PictureFile) -> str:
    """Put a picture there."""
    file = File(picture.name, picture.type, picture.file.read_bytes())
    return rig.provider().host(file)


def uploads(rig: Rig, picture: PictureFile) -> list[Sent]:
    """Return the requests that it takes, of which the last is the upload, at a provider like it."""
    another = rig.again()
    put(another, picture)
    return another.server.requests


def lists_pictures(rig: Rig, picture: PictureFile) -> bool:
    """Whether the provider shows which pictures it has: of what it hides nobody knows that."""
    return len(uploads(rig, picture)) > 1


def visible(html: str) -> str:
    """Return the text that a reader sees."""
    words: list[str] = []
    parser = HTMLParser()
    parser.handle_data = words.append  # type: ignore[method-assign]
    parser.feed(html)
    parser.close()
    return "".join(words)


def plain(text: str) -> str:
    """Take out what nobody sees: where there is no escape, it parts the signs of a template."""
    return text.replace("\N{ZERO WIDTH SPACE}", "")


def wrong(records: Iterable[trials.Record]) -> list[str]:
    return [f"{record}: {', '.join(record.wrong)}" for record in records if record.wrong]


def left_behind(records: Iterable[trials.Record]) -> list[str]:
    return [str(record) for record in records if record.stray]


def assert_exactly_one_copy(rig: Rig) -> None:
    assert [copy.subject for copy in rig.deliveries()] == [SUBJECT]
    assert all(MARK in copy.body for copy in rig.deliveries())
