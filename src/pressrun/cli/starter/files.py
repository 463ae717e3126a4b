"""The files of a new publication."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import parseaddr
from importlib import resources
from importlib.resources.abc import Traversable

from pressrun.cli import starter
from pressrun.cli.answers import EMBEDDED, Answers
from pressrun.cli.surroundings import Surroundings
from pressrun.render.packed import packed_templates


def beginning(answers: Answers, found: Surroundings, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a publication but for its posts: path and content."""
    yield "publish.yml", _configuration(answers, found, now).encode()
    schema = resources.files("pressrun") / "publish.schema.json"
    yield ".publish/publish.schema.json", schema.read_bytes()
    for folder in ("letter", "partials"):
        yield from _copy(packed_templates() / folder, f"email_templates/{folder}")
    branch, secrets = found.branch or "main", tuple(answers.secrets.values())
    workflow = starter.workflow(posts=answers.posts, branch=branch, secrets=secrets)
    yield starter.WORKFLOW, workflow.encode()
    yield ".gitignore", "".join(f"{line}\n" for line in starter.IGNORED).encode()


def first_post(answers: Answers, now: datetime) -> dict[str, bytes]:
    """Make a post to look at; only the embedded provider may send it."""
    draft = "" if answers.provider == EMBEDDED else "draft: true\n"
    text = starter.fill("hello.md", date=f"{now:%Y-%m-%d %H:%M}", draft=draft)
    return {f"{answers.posts}/hello.md": text.encode()}


def _copy(source: Traversable, target: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(source.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _copy(entry, f"{target}/{entry.name}")
        else:
            yield f"{target}/{entry.name}", entry.read_bytes()


def _configuration(answers: Answers, found: Surroundings, now: datetime) -> str:
    provider = {"name": answers.provider} | dict(answers.secrets)
    other_remote = found.remote not in {"", "origin"} and answers.ledger == "git"
    ledger = f"\n  store: git\n  remote: {starter.scalar(found.remote)}" if other_remote else ""
    return starter.fill(
        "publish.yml",
        **{
            key: starter.scalar(getattr(answers, key))
            for key in (
                *("id", "title", "url", "description", "language", "timezone"),
                *("authority", "sender", "pattern"),
            )
        },
        author=starter.scalar(parseaddr(answers.sender)[0] or answers.title),
        folder=starter.scalar(answers.posts),
        today=f"{now:%Y-%m-%d}",
        mode=answers.mode,
        provider="".join(f"  {key}: {starter.scalar(text)}\n" for key, text in provider.items()),
        ledger=ledger or answers.ledger,
    )
