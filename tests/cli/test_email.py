"""``publish email``, dry and wet, over the outbox and the file ledger."""

import email
import email.policy
import json
import re
import struct
import sys
from dataclasses import replace

import pytest

from pressrun.cli import run
from support.publications import HELLO
from support.publishing import NEW_POST, SENDING, desk


@pytest.fixture
def here(tmp_path, capsys):
    """Return a publication whose archive is in the baseline and that has one new post."""
    here = desk(tmp_path, capsys)
    here.publish("baseline")
    here.write("posts/once.md", NEW_POST)
    return here


def delivered(here):
    return sorted(here.root.glob("outbox/[!.]*/message.eml"))


def test_a_new_post_goes_out_once(here):
    first = here.publish("email")
    assert (first.code, first.out.splitlines()[-1]) == (0, "Sent 1 issue.")
    assert "  sent     Once is enough" in first.out
    assert len(delivered(here)) == 1
    again = here.publish("email")
    assert (again.code, again.out) == (0, "Nothing to send.\n")
    assert len(delivered(here)) == 1


def test_what_is_delivered_is_what_the_dry_run_showed(here):
    here.publish("email", "--dry-run")
    shown = (here.root / "build/email/once/message.html").read_text()
    here.publish("email")
    message = email.message_from_bytes(delivered(here)[0].read_bytes(), policy=email.policy.default)
    assert message.get_body(("html",)).get_content().splitlines() == shown.splitlines()
    assert message["Subject"] == "Once is enough"


def test_a_dry_run_says_what_only_the_sites_generator_could_run(here):
    here.write("posts/once.md", f"{NEW_POST}\n{{{{< chart 3 >}}}}\n")
    said = here.publish("email", "--dry-run")
    assert "posts/once.md:8: warning template-tag: {{< chart 3 >}}" in said.out
    assert "1 finding" in said.out


def test_an_episode_is_a_link_that_says_how_large_the_file_is(here):
    here.write("posts/talk.mp3", "x" * 2400)
    here.write("posts/once.md", NEW_POST.replace("---\n", "---\nenclosure: talk.mp3\n", 1))
    here.publish("email", "--dry-run")
    assert (
        "Listen: Once is enough, 2 kB" in (here.root / "build/email/once/message.txt").read_text()
    )


def test_a_dry_run_shows_the_plan_and_sends_nothing(here):
    said = here.publish("email", "--dry-run")
    assert said.code == 0
    assert 'Notes -> outbox, audience "everyone"' in said.out
    assert "  send     Once is enough   new, due 2026-11-23 09:00 Europe/Berlin" in said.out
    assert "  older    Hello            was there before the ledger (2026-11-23)" in said.out
    assert "Would send 1 issue. Look at build/email/once/preview.html." in said.out
    assert said.out.endswith("Nothing was sent.\n")
    assert delivered(here) == []
    assert not (here.root / "outbox").exists()


def test_a_post_that_cannot_become_an_email_holds_up_no_other(here):
    deep = f"{'<div>' * 3000}x{'</div>' * 3000}"
    here.write("posts/deep.md", NEW_POST.replace("Once is enough", "Deep") + deep)
    reason = "posts/deep.md: it cannot become an email: its elements are nested deeper"
    said = here.publish("email", "--dry-run")
    assert (said.code, said.err) == (4, "")
    assert re.search(rf"  held +Deep +{re.escape(reason)}", said.out)
    assert "Would send 1 issue." in said.out
    real = here.publish("email")
    assert f"not sent: {reason}" in real.out
    assert len(delivered(here)) == 1


def test_a_dry_run_leaves_everything_to_look_at(here):
    here.publish("email", "--dry-run")
    folder = here.root / "build/email/once"
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "message.html",
        "message.txt",
        "message.eml",
        "preview.html",
        "request.json",
    }
    message = email.message_from_bytes(
        (folder / "message.eml").read_bytes(), policy=email.policy.default
    )
    assert message.get_content_type() == "multipart/alternative"
    assert message["List-Unsubscribe"].startswith("<https://")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.defects == []
    assert "pressrun0" not in (folder / "preview.html").read_text()


def test_two_dry_runs_write_the_same_bytes(here):
    def content():
        return {path: path.read_bytes() for path in here.root.glob("build/email/once/*")}

    here.publish("email", "--dry-run")
    first = content()
    here.later(hours=5)
    here.publish("email", "--dry-run")
    assert content() == first


def test_where_nothing_is_due_the_newest_post_is_shown(tmp_path, capsys):
    here = desk(tmp_path, capsys)
    here.publish("baseline")
    said = here.publish("email", "--dry-run")
    assert "Nothing would go out. The newest post, as readers would see it: " in said.out
    assert (here.root / "build/email/hello/preview.html").exists()


def test_without_a_ledger_a_dry_run_plans_and_says_so(tmp_path, capsys):
    here = desk(tmp_path, capsys)
    said = here.publish("email", "--dry-run")
    assert said.code == 0
    assert "There is no ledger yet" in said.err
    assert "but without a ledger nothing is sent" in said.out


def test_without_a_ledger_nothing_is_sent(tmp_path, capsys):
    here = desk(tmp_path, capsys)
    said = here.publish("email")
    assert said.code == 2
    assert "publish baseline" in said.err
    assert delivered(here) == []


def test_any_post_can_be_shown(here):
    here.publish("email", "--dry-run", "--post", "hello")
    assert {path.name for path in here.root.glob("build/email/*")} == {"hello", "once"}


def test_all_posts_can_be_shown(tmp_path, capsys):
    here = desk(tmp_path, capsys, posts={"hello.md": HELLO, "once.md": NEW_POST})
    here.publish("email", "--dry-run", "--all")
    assert {path.name for path in here.root.glob("build/email/*")} == {"hello", "once"}


def test_a_post_that_is_not_there_is_named_with_a_suggestion(here):
    said = here.publish("email", "--dry-run", "--post", "onse")
    assert (said.code, said.err) == (2, "there is no post 'onse'. Did you mean \"once\"?\n")


def test_what_a_dry_run_shows_does_not_choose_what_is_sent(here):
    said = here.publish("email", "--post", "once")
    assert said.code == 2
    assert "Add --dry-run" in said.err
    assert delivered(here) == []


def test_machines_read_the_plan_as_json(here):
    said = here.publish("email", "--dry-run", "--json")
    plan = json.loads(said.out)
    assert (plan["pending"], plan["held"], plan["provider"]) == (1, 0, "outbox")
    issue = plan["issues"][0]
    assert (issue["action"], issue["post"]) == ("send", "once")
    assert issue["preview"] == "build/email/once/preview.html"
    assert len(issue["digest"]) == 64


def test_pending_work_has_an_exit_code_where_asked_for(here):
    assert here.publish("email", "--dry-run", "--detailed-exitcode").code == 10
    here.publish("email")
    assert here.publish("email", "--dry-run", "--detailed-exitcode").code == 0


def test_one_issue_a_run_oldest_first(here):
    here.write("posts/before.md", NEW_POST.replace("Once is", "Twice is").replace("09:00", "08:00"))
    first = here.publish("email")
    assert "sent     Twice is enough" in first.out
    assert "next     Once is enough   due, but max_issues_per_run is 1" in first.out
    second = here.publish("email")
    assert "sent     Once is enough" in second.out
    assert len(delivered(here)) == 2


def test_a_held_issue_blocks_no_other_one(here):
    here.write("posts/before.md", f"{NEW_POST}TK\n".replace("09:00", "08:00"))
    shown = here.publish("email", "--dry-run")
    assert "held     Once is enough   tk-left" in shown.out
    assert "Would send 1 issue." in shown.out
    sent = here.publish("email")
    assert (sent.code, sent.out.splitlines()[-1]) == (4, "Sent 1 issue, 1 held.")
    assert [path.parent.name[:5] for path in delivered(here)] == ["once-"]


def test_a_late_post_is_held_until_a_person_says_so(here):
    here.later(days=10)
    held = here.publish("email")
    assert held.code == 4
    assert "10 days late, more than max_lateness (7): publish email --late once" in held.out
    assert delivered(here) == []
    sent = here.publish("email", "--late", "once")
    assert sent.code == 0
    assert len(delivered(here)) == 1


def test_a_late_post_can_be_let_go(here):
    here.later(days=10)
    assert here.publish("baseline", "--post", "once").code == 0
    assert here.publish("email").code == 0
    assert delivered(here) == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [("", "empty-body"), ("The number is TK.", "tk")],
)
def test_an_unfinished_post_is_held(here, body, rule):
    here.write("posts/once.md", NEW_POST.replace("A lost answer is not a lost request.", body))
    dry = here.publish("email", "--dry-run")
    assert (dry.code, f"held     Once is enough   {rule}" in dry.out) == (4, True)
    wet = here.publish("email")
    assert (wet.code, rule in wet.out) == (4, True)
    assert delivered(here) == []


def test_editing_renaming_and_redating_send_nothing_again(here):
    here.publish("email")
    here.write("posts/once.md", NEW_POST.replace("A lost", "One lost").replace("09:00", "09:20"))
    assert here.publish("email").out == "Nothing to send.\n"
    (here.root / "posts/once.md").rename(here.root / "posts/enough.md")
    renamed = here.publish("email")
    assert renamed.code == 4
    assert "looks like once renamed: add `id: once` to posts/enough.md" in renamed.out
    assert len(delivered(here)) == 1


def test_draft_mode_leaves_the_last_step_to_a_person(tmp_path, capsys):
    here = desk(tmp_path, capsys, config=SENDING.replace("mode: send", "mode: draft"))
    here.publish("baseline")
    here.write("posts/once.md", NEW_POST)
    said = here.publish("email")
    assert (said.code, "1 drafted" in said.out) == (0, True)
    assert delivered(here) == []
    assert len(list(here.root.glob("outbox/.drafts/once-*"))) == 1


def test_a_template_s_mistake_is_named_with_its_line(here):
    here.write("email_templates/letter/message.txt", "{{ post.title }}\n{{ unsubscribe_link }}\n")
    said = here.publish("email", "--dry-run")
    assert said.code == 1
    assert said.err.startswith("email_templates/letter/message.txt:2: ")
    assert "unsubscribe_url" in said.err


def test_ci_refuses_a_ledger_that_dies_with_the_machine(here):
    here.world = here.world.__class__(here.root, {"CI": "true"}, here.world.now, run="ci")
    said = here.publish("email")
    assert said.code == 2
    assert "ledger: git" in said.err
    assert delivered(here) == []
    assert here.publish("email", "--dry-run").code == 0


class Full:
    """A stdout on a disk that is full."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        """Keep nothing."""

    def isatty(self) -> bool:
        return False


def test_what_cannot_be_printed_is_sent_and_counted_all_the_same(here, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Full())
    assert run(["email"], here.world) == 0
    monkeypatch.undo()
    assert len(delivered(here)) == 1
    assert here.publish("email").out == "Nothing to send.\n"


def test_an_inliner_in_another_process_gives_the_same_emails_and_the_same_errors(here):
    here.write("posts/other.md", NEW_POST.replace("Once", "Twice"))

    def shown(cores):
        here.world = replace(here.world, cores=cores)
        said = here.publish("email", "--dry-run", "--all")
        files = sorted((here.root / "build/email").rglob("*"))
        return said, {path.name: path.read_bytes() for path in files if path.is_file()}

    assert shown(1) == shown(2)
    here.write("email_templates/letter/style.css", "a:hover { color: #112233 }")
    one, two = shown(1)[0], shown(2)[0]
    assert one == two
    assert (one.code, "a:hover is no element" in one.err) == (1, True)


def test_a_digest_shows_the_covers_of_its_posts_at_the_size_of_their_files(here):
    picture = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 1200, 600) + b"\x08\x06"
    for name in ("one", "two"):
        cover = "cover: {url: a.png, alt: A press}\n"
        written = NEW_POST.replace("---\n", f"---\n{cover}", 1).replace("Once", name.title())
        here.write(f"posts/{name}/index.md", written)
        (here.root / f"posts/{name}/a.png").write_bytes(picture)
    digest = NEW_POST.replace("---\n", "---\nemail_template: digest\nrelated: [one, two]\n", 1)
    here.write("posts/once.md", digest)
    here.publish("email", "--dry-run", "--post", "once")
    html = (here.root / "build/email/once/message.html").read_text()
    sizes = re.findall(r'/a\.png" alt="A press" width="(\d+)" height="(\d+)"', html)
    assert sizes == [("600", "300"), ("160", "80")]
