"""Each rule for workflow files: a bad file, the line it names, and a good file that it leaves."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.check.workflows import RULES, workflow
from pressrun.cli import starter
from pressrun.model import Severity
from pressrun.publication import LedgerChoice
from support.tools import ROOT

PATH = ".github/workflows/mail.yml"
GIT, FILE = LedgerChoice("git"), LedgerChoice("file")
COMMIT = "3d3c42e5aac5ba805825da76410c181273ba90b1"
GOOD = f"""\
name: mail
on:
  push:
  schedule:
    - cron: "17 6 * * *"
permissions: {{}}
jobs:
  send:
    runs-on: ubuntu-24.04
    concurrency:
      group: mail
      cancel-in-progress: false
    permissions:
      contents: write
    steps:
      - uses: actions/checkout@{COMMIT} # v7.0.1
        with:
          persist-credentials: false
      - run: |
          publish feed
          publish email --dry-run
      - run: publish email
        env:
          BUTTONDOWN_API_KEY: ${{{{ secrets.BUTTONDOWN_API_KEY }}}}
          PUBLISH_GIT_TOKEN: ${{{{ github.token }}}}
"""


def found(text: str, ledger: LedgerChoice | None = GIT):
    return workflow(text.encode(), PATH, ledger)


def changed(*pairs: tuple[str, str]) -> str:
    text = GOOD
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def line(text: str, words: str) -> int:
    return next(n for n, one in enumerate(text.split("\n"), 1) if words in one)


def test_a_good_workflow_has_no_finding():
    assert found(GOOD) == ()


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda path: path.name
)
def test_the_repositorys_own_workflows_have_no_finding(path):
    assert workflow(path.read_bytes(), path.name, GIT) == ()


def test_the_workflow_that_init_writes_has_no_finding():
    text = starter.workflow(posts="content/posts", secrets=["EXAMPLE_API_KEY"], branch="trunk")
    assert found(text) == ()


GROUP = "    concurrency:\n      group: mail\n      cancel-in-progress: false\n"
CHECKOUT = f"      - uses: actions/checkout@{COMMIT} # v7.0.1\n"
RIGHTS = "    permissions:\n      contents: write\n"
CREDENTIALS = "        with:\n          persist-credentials: false\n"
KEEP = f"      - uses: actions/cache@{COMMIT}\n        with: {{key: a, path: .publish/ledger}}\n"
BAD = {
    "no concurrency": ((GROUP, ""), "send-concurrency", "  send:"),
    "a run that is cut off": (
        ("in-progress: false", "in-progress: true"),
        "send-cancelled",
        "cancel-in",
    ),
    "a run that may be cut off": (
        ("in-progress: false", "in-progress: ${{ github.ref != 'refs/heads/main' }}"),
        "send-cancelled",
        "cancel-in",
    ),
    "a tag": ((COMMIT, "v7"), "floating-action", "checkout@v7"),
    "a short commit": ((COMMIT, COMMIT[:7]), "floating-action", "checkout@"),
    "a container by its tag": (
        (CHECKOUT, "      - uses: docker://alpine:3\n" + CHECKOUT),
        "floating-action",
        "docker:",
    ),
    "a reusable workflow by its branch": (
        ("jobs:\n", "jobs:\n  other:\n    uses: a/b/.github/workflows/c.yml@main\n"),
        "floating-action",
        "c.yml@main",
    ),
    "pull_request_target": (
        ("  push:\n", "  push:\n  pull_request_target:\n"),
        "pull-request-target",
        "pull_request_target",
    ),
    "the full hour": (("17 6", "0 6"), "full-hour", "cron"),
    "a cache": ((CHECKOUT, KEEP + CHECKOUT), "cached-ledger", "path: .publish"),
    "a cache of the whole folder": (
        (CHECKOUT, KEEP.replace(".publish/ledger", ".publish") + CHECKOUT),
        "cached-ledger",
        "path: .publish",
    ),
    "a cache that is restored": (
        (CHECKOUT, KEEP.replace("cache@", "cache/restore@") + CHECKOUT),
        "cached-ledger",
        "path: .publish",
    ),
    "an artifact of several paths": (
        (
            CHECKOUT,
            f"      - uses: actions/upload-artifact@{COMMIT}\n        with:\n"
            "          path: |\n            public/\n            site/.publish/**\n" + CHECKOUT,
        ),
        "cached-ledger",
        "site/.publish/**",
    ),
    "credentials in the checkout": ((CREDENTIALS, ""), "checkout-credentials", "checkout@"),
    "a secret for pull requests": (
        ("  push:\n", "  pull_request:\n"),
        "secret-on-pull-request",
        "secrets.BUTTONDOWN",
    ),
    "no right to write": (("contents: write", "contents: read"), "ledger-permission", "    perm"),
    "no rights at all": (
        (RIGHTS, ""),
        "ledger-permission",
        "permissions: {}",
    ),
    "rights that are left to a setting": (
        (("permissions: {}\n", ""), (RIGHTS, "")),
        "ledger-permission",
        "  send:",
    ),
}


@pytest.mark.parametrize(("change", "rule", "words"), BAD.values(), ids=BAD)
def test_a_bad_workflow_is_named_with_rule_and_line(change, rule, words):
    text = changed(change) if isinstance(change[0], str) else changed(*change)
    (finding,) = found(text)
    assert (finding.rule, finding.path) == (rule, PATH)
    assert finding.line == line(text, words)
    assert finding.mend.endswith((".", "PUBLISH_GIT_TOKEN."))


def test_every_rule_has_a_bad_file():
    named = {rule for _, rule, _ in BAD.values()} | {"file-ledger"}
    assert len(named) == len(RULES)


def test_a_file_ledger_does_not_fit_a_job_that_sends():
    (finding,) = found(GOOD, FILE)
    assert (finding.rule, finding.line) == ("file-ledger", line(GOOD, "  send:"))
    assert found(GOOD, LedgerChoice("file", persistent=True)) == ()
    assert found(GOOD, None) == ()


@pytest.mark.parametrize(
    "change",
    [
        (GROUP, "    concurrency: mail\n"),
        ("permissions: {}\n", "permissions: {}\nconcurrency: mail\n"),
        ("17 6", "*/15 6"),
        ("17 6", "0,30 6"),
        ("persist-credentials: false", "persist-credentials: 'false'"),
        (CHECKOUT, KEEP.replace(".publish/ledger", ".publish/cache") + CHECKOUT),
        (CHECKOUT, KEEP.replace(".publish/ledger", "'!.publish'") + CHECKOUT),
        (CHECKOUT, "      - uses: ./.github/actions/own\n" + CHECKOUT),
        (CHECKOUT, f"      - uses: docker://alpine@sha256:{'a' * 64}\n" + CHECKOUT),
        (RIGHTS, "    permissions: write-all\n"),
    ],
)
def test_what_is_good_in_another_way_is_left_alone(change):
    assert found(changed(change)) == ()


def test_a_token_of_its_own_for_the_ledger_needs_no_right_of_the_job():
    other = ("${{ github.token }}", "${{ secrets.PUSH_TOKEN }}")
    assert found(changed(("contents: write", "contents: read"), other)) == ()


@pytest.mark.parametrize(
    "command",
    [
        "publish email",
        ".venv/bin/publish email --late hello",
        "publish -C site email",
        "python -m pressrun email 2>&1 | tee log",
        "publish email --dry-run && publish email",
        "A=b publish email; publish email --dry-run",
        "|\n          set -e\n          publish \\\n            email",
    ],
)
def test_a_job_that_sends_is_known_by_its_script(command):
    text = changed((GROUP, ""), ("run: publish email\n", f"run: {command}\n"))
    assert [finding.rule for finding in found(text)] == ["send-concurrency"]


@pytest.mark.parametrize(
    "command",
    [
        "publish email --dry-run",
        "publish email --json --dry-run >plan.json",
        "|\n          publish email \\\n            --dry-run",
        "|\n          # publish email\n          publish feed",
        "publish status",
        "republish email",
    ],
)
def test_a_dry_run_and_other_commands_send_nothing(command):
    text = changed((GROUP, ""), ("run: publish email\n", f"run: {command}\n"))
    assert found(text) == ()


PULL = ("  push:\n", "  push:\n  pull_request:\n")


@pytest.mark.parametrize(
    "condition",
    [
        "github.event_name != 'pull_request'",
        "${{ github.event_name == 'schedule' }}",
        "github.ref == 'refs/heads/main'",
        "github.ref_name == github.event.repository.default_branch",
        "startsWith(github.ref, 'refs/tags/')",
    ],
)
@pytest.mark.parametrize("place", ["    runs-on: ubuntu-24.04\n", "      - run: publish email\n"])
def test_a_condition_keeps_secrets_from_pull_requests(condition, place):
    indent = " " * (4 if "runs-on" in place else 8)
    text = changed(PULL, (place, f"{place}{indent}if: {condition}\n"))
    assert found(text) == ()


def test_a_condition_that_lets_pull_requests_in_keeps_nothing_from_them():
    place = "    runs-on: ubuntu-24.04\n"
    text = changed(PULL, (place, f"{place}    if: github.event_name == 'pull_request'\n"))
    assert [finding.rule for finding in found(text)] == ["secret-on-pull-request"]


def test_a_secret_for_every_job_or_by_inheritance_is_seen():
    text = changed(PULL, ("${{ secrets.BUTTONDOWN_API_KEY }}", "none"))
    everywhere = text.replace("jobs:\n", "env:\n  KEY: ${{ secrets.KEY }}\njobs:\n")
    (finding,) = found(everywhere)
    assert (finding.rule, finding.line) == (
        "secret-on-pull-request",
        line(everywhere, "secrets.KEY"),
    )
    call = f"jobs:\n  other:\n    uses: a/b/.github/workflows/c.yml@{COMMIT}\n"
    inherited = text.replace("jobs:\n", f"{call}    secrets: inherit\n")
    (finding,) = found(inherited)
    assert finding.line == line(inherited, "inherit")


def test_the_jobs_own_token_is_no_secret():
    assert found(changed(PULL, ("secrets.BUTTONDOWN_API_KEY", "secrets.GITHUB_TOKEN"))) == ()


@pytest.mark.parametrize("on", ["pull_request_target", "[push, pull_request_target]"])
def test_triggers_may_be_written_in_three_ways(on):
    start = GOOD[GOOD.index("on:") : GOOD.index("permissions: {}")]
    (finding,) = found(changed((start, f"on: {on}\n")))
    assert (finding.rule, finding.line, finding.severity) == ("pull-request-target", 2, "error")


def test_what_does_not_touch_the_mail_is_a_warning():
    text = changed(("run: publish email\n", "run: publish status\n"), PULL)
    assert {finding.severity for finding in found(text)} == {Severity.WARNING}


@pytest.mark.parametrize(
    ("text", "severity", "number"),
    [
        (b"jobs:\n  a: [\n", "error", 2),
        (b"jobs: {}\n\tx: 1\n", "error", 2),
        (b"jobs: \xff\n", "error", 1),
        (b"jobs:\n  a: &same {}\n  b: *same\n", "warning", 2),
    ],
)
def test_a_file_that_cannot_be_checked_is_an_error_where_it_is_no_yaml(text, severity, number):
    finding = workflow(text, PATH, GIT)[0]
    assert (finding.rule, finding.severity, finding.line) == ("workflow-unread", severity, number)
    assert finding.what.startswith("it cannot be checked: ")


@pytest.mark.parametrize(
    "text", ["", "on: 3", "[]", "jobs: [a]", "jobs: {a: }", "jobs: {a: {steps: {b: c}}}", "on: []"]
)
def test_odd_shapes_are_no_bug(text):
    assert found(text) == ()


NAMES = "on jobs steps uses run with path env if concurrency permissions schedule cron secrets"
KEYS = st.sampled_from(NAMES.split())
SHAPES = st.recursive(
    st.sampled_from(["publish email", "pull_request", "inherit", "~", "1", "'${{ secrets.A }}'"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]"),
        st.dictionaries(KEYS, inner, max_size=4).map(
            lambda each: "{" + ", ".join(f"{key}: {value}" for key, value in each.items()) + "}"
        ),
    ),
)


@settings(deadline=None, max_examples=200)
@given(SHAPES)
def test_whatever_is_in_a_workflow_is_no_bug(text):
    assert all(finding.line == 1 for finding in found(text))
