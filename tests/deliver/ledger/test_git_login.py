"""How the ledger's branch is logged in to, and that nobody sees the secret."""

from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.deliver.ledger.git import GitLedger
from pressrun.deliver.ledger.git_remote import login
from pressrun.deliver.ledger.talk import redacted, talk
from pressrun.errors import LedgerError
from support.git_http import git_server
from support.git_remote import GitRemote, wrapper
from support.lines import entry
from support.require import require
from support.tls import server_tls

CANARY = "canary/7d1e+secret==canary"
TOKEN = {"PUBLISH_GIT_TOKEN": CANARY}


@pytest.fixture
def server(tmp_path):
    require("git")
    require("git-http-backend", present=Path("/usr/lib/git-core/git-http-backend").exists())
    with git_server(GitRemote.make(tmp_path), "x-access-token", CANARY) as made:
        yield made


def ledger_at(server, tmp_path: Path, url: str, environ: dict[str, str]) -> GitLedger:
    log = tmp_path / "calls.log"
    script = f'printf "%s\\n" "$*" >> {log}\nexec $REAL "$@"'
    path = wrapper(tmp_path / "bin", script)
    root = tmp_path / "job"
    root.mkdir(exist_ok=True)
    return GitLedger(
        root,
        url,
        server.remote.branch,
        server.remote.environ | {"PATH": path} | environ,
        publication="notes",
        sleep=lambda _: None,
    )


def everything_written(server, tmp_path: Path) -> bytes:
    files = (path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    objects = server.remote.git("cat-file", "--batch-all-objects", "--batch")
    return b"".join(chain(files, [objects]))


def test_token_comes_from_the_environment_and_stays_there(server, tmp_path):
    helper = f"[credential]\nhelper = store --file={tmp_path}/stored\n"
    (server.remote.home / ".gitconfig").write_text(helper)
    ledger = ledger_at(server, tmp_path, server.url(), TOKEN)
    ledger.create()
    ledger.append([entry("a")])
    assert list(ledger.read()) == ["a"]
    written = everything_written(server, tmp_path)
    assert b"/remote.git" in written
    assert CANARY.encode() not in written


def test_password_in_the_address_never_reaches_a_command_line(server, tmp_path):
    server.user, server.password = "ada@example.org", "p@ss/canary"
    url = server.url("ada%40example.org:p%40ss%2Fcanary@")
    ledger = ledger_at(server, tmp_path, url, {})
    ledger.create()
    assert ledger.exists()
    assert b"canary" not in everything_written(server, tmp_path)


def test_user_in_the_address_goes_with_the_token(server, tmp_path):
    server.user = "ada"
    ledger_at(server, tmp_path, server.url("ada@"), TOKEN).create()
    assert server.remote.head()


@pytest.mark.parametrize("environ", [{}, {"PUBLISH_GIT_TOKEN": "canary-wrong"}])
def test_login_that_fails_is_unreachable_and_shows_nothing(server, tmp_path, environ):
    ledger = ledger_at(server, tmp_path, server.url(), environ)
    for act in (ledger.exists, ledger.create, ledger.read):
        with pytest.raises(LedgerError, match=r"cannot be reached.*PUBLISH_GIT_TOKEN") as caught:
            act()
        assert type(caught.value) is LedgerError
        assert "canary" not in str(caught.value)


@pytest.mark.holds_secret("stored", because="this is where git keeps its own passwords")
def test_own_credential_helper_works_without_a_token(server, tmp_path):
    stored = tmp_path / "stored"
    stored.write_text(f"http://x-access-token:canary@127.0.0.1%3a{server.port}\n")
    server.password = "canary"
    helper = f"[credential]\nhelper = store --file={stored}\n"
    (server.remote.home / ".gitconfig").write_text(helper)
    ledger_at(server, tmp_path, server.url(), {}).create()
    assert server.remote.head()


@pytest.mark.parametrize("user", ["", "x-access-token@"])
def test_redirect_does_not_carry_the_token_to_another_host(server, tmp_path, user):
    with git_server(server.remote, "x-access-token", CANARY) as other:
        server.redirect = f"http://{user}localhost:{other.port}"
        with pytest.raises(LedgerError, match="cannot be reached"):
            ledger_at(server, tmp_path, server.url(), TOKEN).exists()
        assert set(other.logins) == {""}


@pytest.fixture
def tls_server(tmp_path, certificate):
    require("git-http-backend", present=Path("/usr/lib/git-core/git-http-backend").exists())
    remote, tls = GitRemote.make(tmp_path), server_tls(certificate)
    with git_server(remote, "x-access-token", CANARY, tls) as made:
        yield made


def test_certificate_is_checked_whatever_environment_and_settings_say(tls_server, tmp_path):
    settings = f'[http]\nsslVerify = false\n[http "{tls_server.url()}"]\nsslVerify = false\n'
    (tls_server.remote.home / ".gitconfig").write_text(settings)
    switched_off = TOKEN | {"GIT_SSL_NO_VERIFY": "1"}
    with pytest.raises(LedgerError, match="certificate verification failed"):
        ledger_at(tls_server, tmp_path, tls_server.url(), switched_off).exists()
    assert tls_server.logins == []


def test_authority_of_your_own_can_be_named(tls_server, tmp_path, certificate):
    environ = TOKEN | {"GIT_SSL_CAINFO": str(certificate)}
    ledger_at(tls_server, tmp_path, tls_server.url(), environ).create()
    assert tls_server.remote.head()


def secret_for(url: str, **environ: str) -> str:
    return login(url, environ, Path("/askpass")).environ.get("PRESSRUN_GIT_SECRET", "")


def test_own_token_comes_before_the_one_of_the_job():
    both = {"PUBLISH_GIT_TOKEN": "canary-ours", "GITHUB_TOKEN": "canary-job"}
    assert secret_for("https://github.com/a/b", **both) == "canary-ours"
    assert secret_for("https://github.com/a/b", GITHUB_TOKEN="canary-job") == "canary-job"


def test_token_of_the_job_is_for_the_server_that_issued_it():
    job = {"GITHUB_TOKEN": "canary-job", "GITHUB_SERVER_URL": "https://git.example"}
    assert secret_for("https://git.example/a/b", **job) == "canary-job"
    assert secret_for("https://github.com/a/b", **job) == ""
    assert secret_for("https://gitlab.com/a/b", GITHUB_TOKEN="canary-job") == ""


@pytest.mark.parametrize(
    "url", ["http://git.example/a", "git@github.com:a/b", "ssh://git@github.com/a/b", "/a/b"]
)
def test_token_goes_over_https_only(url):
    assert secret_for(url, PUBLISH_GIT_TOKEN="canary-ours", GITHUB_TOKEN="canary-job") == ""


def test_what_git_says_becomes_one_harmless_line():
    said = "\x1b[31mremote: no\x1b[0m\nhint: try\n\nfatal: 'https://u:p@h/x' � \x07 canary\n"
    assert talk(said, ["canary"]) == "remote: no / fatal: 'https://***@h/x' �  ***"
    assert len(talk("x" * 10_000)) < 1000


@given(st.text(min_size=1), st.text(), st.text())
def test_no_secret_survives(secret, before, after):
    assert secret not in redacted(f"{before}{secret}{after}", [secret]).replace("***", "")
