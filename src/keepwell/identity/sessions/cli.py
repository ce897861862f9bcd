"""The command that prints a sign-in link."""

from __future__ import annotations

from uuid import UUID

import click

from keepwell.identity import service as identity
from keepwell.identity.model import Principal
from keepwell.identity.sessions import service
from keepwell.identity.workspace_command import in_workspace
from keepwell.platform.cli.command_line import Target, json_option, print_json, run, targets_workspace
from keepwell.platform.database import Connection
from keepwell.platform.runtime import system_runtime
from keepwell.platform.server_address import public_link


@click.command("sign-in")
@click.option("--email", help="Of the member that the link signs in; by default the first owner.")
@json_option
@targets_workspace
def sign_in(target: Target, email: str | None, as_json: bool) -> None:
    """Print a link that signs a browser in once, within 30 minutes.

    Example: ./keepwell sign-in --email ada@example.org
    """
    # Before the link is created: without a server, nobody could open it.
    page = public_link(target.settings, "/sign-in")

    async def link_secret(connection: Connection, workspace_id: UUID) -> str:
        if email is None:
            member = await identity.owner(connection, workspace_id)
        else:
            member = await identity.member_with_email(connection, workspace_id, email=email)
        principal = Principal(workspace_id, member.id)
        return await service.create_sign_in_link(connection, principal, runtime=system_runtime())

    link = f"{page}?token={run(in_workspace(target, link_secret))}"
    if as_json:
        print_json({"link": link})
    else:
        click.echo(link)
