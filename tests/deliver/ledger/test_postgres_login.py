"""How the database is logged in to, over TLS, and that nobody sees the password."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from pressrun.deliver.ledger.postgres_address import address
from pressrun.errors import LedgerError, UsageError
from support.lines import entry
from support.postgres import PASSWORD
from support.stores import PostgresStore

REMOTE = "postgresql://press@db.example/ledger"


def parameters(url: str, **environ: str) -> dict[str, str]:
    return conninfo_to_dict(address(url, "PGPASSWORD", environ).conninfo)


def tls(url: str, **environ: str) -> tuple[str | None, str | None]:
    found = parameters(url, **environ)
    return found.get("sslmode"), found.get("sslrootcert")


@pytest.fixture
def store(postgres):
    return PostgresStore(postgres)


def test_password_comes_from_the_environment():
    assert parameters(REMOTE, PGPASSWORD=PASSWORD)["password"] == PASSWORD
    assert "password" not in parameters(REMOTE)


def test_address_shows_no_password():
    place = address(REMOTE, "PGPASSWORD", {"PGPASSWORD": PASSWORD})
    assert "canary" not in repr(place)
    assert place.name == "database ledger on db.example"


def test_connection_has_limits_which_the_url_may_change():
    found = parameters(REMOTE)
    assert (found["connect_timeout"], found["keepalives"]) == ("10", "1")
    assert parameters(f"{REMOTE}?connect_timeout=60")["connect_timeout"] == "60"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql:///ledger", "database ledger"),
        ("postgresql:///ledger?host=/run/postgresql", "database ledger"),
        ("postgresql://press@db.example:6432/ledger", "database ledger on db.example:6432"),
    ],
)
def test_place_is_named_for_a_person(url, name):
    assert address(url, "PGPASSWORD", {}).name == name


def test_other_hosts_must_show_a_certificate(monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities"))
    (tmp_path / "authorities").touch()
    assert tls(REMOTE) == ("verify-full", str(tmp_path / "authorities"))
    assert tls(REMOTE, PGSSLMODE="disable")[0] == "verify-full"
    assert tls("postgresql://localhost,db.example/ledger")[0] == "verify-full"
    assert tls("postgresql://press@localhost/ledger?hostaddr=203.0.113.7")[0] == "verify-full"
    assert tls("postgresql://localhost/ledger", PGHOSTADDR="203.0.113.7")[0] == "verify-full"
    assert tls("postgresql:///ledger", PGHOST="db.example")[0] == "verify-full"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://localhost/ledger",
        "postgresql://127.0.0.1,[::1]/ledger",
        "postgresql:///ledger?host=/run/postgresql",
        "postgresql://db.example/ledger?hostaddr=127.0.0.1",
    ],
)
def test_this_machine_needs_none(url):
    assert tls(url) == (None, None)


def test_what_the_url_says_of_tls_counts():
    assert tls(f"{REMOTE}?sslmode=require") == ("require", None)
    assert tls(f"{REMOTE}?sslrootcert=/etc/own.pem") == ("verify-full", "/etc/own.pem")
    assert tls(REMOTE, PGSSLROOTCERT="/etc/own.pem") == ("verify-full", "/etc/own.pem")


def test_certificate_is_demanded_and_checked(store):
    """On loopback, too, where the address is not one of loopback's usual names."""
    url = store.cluster.url(store.schema, host="127.0.0.2")
    with pytest.raises(LedgerError, match="does not support SSL"):
        store.open_at(url).exists()
    with store.cluster.tls("IP:127.0.0.2") as certificate:
        with pytest.raises(LedgerError, match=r"certificate verify failed.*sslrootcert=FILE"):
            store.open_at(url).exists()
        assert not store.open_at(f"{url}&sslrootcert={certificate}").exists()
    with (
        store.cluster.tls("DNS:other.example") as certificate,
        pytest.raises(LedgerError, match="does not match host name"),
    ):
        store.open_at(f"{url}&sslrootcert={certificate}").exists()


@pytest.mark.parametrize("password", ["", "canary-wrong"])
def test_login_that_fails_is_unreachable_and_shows_nothing(store, password):
    ledger = store.open_at(store.cluster.url(store.schema), password=password)
    for act in (ledger.exists, ledger.create, ledger.read, ledger.run().__enter__):
        with pytest.raises(LedgerError, match="cannot be reached") as caught:
            act()
        assert type(caught.value) is LedgerError
        assert "canary" not in str(caught.value)


@pytest.mark.holds_secret("database/log", because="the server logs what its trigger says")
def test_server_that_repeats_the_password_does_not_make_us_do_so(store):
    store.open().create()
    store.execute(
        "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION 'login {PASSWORD} at postgresql://u:canary@h/x'; END $$"
    )
    store.execute(
        "CREATE TRIGGER tell BEFORE INSERT ON pressrun_line FOR EACH ROW EXECUTE FUNCTION tell()"
    )
    with pytest.raises(LedgerError, match=r"login \*\*\* at postgresql://\*\*\*@h/x") as caught:
        store.open().append([entry("a")])
    assert "canary" not in str(caught.value)


def test_address_that_postgresql_does_not_understand_is_a_usage_error():
    with pytest.raises(UsageError, match=r'"sslmod".*postgresql://USER@HOST/DATABASE'):
        address(f"{REMOTE}?sslmod=require", "PGPASSWORD", {})
