from dataclasses import replace
from pathlib import Path

import pytest

from deliver.conformance.cases import CASES
from deliver.conformance.over_http import HttpRig
from pressrun.config import load
from pressrun.deliver.providers import TABLE, adapter, check_pictures, connect, option_types
from pressrun.deliver.providers.contract import Connection, HttpOptions, Provider
from pressrun.errors import ConfigError, NotNow, Rejected, UsageError
from pressrun.publication import Publication
from support.issues import KEY, NOW, issue
from support.publications import MINIMAL
from support.wire_fakes.base import FakeServer, Reply
from support.wire_fakes.buttondown import ButtondownFake

ENVIRON = {"BUTTONDOWN_API_KEY": ButtondownFake.key}
SETTINGS = MINIMAL.removesuffix("  name: outbox\n")


@pytest.fixture
def publication(tmp_path: Path):
    def make(*lines: str) -> Publication:
        (tmp_path / "publish.yml").write_text(SETTINGS + "".join(f"  {line}\n" for line in lines))
        return load(tmp_path)

    return make


def connected(publication: Publication, environ=None, **options) -> Provider:
    return connect(publication, environ or {}, clock=lambda: NOW, sleep=lambda _: None, **options)


def test_the_key_comes_from_the_environment_without_the_space_around_it(publication):
    fake = ButtondownFake()
    environ = {"MY_KEY": f" {fake.key}\n"}
    here = publication("name: buttondown", "api_key_env: MY_KEY")
    assert connected(here, environ, transport=FakeServer(fake)).account() == "press"


@pytest.mark.parametrize("environ", [{}, {"BUTTONDOWN_API_KEY": ""}, {"BUTTONDOWN_API_KEY": " "}])
def test_a_missing_key_is_named_with_its_mend(publication, environ):
    with pytest.raises(UsageError, match=r"publish\.yml:9: BUTTONDOWN_API_KEY is not set") as error:
        connected(publication("name: buttondown"), environ)
    assert "environment" in error.value.problems[0].mend


def test_a_dry_run_without_the_key_asks_nobody(publication):
    provider = connected(publication("name: buttondown"), offline=True)
    with pytest.raises(NotNow, match=r"^BUTTONDOWN_API_KEY is not set\.$"):
        provider.account()
    assert provider.localise(issue().message).subject == "Hello"


def test_a_dry_run_with_the_key_may_ask(publication):
    fake = ButtondownFake()
    here = publication("name: buttondown")
    provider = connected(here, ENVIRON, transport=FakeServer(fake), offline=True)
    assert provider.account() == "press"


def test_an_adapters_advice_reaches_the_client(publication):
    fake = ButtondownFake()
    fake.refuse("POST", "/emails", Reply.json({"code": "slug_invalid", "detail": "No"}, 400))
    here = publication("name: buttondown")
    provider = connected(here, {"BUTTONDOWN_API_KEY": fake.key}, transport=FakeServer(fake))
    with pytest.raises(Rejected, match="look in Buttondown"):
        provider.draft(issue(), None)


def test_every_wrong_option_is_an_error_with_its_line(publication):
    here = publication("name: buttondown", "newslettr: x", "api_key_env: not a name")
    with pytest.raises(ConfigError) as error:
        connected(here, ENVIRON)
    assert [one.where for one in error.value.problems] == ["publish.yml:11", "publish.yml:12"]
    assert 'Did you mean "newsletter"?' in str(error.value)


@pytest.mark.parametrize(
    ("name", "mend"), [("buttonup", 'mean "buttondown"'), ("x", "There are: buttondown, ")]
)
def test_a_provider_that_there_is_not_is_an_error_with_a_suggestion(publication, name, mend):
    with pytest.raises(ConfigError, match=mend):
        connected(publication(f"name: {name}"))


def test_a_ca_file_lies_beside_publish_yml(publication, certificate):
    here = publication("name: buttondown", "ca_file: ours.pem")
    with pytest.raises(UsageError, match=r"/ours\.pem cannot be used"):
        connected(here, ENVIRON)
    (here.root / "ours.pem").write_bytes(certificate.read_bytes())
    connected(here, ENVIRON)


@pytest.mark.parametrize("word", ["false", "no", "0"])
def test_certificates_are_always_checked(publication, word):
    with pytest.raises(UsageError, match=r"ca_file|CA file"):
        connected(publication("name: buttondown", f"ca_file: {word}"), ENVIRON)


def test_a_plain_address_is_refused(publication):
    here = publication("name: buttondown", "base_url: http://api.example.org")
    with pytest.raises(UsageError, match="https"):
        connected(here, ENVIRON)


def test_a_provider_without_a_server_gets_a_wire_of_its_own(publication):
    here = publication("name: outbox", "folder: sent-mail")
    provider = connected(here)
    provider.draft(issue(), None)
    assert (here.root / "sent-mail" / ".drafts" / KEY).is_dir()


@pytest.mark.parametrize("name", TABLE)
def test_what_is_reached_over_http_has_the_options_of_http(name, tmp_path):
    kind = adapter(name)
    rig = CASES[name](tmp_path)
    options = rig.provider().options
    key = rig.service.key if isinstance(rig, HttpRig) else ""
    secrets = dict.fromkeys(kind.secret_names(options), key)
    reach = kind.connection(options, secrets)
    assert issubclass(kind.Options, HttpOptions) == isinstance(reach, Connection)
    assert kind.name == name
    assert option_types()[name] is kind.Options


@pytest.mark.parametrize("name", ["outbox", "resend", "sendgrid"])
def test_pictures_cannot_be_uploaded_where_nobody_hosts_them(publication, name):
    here = publication(f"name: {name}")
    wanted = replace(here, email=replace(here.email, images="upload", line=12))
    words = rf"publish\.yml:12: images: upload, but {name} hosts no pictures\. Write images: site"
    for check in (check_pictures, connected):
        with pytest.raises(ConfigError, match=words):
            check(wanted)
    check_pictures(here)


@pytest.mark.parametrize("name", ["buttondown", "ghost", "listmonk", "mailchimp"])
def test_pictures_can_be_uploaded_where_somebody_hosts_them(publication, name):
    here = publication(f"name: {name}")
    check_pictures(replace(here, email=replace(here.email, images="upload")))
