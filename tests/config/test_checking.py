from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.config.checking import read
from pressrun.errors import ConfigError
from pressrun.kinds import ENVIRONMENT_NAME, AtLeast, Doc
from pressrun.publication import Publication
from pressrun.strict_yaml import Value, parse

CANARY = "sk-canary-0123456789"


@dataclass(frozen=True, slots=True)
class Options:
    key_env: Annotated[str, ENVIRONMENT_NAME, Doc("The variable.")] = "KEY"
    names: tuple[str, ...] = ()
    limits: Mapping[str, Annotated[int, AtLeast(1)]] | None = None
    anything: Any = None


def options(text: str, name: str = "provider") -> Options:
    return read(Options, parse(text, "publish.yml"), "publish.yml", name=name)


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        options(text)
    return [str(problem) for problem in caught.value.problems]


def test_an_options_dataclass_is_read_like_any_section():
    found = options("key_env: MY_KEY\nnames: [a, b]\nlimits: {x: 1}\n")
    assert (found.key_env, found.names, found.limits) == ("MY_KEY", ("a", "b"), {"x": 1})


def test_an_empty_mapping_gives_the_defaults():
    assert read(Options, Value({}, 7), "publish.yml") == Options()
    assert read(Options, Value(None, 7), "publish.yml") == Options()


@pytest.mark.parametrize(
    "text", [f"key_env: {CANARY}", "key_env: 9876543210", f"key_env: ['{CANARY}']"]
)
def test_a_secret_in_the_place_of_its_name_is_not_repeated(text):
    (only,) = problems(text)
    assert only.startswith('publish.yml:1: "key_env" in provider must be')
    assert CANARY not in only
    assert "9876543210" not in only


def test_each_item_of_a_list_is_checked_on_its_line():
    assert problems("names:\n  - a\n  - 2\n  -\n") == [
        'publish.yml:3: "names" in provider must be text, not the number 2. Put it in quotes: "2".',
        'publish.yml:4: "names" in provider is empty. Give it a value, or remove the key.',
    ]


def test_values_of_a_mapping_follow_their_rules():
    assert problems("limits: {x: 0}") == [
        'publish.yml:1: "x" in provider.limits must be at least 1, not 0.'
    ]


YAML = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("abc: <>@/.{}", max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "site", "url", "title", "timezone", "feeds", "name", "ledger"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def as_value(data: Any) -> Value:
    if isinstance(data, list):
        return Value([as_value(each) for each in data], 1)
    if isinstance(data, dict):
        return Value({key: as_value(each) for key, each in data.items()}, 1, 1)
    return Value(data, 1, 1, str(data))


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(["id", "site", "feeds", "provider", "email"]), YAML))
def test_whatever_stands_there_the_answer_is_problems_with_a_place(data):
    with pytest.raises(ConfigError) as caught:
        read(Publication, as_value(data), "publish.yml", given={"root": None})
    assert all(problem.where == "publish.yml:1" for problem in caught.value.problems)
