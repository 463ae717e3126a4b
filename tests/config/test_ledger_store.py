"""``ledger:`` in publish.yml: a word, or the URL of a database without its password."""

import jsonschema
import pytest

from pressrun import config
from pressrun.config import schema
from pressrun.errors import ConfigError
from pressrun.strict_yaml import parse, plain
from support.publications import MINIMAL

GOOD = [
    "file",
    "git",
    "postgresql://press@db.example/ledger",
    "postgres://press@db.example:6432/ledger?sslmode=verify-full&sslrootcert=/etc/ca.pem",
    "postgresql:///ledger",
    "postgresql:///ledger?host=/run/postgresql",
    "postgresql://ada%40example@one:5432,two:5432/ledger?target_session_attrs=any",
    "postgresql://press@[::1]:5432/ledger",
]
BAD = [
    "cloud",
    "sqlite:///ledger.db",
    "postgresql:ledger",
    "postgresql://press@db.example",
    "postgresql://press@db.example/",
    "postgresql://db.example/led ger",
    "postgresql://db.example/a/b",
]
SECRET = [
    "postgresql://press:canary@db.example/ledger",
    "postgresql://press:@db.example/ledger",
    "postgresql://press:can/ary@db.example/ledger",
    "postgresql://press@db.example/ledger?password=canary",
    "postgresql://press@db.example/ledger?sslmode=require&sslpassword=canary",
    "postgresql://press@db.example/ledger?oauth_client_secret=canary",
]


def load(tmp_path, ledger: str):
    (tmp_path / "publish.yml").write_text(f"{MINIMAL}ledger: {ledger}\n")
    return config.load(tmp_path).ledger


def problem(tmp_path, ledger: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, ledger)
    (only,) = caught.value.problems
    return str(only)


def fits_the_schema(store: str) -> bool:
    given = plain(parse(f"{MINIMAL}ledger: {store}\n", "publish.yml"))
    return jsonschema.Draft202012Validator(schema.json_schema({})).is_valid(given)


@pytest.mark.parametrize("store", GOOD)
def test_a_store_may_be_a_word_or_a_url(tmp_path, store):
    assert load(tmp_path, store).store == store
    assert load(tmp_path, f"{{store: '{store}'}}").store == store
    assert fits_the_schema(store)


@pytest.mark.parametrize("store", BAD)
def test_any_other_store_is_refused_with_what_there_is(tmp_path, store):
    said = problem(tmp_path, store)
    assert said.startswith('publish.yml:11: "store" in ledger must be')
    assert "postgresql://USER@HOST/DATABASE" in said
    assert not fits_the_schema(store)


@pytest.mark.holds_secret("publish.yml", because="a person has written it there")
@pytest.mark.parametrize("store", SECRET)
def test_a_password_is_refused_and_not_repeated(tmp_path, store):
    said = problem(tmp_path, store)
    assert said.startswith('publish.yml:11: "store" in ledger must not hold a password')
    assert "PGPASSWORD" in said
    assert "canary" not in said
    assert not fits_the_schema(store)


@pytest.mark.holds_secret("publish.yml", because="a person has written it there")
def test_what_may_be_a_password_is_not_repeated(tmp_path):
    for store in ("press:canary@db.example/ledger", "postgresql://press:can?ary@db/x"):
        assert "ary" not in problem(tmp_path, store)


def test_the_password_has_the_variable_that_postgresql_gives_it(tmp_path):
    assert load(tmp_path, "postgresql:///x").password_env == "PGPASSWORD"
    long = "{store: postgresql:///x, password_env: LEDGER_PASSWORD}"
    assert load(tmp_path, long).password_env == "LEDGER_PASSWORD"


@pytest.mark.holds_secret("publish.yml", because="a person has written it there")
def test_a_password_in_the_place_of_the_variable_is_not_repeated(tmp_path):
    said = problem(tmp_path, "{store: postgresql:///x, password_env: canary-1}")
    assert "never the secret itself" in said
    assert "canary" not in said
