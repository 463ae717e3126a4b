"""The jobs of this repository and the one that ``publish init`` writes for a user."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from pressrun.cli import starter
from support.require import require
from support.tools import ROOT, finds_nothing, tool

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NEWSLETTER = ROOT / starter.WORKFLOW
FAKE = """\
#!/usr/bin/env bash
case "$*" in
    *--json) echo '{"pending": 2}' ;;
    *) echo "said: $*"; exit "${SAYS:-0}" ;;
esac
"""


def parsed(text):
    """Read a workflow; YAML 1.1 takes its key ``on`` for a boolean."""
    content = yaml.safe_load(text)
    return content | {"on": content.pop(True)}


@pytest.fixture(scope="module")
def newsletter():
    return parsed(NEWSLETTER.read_text(encoding="utf-8"))


def users_workflow():
    return starter.workflow(posts="content/posts", secrets=["EXAMPLE_API_KEY"], branch="trunk")


def audit(folder):
    finds_nothing(
        tool("zizmor"), "--offline", "--persona=auditor", "--strict-collection", "-q", str(folder)
    )


def test_the_repositorys_workflows_are_safe():
    audit(ROOT / ".github")


def test_a_users_workflow_is_safe(tmp_path):
    path = tmp_path / starter.WORKFLOW
    path.parent.mkdir(parents=True)
    path.write_text(users_workflow(), encoding="utf-8")
    audit(tmp_path)


def test_this_repository_runs_what_users_get():
    assert NEWSLETTER.read_text(encoding="utf-8") == starter.workflow(posts="posts", install=".")


def test_a_users_workflow_installs_this_version_and_passes_only_named_secrets():
    workflow = parsed(users_workflow())
    text = users_workflow()
    assert text.count(f"pip install pressrun=={starter.__version__}\n") == 2
    assert set(re.findall(r"secrets\.(\w+)", text)) == {"EXAMPLE_API_KEY"}
    assert workflow["on"]["push"]["branches"] == ["trunk"]
    assert "content/posts/**" in workflow["on"]["push"]["paths"]


def test_each_action_is_pinned_to_one_full_commit_with_its_version():
    texts = [path.read_text(encoding="utf-8") for path in WORKFLOWS] + [users_workflow()]
    used = [line for text in texts for line in re.findall(r"uses: (.+)", text)]
    for line in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    assert len(set(used)) == len({line.partition("@")[0] for line in used})


def test_it_runs_for_pushes_pull_requests_people_and_the_clock(newsletter):
    triggers = newsletter["on"]
    assert set(triggers) == {"push", "pull_request", "workflow_dispatch", "schedule"}
    assert triggers["schedule"][0]["cron"].split()[0] not in {"0", "*"}


def test_planning_needs_no_secret_and_may_only_read():
    plan = parsed(users_workflow())["jobs"]["plan"]
    assert plan["permissions"] == {"contents": "read"}
    assert "secrets." not in str(plan)


def test_only_sending_may_write_and_nothing_cuts_it_off(newsletter):
    send = newsletter["jobs"]["send"]
    assert newsletter["permissions"] == {}
    assert send["permissions"] == {"contents": "write"}
    assert send["concurrency"]["cancel-in-progress"] is False
    assert send["needs"] == "plan"


def test_sending_stays_on_the_default_branch_and_out_of_forks(newsletter):
    condition = newsletter["jobs"]["send"]["if"]
    assert "github.event_name != 'pull_request'" in condition
    assert "!github.event.repository.fork" in condition
    assert "github.event.repository.default_branch" in condition
    assert "needs.plan.outputs.pending != '0'" in condition


def test_no_checkout_leaves_credentials_behind():
    for path in WORKFLOWS:
        for job in parsed(path.read_text(encoding="utf-8"))["jobs"].values():
            for step in job["steps"]:
                if step.get("uses", "").startswith("actions/checkout@"):
                    assert step["with"]["persist-credentials"] is False


def step_of(workflow, job, name):
    (step,) = [step for step in workflow["jobs"][job]["steps"] if step.get("name") == name]
    return step["run"]


def run_step(script, tmp_path, says):
    """Run a step as GitHub's ``shell: bash`` does, with a stand-in for ``publish``."""
    require("bash")
    fake = tmp_path / "bin" / "publish"
    fake.parent.mkdir()
    fake.write_text(FAKE, encoding="utf-8")
    fake.chmod(0o755)
    environ = {
        "PATH": f"{fake.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "SAYS": str(says),
    }
    (tmp_path / "output").touch()
    bash = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
    done = subprocess.run(
        bash, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    summary = (tmp_path / "summary").read_text(encoding="utf-8")
    return done, summary, (tmp_path / "output").read_text(encoding="utf-8")


@pytest.mark.parametrize(("says", "code", "output"), [(0, 0, "2"), (4, 0, "held"), (2, 2, "")])
def test_the_plan_is_shown_and_tells_whether_to_send(newsletter, tmp_path, says, code, output):
    script = step_of(newsletter, "plan", "Plan the newsletter")
    done, summary, outputs = run_step(script, tmp_path, says)
    assert done.returncode == code
    assert outputs == (f"pending={output}\n" if output else "")
    assert summary == "```text\nsaid: email --dry-run\n```\n"


@pytest.mark.parametrize("says", [0, 1, 2, 4, 5])
def test_sending_ends_as_publish_does_and_says_so(newsletter, tmp_path, says):
    script = step_of(newsletter, "send", "Send what is due")
    done, summary, _ = run_step(script, tmp_path, says)
    assert done.returncode == says
    assert summary == "```text\nsaid: email\n```\n"
    assert ("::error" in done.stdout) == (says == 4)


def test_the_tests_run_on_every_python_we_promise():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    ci = parsed((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    assert ci["jobs"]["test"]["strategy"]["matrix"]["python"] == promised


def test_ci_runs_the_readmes_test_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(r"^\s*(\$ )?tests/run$", readme, re.MULTILINE)
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").rstrip().endswith("exec tests/run")


def test_dependabot_watches_the_actions():
    config = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text(encoding="utf-8"))
    assert "github-actions" in {update["package-ecosystem"] for update in config["updates"]}
