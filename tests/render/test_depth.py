"""What is nested too deep for the parser is missed with a finding, never in silence."""

import pytest

from pressrun.render.depth import DEEPEST
from pressrun.render.markdown import render
from support.publications import A_PUBLICATION, post

LISTS = "\n".join(f"{'  ' * depth}- item {depth}" for depth in range(DEEPEST))


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (">" * 300 + " deep", 12),
        (">" * DEEPEST + " deep", 12),
        (">" * (DEEPEST - 2) + " - deep", 12),
        (LISTS.replace("item 49", "deep"), 12 + (DEEPEST - 2) // 2),
    ],
)
def test_text_that_is_too_deep_is_reported_with_its_line(source, line):
    body = render(post(body=f"One.\n\n{source}\n", body_line=10), A_PUBLICATION.site)
    assert "deep" not in body.html
    assert [(each.line, each.rule) for each in body.findings] == [(line, "lost-content")]


@pytest.mark.parametrize("source", [">" * (DEEPEST - 1) + " deep", "> " * 20 + "- deep\n\n-\n"])
def test_text_that_fits_is_kept_without_a_word(source):
    body = render(post(body=source), A_PUBLICATION.site)
    assert "deep" in body.html
    assert body.findings == ()
