"""``publish check``: which posts it looks at, and how it tells what it found."""

import json
import struct

import pytest

from support.publishing import MINIMAL, NOW, desk
from support.wire_fakes.base import listen

POST = """\
---
title: {title}
date: {date}
---
See [here](https://x.example/).
"""
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 1200, 630) + b"\x08\x06"
DRAFT = POST.replace("---\nSee", "draft: true\n---\nTK, see")


@pytest.fixture
def here(tmp_path, capsys):
    posts = {
        "old.md": POST.format(title="Old", date="2026-11-10"),
        "ahead.md": POST.format(title="Ahead", date="2027-01-10"),
        "draft.md": DRAFT.format(title="Draft", date="2026-11-10"),
    }
    return desk(tmp_path, capsys, posts=posts)


def test_posts_in_feeds_and_those_to_come_are_looked_at(here):
    said = here.publish("check")
    assert said.code == 0
    assert [line.split(": ")[:2] for line in said.out.splitlines()[:-1]] == [
        ["posts/ahead.md:5", "warning link-text"],
        ["posts/old.md:5", "warning link-text"],
    ]
    assert said.out.endswith("3 posts read, 2 findings.\n")


def test_a_named_post_is_looked_at_even_where_it_is_a_draft(here):
    said = here.publish("check", "draft")
    assert said.code == 3
    assert "posts/draft.md:6: error tk-left" in said.out
    assert "old.md" not in said.out


def test_machines_get_json(here):
    said = here.publish("check", "draft", "--json")
    told = json.loads(said.out)
    assert (said.code, told["posts"], told["errors"], told["warnings"]) == (3, 3, 1, 1)
    assert told["findings"][0]["rule"] == "tk-left"
    assert set(told["findings"][0]) == {"rule", "severity", "path", "line", "what", "mend"}


def test_github_gets_annotations_with_its_escapes(here):
    odd = POST.format(title="Odd", date="2026-11-10").replace("---\nSee", "slug: odd\n---\nSee")
    here.write("posts/100%, a:b.md", odd)
    said = here.publish("check", "--format", "github")
    assert '::warning file=posts/old.md,line=5,title=link-text::"here" says' in said.out
    assert "::warning file=posts/100%25%2C a%3Ab.md,line=6,title=link-text::" in said.out


def test_posts_that_cannot_be_read_are_findings(here):
    here.write("posts/none.md", "---\ntitle: None\n---\nx\n")
    here.write("posts/odd.md", "---\ntitle: Odd\ndate: tomorrow\n---\nx\n")
    said = here.publish("check", "--format", "github")
    assert (said.code, said.err) == (3, "")
    assert "::error file=posts/none.md,line=1,title=unreadable::there is no date" in said.out
    assert '::error file=posts/odd.md,line=3,title=unreadable::"date" is not' in said.out


def test_a_mistake_in_a_template_is_one_finding_and_the_rest_is_looked_at(here):
    here.write("email_templates/letter/message.html", "<!DOCTYPE html>\n{{ tittle }}\n")
    here.write("posts/copy.md", POST.format(title="Old", date="2026-11-12"))
    said = here.publish("check")
    assert said.code == 3
    assert [line.split(": ")[:2] for line in said.out.splitlines()[:-1]] == [
        ["email_templates/letter/message.html:2", "error unreadable"],
        ["posts/copy.md:2", "warning duplicate-title"],
    ]


def test_a_mistake_in_publish_yml_is_a_finding(here):
    here.write("publish.yml", f"{MINIMAL}chek: 1\n")
    told = json.loads(here.publish("check", "--json").out)
    assert [(each["path"], each["rule"]) for each in told["findings"]] == [
        ("publish.yml", "unreadable")
    ]
    here.write("publish.yml", MINIMAL.replace("name: outbox", "name: outbox, key: 1"))
    told = json.loads(here.publish("check", "--json").out)
    assert [each["rule"] for each in told["findings"]] == ["unreadable"]


def test_a_template_that_is_not_there_is_told_once(here):
    here.write("publish.yml", f"{MINIMAL}email:\n  template: nix\n")
    said = here.publish("check")
    assert said.code == 3
    line = MINIMAL.count("\n") + 1
    where = f"publish.yml:{line}: error unreadable: email_templates: there is no email template"
    assert said.out.count(where) == said.out.count("no email template") == 1


def test_a_rule_is_explained(here):
    said = here.publish("check", "--explain", "link-text")
    assert said.code == 0
    assert said.out.startswith("link-text\n  warning, or as check: rules: link-text: says")
    assert "https://www.w3.org/" in said.out
    every = here.publish("check", "--explain", "all").out
    assert every.count("\n\n") > 20


def test_a_rule_that_does_not_exist_is_told(here):
    said = here.publish("check", "--explain", "link-txt")
    assert (said.code, said.err) == (2, 'there is no rule "link-txt". Did you mean "link-text"?\n')


def test_switches_hold_for_all_that_is_found(here):
    config = f"{MINIMAL}check:\n  rules: {{link-text: off, no-such: off}}\n"
    here.write("publish.yml", config)
    here.write("posts/copy.md", POST.format(title="Old", date="2026-11-12"))
    said = here.publish("check")
    line = config.splitlines().index("check:") + 1
    assert [each.split(": ")[:2] for each in said.out.splitlines()[:-1]] == [
        ["posts/copy.md:2", "warning duplicate-title"],
        [f"publish.yml:{line}", "warning unknown-rule"],
    ]
    here.write("publish.yml", config.replace("no-such: off", "duplicate-title: error"))
    assert here.publish("check").code == 3


def test_a_dry_run_has_the_same_switches(here):
    assert "link-text" in here.publish("email", "--dry-run").out
    here.write("publish.yml", f"{MINIMAL}check:\n  rules: {{link-text: off}}\n")
    assert "link-text" not in here.publish("email", "--dry-run").out


def test_nothing_is_written(here):
    before = sorted(here.root.rglob("*"))
    here.publish("check")
    assert sorted(here.root.rglob("*")) == before


def test_links_are_asked_only_when_somebody_wants_to_know(tmp_path, capsys):
    asked = []

    def handle(handler):
        asked.append((handler.command, handler.path))
        handler.send_response(404 if handler.path == "/gone" else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with listen(handle) as site:
        written = POST.format(title="Old", date="2026-11-10")
        posts = {
            "old.md": written.replace("https://x.example/", f"{site}/gone"),
            "new.md": written.replace("https://x.example/", f"{site}/there").replace("Old", "New"),
        }
        here = desk(tmp_path, capsys, posts=posts)
        here.publish("check")
        assert asked == []
        said = here.publish("check", "--links")
        assert f'posts/old.md:5: warning dead-link: "{site}/gone" answers 404' in said.out
        assert said.out.count("dead-link") == 1
        comment = "<!-- publish-ignore: dead-link -->\nSee"
        here.write("posts/old.md", posts["old.md"].replace("See", comment))
        assert "dead-link" not in here.publish("check", "--links").out
        assert asked.count(("HEAD", "/there")) == 1
        assert asked.count(("HEAD", "/gone")) == 2


def test_pictures_elsewhere_are_measured_once_and_only_for_the_checks(tmp_path, capsys):
    asked = []

    def handle(handler):
        asked.append((handler.command, handler.path))
        page = handler.path == "/page.jpg"
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html" if page else "image/png")
        handler.send_header("Content-Length", "7" if page else "2000000")
        handler.end_headers()
        handler.wfile.write(b"No page" if page else PNG)
        handler.close_connection = True

    with listen(handle) as site:
        picture = f"---\n![A]({site}/a.png)\n\n![B]({site}/page.jpg)\n\nSee"
        post = POST.format(title="Old", date="2026-11-10").replace("---\nSee", picture)
        here = desk(tmp_path, capsys, posts={"old.md": post.replace("https://x.example/", site)})
        # An earlier version has asked the picture as a page, and does not know its size.
        kept = {f"{site}/a.png": [200, "answers 200", NOW.timestamp()]}
        here.write(".publish/cache/links.json", json.dumps(kept))
        before = here.publish("check").out
        assert "a.png has no width and no height: Give it width and height in pixels." in before
        said = here.publish("check", "--links").out
        assert here.publish("check", "--links").out == said
        assert here.publish("check").out == before
    assert (
        "posts/old.md:5: warning image-size: a.png has no width and no height: It is 1200" in said
    )
    assert "image-weight: the pictures have 2.0 MB, of which a.png has 2.0 MB at 1200 by" in said
    assert f'posts/old.md:7: warning dead-link: "{site}/page.jpg" answers with a page' in said
    assert "page.jpg has no width and no height: Give it width and height in pixels." in said
    assert said.count("link-text") == before.count("link-text") == 1
    assert sorted(asked) == [("GET", "/a.png"), ("GET", "/page.jpg"), ("HEAD", "/")]
