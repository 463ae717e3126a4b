"""What ``publish init`` says at the end: what to change, what to mind, and the next commands."""

import shlex
from collections.abc import Collection, Iterator
from pathlib import Path

from pressrun.cli.answers import EMBEDDED, PLACEHOLDER_ADDRESS, PLACEHOLDER_URL, Answers
from pressrun.cli.generators import Proposals
from pressrun.cli.starter import IGNORED, WORKFLOW
from pressrun.cli.surroundings import Surroundings


def advice(
    answers: Answers,
    found: Surroundings,
    proposed: Proposals,
    folder: Path,
    kept: Collection[str],
) -> Iterator[str]:
    """Yield paragraphs, each for something that a person has to know or do."""
    if "publish.yml" not in kept and (changes := list(_changes(answers, found, proposed))):
        yield "\n".join(["Change these in publish.yml:", *changes])
    if ".gitignore" in kept:
        yield f"See that .gitignore has: {'  '.join(IGNORED)}"
    yield from _notes(answers, found)
    yield "\n".join(["Next:", *_commands(answers, found, folder)])


def _changes(answers: Answers, found: Surroundings, proposed: Proposals) -> Iterator[str]:
    if answers.url == PLACEHOLDER_URL:
        yield "  site.url, feeds.authority   are placeholders"
    if PLACEHOLDER_ADDRESS in answers.sender:
        yield "  email.from                  is a placeholder"
    yield "  email.postal_address        is empty, and many countries demand one"
    if answers.timezone == found.timezone and not proposed.get("timezone"):
        yield f"  site.timezone               is {found.timezone}, as on this machine"
    if found.posts:
        yield f"  posts.folder                is {answers.posts}, where Markdown files are"
    if found.posts and not proposed.get("pattern"):
        yield "  posts.url                   must be where your site shows a post"


def _notes(answers: Answers, found: Surroundings) -> Iterator[str]:
    if len(found.posts) > 1:
        others = ", ".join(found.posts[1:])
        yield f"There are Markdown files in {others} too; posts.folder can name one folder only."
    if answers.ledger == "file":
        yield (
            f"The ledger stays on this machine. Before {WORKFLOW} can send,\n"
            "write `ledger: git` in publish.yml and run: publish baseline"
        )
    if not found.top:
        yield f"GitHub reads {WORKFLOW} only at the top of a repository: move it there."
    for name in answers.secrets.values():
        yield (
            f"The key for {answers.provider} is read from the environment variable {name}.\n"
            "The scheduled job reads it from a repository secret of that name."
        )


def _commands(answers: Answers, found: Surroundings, folder: Path) -> Iterator[str]:
    if folder != Path():
        yield f"  cd {shlex.quote(str(folder))}"
    yield '  publish new "A title"       begin a post'
    yield "  publish feed                write the feeds to public/"
    yield "  publish email --dry-run     see what would go out, and how it looks"
    where = "to outbox/" if answers.provider == EMBEDDED else f"a draft at {answers.provider}"
    yield f"  publish email               send what is due: {where}"
    if found.branch and answers.ledger == "git":
        yield "  git add . && git commit -m 'Publish with Pressrun' && git push"
