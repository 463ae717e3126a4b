"""``publish doctor``: is everything in place that a run needs? Looks, and changes nothing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from pressrun.cli import exits, show
from pressrun.cli.world import World
from pressrun.model import Finding, Severity

if TYPE_CHECKING:
    from pressrun.cli.checkup.seen import Part

WIDTH = 13  # of the longest part's name: each part is shown as soon as it is done


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print what was found for machines.")
@click.pass_obj
def command(world: World, *, as_json: bool) -> int:
    """Check configuration, posts, provider, readers, ledger, clock and workflow files.

    Nothing is sent or changed. Without its secret the provider is not asked, and the rest goes on.
    Exit code 3 when there is an error.
    """
    from pressrun.cli.checkup import examine

    parts = []
    for part in examine(world):
        parts.append(part)
        if not as_json:
            show.table(list(_rows(part)))
    found = [one for part in parts for one in part.findings]
    if as_json:
        click.echo(_as_json(parts, found))
    else:
        _close(found)
    return exits.CHECK_FOUND_ERRORS if _count(found, Severity.ERROR) else exits.DONE


def _rows(part: "Part") -> Iterator[show.Row]:
    name = f"{part.name:<{WIDTH}}"
    for fact in part.facts:
        yield show.Row(fact.word, name, fact.what)
    for severity in Severity:
        if count := _count(part.findings, severity):
            yield show.Row(severity, name, f"{show.Counted(count, 'finding')}, see below")


def _close(found: Sequence[Finding]) -> None:
    click.echo("")
    show.findings(found)
    counted = [show.Counted(_count(found, severity), severity) for severity in Severity]
    click.echo(("\n" if found else "") + f"{counted[0]}, {counted[1]}. Nothing was changed.")


def _as_json(parts: Sequence["Part"], found: Sequence[Finding]) -> str:
    content = {
        "errors": _count(found, Severity.ERROR),
        "warnings": _count(found, Severity.WARNING),
        "parts": {
            part.name: {
                "facts": [fact._asdict() for fact in part.facts],
                "findings": [asdict(one) for one in part.findings],
            }
            for part in parts
        },
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _count(found: Sequence[Finding], severity: Severity) -> int:
    return sum(one.severity is severity for one in found)
