"""What a job remembers: not diffs, files on main, caches or disks; and a ledger that fails it.

Every job begins on an empty disk: whatever a later step of the one before was to save is lost.
"""

import shutil
from dataclasses import replace

import pytest

from support.publishing import NEW_POST
from support.wire_fakes.base import Crash, Kind

ONE_COPY = ["Once is enough"]
BOTH = ["Once is enough", "Twice is enough"]
NOTHING = "Nothing to send.\n"
TWICE = NEW_POST.replace("Once", "Twice").replace("09:00", "09:10")


def test_history_that_was_squashed_and_pushed_by_force_makes_no_post_new(room):
    room.job()
    room.git("checkout", "--quiet", "--orphan", "squashed")
    room.commit()
    room.git("branch", "--quiet", "--move", "--force", "main")
    room.push("--force")
    assert room.git("rev-list", "--count", "main") == "2"
    assert room.job().out == NOTHING
    room.desk.write("posts/twice.md", TWICE)
    room.push()
    room.job()
    assert room.desk.subjects() == BOTH


def test_posts_of_two_commits_in_one_push_both_go_out_once(room):
    room.desk.write("posts/twice.md", TWICE)
    room.commit()
    room.desk.write("README.md", "Only this changed last.\n")
    room.push()
    room.job()
    room.job()
    assert room.job().out == NOTHING
    assert room.desk.subjects() == BOTH


def test_job_on_an_old_commit_knows_what_newer_jobs_have_sent(room):
    old = room.push()
    room.desk.write("posts/twice.md", TWICE)
    new = room.push()
    room.job(at=new)
    room.job(at=new)
    room.desk.later(hours=3.5)
    assert room.job(at=old).out == NOTHING
    assert room.desk.subjects() == BOTH


def test_jobs_that_waited_in_a_queue_for_hours_send_late_and_once(room):
    room.desk.later(hours=3.5)
    assert room.job().code == 0
    assert room.job().out == NOTHING
    assert room.desk.subjects() == ONE_COPY


def test_job_that_died_right_after_the_send_forgets_nothing(room):
    room.desk.internet.upset(Kind.CRASH_AFTER, "POST", "/publish")
    with pytest.raises(Crash):
        room.job()
    settled = [room.job() for _ in range(4)]
    assert [said.code for said in settled] == [0, 0, 0, 0]
    assert settled[-1].out == NOTHING
    assert room.desk.subjects() == ONE_COPY


def test_ledger_that_takes_no_push_stops_the_job_before_the_provider_is_called(room):
    closed = refusing(room, "non-fast-forward, try again")
    closed.touch()
    said = room.job()
    assert said.code == 1
    assert "The ledger was not written" in said.out
    assert (room.desk.internet.writes(), room.desk.subjects()) == ([], [])
    closed.unlink()
    assert room.job().code == 0
    assert room.desk.subjects() == ONE_COPY


def test_receipt_that_could_not_be_pushed_after_the_send_makes_no_second_copy(room):
    closed = refusing(room, "protected branch")
    room.desk.internet.upset(Kind.CUT_IN, "POST", "/publish", closed.touch)
    assert room.job().code == 4
    assert room.desk.subjects() == ONE_COPY
    closed.unlink()
    settled = [room.job() for _ in range(3)]
    assert [said.code for said in settled] == [0, 0, 0]
    assert settled[-1].out == NOTHING
    assert room.desk.subjects() == ONE_COPY


def test_main_that_is_protected_keeps_no_job_from_remembering(room):
    room.remote.hook("update", '[ "$1" != refs/heads/main ] || { echo protected >&2; exit 1; }')
    assert room.job().code == 0
    assert room.job().out == NOTHING
    assert room.desk.subjects() == ONE_COPY


def test_jobs_with_nothing_to_do_leave_no_commit(room):
    room.job()
    head = room.remote.head()
    for number in range(4):
        room.desk.write("README.md", f"Edition {number}.\n")
        room.push()
        room.desk.later(hours=1)
        assert room.job().out == NOTHING
    assert room.remote.head() == head


def test_job_that_failed_before_the_send_has_not_marked_the_issue_as_sent(room):
    room.desk.internet.down = True
    assert room.job().code == 1
    room.desk.internet.down = False
    assert "Sent 1 issue." in room.job().out
    assert room.desk.subjects() == ONE_COPY


def remote_away(room) -> None:
    room.remote.folder.rename(room.remote.folder.with_name("elsewhere.git"))


def branch_deleted(room) -> None:
    room.remote.git("update-ref", "-d", f"refs/heads/{room.remote.branch}")


def branch_emptied(room) -> None:
    commit = room.git("commit-tree", room.git("write-tree"), "-m", "Somebody else")
    room.git("push", "--quiet", "--force", "origin", f"{commit}:refs/heads/{room.remote.branch}")


def file_damaged(room) -> None:
    [name] = [one for one in room.remote.files() if one.startswith("once-")]
    room.remote.put(name, b"<html>404: Not Found</html>\n")


@pytest.mark.parametrize(
    ("trouble", "code", "words"),
    [
        (remote_away, 1, "The ledger cannot be reached"),
        (branch_deleted, 2, "This publication has no ledger yet"),
        (branch_emptied, 1, "it holds no ledger of ours"),
        (file_damaged, 1, "This is not a line that Pressrun wrote"),
    ],
)
def test_ledger_that_cannot_be_read_is_not_an_empty_one(room, trouble, code, words):
    room.job()
    trouble(room)
    said = room.desk.publish("email")
    assert (said.code, words in said.err) == (code, True)
    assert room.desk.subjects() == ONE_COPY


def test_container_built_anew_without_its_ledger_sends_nothing(here):
    here.publish("email")
    shutil.rmtree(here.root / ".publish")
    said = here.publish("email")
    assert (said.code, "publish baseline" in said.err) == (2, True)
    assert here.subjects() == ONE_COPY


def test_ledger_restored_from_an_old_cache_hides_nothing_that_the_provider_shows(at):
    here = at(more="ledger: { store: file, persistent: true }\n")
    here.world = replace(here.world, environ={**here.world.environ, "CI": "true"})
    cache = here.root / "cache"
    shutil.copytree(here.root / ".publish", cache)
    here.publish("email")
    shutil.rmtree(here.root / ".publish")
    shutil.copytree(cache, here.root / ".publish")
    said = here.publish("email")
    assert "was sent at the provider; the ledger did not know" in said.out
    assert here.publish("email").out == NOTHING
    assert here.subjects() == ONE_COPY


def refusing(room, words: str):
    """Let the remote refuse every push while the file that is returned is there."""
    closed = room.remote.folder / "closed"
    room.remote.hook("update", f'[ ! -e "{closed}" ] || {{ echo "{words}" >&2; exit 1; }}')
    return closed
