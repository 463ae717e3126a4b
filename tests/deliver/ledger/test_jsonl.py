"""Lines as bytes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.deliver.ledger import jsonl
from pressrun.deliver.steps import MAY_FOLLOW, Line, Step
from pressrun.errors import LedgerDamaged
from support.lines import AT, line

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1), timezones=ZONES)  # noqa: DTZ001
TEXTS = st.text(max_size=40)
FREE = ("newsletter", "post", "title", "body", "digest", "provider", "account", "campaign")
LINES = st.builds(
    Line,
    step=st.sampled_from(Step),
    run=st.text(min_size=1),
    at=TIMES,
    because=TEXTS,
    **dict.fromkeys(FREE, TEXTS),
)


@st.composite
def histories(draw):
    """Draw lines whose steps may follow one another."""
    lines = []
    step = None
    for drawn in draw(st.lists(LINES, max_size=6)):
        if not (allowed := sorted(MAY_FOLLOW[step])):
            break
        step = draw(st.sampled_from(allowed))
        fields = {name: getattr(drawn, name) for name in (*FREE, "run", "at", "because")}
        lines.append(Line(step, **fields))
    return tuple(lines)


@given(histories())
def test_lines_come_back_as_they_were(lines):
    assert jsonl.decode("a", jsonl.encode(lines), "a").lines == lines


@given(histories(), st.data())
def test_cut_anywhere_it_keeps_the_whole_lines(lines, data):
    encoded = jsonl.encode(lines)
    cut = data.draw(st.integers(0, len(encoded)))
    found = jsonl.decode("a", encoded[:cut], "a").lines
    assert found == lines[: encoded[:cut].count(b"\n")]


@given(st.binary(max_size=200))
def test_whatever_the_bytes_it_reads_or_names_the_line(data):
    try:
        jsonl.decode("a", data, "a.jsonl")
    except LedgerDamaged as error:
        assert error.problems[0].where.startswith("a.jsonl:")  # noqa: PT017


def test_a_line_is_short_and_readable():
    made = jsonl.encode([line(title="Zürich", newsletter="main")])
    assert made.decode() == (
        '{"step":"claim","run":"run-a","at":"2026-11-23T08:00:00Z",'
        '"newsletter":"main","title":"Zürich"}\n'
    )


def test_time_is_written_in_utc():
    there = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert jsonl.encode([line(at=there)]) == jsonl.encode([line(at=AT)])
    assert jsonl.decode("a", jsonl.encode([line(at=there)]), "a").lines[0].at.tzinfo == UTC


def test_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        jsonl.encode([line(at=datetime(2026, 1, 1))])  # noqa: DTZ001


def test_lone_surrogate_survives():
    lines = (line(title="\ud800 and \\ud800"),)
    assert jsonl.decode("a", jsonl.encode(lines), "a").lines == lines
