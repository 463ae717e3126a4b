"""What ``publish init`` and ``publish new`` write: files with places to fill in.

The places look like ``%{title}``, because YAML, Markdown and workflows use the other signs.
"""

import json
import math
from collections.abc import Sequence
from datetime import datetime
from importlib import resources
from string import Template

import yaml

from pressrun import __version__

WORKFLOW = ".github/workflows/newsletter.yml"
IGNORED = ("/build/", "/outbox/", "/.publish/ledger/", "/.publish/cache/")


class Starter(Template):
    """A file with places such as ``%{title}``; every one of them must be filled."""

    delimiter = "%"


def fill(name: str, **values: str) -> str:
    """Read the starter file ``name`` and fill its places."""
    text = resources.files("pressrun.cli.starter").joinpath(name).read_text(encoding="utf-8")
    return Starter(text).substitute(values)


def scalar(text: str) -> str:
    """Write ``text`` as one line of YAML, in quotes: a title may be ``no``, ``1e3`` or ``a: b``."""
    line = " ".join(text.split())
    return yaml.safe_dump(line, default_style='"', allow_unicode=True, width=math.inf).rstrip("\n")


def workflow(
    *,
    posts: str,
    branch: str = "main",
    install: str = f"pressrun=={__version__}",
    secrets: Sequence[str] = (),
) -> str:
    """Write the scheduled job for GitHub; ``secrets`` are names of environment variables."""
    watched = (f"{posts}/**", "email_templates/**", "publish.yml", WORKFLOW)
    return fill(
        "newsletter.yml",
        branch=json.dumps(branch),
        paths=", ".join(json.dumps(path) for path in watched),
        install=install,
        secrets="".join(_secret(name) for name in secrets),
    )


def post(title: str, now: datetime) -> str:
    """Write the front matter of a new post, dated to the minute."""
    front = f"title: {scalar(title)}\ndate: {now:%Y-%m-%d %H:%M}\n"
    return f'---\n{front}description: ""\ntags: []\ndraft: true\n---\n'


def _secret(name: str) -> str:
    why = "zizmor: ignore[secrets-outside-env] not every plan has environments"
    return f"          {name}: ${{{{ secrets.{name} }}}} # {why}\n"
