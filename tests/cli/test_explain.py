"""``publish explain``: the origin of each field, and what the channels do with the post."""

import json

import pytest

from support.publishing import desk

HUGO = """\
+++
title = "Slow trains"
date = 2026-11-10T09:00:00+01:00
publishDate = 2026-11-20
lastmod = 2026-11-21
layout = "wide"
categories = ["travel"]
images = ["a.png"]
[taxonomies]
tags = ["trains"]
+++
Text.
"""
PLAIN = """\
---
title: Plain
---
"""
BROKEN = """\
posts/broken.md:2: "title" must be text, not a list.
posts/broken.md:3: "date" is not a date that we can read: "soon".\
"""
EXPLAINED = """\
posts/trains/index.md: Slow trains

  id           trains                              the file's path
  title        Slow trains                         title (line 2)
  subject      -                                   default
  date         2026-11-20 00:00 Europe/Berlin      date (line 3), publishDate (line 4)
  updated      2026-11-21 00:00 Europe/Berlin      lastmod (line 5)
  expires      -                                   default
  description  -                                   default
  summary      -                                   default
  preheader    -                                   default
  email_template  -                                   default
  tags         travel, trains                      categories (line 7), taxonomies.tags (line 10)
  authors      -                                   site.authors in publish.yml
  cover        https://notes.example/trains/a.png  images (line 8)
  enclosure    -                                   default
  slug         trains                              the file's name
  url          https://notes.example/trains/       posts.url in publish.yml: /{slug}/
  language     en                                  site.language in publish.yml
  draft        false                               default
  newsletter   -                                   email.posts in publish.yml: all
  feed         true                                default
  related      -                                   default

Kept for templates: layout (line 6), taxonomies (line 9)
Feeds: in, due 2026-11-20 00:00 Europe/Berlin
Newsletter main: in, due 2026-11-20 00:00 Europe/Berlin
"""


def row(said, field):
    """Give the line of a field, with single spaces."""
    return next(" ".join(line.split()) for line in said.out.splitlines() if f"  {field} " in line)


@pytest.fixture
def here(tmp_path, capsys):
    broken = "---\ntitle: [x]\ndate: soon\n---\n"
    named = "---\ntitle: N\ndate: 2026-12-01\nslug: other\nstatus: hidden\nfeed: false\n---\n"
    files = {"trains/index.md": HUGO, "2026-11-10-plain.md": PLAIN, "broken.md": broken}
    return desk(tmp_path, capsys, posts=files | {"named.md": named})


@pytest.mark.parametrize("name", ["trains", "posts/trains/index.md"])
def test_each_field_is_shown_with_its_origin(here, name):
    said = here.publish("explain", name)
    assert (said.code, said.out, said.err) == (0, EXPLAINED, "")


def test_a_post_is_found_by_a_name_of_its_own(here):
    said = here.publish("explain", "other")
    assert row(said, "slug") == "slug other slug (line 4)"
    assert row(said, "draft") == "draft true status (line 5)"
    assert "Feeds: off, draft: true (posts/named.md:5)" in said.out


def test_the_file_s_name_gives_what_no_key_says(here):
    said = here.publish("explain", "plain")
    assert row(said, "date") == "date 2026-11-10 00:00 Europe/Berlin the file's name"
    assert "Kept for templates" not in said.out


@pytest.mark.parametrize("name", ["broken", "broken.md", "posts/broken.md"])
def test_a_post_that_cannot_be_read_gives_its_errors(here, name):
    said = here.publish("explain", name)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(BROKEN)


def test_a_post_that_is_not_there_is_an_error(here):
    said = here.publish("explain", "trans")
    assert (said.code, "there is no post 'trans'. Did you mean \"trains\"?" in said.err) == (
        2,
        True,
    )


def test_machines_get_the_same_facts(here):
    explained = json.loads(here.publish("explain", "trains", "--json").out)
    assert explained["post"] == "posts/trains/index.md"
    assert explained["fields"]["date"] == {
        "value": "2026-11-20T00:00:00+01:00",
        "keys": [{"key": "date", "line": 3}, {"key": "publishDate", "line": 4}],
    }
    assert explained["fields"]["slug"] == {"value": "trains", "otherwise": "the file's name"}
    assert explained["fields"]["cover"]["value"]["url"] == "https://notes.example/trains/a.png"
    assert explained["kept_for_templates"] == {"layout": 6, "taxonomies": 9}
    assert explained["channels"]["feeds"] == {
        "outcome": "in",
        "reason": "due 2026-11-20 00:00 Europe/Berlin",
    }
