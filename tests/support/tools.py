"""Programs that come with the test environment, and the commands that run them."""

import subprocess
import sys
from pathlib import Path

from support.require import require

ROOT = Path(__file__).parents[2]


def tool(name: str) -> str:
    """Return the path of a program installed beside this Python; skip or fail without it."""
    path = Path(sys.executable).with_name(name)
    require(name, present=path.exists())
    return str(path)


def finds_nothing(*arguments: str) -> None:
    """Run a check in the checkout; fail with what it said unless it is content."""
    result = subprocess.run(
        arguments, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
