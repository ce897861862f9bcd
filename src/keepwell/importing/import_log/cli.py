"""The commands `import list` and `import undo`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import click
from rich.table import Table

from keepwell.identity import service as identity
from keepwell.identity.model import COMMAND_LINE, Actor, Principal
from keepwell.importing.import_log import service
from keepwell.importing.import_log.model import ImportItem, UndoResult
from keepwell.importing.import_log.undo import undo
from keepwell.importing.upserts.entity import HasEntities
from keepwell.platform.cli.command_line import (
    Target,
    event_bus,
    json_option,
    print_json,
    print_table,
    run,
    targets_workspace,
)
from keepwell.platform.cli.visible import visible
from keepwell.platform.database_server import open_database
from keepwell.platform.runtime import system_runtime
from keepwell.records.changes import ChangeContext


class _Rooms(Protocol):
    """What `app` gives to the root command, as far as undo needs it: the registry itself is in a room above."""

    def import_entities(self) -> HasEntities: ...


@click.command("list")
@json_option
@targets_workspace
def list_command(target: Target, as_json: bool) -> None:
    """List the 200 newest imports, with what each did and assumed.

    Example: ./keepwell import list --json
    """
    found = run(_list(target))
    if as_json:
        print_json(found)
    else:
        _print(found)


@click.command("undo")
@click.argument("import_id", metavar="ID", type=click.UUID)
@json_option
@targets_workspace
def undo_command(target: Target, import_id: UUID, as_json: bool) -> None:
    """Undo the import ID as a whole: rows it added are deleted, rows it changed are restored.

    Refused if something later depends on it, naming what. Events stay in their journal.

    Example: ./keepwell import undo 01938c2e-7b1f-7c3e-9d55-0b2f6a4c8e10
    """
    undone = run(_undo(target, import_id))
    if as_json:
        print_json(undone)
        return
    for verb, counts in (("deleted", undone.deleted), ("restored", undone.restored)):
        for entity, number in counts.items():
            click.echo(f"{entity}: {number:,} {verb}")
    click.echo(f"The import {undone.id} is undone.")


async def _list(target: Target) -> Sequence[ImportItem]:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        return (await service.list_imports(connection, workspace_id=workspace.id)).items


async def _undo(target: Target, import_id: UUID) -> UndoResult:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        owner = await identity.owner(connection, workspace.id)
        actor = Actor(Principal(workspace.id, owner.id), request_id=COMMAND_LINE)
        runtime = system_runtime()
        context = ChangeContext(connection=connection, actor=actor, runtime=runtime, bus=event_bus(runtime))
        rooms: _Rooms = click.get_current_context().find_root().obj
        return await undo(context, import_id, entities=rooms.import_entities().entities)


def _print(found: Sequence[ImportItem]) -> None:
    table = Table(title="Imports", title_justify="left")
    for heading in ("id", "started", "source", "mapping", "status", "drift", "assumptions"):
        table.add_column(heading)
    for each in found:
        started = f"{each.started_at:%Y-%m-%d %H:%M}"
        counts = (str(len(each.drift)), str(len(each.assumptions)))
        table.add_row(str(each.id), started, each.source, each.mapping, each.status, *counts)
    print_table(table)
    for each in found:
        if each.error:
            click.echo(visible(f"{each.id}: {each.error}"))
