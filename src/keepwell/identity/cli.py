"""Commands that let somebody in: a sign-in link for a browser, a token for a script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import click
import msgspec

from keepwell.identity import service
from keepwell.identity.model import Principal
from keepwell.platform.clock import SystemClock
from keepwell.platform.command_line import Target, json_option, print_json, run, targets_workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection
from keepwell.platform.errors import Conflict
from keepwell.platform.runtime import open_database

Result = TypeVar("Result")


class ServerAddress(msgspec.Struct, frozen=True):
    """What a running `up` writes to server.json."""

    url: str
    pid: int


@click.group()
def token() -> None:
    """Make API tokens for scripts."""


@token.command("create")
@click.option("--name", default="script", show_default=True, help="What the token is for.")
@json_option
@targets_workspace
def create_token(target: Target, name: str, as_json: bool) -> None:
    """Make an API token and print it; it is shown this once.

    Example: curl -H "Authorization: Bearer $(./keepwell token create)" "$URL/v1/metrics/mrr"
    """
    made = run(_create_token(target, name))
    if as_json:
        print_json({"token": made, "name": name, "workspace": target.workspace})
    else:
        click.echo(made)


@click.command("sign-in")
@json_option
@targets_workspace
def sign_in(target: Target, as_json: bool) -> None:
    """Print a link that signs a browser in once, within 30 minutes.

    Example: ./keepwell sign-in --workspace my-shop
    """
    link = run(_sign_in_link(target))
    if as_json:
        print_json({"link": link})
    else:
        click.echo(link)


@click.group("write-key")
def write_key() -> None:
    """Keys with which a product sends events."""


_name = click.option("--name", default="product", show_default=True, help="What sends with it.")


@write_key.command("create")
@_name
@json_option
@targets_workspace
def create_write_key(target: Target, name: str, as_json: bool) -> None:
    """Make a write key and print it; it is shown this once. Any Segment library takes it.

    Example: ./keepwell write-key create --name website
    """

    async def create(connection: Connection, workspace_id: UUID) -> str:
        return await service.create_write_key(connection, workspace_id, name=name, keys=service.system_keys())

    made = run(_in_workspace(target, create))
    if as_json:
        print_json({"write_key": made, "name": name, "workspace": target.workspace})
    else:
        click.echo(made)


@write_key.command("list")
@json_option
@targets_workspace
def list_write_keys(target: Target, as_json: bool) -> None:
    """List the workspace's write keys by name, revoked ones too.

    Example: ./keepwell write-key list --json
    """
    found = run(_in_workspace(target, service.list_write_keys))
    if as_json:
        print_json(found)
        return
    for key in found:
        revoked = f", revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else ""
        click.echo(f"{key.name}: made {key.created_at:%Y-%m-%d}{revoked}")


@write_key.command("revoke")
@_name
@targets_workspace
def revoke_write_key(target: Target, name: str) -> None:
    """Let a key take no more events; a running server heeds it within half a minute.

    Example: ./keepwell write-key revoke --name website
    """

    async def revoke(connection: Connection, workspace_id: UUID) -> None:
        await service.revoke_write_key(connection, workspace_id, name=name, clock=SystemClock())

    run(_in_workspace(target, revoke))
    click.echo(f"{name} takes no more events.")


async def _in_workspace(target: Target, work: Callable[[Connection, UUID], Awaitable[Result]]) -> Result:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await service.get_workspace(connection, target.workspace)
        return await work(connection, workspace.id)


def running_server(settings: Settings) -> ServerAddress:
    """The address of the running `up`; raises Conflict where none has written it."""
    try:
        return msgspec.json.decode(settings.server_file.read_bytes(), type=ServerAddress)
    except FileNotFoundError:
        hint = "Start it with `./keepwell up`."
        raise Conflict(f"No server runs for {settings.home}.", hint=hint) from None


async def _create_token(target: Target, name: str) -> str:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await service.get_workspace(connection, target.workspace)
        member = await service.owner(connection, workspace.id)
        principal = Principal(workspace.id, member.id)
        return await service.create_token(connection, principal, name=name, keys=service.system_keys())


async def _sign_in_link(target: Target) -> str:
    url = running_server(target.settings).url
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await service.get_workspace(connection, target.workspace)
        member = await service.owner(connection, workspace.id)
        secret = await service.make_sign_in_link(
            connection, Principal(workspace.id, member.id), keys=service.system_keys()
        )
        return f"{url}/sign-in?token={secret}"
