"""Every provider is held to exactly-once: a clean run, and one mishap of each kind at each step."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from deliver.conformance import trials
from deliver.conformance.cases import CASES
from deliver.conformance.worlds import AHEAD, MARK, START, SUBJECT, Rig, World, ahead, asks
from pressrun.deliver import trial
from pressrun.deliver.orders import Orders
from pressrun.deliver.providers import TABLE, adapter
from pressrun.deliver.providers.contract import Provider, Schedules, SendsTests
from pressrun.deliver.steps import Step
from pressrun.deliver.trail import Result
from pressrun.publication import Email

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


@pytest.mark.worlds
def test_two_mishaps(rig):
    assert wrong(trials.double(lambda: World(rig.again()))) == []


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
