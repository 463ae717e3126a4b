"""What only the ledger on a git branch has to stand: a remote that fails, and a disk that dies."""

import shutil
import threading
import time
from pathlib import Path

import pytest

from pressrun.deliver.ledger.git import GitLedger
from pressrun.deliver.steps import Step
from pressrun.errors import LedgerAbsent, LedgerDamaged, LedgerError, Overtaken
from support.git_remote import wrapper
from support.lines import AT, entry
from support.require import require
from support.stores import GitStore

CLAIM_B = [entry("b", run="run-b")]


@pytest.fixture
def store(tmp_path):
    require("git")
    made = GitStore(tmp_path)
    made.open().create()
    return made


class Job:
    """A machine whose git is a script; ``pauses`` are the waits it was asked for."""

    def __init__(self, store: GitStore, tmp_path: Path) -> None:
        self.root = tmp_path / "job"
        self.root.mkdir()
        self.bin = tmp_path / "bin"
        self.store = store
        self.log = tmp_path / "calls.log"
        self.pauses = []

    def ledger(self, script: str = 'exec $REAL "$@"', timeout: float = 60.0, **environ: str):
        log = f'printf "%s\\n" "$*" >> {self.log}'
        path = wrapper(self.bin, f"{log}\nMARK={self.root.parent}/mark\n{script}")
        remote = self.store.remote
        return GitLedger(
            self.root,
            environ.pop("remote", str(remote.folder)),
            remote.branch,
            remote.environ | {"PATH": path} | environ,
            publication="notes",
            sleep=self.pauses.append,
            timeout=timeout,
        )


@pytest.fixture
def job(store, tmp_path):
    return Job(store, tmp_path)


def on_push(first: str, then: str = 'exec $REAL "$@"') -> str:
    """Return a script that does ``first`` on the first push and ``then`` on each later one."""
    return f"""
case " $* " in
*" push "*) if [ -e $MARK ]; then {then}; else touch $MARK; {first}; fi ;;
*) exec $REAL "$@" ;;
esac"""


def histories(store: GitStore) -> dict[str, list[str]]:
    read = store.open().read()
    return {key: [line.run for line in history.lines] for key, history in read.items()}


def prepared(store: GitStore, entries) -> str:
    """Return a command that lets another run's commit appear at the remote."""
    old = store.remote.head()
    store.open().append(entries)
    new = store.remote.head()
    ref = f"refs/heads/{store.remote.branch}"
    store.remote.git("update-ref", ref, old)
    return f"$REAL --git-dir={store.remote.folder} update-ref {ref} {new}"


def test_branch_holds_one_file_an_issue_and_one_commit_an_append(store):
    store.open().append([entry("a"), entry("b")])
    store.open().append([entry("a", 1, Step.DRAFTED)])
    assert set(store.remote.files()) == {"ledger.json", "a.jsonl", "b.jsonl"}
    assert store.remote.subjects() == [
        "a: drafted [skip ci]",
        "2 issues: claim [skip ci]",
        "Create the ledger [skip ci]",
    ]


def test_commit_has_the_time_of_its_lines_and_nobodys_name(store):
    store.open().append([entry("a")])
    form = "--format=%at %ct %an %ae %cn %ce"
    said = store.remote.git("log", "-1", form, store.remote.branch).decode().split()
    assert said[:2] == [str(int(AT.timestamp()))] * 2
    assert said[2:] == ["Pressrun", "ledger@pressrun.invalid"] * 2


def test_two_that_create_at_once_make_the_same_commit(store, tmp_path):
    first = store.remote.head()
    other = GitStore(tmp_path / "other")
    other.open().create()
    assert other.remote.head() == first


def test_creating_loses_to_a_ledger_that_came_first(tmp_path):
    require("git")
    store = GitStore(tmp_path)
    store.open().create()
    cut_in = prepared(store, [entry("a")])
    ref = f"refs/heads/{store.remote.branch}"
    store.remote.git("update-ref", "-d", ref)
    Job(store, tmp_path).ledger(on_push(f'{cut_in}; exec $REAL "$@"')).create()
    assert histories(store) == {"a": ["run-a"]}


def test_only_the_newest_commit_is_fetched_and_one_can_push_from_it(store, job):
    for number in range(3):
        store.open().append([entry(f"old-{number}")])
    job.ledger().append([entry("a")])
    shutil.rmtree(job.root)
    job.root.mkdir()
    job.ledger().append([entry("a", 1, Step.DRAFTED)])
    clone = job.root / ".publish" / "cache" / "ledger.git"
    known = store.remote.git("rev-list", "--all", within=clone).split()
    assert len(known) == 1
    store.remote.git("fsck", "--strict")
    assert len(store.remote.subjects()) == 6


def test_whole_run_needs_no_second_look_at_an_unchanged_branch(store, job):
    ledger = job.ledger()
    ledger.read()
    ledger.append([entry("a")])
    ledger.append([entry("a", 1, Step.DRAFTED)])
    calls = job.log.read_text()
    assert calls.count(" fetch ") == 1
    assert "--force" not in calls
    assert " +" not in calls.replace(" +refs/heads/publish-ledger:refs/ledger/head", "")


def test_another_issue_written_meanwhile_is_no_conflict(store, job):
    cut_in = prepared(store, CLAIM_B)
    job.ledger(on_push(f'{cut_in}; exec $REAL "$@"')).append([entry("a")])
    assert histories(store) == {"a": ["run-a"], "b": ["run-b"]}
    assert job.pauses == [0, 0.5]


def test_same_issue_written_meanwhile_overtakes(store, job):
    cut_in = prepared(store, [entry("a", run="run-b")])
    with pytest.raises(Overtaken, match="run-b"):
        job.ledger(on_push(f'{cut_in}; exec $REAL "$@"')).append([entry("a"), entry("c")])
    assert histories(store) == {"a": ["run-b"]}


def test_push_whose_answer_was_lost_counts_once(store, job):
    job.ledger(on_push('$REAL "$@"; exit 1')).append([entry("a")])
    assert histories(store) == {"a": ["run-a"]}
    assert job.pauses == [0]


def test_push_whose_answer_never_came_counts_once(store, job):
    began = time.monotonic()
    job.ledger().append([entry("a")])
    patience = 1 + 2 * (time.monotonic() - began)  # more than any call of git takes here today
    script = on_push('$REAL "$@"; exec sleep 600')
    job.ledger(script, timeout=patience).append([entry("a", 1, Step.DRAFTED)])
    assert histories(store) == {"a": ["run-a", "run-a"]}


def test_lost_answer_and_another_run_on_top_still_counts_once(store, job):
    commit = "$REAL -c user.name=x -c user.email=x commit-tree"
    ref = f"refs/heads/{store.remote.branch}"
    on_top = f"""
        $REAL "$@"
        export GIT_DIR={store.remote.folder}
        $REAL update-ref {ref} $({commit} {ref}^{{tree}} -p {ref} -m more)
        exit 1"""
    job.ledger(on_push(on_top)).append([entry("a")])
    assert histories(store) == {"a": ["run-a"]}
    assert store.remote.subjects()[0] == "more"


def test_answer_lost_each_time_is_no_failure(store, job):
    job.ledger(on_push("exit 1", '$REAL "$@"; exit 1')).append([entry("a")])
    assert histories(store) == {"a": ["run-a"]}


def test_push_that_got_nowhere_is_made_again(store, job):
    job.ledger(on_push("kill -9 $$")).append([entry("a")])
    assert histories(store) == {"a": ["run-a"]}
    assert job.pauses == [0, 0.5]


def test_push_that_never_gets_anywhere_ends_in_an_error(store, job):
    with pytest.raises(LedgerError, match=r"not written: .*no route.*contents: write"):
        job.ledger(on_push("exit 1", "echo no route >&2; exit 1")).append([entry("a")])
    assert histories(store) == {}
    assert job.pauses == [0, 0.5, 1, 2, 4]


def test_push_that_the_server_rejects_is_told_in_its_words(store, job):
    store.remote.hook("pre-receive", "printf 'protected \\033[31mbranch\\033[0m' >&2; exit 1")
    with pytest.raises(LedgerError, match=r"not written: .*protected branch.*rejected") as caught:
        job.ledger().append([entry("a")])
    assert "\x1b" not in str(caught.value)
    assert histories(store) == {}


def test_server_that_fails_after_it_took_the_push_counts(store, job):
    store.remote.hook("post-receive", "exit 1")
    job.ledger().append([entry("a")])
    assert histories(store) == {"a": ["run-a"]}


def test_remote_that_vanishes_before_the_answer_is_an_error(store, job):
    away = f"mv {store.remote.folder} {store.remote.folder}.away"
    with pytest.raises(LedgerError, match="cannot be reached"):
        job.ledger(on_push(f'$REAL "$@"; {away}; exit 1')).append([entry("a")])
    shutil.move(f"{store.remote.folder}.away", store.remote.folder)
    assert histories(store) == {"a": ["run-a"]}


def test_remote_that_vanishes_between_the_look_and_the_fetch_is_an_error(store, job):
    away = f"mv {store.remote.folder} {store.remote.folder}.away"
    vanish = f'case " $* " in *" fetch "*) {away} 2>/dev/null ;; esac\nexec $REAL "$@"'
    for act in (job.ledger(vanish).read, lambda: job.ledger(vanish).append([entry("a")])):
        with pytest.raises(LedgerError, match="cannot be reached") as caught:
            act()
        assert type(caught.value) is LedgerError
        shutil.move(f"{store.remote.folder}.away", store.remote.folder)
    assert histories(store) == {}


def test_branch_that_was_set_back_stops_whoever_knew_more(store, job):
    ledger = job.ledger()
    ledger.append([entry("a")])
    older = store.remote.head()
    ledger.append([entry("a", 1, Step.DRAFTED)])
    store.remote.git("update-ref", f"refs/heads/{store.remote.branch}", older)
    with pytest.raises(Overtaken, match="1 lines instead of 2"):
        ledger.append([entry("a", 2, Step.SENDING)])


def test_branch_that_was_written_anew_is_read_anew(store, job):
    """A forced push by somebody else leaves no common history; what is there counts."""
    ledger = job.ledger()
    ledger.append([entry("a")])
    ref = f"refs/heads/{store.remote.branch}"
    tree = store.remote.git("rev-parse", f"{ref}^{{tree}}").decode().strip()
    commit = store.remote.git("commit-tree", tree, "-m", "squashed").decode().strip()
    store.remote.git("update-ref", ref, commit)
    ledger.append([entry("a", 1, Step.DRAFTED)])
    assert store.remote.subjects() == ["a: drafted [skip ci]", "squashed"]


def test_branch_deleted_before_the_push_is_not_guessed_about(store, job):
    ref = f"refs/heads/{store.remote.branch}"
    delete = f"$REAL --git-dir={store.remote.folder} update-ref -d {ref}; exit 1"
    with pytest.raises(LedgerAbsent):
        job.ledger(on_push(delete)).append([entry("a")])


def everything(ledger):
    return (ledger.exists, ledger.read, ledger.create, lambda: ledger.append([entry("a")]))


def test_unreachable_is_never_absent(store, job):
    shutil.rmtree(store.remote.folder)
    for act in everything(job.ledger()):
        with pytest.raises(LedgerError, match="cannot be reached") as caught:
            act()
        assert type(caught.value) is LedgerError
        assert caught.value.exit_code == 1


def test_remote_that_does_not_answer_is_unreachable(store, job):
    slow = 'case " $* " in *" ls-remote "*) exec sleep 30 ;; *) exec $REAL "$@" ;; esac'
    with pytest.raises(LedgerError, match=r"no answer within 0\.5 s"):
        job.ledger(slow, timeout=0.5).exists()


def test_deleted_branch_is_absent(store, job):
    ledger = job.ledger()
    ledger.append([entry("a")])
    store.remote.git("update-ref", "-d", f"refs/heads/{store.remote.branch}")
    assert not ledger.exists()
    with pytest.raises(LedgerAbsent):
        ledger.append([entry("a", 1, Step.DRAFTED)])
    assert store.remote.head() == ""


def test_branch_that_ends_like_ours_is_not_ours(tmp_path):
    require("git")
    store = GitStore(tmp_path)
    store.open().create()
    ref = f"refs/heads/{store.remote.branch}"
    store.remote.git("update-ref", f"refs/heads/{ref}", ref)
    store.remote.git("update-ref", "-d", ref)
    assert not store.open().exists()


def test_branch_of_somebody_else_is_damage_and_not_absent(tmp_path):
    require("git")
    store = GitStore(tmp_path)
    store.remote.put("index.html", b"A page.\n")
    for act in everything(store.open()):
        with pytest.raises(LedgerDamaged, match="holds no ledger of ours"):
            act()
    assert store.remote.files() == {"index.html": b"A page.\n"}


def test_folders_and_programs_on_the_branch_are_kept(store):
    remote = store.remote
    tree = remote.git("rev-parse", f"{remote.branch}^{{tree}}").decode().strip()
    blob = remote.git("hash-object", "-w", "--stdin", stdin=b"x").decode().strip()
    listing = remote.git("ls-tree", remote.branch).decode()
    listing += f"040000 tree {tree}\tsent mail\n100755 blob {blob}\tüber\n"
    new = remote.git("mktree", stdin=listing.encode()).decode().strip()
    commit = remote.git("commit-tree", new, "-p", remote.head(), "-m", "x").decode().strip()
    remote.git("update-ref", f"refs/heads/{remote.branch}", commit)
    store.open().append([entry("a")])
    after = remote.git("-c", "core.quotePath=false", "ls-tree", remote.branch).decode()
    assert set(listing.splitlines()) < set(after.splitlines())


def clone_of(job: Job) -> Path:
    return job.root / ".publish" / "cache" / "ledger.git"


DISASTERS = {
    "cache deleted": lambda clone: shutil.rmtree(clone.parent),
    "clone deleted": shutil.rmtree,
    "a file in its place": lambda clone: (shutil.rmtree(clone), clone.write_text("?")),
    "no HEAD": lambda clone: (clone / "HEAD").write_text("?"),
    "no configuration": lambda clone: (clone / "config").write_text("[?"),
    "not bare": lambda clone: (clone / "config").write_text("[core]\nbare = false\n"),
    "objects lost": lambda clone: shutil.rmtree(clone / "objects"),
    "objects emptied": lambda clone: [
        (path.chmod(0o600), path.write_bytes(b""))
        for path in clone.glob("objects/*/*")
        if path.is_file()
    ],
    "a lock left behind": lambda clone: (clone / "shallow.lock").touch(),
    "a reference locked": lambda clone: (clone / "refs/ledger/head.lock").touch(),
}


@pytest.mark.parametrize("disaster", DISASTERS.values(), ids=DISASTERS.keys())
def test_clone_is_only_a_cache(store, job, disaster):
    job.ledger().append([entry("a")])
    job.ledger().read()
    store.open().append(CLAIM_B)
    job.ledger().read()
    disaster(clone_of(job))
    job.ledger().append([entry("a", 1, Step.DRAFTED)])
    store.open().append([entry("b", 1, Step.DRAFTED, run="run-b")])
    shutil.rmtree(clone_of(job) / "objects")
    (clone_of(job) / "shallow.lock").touch()
    assert [len(history.lines) for history in job.ledger().read().values()] == [2, 2]


def test_cache_that_cannot_be_made_is_an_error(store, job):
    (job.root / ".publish").write_text("in the way")
    for act in everything(job.ledger()):
        with pytest.raises(LedgerError):
            act()


def test_second_run_on_this_machine_is_refused_but_may_look(store, job):
    with job.ledger().run():
        with pytest.raises(LedgerError, match="Another run"), job.ledger().run():
            pass
        assert job.ledger().exists()
    with store.open().run():
        pass


def test_many_at_once_on_one_machine_and_on_others(store, job):
    problems = []

    def append(ledger: GitLedger, key: str) -> None:
        try:
            ledger.append([entry(key)])
        except LedgerError as error:
            problems.append(str(error))

    ledgers = [job.ledger(), job.ledger(), store.open(), store.open()]
    threads = [
        threading.Thread(target=append, args=(ledger, f"post-{number}"))
        for number, ledger in enumerate(ledgers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(histories(store)) == 4


def test_hooks_and_signatures_of_the_user_are_left_out(store, job, tmp_path):
    store.remote.git("config", "core.hooksPath", "/dev/null")
    template = tmp_path / "template"
    for folder, names in {
        template / "hooks": ("pre-push", "reference-transaction", "post-index-change"),
        tmp_path / "own": ("pre-push", "reference-transaction"),
    }.items():
        folder.mkdir(parents=True)
        for name in names:
            (folder / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\nexit 1\n")
            (folder / name).chmod(0o755)
    (store.remote.home / ".gitconfig").write_text(
        f"[init]\ntemplateDir = {template}\n[core]\nhooksPath = {tmp_path}/own\n"
        "[commit]\ngpgSign = true\n[push]\ngpgSign = true\nfollowTags = true\n"
        "[i18n]\ncommitEncoding = latin1\n[fetch]\nprune = true\n[color]\nui = always\n"
    )
    job.ledger(GIT_TEMPLATE_DIR=str(template)).append([entry("a")])
    assert list(tmp_path.glob("ran-*")) == []
    (store.remote.home / ".gitconfig").unlink()
    assert histories(store) == {"a": ["run-a"]}


def test_repository_whose_hook_started_us_is_left_alone(store, job, tmp_path):
    other = tmp_path / "other"
    store.remote.git("init", "--quiet", str(other), within=tmp_path)
    before = sorted(other.rglob("*"))
    git_dir = str(other / ".git")
    job.ledger(
        GIT_DIR=git_dir, GIT_WORK_TREE=str(other), GIT_INDEX_FILE=f"{git_dir}/index", GIT_TRACE="1"
    ).append([entry("a")])
    assert sorted(other.rglob("*")) == before


def test_machine_without_git_is_told_what_to_do(store, job):
    with pytest.raises(LedgerError, match=r"git is not installed.*Install git"):
        job.ledger(PATH=str(job.root)).exists()


def repository(store: GitStore, job: Job, url: str) -> Path:
    store.remote.git("init", "--quiet", str(job.root), within=job.root)
    store.remote.git("remote", "add", "origin", url, within=job.root)
    return job.root


@pytest.mark.parametrize("url", ["../remote.git", "{}", "file://{}"])
def test_name_of_a_remote_means_the_repository_around_the_publication(store, job, url):
    repository(store, job, url.format(store.remote.folder))
    job.root /= "newsletter"
    job.root.mkdir()
    job.ledger(remote="origin").append([entry("a")])
    assert histories(store) == {"a": ["run-a"]}


def test_shallow_checkout_of_a_job_is_enough(store, job):
    """As actions/checkout makes it: one commit, one branch, and nothing of the ledger's."""
    remote = store.remote
    main = remote.git("commit-tree", remote.git("mktree").decode().strip(), "-m", "x")
    remote.git("update-ref", "refs/heads/main", main.decode().strip())
    shutil.rmtree(job.root)
    url = f"file://{remote.folder}"
    remote.git("clone", "-q", "--depth=1", "--branch=main", url, str(job.root))
    job.ledger(remote="origin").append([entry("a")])
    assert histories(store) == {"a": ["run-a"]}
    refs = remote.git("for-each-ref", "--format=%(refname)", within=job.root).decode().split()
    assert set(refs) <= {"refs/heads/main", "refs/remotes/origin/main"}


def test_relative_path_starts_at_the_publication(store, job):
    job.ledger(remote="../remote.git").append([entry("a")])
    assert histories(store) == {"a": ["run-a"]}


def test_remote_is_where_pushes_go(store, job):
    repository(store, job, "https://nowhere.invalid/remote.git")
    url = str(store.remote.folder)
    store.remote.git("remote", "set-url", "--push", "origin", url, within=job.root)
    job.ledger(remote="origin").append([entry("a")])
    assert histories(store) == {"a": ["run-a"]}


def test_unknown_remote_is_named_with_the_mend(store, job):
    with pytest.raises(LedgerError, match="not a git repository"):
        job.ledger(remote="origin").exists()
    repository(store, job, "../remote.git")
    with pytest.raises(LedgerError, match=r'"upstream" is unknown.*git remote add upstream URL'):
        job.ledger(remote="upstream").exists()


def test_address_that_would_run_a_program_is_refused(store, job, tmp_path):
    with pytest.raises(LedgerError, match="'ext' not allowed"):
        job.ledger(remote=f"ext::touch {tmp_path}/ran").exists()
    assert not (tmp_path / "ran").exists()


def test_place_is_named_without_a_login(store, job):
    ledger = job.ledger(remote="https://ada:secret@git.example/x.git")
    assert ledger.where() == "branch publish-ledger of https://***@git.example/x.git"
