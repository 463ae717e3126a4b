"""How the ledger's issues look: to a person a line each, to a machine as JSON."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from pressrun.cli import show
from pressrun.deliver.ledger import jsonl
from pressrun.deliver.steps import History, Line

Files = Mapping[str, bytes]


def overview(histories: Mapping[str, History], zone: ZoneInfo, *, as_json: bool) -> None:
    """Print all issues with their newest step, oldest first."""
    ordered = sorted(histories.values(), key=lambda history: history.lines[0].at)
    if as_json:
        _print([_described(history) for history in ordered])
        return
    show.table([_row(history, zone) for history in ordered])
    click.echo(f"{show.Counted(len(ordered), 'issue')}.")


def details(
    found: Sequence[History], kept: Mapping[str, Files], zone: ZoneInfo, *, as_json: bool
) -> None:
    """Print every line of these issues, and what is kept of them."""
    if as_json:
        _print([_described(one) | {"kept": _inventory(kept[one.key])} for one in found])
        return
    click.echo("\n\n".join("\n".join(_lines(one, kept[one.key], zone)) for one in found))


def _row(history: History, zone: ZoneInfo) -> show.Row:
    last = history.lines[-1]
    campaign = f", campaign {history.campaign}" if history.campaign else ""
    note = f"{_time(last.at, zone)}{campaign}"
    return show.Row(last.step, history.title or history.post or history.key, note, history.key)


def _lines(history: History, files: Files, zone: ZoneInfo) -> Iterator[str]:
    yield f"{history.title or history.post or history.key} ({history.newsletter})"
    yield f"issue {history.key}, post {history.post}"
    yield from (_line(line, zone) for line in history.lines)
    sizes = (f"{suffix} {show.size(len(content))}" for suffix, content in files.items())
    yield f"kept: {', '.join(sizes) or 'nothing'}"


def _line(line: Line, zone: ZoneInfo) -> str:
    by = f"{line.provider} ({line.account})" if line.account else line.provider
    facts = {"run": line.run, "campaign": line.campaign, "due": line.due, "plan": line.plan}
    parts = [f"{name} {value}" for name, value in facts.items() if value]
    said = ", ".join(filter(None, [*parts[:1], by, *parts[1:], line.because]))
    return f"  {_time(line.at, zone)}  {line.step:<11}  {said}"


def _time(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _described(history: History) -> dict[str, Any]:
    lines = [json.loads(line) for line in jsonl.encode(history.lines).splitlines()]
    return {"key": history.key, "step": history.step, "lines": lines}


def _inventory(files: Files) -> dict[str, Any]:
    return {
        suffix: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for suffix, content in files.items()
    }


def _print(content: Any) -> None:
    click.echo(json.dumps(content, indent=2, ensure_ascii=False))
