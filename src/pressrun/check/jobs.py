"""What the rules for workflow files look at: triggers, jobs and steps, each with its line.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pressrun.publication import LedgerChoice
from pressrun.strict_yaml import Value

# A command of a script that sends, up to its end; a dry run names itself before that.
_SENDS = re.compile(
    r"(?:(?<![\w-])publish|-m\s+pressrun)(?:\s+(?:-C|--directory)[\s=]+\S+)?\s+email\b"
    r"(?![^;&|\n]*--dry-run)"
)
_CONTINUED = re.compile(r"\\\n")
_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#.*$")
# What keeps a job or step off pull requests, whose github.ref is refs/pull/N/merge.
_OFF_PULL_REQUESTS = re.compile(
    r"event_name\s*!=\s*'pull_request'"
    r"|event_name\s*==\s*'(?!pull_request)"
    r"|github\.ref(?:_name|_type)?\s*=="
    r"|startsWith\(\s*github\.ref\s*,\s*'refs/(?:heads|tags)/"
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a job, or the call of a reusable workflow that stands in the place of steps."""

    value: Value

    @property
    def uses(self) -> Value | None:
        """The action that the step calls."""
        return get(self.value, "uses")

    @property
    def sends(self) -> bool:
        """Whether its script mails issues."""
        script = _CONTINUED.sub(" ", text(get(self.value, "run")))
        return bool(_SENDS.search(_COMMENT.sub("", script)))

    def calls(self, *actions: str) -> bool:
        """Say whether it calls one of ``actions``, at whatever version."""
        name = text(self.uses).partition("@")[0]
        return any(name == action or name.startswith(f"{action}/") for action in actions)


@dataclass(frozen=True, slots=True)
class Job:
    """A job; ``line`` is that of its name."""

    name: str
    value: Value
    line: int

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its steps; the job itself where it calls a reusable workflow."""
        if get(self.value, "uses"):
            return (Step(self.value),)
        return tuple(map(Step, items(get(self.value, "steps"))))

    @property
    def sends(self) -> bool:
        """Whether it mails issues."""
        return any(step.sends for step in self.steps)


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow file. ``ledger`` is what publish.yml says, None where that cannot be read."""

    path: str
    source: tuple[str, ...]
    value: Value
    ledger: LedgerChoice | None

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs, in the order of the file."""
        jobs = entries(get(self.value, "jobs"))
        return tuple(Job(name, value, value.key_line) for name, value in jobs.items())

    @property
    def sending(self) -> tuple[Job, ...]:
        """The jobs that mail issues."""
        return tuple(job for job in self.jobs if job.sends)

    @property
    def steps(self) -> Iterator[Step]:
        """The steps of all jobs."""
        return (step for job in self.jobs for step in job.steps)

    def trigger(self, name: str) -> Value | None:
        """Return what starts the workflow under this name; None where that does not start it."""
        triggers = get(self.value, "on")
        if triggers is None or isinstance(triggers.data, dict):
            return entries(triggers).get(name)
        words = items(triggers) or (triggers,)
        return next((word for word in words if word.data == name), None)

    def line(self, value: Value, words: str) -> int:
        """Say on which line of a text of many lines ``words`` stand."""
        numbered = enumerate(self.source[value.line - 1 :], value.line)
        return next((number for number, line in numbered if words in line), value.line)


def get(value: Value | None, *keys: str) -> Value | None:
    """Go down along ``keys``; None where there is nothing."""
    for key in keys:
        value = entries(value).get(key)
    return value


def entries(value: Value | None) -> Mapping[str, Value]:
    """Return a mapping's entries; none for anything else."""
    return value.data if value and isinstance(value.data, dict) else {}


def items(value: Value | None) -> tuple[Value, ...]:
    """Return a list's items; none for anything else."""
    return tuple(value.data) if value and isinstance(value.data, list) else ()


def text(value: Value | None) -> str:
    """Return a scalar as it was written; empty for anything else."""
    return value.raw if value else ""


def scalars(value: Value | None) -> Iterator[Value]:
    """Yield every scalar in ``value``, in the order of the file."""
    open_values = [value] if value else []
    while open_values:
        each = open_values.pop()
        inner = [*entries(each).values(), *items(each)]
        open_values += reversed(inner)
        if not isinstance(each.data, dict | list):
            yield each


def off_pull_requests(value: Value) -> bool:
    """Say whether the condition of a job or step keeps it from running for a pull request."""
    return bool(_OFF_PULL_REQUESTS.search(text(get(value, "if"))))
