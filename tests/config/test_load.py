from datetime import date
from zoneinfo import ZoneInfo

import pytest

from pressrun import config
from pressrun.errors import ConfigError, UsageError
from pressrun.model import Author
from pressrun.publication import LedgerChoice, Newsletter
from support.publications import MINIMAL, publication


def loaded(tmp_path, text):
    return config.load(publication(tmp_path, config=text))


def problems(tmp_path, text):
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    return [str(problem) for problem in caught.value.problems]


def test_a_minimal_publication_has_sensible_defaults(tmp_path):
    found = loaded(tmp_path, MINIMAL)
    assert found.root == tmp_path / "publication"
    assert found.site.timezone == ZoneInfo("Europe/Berlin")
    assert found.feeds.authority_date == date(2026, 1, 1)
    assert found.newsletters == {"main": Newsletter()}
    assert found.ledger == LedgerChoice("file")
    assert (found.provider.name, found.provider.line) == ("outbox", 9)


def test_feeds_are_at_the_site_s_url_unless_they_say_otherwise(tmp_path):
    bare = MINIMAL.replace("https://notes.example/", "https://notes.example/blog")
    assert loaded(tmp_path, bare).site.url == "https://notes.example/blog/"
    assert loaded(tmp_path, bare).feeds.url == "https://notes.example/blog/"
    elsewhere = bare.replace("feeds:\n", "feeds:\n  url: https://feeds.example/x\n")
    assert loaded(tmp_path, elsewhere).feeds.url == "https://feeds.example/x/"


def test_short_forms_mean_the_long_ones(tmp_path):
    text = MINIMAL.replace("feeds:", "  authors:\n    - Ada\n    - {name: Grace}\nfeeds:")
    found = loaded(tmp_path, f"{text}ledger: git\nnewsletters:\n  main:\n  weekly: {{}}\n")
    assert found.site.authors == (Author("Ada"), Author("Grace"))
    assert found.ledger == LedgerChoice("git")
    assert list(found.newsletters) == ["main", "weekly"]


def test_options_of_a_provider_keep_their_lines_for_the_adapter(tmp_path):
    found = loaded(tmp_path, MINIMAL + "  folder: post\n  pause: 3\n")
    lines = {key: (value.data, value.key_line) for key, value in found.provider.options.items()}
    assert lines == {"folder": ("post", 11), "pause": (3, 12)}


def test_words_that_yaml_1_1_turns_into_booleans_stay_text(tmp_path):
    assert loaded(tmp_path, MINIMAL.replace("title: Notes", "title: no")).site.title == "no"


def test_a_misspelt_key_names_line_and_suggestion(tmp_path):
    text = MINIMAL.replace("  timezone", "  languge: en\n  timezone")
    message = 'publish.yml:5: unknown key "languge" in site. Did you mean "language"?'
    assert problems(tmp_path, text) == [message]


def test_an_unknown_key_without_a_likeness_lists_the_known_ones(tmp_path):
    (only,) = problems(tmp_path, MINIMAL + "xyzzy: 1\n")
    assert only.startswith('publish.yml:11: unknown key "xyzzy". Known here: id, site, feeds')


def test_all_problems_come_in_one_run_in_the_order_of_lines(tmp_path):
    text = MINIMAL.replace("id: notes", "id: My Notes").replace("Europe/Berlin", "Berln")
    text = text.replace("https://notes", "htps://notes") + "ledger: cloud\n"
    assert [line.split(":")[1] for line in problems(tmp_path, text)] == ["1", "4", "5", "11"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "title: Notes",
            "title: 2026",
            'must be text, not the number 2026. Put it in quotes: "2026"',
        ),
        ("title: Notes", "title: true", 'must be text, not true. Put it in quotes: "true".'),
        ("title: Notes", "title: [a]", "must be text, not a list."),
        ("title: Notes", "title: ''", '"title" in site is empty.'),
        ("title: Notes", "title:", '"title" in site is empty.'),
        ("title: Notes", "title: Notes\n  title: More", "is there twice, first on line 3."),
        ("title: Notes", 'title: "a\\nb"', "must be one line"),
        ("  title: Notes\n", "", 'publish.yml:2: the key "title" is missing in site. Add "title"'),
        ("Europe/Berlin", "berlin", 'Did you mean "Europe/Berlin"?'),
        ("Europe/Berlin", "Europe/Berln", 'Did you mean "Europe/Berlin"?'),
        ("Europe/Berlin", "Europe", "must be a time zone"),
        ("Europe/Berlin", "../../etc/passwd", "must be a time zone"),
        ("https://notes.example/", "https://notes.example/?x", "before any ? or #"),
        ("https://notes.example/", "https://notes.example:port/", "must be a URL"),
        ("https://notes.example/", "https://[notes/", "must be a URL"),
        ("https://notes.example/", "https://me:canary@notes.example/", "must not hold a login"),
        ("2026-01-01", "2026-02-30", "must be a day that exists"),
        ("2026-01-01", "20260101", "must be a date such as 2026-11-01, not the number 20260101."),
        ("2026-01-01", "2026-W01-1", "must be a date such as 2026-11-01"),
        ("name: outbox", "folder: x", 'publish.yml:9: the key "name" is missing in provider.'),
        ("provider:\n  name: outbox", "provider: outbox", "provider must be a mapping of keys"),
    ],
)
@pytest.mark.holds_secret("*/publish.yml", because="a person has written a login there")
def test_a_wrong_value_is_explained(tmp_path, old, new, message):
    (only,) = problems(tmp_path, MINIMAL.replace(old, new))
    assert only.startswith("publish.yml:")
    assert message in only


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("feeds2: 1", "unknown key"),
        ("ledger: {store: file, persistent: yes}", 'not "yes". Write true.'),
        ("ledger: {store: [file]}", '"store" in ledger must be text.'),
        ("posts: {folder: ../x}", "must be a folder beside publish.yml"),
        ("posts: {url: '{slug}'}", "must start with a slash"),
        ("posts: {url: '/../{slug}'}", "must be a plain path"),
        ("newsletters: {}", "at least one name"),
        ("newsletters: {The Weekly: }", "a name in newsletters must be lower-case"),
        ("newsletters: {weekly: {audiens: x}}", 'in newsletters.weekly. Did you mean "audience"?'),
        ("email: {max_lateness: 0}", "must be at least 1, not 0."),
        ("email: {max_lateness: 1.5}", "must be a whole number, not the number 1.5."),
        ("email: {max_lateness: true}", "must be a whole number, not true."),
        ("email: {from: 'Ada, Ed <a@notes.example>'}", "needs double quotes"),
        ("email: {subject: '{titel}'}", "knows no {titel}; there are {title} and {site}."),
        ("email: {subject: ''}", '"subject" in email is empty.'),
        ("posts: posts", "must be a mapping of keys"),
        ("id: &x notes2", "anchor"),
    ],
)
def test_a_wrong_section_is_explained(tmp_path, section, message):
    assert any(message in line for line in problems(tmp_path, f"{MINIMAL}{section}\n"))


@pytest.mark.parametrize("sender", ["Ada <a@b.example>", "a@b.example", '"Ada, Ed" <a@b.example>'])
def test_a_sender_is_a_name_with_an_address_or_an_address(tmp_path, sender):
    assert loaded(tmp_path, f"{MINIMAL}email:\n  from: {sender!r}\n").email.sender == sender


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "publish.yml:1: publish.yml is empty. Make a new one: publish init"),
        ("# only a comment\n", "publish.yml is empty"),
        ("- a list\n", "publish.yml:1: publish.yml must be a mapping of keys, not a list."),
        ("id: [\n", "publish.yml:1: this is not valid YAML"),
        ("id: a: b\n", 'Put text that holds ": " in quotes.'),
    ],
)
def test_a_file_that_holds_no_keys_is_explained(tmp_path, content, message):
    assert message in problems(tmp_path, content)[0]


def test_a_file_in_another_encoding_is_explained(tmp_path):
    root = publication(tmp_path)
    (root / "publish.yml").write_bytes(MINIMAL.replace("Notes", "Caf\xe9").encode("latin-1"))
    with pytest.raises(ConfigError, match=r"^publish.yml:3: this is not UTF-8 \(byte 0xE9\)"):
        config.load(root)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert loaded(tmp_path, "\ufeff" + MINIMAL).id == "notes"


def test_a_folder_without_publish_yml_says_how_to_make_one(tmp_path):
    with pytest.raises(UsageError, match="publish init"):
        config.load(tmp_path)


def test_a_folder_in_the_place_of_publish_yml_is_explained(tmp_path):
    (tmp_path / "publish.yml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path)
