from dataclasses import dataclass
from typing import Annotated

import pytest

from deliver.conformance.cases import CASES
from pressrun.deliver.providers import TABLE, adapter
from pressrun.deliver.providers.answers import (
    called,
    counted,
    digest,
    each_once,
    listed,
    public_url,
)
from pressrun.deliver.providers.contract import HttpOptions, Provider
from pressrun.errors import NotNow, Rejected, Unsure
from pressrun.kinds import ENVIRONMENT_NAME
from pressrun.wire import Later

LISTS = [{"id": 1, "name": "Friends"}, {"id": 2, "name": "1"}, {"id": 3, "name": "Friends"}]


@each_once
def entries(*pages):
    """Read a list that lies ready."""
    yield from ([{"id": name} for name in page] for page in pages)


@pytest.mark.parametrize(
    ("pages", "seen"),
    [
        (("ab", "c"), "abc"),
        (("ab", "bc"), "abc"),
        (("aa", "b"), "ab"),
        (("", "a"), "a"),
        (("ab", "ab", "c"), "ab"),
        ((), ""),
    ],
)
def test_a_list_shows_each_entry_once_and_ends_where_nothing_is_new(pages, seen):
    assert "".join(one["id"] for one in entries(*pages)) == seen


def test_a_page_is_asked_for_when_it_is_needed():
    asked = []

    @each_once
    def pages():
        for number in range(3):
            asked.append(number)
            yield [{"id": number}]

    assert next(pages()) == {"id": 0}
    assert asked == [0]


@pytest.mark.parametrize("entry", [1, None, {}, {"id": None}, {"id": [1]}])
def test_an_entry_without_an_id_is_none_that_the_documents_promise(entry):
    @each_once
    def pages():
        yield [entry]

    with pytest.raises(Unsure, match="promise"):
        list(pages())


@pytest.mark.parametrize(("name", "ids"), [("1", [1]), ("Friends", [1, 3]), ("friends", [])])
def test_an_id_goes_before_a_name_and_a_name_may_be_there_twice(name, ids):
    assert [one["id"] for one in called(LISTS, name)] == ids


def test_what_there_is_to_choose_from_is_in_order():
    assert listed(LISTS) == "1 (2), Friends (1), Friends (3)"
    assert listed([]) == ""


def test_only_numbers_count():
    answer = {"sent": 3, "rates": {"opens": 2.0, "clicks": "1"}}
    paths = {"recipients": "sent", "opens": "rates.opens", "clicks": "rates.clicks"}
    figures = counted(answer, paths)
    assert (figures.recipients, figures.opens, figures.clicks) == (3, 2, None)
    assert figures.bounces is None


def test_a_digest_never_changes_as_ledgers_keep_it():
    seen = [{"b": None, "a": "ä"}, 1]
    assert digest(seen) == digest([{"a": "ä", "b": None}, 1])
    assert digest(seen) == "b3edd4e2ab976ce07eb837baae312458d5e3f19b1387dba7742cd627fef911e5"


class Silent:
    """A wire on which every answer is empty."""

    def call(self, _):
        return None


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"outbox"}))
def test_an_empty_answer_does_not_make_a_campaign_gone(name, tmp_path):
    options = CASES[name](tmp_path).provider().options
    with pytest.raises((NotNow, Unsure), match="promise"):
        adapter(name)(options, Silent()).status("1")


def test_options_that_end_in_env_name_the_secrets():
    @dataclass(frozen=True)
    class Options(HttpOptions):
        api_key_env: Annotated[str, ENVIRONMENT_NAME] = "THE_KEY"
        environment: str = "test"

    assert Provider.secret_names(Options()) == ("THE_KEY",)


def test_a_picture_is_somewhere_that_mail_may_load_it_from():
    assert public_url({"url": "https://a.example/x.png"}, "url") == "https://a.example/x.png"
    assert public_url(Later(2), "url") == "{url of request 2}"
    for bad in ("http://localhost:9000/x.png", "/uploads/x.png"):
        with pytest.raises(Rejected, match="is not https"):
            public_url({"url": bad}, "url")
    with pytest.raises(Unsure):
        public_url({}, "url")
