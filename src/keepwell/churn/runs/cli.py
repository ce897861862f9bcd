"""Command: the runs so far."""

from __future__ import annotations

from uuid import UUID

import click

from keepwell.churn.runs import service
from keepwell.churn.runs.model import Run, RunPage
from keepwell.identity.workspace_command import in_workspace
from keepwell.platform.cli.command_line import Target, json_option, print_json, run, targets_workspace
from keepwell.platform.cli.visible import visible
from keepwell.platform.database import Connection
from keepwell.platform.pagination.cursors import LARGEST_PAGE


@click.command("runs")
@click.option(
    "--top",
    type=click.IntRange(1, LARGEST_PAGE),
    default=20,
    show_default=True,
    help="The maximum number of runs.",
)
@json_option
@targets_workspace
def runs_command(target: Target, top: int, *, as_json: bool) -> None:
    """List the scorings of the accounts so far, newest first: every night, after imports, by hand, and by trainings.

    The newest with the state `scored` made the save list.

    Example: ./keepwell churn runs --json
    """

    async def listed(connection: Connection, workspace_id: UUID) -> RunPage:
        found = await service.list_runs(connection, None, workspace_id=workspace_id, limit=top)
        return RunPage(found.items, None)

    found = run(in_workspace(target, listed))
    if as_json:
        print_json(found)
        return
    if not found.items:
        click.echo("Nothing is scored yet: run ./keepwell churn run")
        return
    click.echo(
        f"{'run':>5}  {'date':<10}  {'cause':<8}  {'state':<10}  {'model':>5}  {'as of':<10}  {'accounts':>9}  {'at risk':>11}"
    )
    for each in found.items:
        click.echo(visible(_line(each)))


def _line(each: Run) -> str:
    start = f"{each.number:>5}  {each.date}  {each.cause:<8}  {each.state:<10}"
    if each.statement is not None:
        return f"{start}  {each.statement}"
    accounts = "-" if each.accounts is None else f"{each.accounts:,}"
    return f"{start}  {each.model_version or '-':>5}  {each.as_of or '-'!s:<10}  {accounts:>9}  {each.revenue_at_risk or '-':>11}"
