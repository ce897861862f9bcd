"""Command: what contacts with accounts at risk were worth."""

from __future__ import annotations

from uuid import UUID

import click
from rich.table import Table

from keepwell.churn.outcomes import service
from keepwell.churn.outcomes.model import Outcomes
from keepwell.churn.outcomes.wording import lines
from keepwell.identity.workspace_command import in_workspace
from keepwell.platform.cli.command_line import (
    Target,
    json_option,
    print_json,
    print_table,
    run,
    targets_workspace,
)
from keepwell.platform.cli.visible import visible
from keepwell.platform.clock import SystemClock, today
from keepwell.platform.database import Connection


@click.command("outcomes")
@json_option
@targets_workspace
def outcomes_command(target: Target, *, as_json: bool) -> None:
    """What following up was worth, against accounts left alone by chance, and what could ever be seen.

    Example: ./keepwell outcomes --json
    """

    async def measured(connection: Connection, workspace_id: UUID) -> Outcomes:
        return await service.measured_outcomes(
            connection, workspace_id=workspace_id, today=today(SystemClock())
        )

    found = run(in_workspace(target, measured))
    if as_json:
        print_json(found)
        return
    for line in lines(found):
        click.echo(visible(line))
    if found.months:
        print_table(_months(found))


def _months(found: Outcomes) -> Table:
    table = Table(title="By month of opening: followed up / left alone", title_justify="left")
    for name in ("opened", "cases", "ended", "left", "contacts", f"MRR, {found.currency}"):
        table.add_column(name, justify="left" if name == "opened" else "right")
    for each in found.months:
        arms = [(each.acted, each.held)]
        table.add_row(
            f"{each.month:%Y-%m}",
            *(
                f"{getattr(acted, name)} / {getattr(held, name)}"
                for acted, held in arms
                for name in ("cases", "ended", "left", "contacts")
            ),
            each.mrr or "unknown",
        )
    return table
