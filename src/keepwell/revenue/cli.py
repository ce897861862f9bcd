"""Commands that read, check and rebuild the revenue figures."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import click
from rich.table import Table

from keepwell.identity import service as identity
from keepwell.identity.workspace_settings.model import PolicyName, WorkspaceSettings
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.platform.cli.command_line import (
    Day,
    Target,
    TerminalProgress,
    json_option,
    print_json,
    print_table,
    run,
    targets_workspace,
)
from keepwell.platform.cli.visible import visible
from keepwell.platform.clock import SystemClock, today
from keepwell.platform.database import Connection
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import CorruptData
from keepwell.revenue import projections, service
from keepwell.revenue.model import months
from keepwell.revenue.policies import ALL
from keepwell.revenue.rates import service as rates_service
from keepwell.revenue.rates.model import DatedRate
from keepwell.revenue.rates.rate_file import read_rates
from keepwell.revenue.rebuild import service as rebuilding
from keepwell.revenue.rebuild.model import RebuildResult
from keepwell.revenue.reports.churn import churn_report, lifetime_value_report
from keepwell.revenue.reports.cohorts import cohorts_report
from keepwell.revenue.reports.model import MovementsBy, MovementsPeriod, MovementsReport
from keepwell.revenue.reports.movements import movements_report
from keepwell.revenue.reports.query import ReportQuery, require_days
from keepwell.revenue.reports.retention import retention_report
from keepwell.revenue.views import (
    DifferencesReport,
    Figure,
    MrrReport,
)

Result = TypeVar("Result")
Work = Callable[[Connection, UUID, WorkspaceSettings], Awaitable[Result]]

_ADD_RATES = "Run `./keepwell metrics rates import FILE`, then the same import again."
_start = click.option("--from", "start", type=Day(), required=True, help="The first day.")
_end = click.option("--to", "end", type=Day(), required=True, help="The last day, included.")
_policy = click.option(
    "--policy",
    type=click.Choice(ALL),
    help="The policy that defines the figures; by default the workspace's.",
)


@click.group()
def metrics() -> None:
    """Revenue figures, each with the policy it follows."""


@metrics.command("mrr")
@click.option("--on", type=Day(), help="The day; today by default.")
@_policy
@json_option
@targets_workspace
def mrr_command(target: Target, on: date | None, policy: PolicyName | None, *, as_json: bool) -> None:
    """Monthly recurring revenue at the end of a day.

    Example: ./keepwell metrics mrr --on 2024-01-01 --policy stripe --json
    """
    day = on or today(SystemClock())

    async def work(connection: Connection, workspace_id: UUID, settings: WorkspaceSettings) -> MrrReport:
        return await service.mrr(
            connection,
            workspace_id=workspace_id,
            on=day,
            currency=settings.currency,
            policy=policy or settings.policy,
        )

    report = run(_read(target, work))
    if as_json:
        print_json(report)
    else:
        click.echo(
            f"{report.currency} {report.mrr} on {report.on} from {report.accounts} accounts ({report.policy})"
        )
        for each in report.unrated:
            click.echo(
                f"Without {each.subscriptions:,} subscriptions in {each.currency}: there is no exchange rate for their "
                f"first day. {_ADD_RATES}"
            )


@metrics.command("movements")
@_start
@_end
@click.option("--by", type=click.Choice(["month", "total"]), default="month", show_default=True)
@_policy
@json_option
@targets_workspace
def movements_command(
    target: Target, start: date, *, end: date, by: MovementsBy, policy: PolicyName | None, as_json: bool
) -> None:
    """How MRR moved: opening + new + expansion + reactivation + contraction + churn + fx = closing.

    `net` adds up what customers did. `fx` is the effect of exchange rates, which no movement contains.

    Example: ./keepwell metrics movements --from 2024-01-01 --to 2024-12-31 --by month --json
    """

    async def work(
        connection: Connection, workspace_id: UUID, settings: WorkspaceSettings
    ) -> MovementsReport:
        query = ReportQuery(workspace_id, start, end, settings.currency, policy or settings.policy)
        return await movements_report(connection, query, by=by)

    report = run(_read(target, work))
    if as_json:
        print_json(report)
    else:
        _print_movements(report)


@metrics.command("show")
@click.argument("figure", type=click.Choice(["retention", "churn", "cohorts", "lifetime-value"]))
@_start
@_end
@_policy
@targets_workspace
def show_command(target: Target, figure: str, *, start: date, end: date, policy: PolicyName | None) -> None:
    """A figure for a period, as JSON: retention, churn, cohorts or lifetime-value.

    Example: ./keepwell metrics show retention --from 2024-01-01 --to 2024-12-31
    """

    async def work(connection: Connection, workspace_id: UUID, settings: WorkspaceSettings) -> Figure:
        query = ReportQuery(workspace_id, start, end, settings.currency, policy or settings.policy)
        if figure == "cohorts":
            return await cohorts_report(connection, query, today=today(SystemClock()))
        if figure == "retention":
            return await retention_report(connection, query)
        if figure == "churn":
            return await churn_report(connection, query)
        return await lifetime_value_report(connection, query)

    print_json(run(_read(target, work)))


@metrics.command("differences")
@_start
@_end
@click.option("--other", type=click.Choice(ALL), required=True, help="The policy to compare with.")
@_policy
@json_option
@targets_workspace
def differences_command(
    target: Target, *, start: date, end: date, other: PolicyName, policy: PolicyName | None, as_json: bool
) -> None:
    """Why two policies differ: each movement that only one of them counts.

    Example: ./keepwell metrics differences --other stripe --from 2024-01-01 --to 2024-12-31
    """

    async def work(
        connection: Connection, workspace_id: UUID, settings: WorkspaceSettings
    ) -> DifferencesReport:
        require_days(start, end)
        return await service.differences(
            connection,
            workspace_id=workspace_id,
            policy=policy or settings.policy,
            other=other,
            start=start,
            end=end,
            currency=settings.currency,
        )

    report = run(_read(target, work))
    if as_json:
        print_json(report)
        return
    click.echo(
        f"{report.policy}: {report.policy_mrr}, {other}: {report.other_mrr} {report.currency} on {end}"
    )
    for reason in report.reasons:
        click.echo(reason)
    for each in report.differences:
        line = f"{each.on}  {each.policy:<10} {each.kind:<12} {each.amount:>12}  {each.account}"
        click.echo(visible(line))


@metrics.command("rebuild")
@click.option("--check", "is_check", is_flag=True, help="Only compare; exit code 4 if a row differs.")
@json_option
@targets_workspace
def rebuild_command(target: Target, is_check: bool, as_json: bool) -> None:
    """Rebuild every movement from the subscriptions, or compare the stored ones row by row.

    Example: ./keepwell metrics rebuild --check --json
    """
    progress = TerminalProgress()

    async def work(connection: Connection, workspace_id: UUID, settings: WorkspaceSettings) -> RebuildResult:  # noqa: ARG001  one shape for all
        if is_check:
            return await rebuilding.check(
                connection, workspace_id=workspace_id, progress=progress, timer=time.perf_counter
            )
        with progress.step("Rebuilding movements", total=None):
            return await rebuilding.rebuild(
                connection,
                workspace_id=workspace_id,
                today=today(SystemClock()),
                timer=time.perf_counter,
            )

    found = run(_read(target, work))
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found.facts} movements of {found.subscriptions} subscriptions in {found.seconds} s.")
    if found.differing:
        raise CorruptData(
            "\n".join([f"{found.differing} movements differ.", *found.differences]),
            hint="`./keepwell metrics rebuild` recomputes them; please report the difference.",
        )


@metrics.group("rates")
def rates() -> None:
    """Exchange rates, for subscriptions in other currencies."""


@rates.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@targets_workspace
def import_rates(target: Target, file: Path) -> None:
    """Import exchange rates from a CSV file with the columns date, currency and rate.

    A rate is what one unit of the currency is worth in the workspace's, from its day until the next.

    Example: ./keepwell metrics rates import rates.csv
    """

    async def work(
        connection: Connection, workspace_id: UUID, settings: WorkspaceSettings
    ) -> list[DatedRate]:
        found = read_rates(file, own=settings.currency, today=today(SystemClock()))
        actor = await identity.operator(connection, workspace_id)
        await rates_service.import_rates(connection, actor, found, clock=SystemClock())
        return found

    click.echo(f"{len(run(_read(target, work)))} rates were imported.")
    click.echo("Rows that were rejected for want of a rate are imported by the same import, run again.")


async def _read(target: Target, work: Work[Result]) -> Result:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        await projections.advance_to(connection, workspace_id=workspace.id, today=today(SystemClock()))
        return await work(connection, workspace.id, await workspace_settings(connection, workspace.id))


def _print_movements(report: MovementsReport) -> None:
    table = Table(title=f"MRR movements, {report.currency}, policy {report.policy}", title_justify="left")
    table.add_column("period")
    columns = ("opening", "new", "expansion", "reactivation", "contraction", "churn", "net", "fx", "closing")
    for column in columns:
        table.add_column(column, justify="right")
    for period in report.periods:
        table.add_row(_label(period), *(getattr(period, column) for column in columns))
    print_table(table)


def _label(period: MovementsPeriod) -> str:
    whole_month = [(period.start, period.end)] == months(period.start.replace(day=1), period.end)
    return f"{period.start:%Y-%m}" if whole_month else f"{period.start} to {period.end}"
