"""Commands for mails."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import click

from keepwell.app.mail.sending_again import send_again
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
from keepwell.platform.mail import service
from keepwell.platform.mail.model import STATUSES, MailDetail, MailItem, MailStatus

_MANY = 10_000


@click.group()
def mail() -> None:
    """Mails to members and customers: what was sent, and what was not."""


@mail.command("list")
@click.option("--status", type=click.Choice(STATUSES), help="Only mails in this status.")
@click.option("--limit", type=click.IntRange(1, _MANY), default=50, show_default=True)
@json_option
@targets_workspace
def list_command(target: Target, status: MailStatus | None, *, limit: int, as_json: bool) -> None:
    """List the newest mails, newest first.

    Example: ./keepwell mail list --status unknown
    """

    async def listed(connection: Connection, workspace_id: UUID) -> Sequence[MailItem]:
        found = await service.list_mails(connection, workspace_id=workspace_id, limit=limit, status=status)
        return found.items

    print_listed(run(in_workspace(target, listed)), _line, as_json=as_json)


def _line(item: MailItem) -> str:
    return (
        f"{item.id}  {item.created_at:%Y-%m-%d %H:%M}  {item.status:<12} {item.recipient_address}  "
        f"{item.subject}  {item.reply or ''}"
    )


@mail.command("show")
@click.argument("mail_id", type=click.UUID)
@json_option
@targets_workspace
def show_command(target: Target, mail_id: UUID, as_json: bool) -> None:
    """Show one mail with its text.

    Example: ./keepwell mail show 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d
    """

    async def shown(connection: Connection, workspace_id: UUID) -> MailDetail:
        return await service.get_mail(connection, workspace_id, mail_id=mail_id)

    found = run(in_workspace(target, shown))
    if as_json:
        print_json(found)
        return
    name = f"{found.recipient_name} " if found.recipient_name else ""
    click.echo(visible(f"To: {name}<{found.recipient_address}>"))
    click.echo(visible(f"Subject: {found.subject}"))
    click.echo(f"Message-ID: {found.message_id}")
    click.echo(visible(f"State: {found.status}, {found.attempts} attempts. {found.reply or ''}\n"))
    for line in (found.text or "Only its recipient may read it.").splitlines():
        click.echo(visible(line))


@mail.command("send-again")
@click.argument("mail_id", type=click.UUID)
@targets_workspace
def send_again_command(target: Target, mail_id: UUID) -> None:
    """Send a mail that was kept, failed or expired, or whose outcome is unknown; it may then arrive twice.

    A running server or worker sends it.

    Example: ./keepwell mail send-again 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d
    """

    async def again(connection: Connection, workspace_id: UUID) -> MailDetail:
        actor = await identity.operator(connection, workspace_id)
        return await send_again(
            connection, actor, mail_id=mail_id, settings=target.settings, clock=SystemClock()
        )

    found = run(in_workspace(target, again))
    click.echo(visible(f"The mail to {found.recipient_address} is due."))
