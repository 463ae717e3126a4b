"""The search for secrets finds them: a test that leaves one behind fails, wherever it lies."""

import base64
import json
from textwrap import dedent, indent
from urllib.parse import quote

import pytest

from support import canary
from support.ledgers import MemoryLedger
from support.lines import holding
from support.require import require
from support.wire_fakes.ghost import GhostFake

pytestmark = pytest.mark.holds_secret("*", because="here they are put there on purpose")

SECRET = "canary+s3cr3t/=canary"
TOKEN = f"{canary.TOKEN.decode()}iJIUzI1NiJ9.eyJpYXQiOjF9.{'sIgn_tur-' * 4}ABCDEFG"
FORMS = [
    SECRET,
    SECRET[:9],
    SECRET[-7:],
    SECRET.upper(),
    quote(SECRET, safe=""),
    json.dumps({"key": SECRET}),
    SECRET.encode().hex(),
    SECRET.encode().hex().upper(),
    *(base64.b64encode(f"{user}:{SECRET}".encode()).decode() for user in ("a", "ab", "abc")),
    base64.urlsafe_b64encode(b"??" + SECRET.encode()).decode(),
    base64.encodebytes(b"x" * 53 + SECRET.encode()).decode(),
    "a line that quoted-printable has folded: can=\r\nary",
    "a narrow column: cana\n    ry",
    TOKEN,
    TOKEN[:30],
]

# What each of these tests leaves behind makes it fail, and nothing else would.
LEAKS = {
    "prints": "print(SECRET)",
    "writes_to_the_descriptor": "os.write(2, SECRET.encode())",
    "logs_what_few_turn_on": "logging.getLogger('urllib3.util').debug('key %s', SECRET)",
    "logs": "logging.getLogger('any').warning('key %s', SECRET)",
    "reads_what_it_printed(capsys)": "print(SECRET); capsys.readouterr()",
    "leaves_it_unread(capsys)": "print(SECRET)",
    "reads_the_descriptor(capfd)": "os.write(1, SECRET.encode()); capfd.readouterr()",
    "writes(tmp_path)": "deep(tmp_path).write_text(SECRET)",
    "names_a_file(tmp_path)": "deep(tmp_path, SECRET.replace('/', '')).touch()",
    "names_a_folder(tmp_path)": "(tmp_path / SECRET).mkdir(parents=True)",
    "links(tmp_path)": "(tmp_path / 'link').symlink_to(SECRET)",
    "commits(tmp_path)": "git(tmp_path).put('a.txt', SECRET.encode())",
    "names_a_file_in_git(tmp_path)": "git(tmp_path).put(SECRET, b'')",
    "packs(tmp_path)": """
        remote = git(tmp_path)
        remote.put('a.txt', SECRET.encode())
        remote.git('repack', '-adq')
        assert not list(remote.folder.glob('objects/??/*'))
    """,
    "says_it_in_a_commit(tmp_path)": """
        remote = git(tmp_path)
        remote.git('commit-tree', '-m', SECRET, remote.git('mktree').decode().strip())
    """,
    "raises_and_expects_it": """
        with pytest.raises(ValueError):
            raise ValueError(SECRET)
    """,
    "raises_with_a_cause": """
        with pytest.raises(ValueError):
            raise ValueError('no') from KeyError(SECRET)
    """,
    "raises_in_an_attribute": """
        with pytest.raises(WireError):
            raise Rejected(Problem('no'), code=SECRET)
    """,
    "raises_in_a_function": "pytest.raises(ValueError, int, SECRET)",
    "leaves_it_elsewhere": "canary.later(lambda: [('elsewhere', SECRET.encode())])",
    "signs(tmp_path)": "canary.shown('Ghost ' + TOKEN); deep(tmp_path).write_text(TOKEN[-43:])",
    "cannot_be_searched": "canary.later(lambda: 1 / 0)",
    "uses_another_secret": "canary.shown('Bearer abcdef')",
    "asks": "ask(Request('GET', '/emails', (('key', SECRET),)))",
    "posts": "ask(Request('POST', '/emails', json={'text': [SECRET]}))",
    "may_hold_one_elsewhere(tmp_path)": "deep(tmp_path).write_text(SECRET)",
    "may_hold_one_for_no_reason": "pass",
}
SILENT = {
    "is_clean(tmp_path, capsys)": "print('can, ary'); deep(tmp_path).write_text(TOKEN[-43:])",
    "may_hold_one(tmp_path)": "deep(tmp_path).write_text(SECRET)",
    "may_print_one": "print(SECRET)",
}
MARKS = {
    "may_hold_one(tmp_path)": "'deep/*', because='it says so'",
    "may_print_one": "'output', because='it says so'",
    "may_hold_one_elsewhere(tmp_path)": "'output', 'other/*', because='it says so'",
    "may_hold_one_for_no_reason": "'output'",
}
HEAD = f"""
import logging, os, pytest
from contextlib import suppress
from datetime import UTC, datetime
from pressrun.errors import Problem, Rejected, WireError
from pressrun.http import Http
from pressrun.wire import Request
from support import canary
from support.git_remote import GitRemote
from support.wire_fakes.base import FakeServer
from support.wire_fakes.buttondown import ButtondownFake

SECRET, TOKEN = {SECRET!r}, {TOKEN!r}

def deep(folder, name='a.txt'):
    (folder / 'deep').mkdir()
    return folder / 'deep' / name

def git(folder):
    return GitRemote.make(folder)

def ask(request):
    login = {{'Authorization': f'Token {{ButtondownFake.key}}'}}
    wire = Http(
        ButtondownFake.base_url,
        headers=login,
        secrets={{}},
        clock=lambda: datetime.now(UTC),
        sleep=lambda _: None,
        transport=FakeServer(ButtondownFake()),
    )
    with suppress(WireError):
        wire.call(request)
"""


def source(name: str, body: str) -> str:
    mark = f"@pytest.mark.holds_secret({MARKS[name]})\n" if name in MARKS else ""
    head = name if "(" in name else f"{name}()"
    return f"{mark}def test_{head}:\n{indent(dedent(body).strip(), '    ')}\n"


def test_a_test_that_leaves_a_secret_behind_fails(pytester, monkeypatch):
    require("git")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    tests = "\n".join(source(*one) for one in (LEAKS | SILENT).items())
    pytester.makepyfile(f"{HEAD}\n{tests}")
    result = pytester.inline_run("-p", "support.canary_hooks", "-q")
    reports = result.getreports("pytest_runtest_logreport")
    failed = {report.head_line for report in reports if report.failed}
    assert {f"test_{name.partition('(')[0]}" for name in LEAKS} == failed
    said = [str(report.longrepr) for report in reports if report.failed]
    assert [one for one in said if not one.startswith(("a secret is in ", "holds_secret"))] == []


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_known_in_every_form(form):
    assert canary.secret_in(f"before {form} after".encode())


@pytest.mark.parametrize(
    "text",
    ["", "a can, ary", "Y2Fu", "eyJ", TOKEN[-43:], base64.b64encode(b"cannery" * 9).decode()],
)
def test_what_is_no_secret_is_none(text):
    assert canary.secret_in(text.encode()) == ""


def test_every_fake_has_a_secret_that_is_known():
    assert canary.secret_in(GhostFake.key.encode())


def test_a_ledger_in_memory_is_searched():
    for entry in (holding("a", eml=b"x"), holding("a", 1, eml=SECRET.encode())):
        before = len(canary.WATCH.found)
        ledger = MemoryLedger()
        ledger.append([holding("a")] if entry.after else [])
        ledger.append([entry])
        assert len(canary.WATCH.found) - before == entry.after


def test_a_database_is_searched(postgres):
    schema = postgres.schema()
    postgres.execute("CREATE TABLE a (words text, content bytea)", schema)
    canary.search_places()
    assert canary.WATCH.found == []
    postgres.execute("INSERT INTO a VALUES (%s, %s)", schema, SECRET, SECRET.encode())
    postgres.execute(f"DO $$ BEGIN RAISE WARNING '{SECRET}'; END $$")
    canary.search_places()
    assert [place for place, _ in canary.WATCH.found] == ["database/log", *["database/a"] * 2]
