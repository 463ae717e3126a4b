"""What can go wrong in GitHub's workflow files: an issue cut off, a ledger lost, a secret shown.

Each rule is a function that yields findings; a new one is a function and a line in ``RULES``.
"""

import re
from collections.abc import Callable, Iterator

import yaml

from pressrun.check.jobs import (
    Job,
    Workflow,
    entries,
    get,
    items,
    off_pull_requests,
    scalars,
    text,
)
from pressrun.errors import PressrunError, Problem
from pressrun.model import Finding, Severity
from pressrun.publication import LedgerChoice
from pressrun.strict_yaml import Value, decode, parse

_PINNED = re.compile(r"\./.*|.+@[0-9a-f]{40}|docker://.+@sha256:[0-9a-f]{64}")
_SECRET = re.compile(r"\$\{\{[^}]*\bsecrets\b(?!\.GITHUB_TOKEN\b)[^}]*\}\}", re.IGNORECASE)
_OUR_TOKEN = re.compile(r"github\.token|secrets\.GITHUB_TOKEN", re.IGNORECASE)
# .publish/cache may be deleted at any time, so it may as well be kept; so may the schema.
_LEDGER = re.compile(r"(?:^|/)\.publish(?:/(?:ledger\b.*|\*.*)?)?$")
_KEEPERS = ("actions/cache", "actions/upload-artifact", "actions/download-artifact")


def workflow(content: bytes, path: str, ledger: LedgerChoice | None) -> tuple[Finding, ...]:
    """Check a workflow file; ``ledger`` is what publish.yml says, None where that is unknown."""
    try:
        source = decode(content, path)
        value = parse(source, path)
    except PressrunError as error:
        return tuple(_unread(problem, path, content) for problem in error.problems)
    facts = Workflow(path, tuple(source.split("\n")), value, ledger)
    return tuple(finding for rule in RULES for finding in rule(facts))


def _unread(problem: Problem, path: str, content: bytes) -> Finding:
    """Report a file that we cannot check: an error where GitHub cannot read it either."""
    severity = Severity.WARNING if _is_yaml(content) else Severity.ERROR
    line = int(problem.where.rpartition(":")[2])
    what = f"it cannot be checked: {problem.what}".rstrip(".")
    return Finding("workflow-unread", severity, path, line, what, problem.mend)


def _is_yaml(content: bytes) -> bool:
    try:
        list(yaml.parse(content, Loader=yaml.SafeLoader))
    except yaml.YAMLError:
        return False
    return True


def unguarded_send(facts: Workflow) -> Iterator[Finding]:
    """Report a send outside of any concurrency group: two runs meet, and one of them fails."""
    for job in facts.sending:
        if not any(map(text, _groups(facts, job))):
            what = f"the job {job.name} sends, and two of its runs may meet"
            mend = "Give it `concurrency:` with a group and `cancel-in-progress: false`."
            yield _warning(facts, "send-concurrency", job.line, what, mend)


def cut_off_send(facts: Workflow) -> Iterator[Finding]:
    """Report a send that a newer run cuts off, which leaves its issue in doubt."""
    for job in facts.sending:
        for scope in (facts.value, job.value):
            cancel = get(scope, "concurrency", "cancel-in-progress")
            if cancel and text(cancel).lower() != "false":
                what = f"a newer run cuts {job.name} off, which leaves an issue in doubt"
                mend = "Write `cancel-in-progress: false`: a waiting run has nothing to lose."
                yield _error(facts, "send-cancelled", cancel.line, what, mend)


def _groups(facts: Workflow, job: Job) -> Iterator[Value | None]:
    for scope in (facts.value, job.value):
        yield from (get(scope, "concurrency"), get(scope, "concurrency", "group"))


def floating_action(facts: Workflow) -> Iterator[Finding]:
    """Report an action by a tag or a branch, which others can point to other code."""
    for step in facts.steps:
        if step.uses and not _PINNED.fullmatch(text(step.uses)):
            what = f"{text(step.uses)} may become other code at any time"
            mend = "Write the 40 digits of its commit after the @, and the tag as a comment."
            yield _warning(facts, "floating-action", step.uses.line, what, mend)


def outsiders(facts: Workflow) -> Iterator[Finding]:
    """Report ``pull_request_target``, which gives strangers the secrets and a token to write."""
    if trigger := facts.trigger("pull_request_target"):
        make = _error if facts.sending else _warning
        what = "pull_request_target runs with your secrets for anybody's pull request"
        mend = "Use pull_request, which has neither secrets nor the right to write."
        line = trigger.key_line or trigger.line
        yield make(facts, "pull-request-target", line, what, mend)


def full_hour(facts: Workflow) -> Iterator[Finding]:
    """Report a schedule on the full hour, when GitHub starts jobs late or not at all."""
    for entry in items(facts.trigger("schedule")):
        cron = get(entry, "cron")
        if cron and re.match(r"0+(,0+)*\s", text(cron)):
            what = "on the full hour GitHub starts jobs late or drops them"
            mend = "Choose another minute, such as 17."
            yield _warning(facts, "full-hour", cron.line, what, mend)


def kept_ledger(facts: Workflow) -> Iterator[Finding]:
    """Report a cache or an artifact as the ledger: it is lost, or an older one comes back."""
    for step in facts.steps:
        path = get(step.value, "with", "path")
        if not path or not step.calls(*_KEEPERS):
            continue
        for line in text(path).split():
            if _LEDGER.search(line):
                name = text(step.uses).partition("@")[0]
                what = f"{name} keeps {line}, and an old ledger has forgotten what was sent"
                mend = "Write `ledger: git` in publish.yml, and leave .publish out here."
                yield _error(facts, "cached-ledger", facts.line(path, line), what, mend)


def left_credentials(facts: Workflow) -> Iterator[Finding]:
    """Report a checkout that leaves the job's token on the disk, for every later step to read."""
    for job in facts.jobs:
        for step in job.steps:
            keep = text(get(step.value, "with", "persist-credentials")).lower()
            if step.uses and step.calls("actions/checkout") and keep != "false":
                what = "the checkout leaves its token on the disk, for every later step to read"
                mend = "Write `persist-credentials: false` below `with:`."
                if job.sends:
                    mend += " The ledger's token goes to the step that sends: PUBLISH_GIT_TOKEN."
                yield _warning(facts, "checkout-credentials", step.uses.line, what, mend)


def shown_secret(facts: Workflow) -> Iterator[Finding]:
    """Report a secret within reach of a pull request's own code, and perhaps a send from there."""
    if facts.trigger("pull_request") is None:
        return
    open_jobs = [job for job in facts.jobs if not off_pull_requests(job.value)]
    if open_jobs:
        yield from _secrets(facts, entries(facts.value).get("env"), sends=bool(facts.sending))
    for job in open_jobs:
        for name, value in entries(job.value).items():
            if name != "steps":
                yield from _secrets(facts, value, sends=job.sends, inherits=name == "secrets")
        for step in job.steps:
            if step.value is not job.value and not off_pull_requests(step.value):
                yield from _secrets(facts, step.value, sends=step.sends)


def _secrets(
    facts: Workflow, value: Value | None, *, sends: bool, inherits: bool = False
) -> Iterator[Finding]:
    make = _error if sends else _warning
    for each in scalars(value):
        named = [found[0] for found in _SECRET.finditer(text(each))]
        for words in named or ["inherit"] * (inherits and each.data == "inherit"):
            what = f"code of a pull request can read {words}"
            mend = "Give it to a job with `if: github.event_name != 'pull_request'`."
            line = facts.line(each, words)
            yield make(facts, "secret-on-pull-request", line, what, mend)


def forgetful_ledger(facts: Workflow) -> Iterator[Finding]:
    """Report a job that would send with a ledger on a disk which dies with it: it is refused."""
    if not facts.ledger or facts.ledger.store != "file" or facts.ledger.persistent:
        return
    for job in facts.sending:
        what = f"the job {job.name} cannot send: publish.yml keeps the ledger on one machine"
        mend = "Write `ledger: git` in publish.yml, then run publish baseline."
        yield _warning(facts, "file-ledger", job.line, what, mend)


def unwritable_ledger(facts: Workflow) -> Iterator[Finding]:
    """Report a job that would send and may not push the ledger's branch."""
    if not facts.ledger or facts.ledger.store != "git":
        return
    mend = "Give the job `permissions:` with `contents: write`."
    for job in facts.sending:
        allowed = get(job.value, "permissions") or get(facts.value, "permissions")
        if any(map(_has_other_token, (facts.value, job.value, *(s.value for s in job.steps)))):
            continue
        if allowed is None:
            what = f"whether the job {job.name} may write the ledger's branch is left to a setting"
            yield _warning(facts, "ledger-permission", job.line, what, mend)
        elif "write" not in {text(get(allowed, "contents")), text(allowed).removesuffix("-all")}:
            what = f"the job {job.name} may not write the ledger's branch, so it cannot send"
            line = allowed.key_line or job.line
            yield _error(facts, "ledger-permission", line, what, mend)


def _has_other_token(scope: Value) -> bool:
    """Say whether ``env`` brings a token for the ledger that is not the job's own."""
    token = text(get(scope, "env", "PUBLISH_GIT_TOKEN"))
    return bool(token) and not _OUR_TOKEN.search(token)


def _warning(facts: Workflow, rule: str, line: int, what: str, mend: str) -> Finding:
    return Finding(rule, Severity.WARNING, facts.path, line, what, mend)


def _error(facts: Workflow, rule: str, line: int, what: str, mend: str) -> Finding:
    return Finding(rule, Severity.ERROR, facts.path, line, what, mend)


RULES: tuple[Callable[[Workflow], Iterator[Finding]], ...] = (
    unguarded_send,
    cut_off_send,
    floating_action,
    outsiders,
    full_hour,
    kept_ledger,
    left_credentials,
    shown_secret,
    forgetful_ledger,
    unwritable_ledger,
)
