"""Commands for due work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args
from uuid import UUID

import click

from keepwell.app.work.service import retry_work
from keepwell.identity import service as identity
from keepwell.identity.workspace_command import in_workspace
from keepwell.platform.cli.command_line import (
    Target,
    json_option,
    print_json,
    print_listed,
    run,
    targets_workspace,
)
from keepwell.platform.cli.visible import visible
from keepwell.platform.clock import SystemClock
from keepwell.platform.database import Connection
from keepwell.platform.work import service
from keepwell.platform.work.model import WorkFilter, WorkItem, WorkStatus

_MANY = 10_000


@click.group()
def work() -> None:
    """What workers have to do: what waits, is due, late or failing."""


@work.command("list")
@click.option("--status", type=click.Choice(get_args(WorkStatus)), help="Only work with this status.")
@click.option("--kind", help="Only work of this kind, such as webhooks.delivery.")
@click.option("--limit", type=click.IntRange(1, _MANY), default=50, show_default=True)
@json_option
@targets_workspace
def list_command(
    target: Target, status: WorkStatus | None, kind: str | None, *, limit: int, as_json: bool
) -> None:
    """List scheduled work in the order in which it is due.

    \b
    waiting   until it is due
    due       a worker does it within a second
    late      for five minutes: no worker runs, or they have too much to do
    running   a worker does it, until its lease ends at the latest
    failing   it is tried again when it is due; its error is shown
    unknown   no worker that runs knows this kind

    Example: ./keepwell work list --status failing --json
    """  # noqa: D301  \b keeps click from wrapping the list

    async def listed(connection: Connection, workspace_id: UUID) -> Sequence[WorkItem]:
        found = await service.list_work(
            connection,
            WorkFilter(status=status, kind=kind),
            workspace_id=workspace_id,
            now=SystemClock().now(),
            limit=limit,
        )
        return found.items

    print_listed(run(in_workspace(target, listed)), _line, as_json=as_json)


def _line(item: WorkItem) -> str:
    attempts = f"  {item.attempts} attempts" if item.attempts else ""
    error = f"  {item.last_error}" if item.last_error else ""
    return f"{item.due_at:%Y-%m-%d %H:%M:%S}  {item.status:<7}  {item.kind}  {item.id}{attempts}{error}"


@work.command("retry")
@click.argument("kind")
@click.argument("subject_id", metavar="ID", type=click.UUID)
@json_option
@targets_workspace
def retry_command(target: Target, kind: str, *, subject_id: UUID, as_json: bool) -> None:
    """Have work done now, whether it has failed or only waits; a running worker does it.

    Example: ./keepwell work retry webhooks.delivery 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d
    """

    async def retry(connection: Connection, workspace_id: UUID) -> WorkItem:
        actor = await identity.operator(connection, workspace_id)
        return await retry_work(connection, actor, kind=kind, subject_id=subject_id, clock=SystemClock())

    item = run(in_workspace(target, retry))
    if as_json:
        print_json(item)
    else:
        click.echo(visible(f"{item.kind} on {item.id} is due now."))
