"""What is wrong with a message: findings with file, line and the mend."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pressrun.check import ignores
from pressrun.check.facts import Carrier, facts_of
from pressrun.check.registry import MESSAGE_RULES, RULES
from pressrun.check.rule import Rule
from pressrun.config.words import did_you_mean
from pressrun.model import Body, Finding, Message, Post, Severity
from pressrun.publication import Check, Email
from pressrun.render.pictures import Picture

_SWITCHABLE = frozenset(name for name, rule in RULES.items() if not rule.fixed)


def message(
    post: Post,
    body: Body,
    message: Message,
    *,
    check: Check | None = None,
    email: Email | None = None,
    pictures: Mapping[str, Picture] | None = None,
    carrier: Carrier | None = None,
) -> tuple[Finding, ...]:
    """Check a rendered message: first what rendering found, then what each rule has to say.

    A finding of severity error holds the issue back. Lines are those of the post's own file.
    ``check`` and ``email`` are what publish.yml says, ``pictures`` what is known of the files, and
    ``carrier`` is the provider.
    """
    switches = check.rules if check else {}
    facts = facts_of(
        post, body, message, email or Email(), pictures=pictures or {}, carrier=carrier
    )
    found = [*switched(body.findings, switches)]
    for rule in MESSAGE_RULES:
        if severity := _weight(rule, switches):
            found += rule.find(facts, severity)
    silent = ignores.read(post)
    return (*_heard(found, silent), *ignores.unknown(post, silent, _SWITCHABLE))


def heard(findings: Iterable[Finding], post: Post) -> Iterator[Finding]:
    """Leave out what comments in a post silence."""
    return _heard(findings, ignores.read(post))


def switched(findings: Iterable[Finding], switches: Mapping[str, str]) -> Iterator[Finding]:
    """Give findings the severity that publish.yml wants for their rules, and drop what is off."""
    for each in findings:
        rule = RULES.get(each.rule)
        if severity := _weight(rule, switches) if rule else each.severity:
            yield replace(each, severity=severity)


def unknown_switches(check: Check) -> Iterator[Finding]:
    """Find rules in publish.yml that do not exist, and those that nobody may switch."""
    for name in sorted(check.rules.keys() - _SWITCHABLE):
        if name in RULES:
            what, mend = f"check: rules: {name} holds always", "Remove it."
        else:
            what = f'check: rules: there is no rule "{name}"'
            mend = did_you_mean(name, RULES) or ignores.LISTED
        yield Finding("unknown-rule", Severity.WARNING, "publish.yml", check.line, what, mend)


def _heard(findings: Iterable[Finding], silent: Sequence[ignores.Ignore]) -> Iterator[Finding]:
    for finding in findings:
        if finding.rule not in _SWITCHABLE or not any(each.covers(finding) for each in silent):
            yield finding


def _weight(rule: Rule, switches: Mapping[str, str]) -> Severity | None:
    said = "" if rule.fixed else switches.get(rule.name, "")
    if said == "off":
        return None
    return Severity(said) if said else rule.severity
