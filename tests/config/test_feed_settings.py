"""What publish.yml may say of feeds: their places, their content and their archives."""

import json
import re
from dataclasses import fields
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun import config
from pressrun.errors import ConfigError
from pressrun.kinds import FeedPath
from pressrun.publication import FeedPattern, Feeds, FeedsBy
from support.publications import MINIMAL, publication


def loaded(tmp_path, written):
    text = MINIMAL.replace("provider:", f"  {written}\nprovider:")
    return config.load(publication(tmp_path, config=text)).feeds


def refused(tmp_path, written):
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, written)
    return str(caught.value)


def test_left_out_there_is_one_feed_of_the_newest_twenty_without_archives(tmp_path):
    feeds = config.load(publication(tmp_path)).feeds
    assert (feeds.items, feeds.content, feeds.archives, feeds.by) == (20, "both", 0, FeedsBy())


@pytest.mark.parametrize("kind", [field.name for field in fields(FeedsBy)])
def test_a_path_alone_is_a_pattern_for_feeds_of(tmp_path, kind):
    by = loaded(tmp_path, f"by:\n    {kind}: of/{{name}}").by
    assert getattr(by, kind) == FeedPattern("of/{name}")


def test_a_pattern_says_what_gets_a_feed_and_what_is_in_it(tmp_path):
    written = (
        "by:\n    tag:\n      path: '{name}'\n      include: [a, B]\n      exclude: [c]\n"
        "      items: 5\n      content: summary"
    )
    found = loaded(tmp_path, written).by.tag
    assert found == FeedPattern("{name}", ("a", "B"), ("c",), 5, "summary")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("items: 0", 'publish.yml:9: "items" in feeds must be at least 1, not 0.'),
        ("archives: -1", 'publish.yml:9: "archives" in feeds must be at least 0, not -1.'),
        ("content: whole", '"content" in feeds must be full or summary or both, not "whole".'),
        ("by:\n    tags: x/{name}", 'unknown key "tags" in feeds.by. Did you mean "tag"?'),
        ("by:\n    tag: {items: 3}", 'publish.yml:10: the key "path" is missing in feeds.by.tag'),
        (
            "by:\n    tag: x/{name}\n    author: y",
            'publish.yml:11: "path" in feeds.by.author needs {name}',
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path, written, told):
    assert told in refused(tmp_path, written)


@pytest.mark.parametrize(
    "path", ["{name}", "tags/{name}", "a/b-c/{name}", "{name}/{name}", "on-{name}", "ä/{name}.d"]
)
def test_a_plain_path_with_a_place_for_the_name_is_a_place_for_feeds(path):
    assert FeedPath().wrong(path) == ""


BAD = [
    *("", "tags", "tags/name", "{Name}", "{name}{x}", "/tags/{name}", "tags//{name}", "{name}/"),
    *("feed.xml/{name}", "{name}/Feeds.HTML", "{name}.json"),
    *("../{name}", "tags/../{name}", "./{name}", ".tags/{name}", "x/.{name}", "tags\\{name}"),
    *("c:{name}", "my tags/{name}", "{name}?x", "{name}#x", "%2e%2e/{name}", "x\n{name}"),
    *("x\u202e{name}", "\0{name}"),
]


@pytest.mark.parametrize("path", BAD)
def test_any_other_path_is_refused_in_one_line(path):
    assert FeedPath().wrong(path).endswith(".")
    assert "\n" not in FeedPath().wrong(path)


@given(st.text(st.characters(exclude_categories=()), max_size=20), st.text(max_size=20))
def test_what_is_taken_stays_below_the_folder_and_in_the_schema(before, after):
    path = f"{before}{{name}}{after}"
    if FeedPath().wrong(path):
        return
    parts = path.replace("{name}", "x").split("/")
    assert not {"", ".", ".."} & set(parts)
    assert re.search(FeedPath().schema()["pattern"], path)


def test_the_schema_knows_every_setting():
    schema = json.loads((files("pressrun") / "publish.schema.json").read_text())
    known = schema["properties"]["feeds"]["properties"]
    assert set(known) == {each.name for each in fields(Feeds) if "line" not in each.metadata}
    assert known["content"]["enum"] == ["full", "summary", "both"]
