"""The command that erases the person behind an account."""

from __future__ import annotations

from uuid import UUID

import click

from keepwell.app.erasure import service
from keepwell.app.erasure.files import ErasedFiles
from keepwell.app.listeners import event_bus
from keepwell.identity import service as identity
from keepwell.platform.cli.command_line import (
    Target,
    TerminalProgress,
    json_option,
    print_json,
    run,
    targets_workspace,
)
from keepwell.platform.database import Connection, Database
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import Conflict, NotFound
from keepwell.platform.runtime import Runtime, system_runtime
from keepwell.records.accounts import service as accounts
from keepwell.records.changes import ChangeContext
from keepwell.records.erasure import service as erasures
from keepwell.records.erasure.model import ErasureItem


@click.group()
def account() -> None:
    """Act on one account."""


@account.command("erase")
@click.argument("account_id", metavar="ID")
@json_option
@targets_workspace
def erase_command(target: Target, account_id: str, as_json: bool) -> None:
    """Remove the person behind the account ID permanently; the books keep their sums.

    ID is the account's id at its source, such as A-2. Its events and dead letters go too. If another
    process keeps the files, the worker removes them later; repeat the command to see whether it has.

    Example: ./keepwell account erase A-2
    """
    erased = run(_erase(target, account_id))
    if as_json:
        print_json(erased)
        return
    click.echo(f"The person behind the account {erased.account_id} is erased.")
    if erased.files == "due":
        reason = f" ({erased.last_error})" if erased.last_error else ""
        click.echo(f"Events and dead letters are not searched yet{reason}. Repeat the command later.")


async def _erase(target: Target, external_id: str) -> ErasureItem:
    runtime = system_runtime()
    async with open_database(target.settings) as database:
        files = ErasedFiles(target.settings, runtime)
        async with database.transaction() as connection:
            workspace = await identity.get_workspace(connection, target.workspace)
            erased = await erasures.erasure_of(connection, external_id, workspace_id=workspace.id)
            if erased is None:
                erased = await _erase_person(
                    connection, external_id, workspace_id=workspace.id, files=files, runtime=runtime
                )
        await _erase_files(database, files, workspace_id=workspace.id)
        async with database.workspace(workspace.id) as connection:
            return await erasures.get_erasure(connection, erased.account_id, workspace_id=workspace.id)


async def _erase_person(
    connection: Connection, external_id: str, *, workspace_id: UUID, files: ErasedFiles, runtime: Runtime
) -> ErasureItem:
    found = await accounts.names(connection, workspace_id=workspace_id, external_ids=[external_id])
    if external_id not in found:
        raise NotFound(
            f"There is no account {external_id!r} here.",
            hint="GET /v1/accounts lists them; check --workspace.",
        )
    actor = await identity.operator(connection, workspace_id)
    context = ChangeContext(connection=connection, actor=actor, runtime=runtime, bus=event_bus(runtime))
    return await service.erase_account(context, found[external_id].id, version=None, files=files)


async def _erase_files(database: Database, files: ErasedFiles, *, workspace_id: UUID) -> None:
    """Search the files; if another process keeps them, they stay due and the worker does it."""
    try:
        await files.erase_due(database, workspace_id, progress=TerminalProgress())
    except Conflict:
        return
