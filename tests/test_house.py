"""The house rules: the tools, sizes, start-up, and what must not be in the repository."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.publications import MINIMAL, publication
from support.require import require
from support.tools import ROOT, finds_nothing, tool

MODULES = sorted((ROOT / "src").rglob("*.py"))
HEAVY = {"requests", "premailer", "lxml", "feedgen", "jinja2", "markdown_it", "pygments", "nh3"}

CHECKS = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
    "import-linter": ("lint-imports",),
}

# Written so that this file does not match itself.
UNWANTED = {
    "a machine's path": r"(?<![\w.-])/([w]ork|[r]oot)/",
    "a registry's host": r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.|[d]eb\.debian\.org",
    "a word of the workshop": r"(?i)[h]elper session|\b[C]EO\b|[c]oding agent",
    "a private key": r"-----[B]EGIN [A-Z ]*PRIVATE KEY",
    "a token": r"\b([g]h[pousr]_\w{36}|[A]KIA[0-9A-Z]{16}|[x]ox[bp]-\w{10}|[S]G\.[\w-]{22}\.)",
}


@pytest.mark.parametrize("command", CHECKS.values(), ids=CHECKS)
def test_the_tools_have_nothing_to_say(command):
    finds_nothing(tool(command[0]), *command[1:])


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(module):
    text = module.read_text(encoding="utf-8")
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        f"{node.name}: {size} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, functions) and (size := node.end_lineno - node.lineno + 1) > 60
    ]
    assert not long
    assert len(text.splitlines()) <= 400


def modules_after(*arguments: str, folder: Path = ROOT) -> set[str]:
    """Run ``publish`` in a fresh interpreter; return the top-level modules it has then."""
    code = (
        "import sys; from pressrun.cli import run; code = run(sys.argv[1:]);"
        "print('modules', *{name.partition('.')[0] for name in sys.modules}); sys.exit(code)"
    )
    result = subprocess.run(
        (sys.executable, "-c", code, *arguments),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return set(result.stdout.rpartition("modules ")[2].split())


def test_help_imports_nothing_heavy():
    loaded = modules_after("--help")
    assert "click" in loaded
    assert not loaded & HEAVY


def test_status_imports_nothing_heavy(tmp_path, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    root = publication(tmp_path)
    assert modules_after("baseline", folder=root) & {"yaml"}
    assert not modules_after("status", folder=root) & HEAVY


def test_email_with_nothing_to_send_asks_nobody_and_imports_nothing_heavy(tmp_path, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    config = MINIMAL.replace("name: outbox", "name: buttondown")  # whose key is not even set
    root = publication(tmp_path, config=config)
    assert modules_after("baseline", folder=root) & {"yaml"}
    assert not modules_after("email", folder=root) & HEAVY


def test_stats_that_nobody_is_asked_for_import_nothing_heavy(tmp_path, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    root = publication(tmp_path, config=MINIMAL.replace("name: outbox", "name: buttondown"))
    assert modules_after("baseline", folder=root) & {"yaml"}
    assert not modules_after("stats", folder=root) & HEAVY


def tracked() -> list[Path]:
    require("git", present=(ROOT / ".git").exists())
    listed = subprocess.run(
        ("git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_says_what_only_concerns_the_workshop():
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "ignore")
        for name, pattern in UNWANTED.items():
            if match := re.search(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(ROOT)}:{line}: {name}: {match[0]!r}")
    assert found == []
