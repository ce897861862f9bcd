"""Commands that read the revenue figures."""

from __future__ import annotations

from datetime import date

import click
from rich.table import Table

from keepwell.identity import service as identity
from keepwell.platform.clock import SystemClock, today
from keepwell.platform.command_line import (
    Day,
    Target,
    json_option,
    print_json,
    print_table,
    run,
    targets_workspace,
)
from keepwell.platform.runtime import open_database
from keepwell.subscriptions import service
from keepwell.subscriptions.model import months
from keepwell.subscriptions.views import MovementsBy, MovementsPeriod, MovementsReport, MrrReport


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


def _print_movements(report: MovementsReport) -> None:
    table = Table(title=f"MRR movements, {report.currency}, policy {report.policy}", title_justify="left")
    table.add_column("period")
    columns = ("opening", "new", "expansion", "reactivation", "contraction", "churn", "fx", "closing")
    for column in columns:
        table.add_column(column, justify="right")
    for period in report.periods:
        table.add_row(_label(period), *(getattr(period, column) for column in columns))
    print_table(table)


def _label(period: MovementsPeriod) -> str:
    whole_month = [(period.start, period.end)] == months(period.start.replace(day=1), period.end)
    return f"{period.start:%Y-%m}" if whole_month else f"{period.start} to {period.end}"
