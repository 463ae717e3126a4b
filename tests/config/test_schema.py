"""The shipped JSON Schema. After a change: pytest tests/config/test_schema.py --force-regen."""

import json
from pathlib import Path

import jsonschema
import pytest

from pressrun.config import schema
from pressrun.deliver.providers import option_types
from pressrun.strict_yaml import parse, plain
from support.publications import MINIMAL

REPOSITORY = Path(__file__).parents[2]
SHIPPED = REPOSITORY / "src" / "pressrun" / "publish.schema.json"


def checker() -> jsonschema.Draft202012Validator:
    described = schema.json_schema(option_types())
    jsonschema.Draft202012Validator.check_schema(described)
    return jsonschema.Draft202012Validator(described)


def mistakes(text: str) -> list[str]:
    return [error.json_path for error in checker().iter_errors(plain(parse(text, "publish.yml")))]


def test_the_shipped_schema_is_the_one_the_dataclasses_make(file_regression):
    file_regression.check(schema.text(option_types()), fullpath=SHIPPED)


def test_the_shipped_schema_is_json():
    assert json.loads(SHIPPED.read_text(encoding="utf-8"))["title"].startswith("A publication")


def test_the_repository_s_own_publication_is_valid():
    written = (REPOSITORY / "publish.yml").read_text(encoding="utf-8")
    assert mistakes(written) == []
    assert f"$schema={SHIPPED.relative_to(REPOSITORY)}" in written.splitlines()[0]


def test_what_the_program_accepts_is_valid():
    short = "ledger: git\nnewsletters:\n  main:\nposts:\nemail: {reply_to: ''}\n"
    assert mistakes(MINIMAL + short) == []


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ("idd: x", "$"),
        ("ledger: cloud", "$.ledger"),
        ("newsletters: {Main: }", "$.newsletters"),
        ("email: {mode: maybe}", "$.email.mode"),
        ("email: {from: nobody}", "$.email.from"),
        ("posts: {folder: ../elsewhere}", "$.posts.folder"),
    ],
)
def test_what_the_program_refuses_is_not_valid(wrong, where):
    assert mistakes(f"{MINIMAL}{wrong}\n") == [where]


def test_each_provider_s_options_are_checked():
    typed_wrong = MINIMAL.replace("name: outbox", "name: outbox\n  foldr: x")
    assert mistakes(typed_wrong) == ["$.provider"]
    assert mistakes(MINIMAL.replace("outbox", "outbocks")) == ["$.provider.name"]
