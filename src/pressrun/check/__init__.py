"""What is wrong with a message: findings with file, line and the mend."""

from pressrun.check.facts import facts_of
from pressrun.check.rules import RULES
from pressrun.model import Body, Finding, Message, Post


def message(post: Post, body: Body, message: Message) -> tuple[Finding, ...]:
    """Check a rendered message: first what rendering found, then what each rule has to say.

    A finding of severity error holds the issue back. Lines are those of the post's own file.
    """
    facts = facts_of(post, body, message)
    return (*body.findings, *(finding for rule in RULES for finding in rule(facts)))
