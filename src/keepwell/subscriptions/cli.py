"""Commands: import an export, and read the revenue figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from keepwell.identity import service as identity
from keepwell.identity.service import system_keys
from keepwell.platform.clock import SystemClock, today
from keepwell.platform.command_line import (
    Day,
    Target,
    TerminalProgress,
    json_option,
    print_json,
    run,
    targets_workspace,
)
from keepwell.platform.runtime import open_database
from keepwell.subscriptions import service
from keepwell.subscriptions.importing import Importing, ImportSummary, import_export
from keepwell.subscriptions.mapping import MappingFile, read_mapping
from keepwell.subscriptions.views import MovementsBy, MovementsReport, MrrReport


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


@click.group()
def metrics() -> None:
    """Revenue figures, each with the policy it follows."""


@metrics.command("mrr")
@click.option("--on", type=Day(), help="The day; today where left out.")
@json_option
@targets_workspace
def mrr_command(target: Target, on: date | None, as_json: bool) -> None:
    """Monthly recurring revenue at the end of a day.

    Example: ./keepwell metrics mrr --on 2024-01-01 --json
    """
    report = run(_mrr(target, on or today(SystemClock())))
    if as_json:
        print_json(report)
    else:
        click.echo(
            f"{report.currency} {report.mrr} on {report.on} from {report.accounts} accounts ({report.policy})"
        )


@metrics.command("movements")
@click.option("--from", "start", type=Day(), required=True, help="The first day.")
@click.option("--to", "end", type=Day(), required=True, help="The last day, included.")
@click.option("--by", type=click.Choice(["month", "total"]), default="month", show_default=True)
@json_option
@targets_workspace
def movements_command(target: Target, start: date, end: date, by: MovementsBy, as_json: bool) -> None:
    """How MRR moved: opening + new + expansion + reactivation + contraction + churn + fx = closing.

    Example: ./keepwell metrics movements --from 2024-01-01 --to 2024-12-31 --by month --json
    """
    report = run(_movements(target, start, end=end, by=by))
    if as_json:
        print_json(report)
    else:
        _print_movements(report)


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


async def _mrr(target: Target, on: date) -> MrrReport:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        return await service.mrr(connection, workspace_id=workspace.id, on=on)


async def _movements(target: Target, start: date, *, end: date, by: MovementsBy) -> MovementsReport:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        return await service.movements_report(
            connection, workspace_id=workspace.id, start=start, end=end, by=by
        )


def _print_summary(summary: ImportSummary) -> None:
    table = Table(title=f"Import into workspace {summary.workspace!r}", title_justify="left")
    for heading in ("entity", "file"):
        table.add_column(heading)
    for heading in ("read", "imported", "unchanged", "dead-lettered"):
        table.add_column(heading, justify="right")
    for name, counts in summary.entities.items():
        numbers = (counts.read, counts.imported, counts.unchanged, counts.dead_lettered)
        table.add_row(name, counts.file, *(f"{number:,}" for number in numbers))
    Console().print(table)
    for name, counts in summary.entities.items():
        for reason, number in sorted(counts.reasons.items()):
            click.echo(f"  {name}: {number:,} dead-lettered as {reason}")
        if counts.dead_lettered:
            click.echo(f"  {name}: {counts.already_dead_lettered:,} of them were held already")
    if not summary.changed:
        click.echo("Nothing changed: every row was there already.")


def _print_movements(report: MovementsReport) -> None:
    table = Table(title=f"MRR movements, {report.currency}, policy {report.policy}", title_justify="left")
    table.add_column("period")
    columns = ("opening", "new", "expansion", "reactivation", "contraction", "churn", "fx", "closing")
    for column in columns:
        table.add_column(column, justify="right")
    for period in report.periods:
        table.add_row(f"{period.start} to {period.end}", *(getattr(period, column) for column in columns))
    Console().print(table)
