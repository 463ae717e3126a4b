"""``publish providers``: which mailing providers there are, and what each can do."""

import json

import click

from pressrun.deliver.providers import TABLE, adapter
from pressrun.deliver.providers.contract import abilities


@click.command("providers")
@click.option("--json", "as_json", is_flag=True, help="Print the table for machines.")
def command(*, as_json: bool) -> None:
    """List the mailing providers and what each can do."""
    adapters = [adapter(name) for name in TABLE]
    if as_json:
        table = {one.name: {"home": one.home, "can": abilities(one)} for one in adapters}
        click.echo(json.dumps(table, indent=2))
        return
    for one in adapters:
        words = [name.replace("_", " ") for name, able in abilities(one).items() if able]
        click.echo(f"{one.name:<12} {one.home}")
        click.echo(f"{'':<12} can: {', '.join(words) or 'the four calls only'}\n")
