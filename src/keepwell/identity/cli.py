"""Commands that let somebody in: a sign-in link for a browser, a token for a script."""

from __future__ import annotations

import click
import msgspec

from keepwell.identity import service
from keepwell.identity.model import Principal
from keepwell.platform.command_line import Target, json_option, print_json, run, targets_workspace
from keepwell.platform.config import Settings
from keepwell.platform.errors import Conflict
from keepwell.platform.runtime import open_database


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
