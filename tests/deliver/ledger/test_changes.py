"""Whether our lines are there after a write whose answer was lost."""

from dataclasses import replace

import pytest

from pressrun.deliver.ledger.changes import landed
from pressrun.deliver.steps import History, Step
from support.lines import entry

FIRST, SECOND = entry("a"), entry("a", 1, Step.DRAFTED)
OURS = History("a", (FIRST.line, SECOND.line))
OTHER = replace(SECOND.line, run="run-b")


@pytest.mark.parametrize(
    ("now", "there"),
    [
        ({}, False),
        ({"b": OURS}, False),
        ({"a": History("a", OURS.lines[:1])}, False),
        ({"a": OURS}, True),
        ({"a": History("a", (*OURS.lines, OTHER))}, True),
        ({"a": History("a", (FIRST.line, OTHER))}, False),
        ({"a": History("a", (FIRST.line, OTHER, SECOND.line))}, False),
    ],
)
def test_lines_have_landed_only_where_they_were_wanted(now, there):
    assert landed(now, [SECOND]) is there


def test_all_of_them_must_have_landed():
    assert landed({"a": OURS}, [FIRST, SECOND])
    assert not landed({"a": OURS}, [FIRST, SECOND, entry("b")])
