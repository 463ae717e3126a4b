"""What only the ledger in a database has to stand: neighbours, damage, and a server of any kind."""

import subprocess
import sys
import time

import pytest

from pressrun.deliver.ledger import open_ledger
from pressrun.deliver.steps import Step
from pressrun.errors import LedgerAbsent, LedgerDamaged, LedgerError, Overtaken, UsageError
from pressrun.publication import LedgerChoice
from support.lines import entry, holding
from support.postgres import PASSWORD
from support.publications import publication, settings
from support.stores import PostgresStore

CLAIM = '{"step":"claim","run":"x","at":"2026-11-23T08:00:00Z"}'


@pytest.fixture
def store(postgres):
    made = PostgresStore(postgres)
    made.open().create()
    return made


@pytest.fixture
def empty(postgres):
    return PostgresStore(postgres)


def everything(ledger):
    return (ledger.exists, ledger.read, ledger.create, lambda: ledger.append([entry("a")]))


def test_publications_share_a_database_and_nothing_else(store):
    notes = store.open()
    news = store.open_at(store.cluster.url(store.schema), "news")
    notes.append([holding("a", eml=b"notes")])
    assert not news.exists()
    with pytest.raises(LedgerAbsent):
        news.append([entry("a")])
    news.create()
    with notes.run(), news.run():
        news.append([holding("a", eml=b"news"), entry("b")])
    assert (set(notes.read()), set(news.read())) == ({"a"}, {"a", "b"})
    assert (notes.kept("a"), news.kept("a")) == ({"eml": b"notes"}, {"eml": b"news"})


def test_second_run_is_refused_at_once_but_may_look(store):
    first, second = store.open(), store.open()
    with first.run():
        with pytest.raises(LedgerError, match="Another run holds the ledger"), second.run():
            pass
        first.append([entry("a")])
        assert list(second.read()) == ["a"]
    with second.run():
        second.append([entry("a", 1, Step.DRAFTED)])


def test_lines_can_be_asked_for_in_sql(store):
    store.open().append([entry("a"), entry("b")])
    rows = store.execute("SELECT key, seq, line->>'step' FROM pressrun_line ORDER BY key")
    assert rows == [("a", 1, "claim"), ("b", 1, "claim")]


def test_line_that_somebody_else_inserts_meanwhile_overtakes(store):
    """Whoever does not keep to our lock meets the primary key."""
    store.execute(
        "CREATE FUNCTION cut_in() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF pg_trigger_depth() = 1 THEN"
        " INSERT INTO pressrun_line VALUES ('notes', NEW.key, NEW.seq, '[]'); END IF;"
        " RETURN NEW; END $$"
    )
    store.execute(
        "CREATE TRIGGER cut_in BEFORE INSERT ON pressrun_line"
        " FOR EACH ROW EXECUTE FUNCTION cut_in()"
    )
    with pytest.raises(Overtaken, match="pressrun_line_pkey"):
        store.open().append([entry("a")])
    assert store.open().read() == {}


def test_line_outlives_a_crash_whatever_the_role_s_settings(store):
    store.execute("CREATE TABLE seen (setting text)")
    store.execute(
        "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$"
    )
    store.execute(
        "CREATE TRIGGER see AFTER INSERT ON pressrun_line FOR EACH ROW EXECUTE FUNCTION see()"
    )
    url = store.cluster.url(store.schema)
    for number, setting in enumerate(("off", "local", "remote_apply")):
        store.open_at(f"{url}%20-csynchronous_commit%3D{setting}").append([entry("a", number)])
    assert store.execute("SELECT setting FROM seen") == [("on",), ("on",), ("remote_apply",)]


def test_server_that_only_reads_is_not_taken_for_the_ledger(store):
    standby = f"{store.cluster.url(store.schema)}%20-cdefault_transaction_read_only%3Don"
    for act in everything(store.open_at(standby)):
        with pytest.raises(LedgerError, match="read-only"):
            act()


@pytest.mark.parametrize("line", ["[]", '{"step":"sent"}', f"\n{CLAIM}", '"\\u0000"'])
def test_line_that_we_did_not_write_is_named(store, line):
    store.open().append([entry("a")])
    store.insert("a", 2, line)
    with pytest.raises(LedgerDamaged, match=r"^database postgres on .*, pressrun_line a:2: "):
        store.open().read()
    with pytest.raises(LedgerDamaged, match="pressrun_line a:2: "):
        store.open().append([entry("a", 2, Step.DRAFTED)])


def test_line_that_is_gone_is_noticed(store):
    store.open().append([entry("a"), entry("a", 1, Step.DRAFTED)])
    store.execute("DELETE FROM pressrun_line WHERE seq = 1")
    with pytest.raises(LedgerDamaged, match="pressrun_line a:2"):
        store.open().read()


def test_key_that_is_not_ours_is_damage(store):
    store.insert("../a", 1, CLAIM)
    with pytest.raises(LedgerDamaged, match=r"pressrun_line \.\./a"):
        store.open().read()


def test_lines_without_their_mark_are_damage_and_not_an_absent_ledger(store):
    store.open().append([entry("a")])
    store.execute("ALTER TABLE pressrun_line DROP CONSTRAINT pressrun_line_publication_fkey")
    store.execute("DELETE FROM pressrun_ledger")
    for act in everything(store.open()):
        with pytest.raises(LedgerDamaged, match="row in pressrun_ledger is gone"):
            act()


def test_mark_cannot_be_deleted_while_there_are_lines(store):
    import psycopg

    store.open().append([entry("a")])
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        store.execute("DELETE FROM pressrun_ledger")


@pytest.mark.parametrize("table", ["pressrun_ledger", "pressrun_line", "pressrun_kept"])
def test_missing_table_is_damage_and_not_an_absent_ledger(store, table):
    store.open().append([entry("a")])
    store.execute(f"DROP TABLE {table} CASCADE")
    for act in everything(store.open()):
        with pytest.raises(LedgerDamaged, match=f"missing: {table}"):
            act()


def test_tables_of_somebody_else_are_left_alone(empty):
    for name in ("pressrun_ledger", "pressrun_line", "pressrun_kept"):
        empty.execute(f"CREATE TABLE {name} (id int)")
    for act in everything(empty.open()):
        with pytest.raises(LedgerDamaged, match="not as Pressrun made them"):
            act()


def test_ledger_of_a_newer_format_is_not_touched(store):
    store.execute("UPDATE pressrun_ledger SET format = 2")
    for act in everything(store.open()):
        with pytest.raises(LedgerError, match="newer Pressrun"):
            act()


def test_nothing_is_made_but_by_create(empty):
    ledger = empty.open()
    assert not ledger.exists()
    for act in (ledger.read, ledger.all_kept, lambda: ledger.append([entry("a")])):
        with pytest.raises(LedgerAbsent):
            act()
    tables = "SELECT count(*) FROM pg_class WHERE relnamespace = %s::regnamespace"
    assert empty.execute(tables, empty.schema) == [(0,)]


def test_two_may_create_at_once(empty):
    both = [start(writer(empty, "create()")) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert empty.open().exists()


def test_two_processes_claim_one_issue_and_one_wins(store):
    ledgers = [start(writer(store, f"append([entry('a', run='{n}')])")) for n in range(3)]
    assert sorted(process.wait(60) for process in ledgers) == [0, 1, 1]
    assert len(store.open().read()["a"].lines) == 1


def writer(store, act: str) -> str:
    url = store.cluster.url(store.schema)
    return (
        "from support.lines import entry; from pressrun.deliver.ledger.postgres import *;"
        "from pressrun.deliver.ledger.postgres_address import address;"
        f"place = address({url!r}, 'PW', {{'PW': {PASSWORD!r}}});"
        f"ledger = PostgresLedger(place, publication='notes'); ledger.{act}"
    )


def start(script: str) -> subprocess.Popen:
    environ = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    command = [sys.executable, "-c", script]
    return subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)


def test_role_that_may_not_write_is_told_so(store):
    role = f"reader_{store.schema}"
    store.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
    store.execute(f"GRANT USAGE ON SCHEMA {store.schema} TO {role}")
    store.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {store.schema} TO {role}")
    ledger = store.open_at(store.cluster.url(store.schema).replace("press@", f"{role}@"))
    assert ledger.read() == {}
    with pytest.raises(LedgerError, match=r"permission denied.*what the role may do"):
        ledger.append([entry("a")])


def test_database_that_cannot_hold_every_title_is_refused(postgres):
    postgres.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C'")
    url = f"postgresql://press@127.0.0.1:{postgres.port}/latin"
    ledger = PostgresStore(postgres).open_at(url)
    assert not ledger.exists()
    with pytest.raises(LedgerError, match=r"LATIN1.*ENCODING 'UTF8'"):
        ledger.create()


def test_publish_yml_chooses_it_with_the_password_of_the_environment(postgres, tmp_path):
    store = PostgresStore(postgres)
    choice = LedgerChoice(postgres.url(store.schema), password_env="LEDGER_PASSWORD")
    chosen = settings(root=tmp_path, id="notes", ledger=choice)
    ledger = open_ledger(chosen, {"LEDGER_PASSWORD": PASSWORD}, time.sleep)
    ledger.create()
    assert store.open().exists()
    with pytest.raises(LedgerError, match="cannot be reached"):
        open_ledger(chosen, {"PGPASSWORD": PASSWORD}, time.sleep).exists()


def test_without_psycopg_one_is_told_what_to_install(tmp_path):
    script = (
        "import sys; sys.modules['psycopg'] = None;"
        "from pressrun.cli import run; sys.exit(run(['status']))"
    )
    root = publication(tmp_path)
    text = (root / "publish.yml").read_text()
    (root / "publish.yml").write_text(f"{text}\nledger: postgresql://press@db.example/x\n")
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == UsageError.exit_code
    assert "pip install 'pressrun[postgres]'" in done.stderr
