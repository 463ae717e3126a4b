"""How `publish check` shows what it found: to people, to programs, and to GitHub."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from textwrap import wrap

import click

from pressrun.check.registry import RULES
from pressrun.check.rule import Rule
from pressrun.cli import exits, show
from pressrun.config.words import did_you_mean, there_are
from pressrun.errors import UsageError
from pressrun.model import Finding, Severity

# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def tell(found: Sequence[Finding], read: int, *, form: str) -> None:
    """Print findings in one of the forms text, json and github; ``read`` counts the posts."""
    _FORMS[form](found, read)


def errors(found: Iterable[Finding]) -> int:
    """Count the findings that hold an issue back."""
    return sum(each.severity is Severity.ERROR for each in found)


def explain(name: str) -> int:
    """Print what a rule is for, or all of them. UsageError for a name that no rule has."""
    if name != "all" and name not in RULES:
        mend = did_you_mean(name, RULES) or there_are(list(RULES))
        raise UsageError.of(f'there is no rule "{name}".', mend=mend)
    wanted = RULES.values() if name == "all" else [RULES[name]]
    click.echo("\n\n".join(map(_explained, wanted)))
    return exits.DONE


def _explained(rule: Rule) -> str:
    holds = "" if rule.fixed else f", or as check: rules: {rule.name}: says in publish.yml"
    weight = f"{rule.severity}{holds}"
    lines = [rule.name, *wrap(weight, 78), *wrap(rule.why, 78), rule.source]
    return "\n  ".join(filter(None, lines))


def _as_text(found: Sequence[Finding], read: int) -> None:
    show.findings(found)
    click.echo(_summary(found, read))


def _summary(found: Sequence[Finding], read: int) -> str:
    return f"{show.Counted(read, 'post')} read, {show.Counted(len(found), 'finding')}."


def _as_json(found: Sequence[Finding], read: int) -> None:
    told = {
        "posts": read,
        "errors": errors(found),
        "warnings": len(found) - errors(found),
        "findings": [asdict(each) for each in found],
    }
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))


def _as_annotations(found: Sequence[Finding], read: int) -> None:
    for each in found:
        place = {"file": each.path, "line": str(each.line), "title": each.rule}
        properties = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in place.items())
        words = _escaped(f"{each.what}: {each.mend}", _DATA)
        click.echo(f"::{each.severity} {properties}::{words}")
    click.echo(_summary(found, read))


def _escaped(text: str, signs: Mapping[str, str]) -> str:
    return "".join(signs.get(each, each) for each in text)


_FORMS: Mapping[str, Callable[[Sequence[Finding], int], None]] = {
    "text": _as_text,
    "json": _as_json,
    "github": _as_annotations,
}
