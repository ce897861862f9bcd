"""Commands that let somebody in: a sign-in link for a browser, a token for a script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import TypeVar
from uuid import UUID

import click
import msgspec

from keepwell.identity import members, service, tokens
from keepwell.identity.model import (
    Invitation,
    MadeToken,
    MemberChange,
    MemberItem,
    NewMember,
    NewToken,
    Principal,
    TokenItem,
    WriteKey,
)
from keepwell.identity.permissions import Permission, Role
from keepwell.identity.signing_keys import SigningKeys
from keepwell.identity.tokens import ALL_SCOPES
from keepwell.platform.clock import SystemClock
from keepwell.platform.command_line import (
    Day,
    Target,
    json_option,
    print_json,
    print_listed,
    run,
    targets_workspace,
)
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


_token_name = click.option("--name", default="script", show_default=True, help="What the token is for.")


@token.command("create")
@_token_name
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(ALL_SCOPES),
    help="What it may do, once for each; all where none is given.",
)
@click.option("--expires", type=Day(), help="The first day on which it does nothing more.")
@json_option
@targets_workspace
def create_token(
    target: Target, name: str, scopes: Sequence[str], *, expires: date | None, as_json: bool
) -> None:
    """Make an API token and print it; it is shown this once.

    Example: curl -H "Authorization: Bearer $(./keepwell token create)" "$URL/v1/metrics/mrr"
    """
    new = NewToken(
        name=name,
        scopes=[Permission(scope) for scope in scopes] or None,
        expires_at=datetime.combine(expires, time(), tzinfo=UTC) if expires else None,
    )

    async def create(connection: Connection, workspace_id: UUID) -> MadeToken:
        actor = await service.operator(connection, workspace_id)
        return await tokens.create_token(connection, actor, new, keys=service.system_keys())

    made = run(_in_workspace(target, create))
    if as_json:
        print_json({"token": made.token, "id": made.id, "name": name, "workspace": target.workspace})
    else:
        click.echo(made.token)


@token.command("list")
@json_option
@targets_workspace
def list_tokens(target: Target, as_json: bool) -> None:
    """List the workspace's API tokens, revoked ones too, newest first.

    Example: ./keepwell token list --json
    """

    async def listed(connection: Connection, workspace_id: UUID) -> Sequence[TokenItem]:
        return (await tokens.list_tokens(connection, workspace_id=workspace_id, limit=1_000)).items

    print_listed(run(_in_workspace(target, listed)), _token_line, as_json=as_json)


def _token_line(token: TokenItem) -> str:
    used = f", last used {token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else ", never used"
    scopes = "all" if token.scopes is None else " ".join(token.scopes)
    revoked = f", revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else ""
    return f"{token.name}: {scopes}, made {token.created_at:%Y-%m-%d}{used}{revoked}"


@token.command("revoke")
@_token_name
@targets_workspace
def revoke_token(target: Target, name: str) -> None:
    """Let a token do nothing more, within two seconds.

    Example: ./keepwell token revoke --name script
    """

    async def revoke(connection: Connection, workspace_id: UUID) -> None:
        found = await tokens.token_called(connection, workspace_id, name=name)
        actor = await service.operator(connection, workspace_id)
        await tokens.revoke_token(connection, actor, found.id, keys=service.system_keys())

    run(_in_workspace(target, revoke))
    click.echo(f"{name} does nothing more.")


@click.group()
def member() -> None:
    """Who may sign in to a workspace, and as what."""


@member.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(list(Role)), default="agent", show_default=True)
@click.option("--email", help="By which a password or a provider signs in.")
@json_option
@targets_workspace
def add_member(target: Target, name: str, role: str, *, email: str | None, as_json: bool) -> None:
    """Add somebody, and print the path of the link that lets them in once, within 30 minutes.

    Example: ./keepwell member add "Ada" --role analyst --email ada@example.org
    """
    new = msgspec.convert({"name": name, "role": role, "email": email}, type=NewMember)

    async def add(connection: Connection, workspace_id: UUID) -> Invitation:
        actor = await service.operator(connection, workspace_id)
        return await members.invite(connection, actor, new, keys=service.system_keys())

    added = run(_in_workspace(target, add))
    if as_json:
        print_json(added)
    else:
        click.echo(added.sign_in_path)


@member.command("list")
@json_option
@targets_workspace
def list_members(target: Target, as_json: bool) -> None:
    """List the members by name.

    Example: ./keepwell member list --json
    """

    async def listed(connection: Connection, workspace_id: UUID) -> Sequence[MemberItem]:
        return (await members.list_members(connection, workspace_id=workspace_id, limit=1_000)).items

    print_listed(run(_in_workspace(target, listed)), _member_line, as_json=as_json)


def _member_line(member: MemberItem) -> str:
    return f"{member.id}  {member.role:<8} {member.name}  {member.email or ''}"


@member.command("set-role")
@click.argument("member_id", type=click.UUID)
@click.argument("role", type=click.Choice(list(Role)))
@targets_workspace
def set_role(target: Target, member_id: UUID, role: str) -> None:
    """Let a member be something else; the last owner stays one.

    Example: ./keepwell member set-role 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d admin
    """

    async def change(connection: Connection, workspace_id: UUID) -> MemberItem:
        actor = await service.operator(connection, workspace_id)
        wanted = MemberChange(role=Role(role))
        return await members.update_member(
            connection, actor, wanted, member_id=member_id, version=None, keys=service.system_keys()
        )

    click.echo(f"{run(_in_workspace(target, change)).name} is {role}.")


@member.command("remove")
@click.argument("member_id", type=click.UUID)
@targets_workspace
def remove_member(target: Target, member_id: UUID) -> None:
    """End a member's sessions and tokens; the last owner stays.

    Example: ./keepwell member remove 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d
    """

    async def remove(connection: Connection, workspace_id: UUID) -> None:
        actor = await service.operator(connection, workspace_id)
        await members.remove_member(connection, actor, member_id, version=None, keys=service.system_keys())

    run(_in_workspace(target, remove))
    click.echo("Removed.")


@click.command("rotate-signing-key")
@targets_workspace
def rotate_signing_key(target: Target) -> None:
    """Sign access tokens with a new key; what the one before signed is good until it is over.

    Example: ./keepwell rotate-signing-key
    """
    kid = SigningKeys(target.settings.signing_keys, clock=SystemClock()).rotate()
    click.echo(f"Access tokens are signed by {kid} from now on.")


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
    print_listed(run(_in_workspace(target, service.list_write_keys)), _write_key_line, as_json=as_json)


def _write_key_line(key: WriteKey) -> str:
    revoked = f", revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else ""
    return f"{key.name}: made {key.created_at:%Y-%m-%d}{revoked}"


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


async def _sign_in_link(target: Target) -> str:
    url = running_server(target.settings).url
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await service.get_workspace(connection, target.workspace)
        member = await service.owner(connection, workspace.id)
        secret = await service.make_sign_in_link(
            connection, Principal(workspace.id, member.id), keys=service.system_keys()
        )
        return f"{url}/sign-in?token={secret}"
