"""The command that imports an export; apart from the others because it loads the lake's libraries."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from keepwell.identity.service import system_keys
from keepwell.platform.command_line import (
    Target,
    TerminalProgress,
    json_option,
    print_json,
    print_table,
    run,
    targets_workspace,
)
from keepwell.platform.runtime import open_database
from keepwell.subscriptions.importing import Importing, ImportSummary, import_export
from keepwell.subscriptions.mapping import MappingFile, read_mapping


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    required=True,
    type=click.Path(path_type=Path),
    help="Which file and column feeds which field.",
)
@json_option
@targets_workspace
def import_command(target: Target, folder: Path, mapping: Path, as_json: bool) -> None:
    """Import the CSV files of FOLDER as a mapping file says; the workspace is made where it is missing.

    Running it again changes nothing that is there already. Rows that cannot be imported are kept as
    dead letters with file, line and reason; the good rows are imported all the same.

    Example: ./keepwell import --mapping examples/ravenstack.yaml ~/exports
    """
    summary = run(_import(target, read_mapping(mapping), folder))
    if as_json:
        print_json(summary)
    else:
        _print_summary(summary)


async def _import(target: Target, mapping: MappingFile, folder: Path) -> ImportSummary:
    async with open_database(target.settings) as database:
        work = Importing(
            database=database,
            settings=target.settings,
            slug=target.workspace,
            keys=system_keys(),
            progress=TerminalProgress(),
        )
        return await import_export(work, mapping, folder=folder)


def _print_summary(summary: ImportSummary) -> None:
    table = Table(title=f"Import into workspace {summary.workspace!r}", title_justify="left")
    for heading in ("entity", "file"):
        table.add_column(heading)
    for heading in ("read", "imported", "unchanged", "dead-lettered"):
        table.add_column(heading, justify="right")
    for name, counts in summary.entities.items():
        numbers = (counts.read, counts.imported, counts.unchanged, counts.dead_lettered)
        table.add_row(name, counts.file, *(f"{number:,}" for number in numbers))
    print_table(table)
    for name, counts in summary.entities.items():
        for reason, number in sorted(counts.reasons.items()):
            click.echo(f"  {name}: {number:,} dead-lettered as {reason}")
        if counts.dead_lettered:
            click.echo(f"  {name}: {counts.already_dead_lettered:,} of them were held already")
    if not summary.changed:
        click.echo("Nothing changed: every row was there already.")
