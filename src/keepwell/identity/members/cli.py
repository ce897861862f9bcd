"""Commands for members."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import click
from msgspec.structs import replace

from keepwell.identity import service as identity
from keepwell.identity.mailed_links.service import link_mailer
from keepwell.identity.members import service
from keepwell.identity.members.model import Invitation, MemberChange, MemberItem, NewMember
from keepwell.identity.model import Email
from keepwell.identity.permissions import Role
from keepwell.identity.workspace_command import in_workspace
from keepwell.platform.cli.command_line import (
    Target,
    json_option,
    print_json,
    print_listed,
    run,
    targets_workspace,
)
from keepwell.platform.cli.texts import NAME, FieldText
from keepwell.platform.cli.visible import visible
from keepwell.platform.database import Connection
from keepwell.platform.errors import Conflict
from keepwell.platform.runtime import system_runtime
from keepwell.platform.server_address import public_link


@click.group()
def member() -> None:
    """Manage who may sign in to a workspace, and with which role."""


_EMAIL = FieldText(Email, meaning="an e-mail address such as ada@example.org")
# By value: click goes by the names of an enum's members, which are not what the help and the API call them.
_ROLE = click.Choice([role.value for role in Role])


@member.command("add")
@click.argument("name", type=NAME)
@click.option("--role", type=_ROLE, default="agent", show_default=True)
@click.option(
    "--email",
    type=_EMAIL,
    help="For signing in with a mailed link, a password or an OpenID provider, and for the weekly digest.",
)
@json_option
@targets_workspace
def add_member(target: Target, name: str, role: str, *, email: str | None, as_json: bool) -> None:
    """Add a member, and print the link that lets them in once, within 30 minutes.

    With an e-mail and a mail server, it is mailed as well.

    While no server runs and KEEPWELL_PUBLIC_URL is not set, only the path of the link is printed; the address of the
    server comes before it.

    Example: ./keepwell member add "Ada" --role analyst --email ada@example.org
    """
    new = NewMember(name=name, role=Role(role), email=email)

    async def add(connection: Connection, workspace_id: UUID) -> Invitation:
        actor = await identity.operator(connection, workspace_id)
        mailer = link_mailer(target.settings, runtime=system_runtime())
        return await service.invite(connection, actor, new, runtime=system_runtime(), mailer=mailer)

    added = run(in_workspace(target, add))
    if as_json:
        print_json(added)
    else:
        click.echo(_link(target, added.sign_in_path))


def _link(target: Target, path: str) -> str:
    """The link with `path`; only the path if no server runs and KEEPWELL_PUBLIC_URL is not set."""
    try:
        return public_link(target.settings, path)
    except Conflict:
        return path


@member.command("list")
@json_option
@targets_workspace
def list_members(target: Target, as_json: bool) -> None:
    """List the members by name.

    Example: ./keepwell member list --json
    """

    async def listed(connection: Connection, workspace_id: UUID) -> Sequence[MemberItem]:
        return (await service.list_members(connection, workspace_id=workspace_id, limit=1_000)).items

    print_listed(run(in_workspace(target, listed)), _member_line, as_json=as_json)


def _member_line(member: MemberItem) -> str:
    return f"{member.id}  {member.role:<8} {member.name}  {member.email or ''}"


@member.command("set-role")
@click.argument("member_id", type=click.UUID)
@click.argument("role", type=_ROLE)
@targets_workspace
def set_role(target: Target, member_id: UUID, role: str) -> None:
    """Change the role of a member; the last owner stays one.

    Example: ./keepwell member set-role 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d admin
    """

    async def change(connection: Connection, workspace_id: UUID) -> MemberItem:
        actor = await identity.operator(connection, workspace_id)
        change = MemberChange(role=Role(role))
        return await service.update_member(
            connection, actor, change, member_id=member_id, version=None, runtime=system_runtime()
        )

    click.echo(visible(f"{run(in_workspace(target, change)).name} is {role}."))


@member.command("set-email")
@click.argument("member_id", type=click.UUID)
@click.argument("email", type=_EMAIL)
@targets_workspace
def set_email(target: Target, member_id: UUID, email: str) -> None:
    """Give a member another e-mail: they sign in with it, and get the weekly digest.

    The first owner has none at first; `member list` shows the ids.

    Example: ./keepwell member set-email 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d ada@example.org
    """
    runtime = system_runtime()

    async def change(connection: Connection, workspace_id: UUID) -> MemberItem:
        actor = await identity.operator(connection, workspace_id)
        # Whoever runs commands on the home can print a link that signs in.
        fresh = replace(actor, principal=replace(actor.principal, signed_in_at=runtime.clock.now()))
        return await service.update_member(
            connection,
            fresh,
            MemberChange(email=email),
            member_id=member_id,
            version=None,
            runtime=runtime,
        )

    changed = run(in_workspace(target, change))
    click.echo(visible(f"{changed.name} has the e-mail {changed.email}."))


@member.command("remove")
@click.argument("member_id", type=click.UUID)
@targets_workspace
def remove_member(target: Target, member_id: UUID) -> None:
    """Remove a member and end their sessions and tokens; the last owner cannot be removed.

    Example: ./keepwell member remove 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d
    """

    async def remove(connection: Connection, workspace_id: UUID) -> None:
        actor = await identity.operator(connection, workspace_id)
        await service.remove_member(connection, actor, member_id, version=None, runtime=system_runtime())

    run(in_workspace(target, remove))
    click.echo("Removed.")
