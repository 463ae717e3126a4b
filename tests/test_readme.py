"""What the README says holds: commands, options, fields, exit codes and the configuration."""

import re
import shlex
from pathlib import Path

import click
import pytest

from pressrun import config, errors
from pressrun.cli import COMMANDS, exits, publish
from pressrun.deliver.providers import TABLE
from pressrun.posts.fields import FALLBACKS, FIELDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, number: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)[number]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_described(name):
    assert re.search(rf"^\| `publish {name}[ `]", README, re.MULTILINE), name


@pytest.mark.parametrize(
    "line", sorted(set(re.findall(r"(?<![\w/])publish [a-z][^\n`|#]*", README)))
)
def test_every_command_line_is_understood(line):
    words = shlex.split(line.split("  ")[0].split(" && ")[0])[1:]
    command = publish.get_command(None, words[0])  # type: ignore[arg-type]
    assert command is not None, line
    while isinstance(command, click.Group):
        command = command.get_command(None, words.pop(1))  # type: ignore[arg-type]
        assert command is not None, line
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known, line


def test_the_configuration_shown_is_valid(tmp_path):
    text = next(found for found in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL))
    (tmp_path / "publish.yml").write_text(text, encoding="utf-8")
    publication = config.load(tmp_path)
    assert publication.provider.name in TABLE


def test_every_provider_is_listed():
    assert all(f"| `{name}` |" in README for name in TABLE)


def test_every_field_of_a_post_is_described():
    table = README[README.index("| field |") : README.index("Posts may be bundles")]
    named = set(re.findall(r"`(\w+)[`:]", table))
    assert set(FIELDS) - set(FALLBACKS.values()) <= named


def test_the_keys_of_other_generators_are_those_of_the_code():
    table = README[README.index("| field | its keys") : README.index("- Two keys of one field")]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE)
    listed = {field: set(re.findall("`([^`]+)`", keys)) for field, keys in rows}
    examples = {"date": {"publish_date"}, "language": {"hello.de.md", "index.de.md"}}
    assert {field: keys - examples.get(field, set()) for field, keys in listed.items()} == {
        field: set(names) for field, names in FIELDS.items()
    }


def test_the_exit_codes_are_those_of_the_code():
    listed = README[README.index("Exit codes:") :].split("\n\n")[0]
    codes = {int(code) for code in re.findall(r"(?:^|[ ,])(\d+) [a-z]", listed)}
    results = {value for name, value in vars(exits).items() if name.isupper()}
    kinds = {kind.exit_code for kind in vars(errors).values() if hasattr(kind, "exit_code")}
    assert codes == results | kinds


def test_the_test_command_is_the_one_that_ci_runs():
    assert "```sh\ntests/run\n```" in README
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "exec tests/run"
