"""What ``publish init`` has to know: from options, on a terminal by asking, else by a guess."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from typing import Any, get_type_hints
from urllib.parse import urlsplit

import click

from pressrun.cli.generators import Proposals
from pressrun.cli.surroundings import Surroundings, is_zone
from pressrun.deliver.providers import adapter
from pressrun.errors import Problem, UsageError
from pressrun.kinds import EMAIL_ADDRESS, ENVIRONMENT_NAME, LANGUAGE, WebUrl
from pressrun.publication import Publication
from pressrun.slug import slugify
from pressrun.strict_yaml import plain

EMBEDDED = "outbox"
PLACEHOLDER_URL = "https://example.org/"
PLACEHOLDER_ADDRESS = "you@example.org"
POST_URL = "/{slug}/"


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that the files of a publication depend on."""

    title: str
    url: str
    sender: str
    timezone: str
    language: str
    provider: str
    ledger: str
    posts: str
    pattern: str = POST_URL
    description: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The publication's name for ever."""
        return slugify(self.title) or "publication"

    @property
    def authority(self) -> str:
        """The host that starts every feed id."""
        return urlsplit(self.url).hostname or ""

    @property
    def mode(self) -> str:
        """Only the embedded provider sends at once; at a real one a person looks first."""
        return "send" if self.provider == EMBEDDED else "draft"

    @property
    def secrets(self) -> Mapping[str, str]:
        """The provider's options that name an environment variable, with that name."""
        kind = adapter(self.provider).Options
        hints = get_type_hints(kind, include_extras=True)
        return {
            each.name: str(self.options.get(each.name, each.default))
            for each in fields(kind)
            if ENVIRONMENT_NAME in getattr(hints[each.name], "__metadata__", ())
        }


def known(publication: Publication) -> Answers:
    """Read the answers off a publication that is there already."""
    return Answers(
        title=publication.site.title,
        url=publication.site.url,
        sender=publication.email.sender,
        timezone=publication.site.timezone.key,
        language=publication.site.language,
        provider=publication.provider.name,
        ledger=publication.ledger.store,
        posts=publication.posts.folder,
        pattern=publication.posts.url,
        description=publication.site.description,
        options={key: plain(value) for key, value in publication.provider.options.items()},
    )


def gather(
    given: Mapping[str, str | None], found: Surroundings, proposed: Proposals, name: str
) -> Answers:
    """Complete what was ``given`` for the folder called ``name``. UsageError for a bad answer.

    What is ``proposed`` by the site's generator comes before what is guessed.
    """
    title = given["title"] or _ask("Title", proposed.get("title") or name)
    url = given["url"] or _ask("Address of the site", proposed.get("url") or PLACEHOLDER_URL)
    sender = given["sender"] or _ask("From", f"{_display(title)} <{PLACEHOLDER_ADDRESS}>")
    answers = Answers(
        title=" ".join(title.split()),
        url=url,
        sender=sender,
        timezone=given["timezone"] or proposed.get("timezone") or found.timezone,
        language=given["language"] or proposed.get("language") or "en",
        provider=given["provider"] or EMBEDDED,
        ledger=given["ledger"] or ("git" if found.remote else "file"),
        posts=found.posts[0] if found.posts else "posts",
        pattern=proposed.get("pattern") or POST_URL,
        description=proposed.get("description"),
    )
    UsageError.raise_if_any(_problems(answers))
    return answers


def _ask(question: str, guess: str) -> str:
    """Ask on a terminal; anywhere else the guess must do."""
    if not sys.stdin.isatty():
        return guess
    answer: str = click.prompt(question, default=guess, err=True)
    return answer


def _problems(answers: Answers) -> Iterator[Problem]:
    if not answers.title:
        yield Problem("the title is empty.", "--title")
    if wrong := WebUrl().wrong(answers.url):
        yield Problem(wrong, "--url")
    if wrong := EMAIL_ADDRESS.wrong(parseaddr(answers.sender)[1]):
        yield Problem(wrong, "--from", 'For example "The Press <hello@example.org>".')
    if wrong := LANGUAGE.wrong(answers.language):
        yield Problem(wrong, "--language")
    if not is_zone(answers.timezone):
        yield Problem(
            f"there is no time zone {answers.timezone!r}.", "--timezone", "One is Europe/Berlin."
        )


def _display(name: str) -> str:
    """Write a name as it may stand before an address, in quotes where it needs them."""
    if re.fullmatch(r"[\w .'’-]+", name):
        return name
    return '"' + name.replace("\\", "").replace('"', "'") + '"'
