"""Errors as findings, where a command goes on, or tells programs what it found."""

import re
from collections.abc import Iterator

from pressrun.errors import PressrunError, Problem
from pressrun.model import Finding, Severity

AGAIN = "Look into it, then run this again."

_PLACE = re.compile(r"(?P<path>[^:]+):(?P<line>\d+)")


def finding(
    rule: str, problem: Problem, place: str, severity: Severity = Severity.ERROR
) -> Finding:
    """Make a finding of a problem; ``place`` is where to mend it if the problem does not say so."""
    own = _PLACE.fullmatch(problem.where)
    there = own or _PLACE.fullmatch(place)
    path, line = (there["path"], int(there["line"])) if there else (place, 1)
    names_another = problem.where and not own and problem.where != path
    what = f"{problem.where}: {problem.what}" if names_another else problem.what
    return Finding(rule, severity, path, line, what.rstrip("."), problem.mend or AGAIN)


def findings(rule: str, error: PressrunError, place: str) -> Iterator[Finding]:
    """Make a finding of each problem of an error."""
    return (finding(rule, problem, place) for problem in error.problems)
