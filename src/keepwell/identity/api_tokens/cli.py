"""Commands for API tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID

import click

from keepwell.identity import service as identity
from keepwell.identity.api_tokens import service
from keepwell.identity.api_tokens.model import NewToken, TokenItem, TokenWithSecret
from keepwell.identity.permissions import Permission
from keepwell.identity.workspace_command import in_workspace
from keepwell.platform.cli.command_line import (
    Day,
    Target,
    json_option,
    print_json,
    print_listed,
    run,
    targets_workspace,
)
from keepwell.platform.cli.texts import NAME
from keepwell.platform.cli.visible import visible
from keepwell.platform.database import Connection
from keepwell.platform.runtime import system_runtime

_SCOPES = sorted(map(str, Permission))


@click.group()
def token() -> None:
    """Manage the API tokens of scripts."""


_name = click.option("--name", type=NAME, default="script", show_default=True, help="What the token is for.")


@token.command("create")
@_name
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(_SCOPES),
    help="What it may do; repeat for several. Without it: everything.",
)
@click.option("--expires", type=Day(), help="The first day on which it no longer works.")
@json_option
@targets_workspace
def create_token(
    target: Target, name: str, scopes: Sequence[str], *, expires: date | None, as_json: bool
) -> None:
    """Create an API token and print it; it is shown only now.

    Example: curl -H "Authorization: Bearer $(./keepwell token create)" "$URL/v1/metrics/mrr"
    """
    new = NewToken(
        name=name,
        scopes=[Permission(scope) for scope in scopes] or None,
        expires_at=datetime.combine(expires, time(), tzinfo=UTC) if expires else None,
    )

    async def create(connection: Connection, workspace_id: UUID) -> TokenWithSecret:
        actor = await identity.operator(connection, workspace_id)
        return await service.create_token(connection, actor, new, runtime=system_runtime())

    created = run(in_workspace(target, create))
    if as_json:
        print_json({"token": created.token, "id": created.id, "name": name, "workspace": target.workspace})
    else:
        click.echo(created.token)


@token.command("list")
@json_option
@targets_workspace
def list_tokens(target: Target, as_json: bool) -> None:
    """List the workspace's API tokens, including revoked ones, newest first.

    Example: ./keepwell token list --json
    """

    async def listed(connection: Connection, workspace_id: UUID) -> Sequence[TokenItem]:
        return (await service.list_tokens(connection, workspace_id=workspace_id, limit=1_000)).items

    print_listed(run(in_workspace(target, listed)), _described, as_json=as_json)


@token.command("revoke")
@_name
@targets_workspace
def revoke_token(target: Target, name: str) -> None:
    """Revoke a token and the tokens that it created, within two seconds.

    Example: ./keepwell token revoke --name script
    """

    async def revoke(connection: Connection, workspace_id: UUID) -> None:
        found = await service.token_called(connection, workspace_id, name=name)
        actor = await identity.operator(connection, workspace_id)
        await service.revoke_token(connection, actor, found.id, runtime=system_runtime())

    run(in_workspace(target, revoke))
    click.echo(visible(f"{name} is revoked."))


def _described(each: TokenItem) -> str:
    used = f", last used {each.last_used_at:%Y-%m-%d %H:%M}" if each.last_used_at else ", never used"
    scopes = "all" if each.scopes is None else " ".join(each.scopes)
    revoked = f", revoked {each.revoked_at:%Y-%m-%d}" if each.revoked_at else ""
    return f"{each.name}: {scopes}, created {each.created_at:%Y-%m-%d}{used}{revoked}"
