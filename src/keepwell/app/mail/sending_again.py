"""Sending a mail again: a decision of a person, so it is audited."""

from __future__ import annotations

from uuid import UUID

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor
from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection
from keepwell.platform.mail import service
from keepwell.platform.mail.model import MailDetail


async def send_again(
    connection: Connection, actor: Actor, *, mail_id: UUID, settings: Settings, clock: Clock
) -> MailDetail:
    """Make the mail due again; raises NotFound, and Conflict if its status does not allow it."""
    workspace_id = actor.principal.workspace_id
    again = await service.send_again(
        connection,
        workspace_id,
        mail_id=mail_id,
        clock=clock,
        has_server=settings.mail_server is not None,
    )
    await audit.record(connection, actor, action="mail.sent-again", subject=f"mail:{mail_id}", clock=clock)
    return again
