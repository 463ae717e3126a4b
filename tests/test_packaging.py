"""What users get: the sdist and the wheel made of it."""

import configparser
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

import pressrun
from support.require import require
from support.tools import ROOT


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    target = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(ROOT))
    subprocess.run(build, check=True, capture_output=True)
    return target


@pytest.fixture(scope="session")
def wheel(built):
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="session")
def sdist_names(built):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def info(wheel, name):
    return wheel.read(f"pressrun-{pressrun.__version__}.dist-info/{name}")


def test_the_tests_run_on_the_installed_wheel():
    place = Path(pressrun.__file__)
    require("wheel", present=not place.is_relative_to(ROOT / "src"))


@pytest.mark.parametrize(
    "name",
    [
        "pressrun/py.typed",
        "pressrun/publish.schema.json",
        "pressrun/cli/starter/newsletter.yml",
        "pressrun/cli/starter/publish.yml",
        "pressrun/cli/starter/hello.md",
    ],
)
def test_the_wheel_brings_its_data(wheel, name):
    assert name in wheel.namelist()


def test_the_wheel_brings_the_default_templates_as_they_are(wheel):
    files = [path for path in (ROOT / "email_templates").rglob("*") if path.is_file()]
    assert files
    for path in files:
        packed = wheel.read(f"pressrun/{path.relative_to(ROOT).as_posix()}")
        assert packed == path.read_bytes()


def test_the_wheel_brings_nothing_else(wheel):
    assert {name.partition("/")[0] for name in wheel.namelist()} == {
        "pressrun",
        f"pressrun-{pressrun.__version__}.dist-info",
    }


def test_the_wheel_says_what_it_is(wheel):
    metadata = message_from_bytes(info(wheel, "METADATA"))
    assert metadata["Name"] == "pressrun"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert info(wheel, "licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    scripts = configparser.ConfigParser()
    scripts.read_string(info(wheel, "entry_points.txt").decode())
    assert scripts["console_scripts"]["publish"] == "pressrun.cli:main"


def test_the_sdist_can_be_tested(sdist_names):
    needed = {"pyproject.toml", "README.md", "LICENSE", "publish.yml", "tests/run", ".ci/run"}
    assert needed <= sdist_names
    assert any(name.startswith("posts/") for name in sdist_names)
    assert any(name.startswith(".github/workflows/") for name in sdist_names)


def test_the_sdist_has_nothing_that_was_made(sdist_names):
    made = ("build/", "dist/", "outbox/", "public/", ".publish/", ".venv", ".mypy_cache")
    assert not [name for name in sdist_names if name.startswith(made)]
    assert not [name for name in sdist_names if "__pycache__" in name]


@pytest.mark.parametrize("command", [("publish",), (sys.executable, "-m", "pressrun")])
def test_it_starts_both_ways(command):
    first = Path(sys.executable).with_name(command[0]) if command == ("publish",) else command[0]
    require("wheel", present=Path(first).exists())
    said = subprocess.run(
        (str(first), *command[1:], "--version"), capture_output=True, text=True, check=True
    )
    assert said.stdout == f"publish, version {pressrun.__version__}\n"
