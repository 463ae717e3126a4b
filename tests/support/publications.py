"""Publications and posts for tests: small, valid, and the same every time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pressrun.model import Author, Post
from pressrun.publication import Feeds, ProviderChoice, Publication, Site

MINIMAL = """\
id: notes
site:
  title: Notes
  url: https://notes.example/
  timezone: Europe/Berlin
feeds:
  authority: notes.example
  authority_date: 2026-01-01
provider:
  name: outbox
"""

HELLO = """\
---
title: Hello
date: 2026-11-10 09:00
description: The first post.
---
Hello, *reader*.
"""

A_POST = Post(
    id="hello",
    path="posts/hello.md",
    slug="hello",
    url="https://notes.example/hello/",
    title="Hello",
    published=datetime(2026, 11, 10, 8, tzinfo=UTC),
    updated=datetime(2026, 11, 10, 8, tzinfo=UTC),
    body="Hello, *reader*.\n",
    body_line=6,
    description="The first post.",
    authors=(Author("Ada Example"),),
)

A_PUBLICATION = Publication(
    root=Path("/nowhere"),
    id="notes",
    site=Site(
        title="Notes",
        url="https://notes.example/",
        timezone=ZoneInfo("Europe/Berlin"),
        description="Notes on publishing.",
        authors=(Author("Ada Example"),),
    ),
    feeds=Feeds(
        authority="notes.example", authority_date=date(2026, 1, 1), url="https://notes.example/"
    ),
    provider=ProviderChoice("outbox", {}, 10),
)


def publication(
    tmp_path: Path, *, config: str = MINIMAL, posts: Mapping[str, str | bytes] | None = None
) -> Path:
    """Write publish.yml and posts (path below posts/ -> content); return the root folder."""
    root = tmp_path / "publication"
    (root / "posts").mkdir(parents=True, exist_ok=True)
    (root / "publish.yml").write_text(config, encoding="utf-8")
    for name, content in ({"hello.md": HELLO} if posts is None else posts).items():
        path = root / "posts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def post(**fields: Any) -> Post:
    """Make a valid post; path, URL and id follow the slug, ``updated`` follows ``published``."""
    if slug := fields.get("slug"):
        path, url = f"posts/{slug}.md", f"https://notes.example/{slug}/"
        fields = {"id": slug, "path": path, "url": url} | fields
    if "published" in fields:
        fields = {"updated": fields["published"]} | fields
    return replace(A_POST, **fields)


def settings(**fields: Any) -> Publication:
    """Make a Publication value without any file."""
    return replace(A_PUBLICATION, **fields)
