"""Skip a test whose tool is absent, unless the run demands that tool."""

import os
import shutil

import pytest


def require(tool: str, *, present: bool | None = None) -> None:
    """Skip without ``tool`` (a program, or whatever ``present`` says of it).

    Where ``tool`` is named in the comma-separated PRESSRUN_REQUIRE, its absence is a failure.
    """
    if present if present is not None else shutil.which(tool):
        return
    if tool in os.environ.get("PRESSRUN_REQUIRE", "").split(","):
        pytest.fail(f"{tool} is required here and is not installed")
    pytest.skip(f"{tool} is not installed")
