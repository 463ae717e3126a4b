"""Comments in a post that silence a rule: ``<!-- publish-ignore: image-alt, link-text -->``.

Such a comment holds for the block after it; before the first block, for the whole post.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from pressrun.config.words import did_you_mean
from pressrun.model import Finding, Post, Severity

LISTED = "publish check --explain all lists them."

_COMMENT = re.compile(r"^[ \t]*<!--\s*publish-ignore:(?P<names>[^>]*?)-->[ \t]*$")
_FENCE = re.compile(r"^[ >]*(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Ignore:
    """Rules that are silent from one line of the file to another, both included."""

    names: frozenset[str]
    first: int
    last: float

    def covers(self, finding: Finding) -> bool:
        """Whether a finding of this post is not wanted."""
        return finding.rule in self.names and self.first <= finding.line <= self.last


def read(post: Post) -> list[Ignore]:
    """Read the comments of a post."""
    lines = post.body.split("\n")
    found: list[Ignore] = []
    begun = False
    for at, line in enumerate(lines):
        if comment := _COMMENT.match(line):
            names = frozenset(re.findall(r"[\w-]+", comment["names"]))
            end = _end_of_block(lines, at + 1)
            place = (1, float("inf")) if not begun else (post.body_line + at, post.body_line + end)
            found.append(Ignore(names, *place))
        elif line.strip():
            begun = True
    return found


def unknown(post: Post, ignores: Iterable[Ignore], known: Collection[str]) -> Iterator[Finding]:
    """Find names in the comments that no rule has."""
    for ignore in ignores:
        for name in sorted(ignore.names.difference(known)):
            yield Finding(
                rule="unknown-rule",
                severity=Severity.WARNING,
                path=post.path,
                line=max(ignore.first, post.body_line),
                what=f'there is no rule "{name}" that a comment could silence',
                mend=did_you_mean(name, known) or LISTED,
            )


def _end_of_block(lines: list[str], begin: int) -> int:
    """Find the last line of the block that begins at a line or after it; both count from 0."""
    at = begin
    while at < len(lines) and not lines[at].strip():
        at += 1
    fence = ""
    while at < len(lines) and (fence or lines[at].strip()):
        if mark := _FENCE.match(lines[at]):
            opened = mark[1][:3]
            fence = "" if fence == opened else fence or opened
        at += 1
    return at - 1
