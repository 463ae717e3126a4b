"""``publish email --open`` writes a page and shows it in the browser."""

from dataclasses import replace

from support.publishing import desk

POST = """\
---
title: Hello
date: 2026-11-20
---
See <iframe src="https://maps.example/x"></iframe> there.
"""


def test_the_dry_run_is_shown_in_the_browser(tmp_path, capsys):
    here, seen = desk(tmp_path, capsys, posts={"hello.md": POST}), []
    here.world = replace(here.world, browse=lambda url: seen.append(url) or True)
    said = here.publish("email", "--open")
    path = here.root / "build/email/hello/look.html"
    assert seen == [path.as_uri()]
    drawn = path.read_text(encoding="utf-8")
    assert "posts/hello.md:5 warning lost-content" in drawn
    assert "List-Unsubscribe" in drawn
    assert "Nothing was sent." in said.out


def test_without_a_browser_the_page_is_named(tmp_path, capsys):
    here = desk(tmp_path, capsys, posts={"hello.md": POST, "other.md": POST})
    here.world = replace(here.world, browse=lambda _: False)
    said = here.publish("email", "--open", "--all")
    assert "Open build/email/hello/look.html in a browser." in said.out
    assert "Open build/email/other/look.html in a browser." in said.out


def test_what_is_shown_is_chosen_as_in_any_dry_run(tmp_path, capsys):
    here, seen = desk(tmp_path, capsys, posts={"hello.md": POST, "other.md": POST}), []
    here.world = replace(here.world, browse=lambda url: seen.append(url) or True)
    here.publish("email", "--open", "--post", "other")
    assert [url.rpartition("build/")[2] for url in seen] == ["email/other/look.html"]
