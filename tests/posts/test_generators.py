"""Whole sites of other generators, in their own conventions, are read without a change.

``generators/TOOL/`` is such a site with a publish.yml beside it; ``expected.json`` holds every
field of every post. After a change that is meant: ``python tests/posts/test_generators.py``.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest

from pressrun import config, posts
from pressrun.posts.origins import explain

HERE = Path(__file__).parent / "generators"
TOOLS = sorted(path.name for path in HERE.iterdir())


def read(tool: str) -> dict[str, dict[str, object]]:
    """Read a site; give every field of each post by its path."""
    return {post.path: _plain(asdict(post)) for post in posts.load(config.load(HERE / tool))}


def _plain(fields: dict[str, object]) -> dict[str, object]:
    return json.loads(json.dumps(fields, default=datetime.isoformat))


def expected(tool: str) -> dict[str, dict[str, object]]:
    return json.loads((HERE / tool / "expected.json").read_text(encoding="utf-8"))


def test_there_are_eight():
    assert len(TOOLS) == 8


@pytest.mark.parametrize("tool", TOOLS)
def test_every_field_of_every_post_is_read_as_its_tool_means_it(tool):
    assert read(tool) == expected(tool)


@pytest.mark.parametrize("tool", TOOLS)
def test_every_key_is_either_a_field_s_origin_or_kept(tool):
    publication = config.load(HERE / tool)
    for relative, file in posts.sources(publication):
        content = Path(file).read_bytes()
        explained = explain(content, relative, publication)
        lines = content.decode().splitlines()
        keys = [key for origin in explained.origins for key in origin.keys]
        for key in (*keys, *explained.unknown):
            assert key.name.rpartition(".")[2] in lines[key.line - 1]


if __name__ == "__main__":
    for name in TOOLS:
        text = json.dumps(read(name), ensure_ascii=False, indent=1)
        (HERE / name / "expected.json").write_text(f"{text}\n", encoding="utf-8")
