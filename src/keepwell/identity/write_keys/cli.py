"""Commands for write keys."""

from __future__ import annotations

from uuid import UUID

import click

from keepwell.identity import service as identity
from keepwell.identity.workspace_command import in_workspace
from keepwell.identity.write_keys import service
from keepwell.identity.write_keys.model import WriteKey
from keepwell.platform.cli.command_line import (
    Target,
    json_option,
    print_json,
    print_listed,
    run,
    targets_workspace,
)
from keepwell.platform.cli.texts import NAME
from keepwell.platform.cli.visible import visible
from keepwell.platform.clock import SystemClock
from keepwell.platform.database import Connection
from keepwell.platform.runtime import system_runtime


@click.group("write-key")
def write_key() -> None:
    """Manage the keys with which a product sends events."""


_name = click.option("--name", type=NAME, default="product", show_default=True, help="What sends with it.")


@write_key.command("create")
@_name
@json_option
@targets_workspace
def create_write_key(target: Target, name: str, as_json: bool) -> None:
    """Create a write key and print it; it is shown only now. Every Segment library accepts it.

    Example: ./keepwell write-key create --name website
    """

    async def create(connection: Connection, workspace_id: UUID) -> str:
        actor = await identity.operator(connection, workspace_id)
        made = await service.create_write_key(connection, actor, name=name, runtime=system_runtime())
        return made.write_key

    created = run(in_workspace(target, create))
    if as_json:
        print_json({"write_key": created, "name": name, "workspace": target.workspace})
    else:
        click.echo(created)


@write_key.command("list")
@json_option
@targets_workspace
def list_write_keys(target: Target, as_json: bool) -> None:
    """List the workspace's write keys, including revoked ones, oldest first.

    Example: ./keepwell write-key list --json
    """
    print_listed(run(in_workspace(target, service.list_write_keys)), _write_key_line, as_json=as_json)


def _write_key_line(key: WriteKey) -> str:
    revoked = f", revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else ""
    used = f", last used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else ""
    return f"{key.name}: created {key.created_at:%Y-%m-%d}{used}{revoked}"


@write_key.command("revoke")
@_name
@targets_workspace
def revoke_write_key(target: Target, name: str) -> None:
    """Revoke a write key; a running server stops accepting it within half a minute.

    Example: ./keepwell write-key revoke --name website
    """

    async def revoke(connection: Connection, workspace_id: UUID) -> None:
        actor = await identity.operator(connection, workspace_id)
        await service.revoke_write_key(connection, actor, name=name, clock=SystemClock())

    run(in_workspace(target, revoke))
    click.echo(visible(f"{name} is revoked."))
