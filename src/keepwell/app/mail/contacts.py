"""What mails tell about contacts: that one wants no more, and that the address of one takes none."""

from __future__ import annotations

from uuid import UUID

from keepwell.app.listeners import event_bus
from keepwell.identity.audit import service as audit
from keepwell.platform.database import Connection
from keepwell.platform.mail import service as mail
from keepwell.platform.mail.jobs import Subject
from keepwell.platform.mail.links import Subscription
from keepwell.platform.runtime import Runtime
from keepwell.records.changes import ChangeContext
from keepwell.records.contacts import service as contacts


async def note_undeliverable(connection: Connection, subject: Subject, *, runtime: Runtime) -> None:
    """Mark the contact that a mail could not be delivered to; a mail about anybody else marks nobody."""
    context = _context(connection, subject.workspace_id, runtime=runtime)
    await contacts.note_undeliverable(context, contact_id=subject.subject_id, email=subject.address)


async def leave(connection: Connection, subscription: Subscription, runtime: Runtime) -> None:
    """Note that the contact wants no more mails, and that other contacts with its e-mail get none of the list either."""
    workspace_id = subscription.workspace_id
    context = _context(connection, workspace_id, runtime=runtime)
    for contact_id in await contacts.unsubscribe(context, contact_id=subscription.subject_id):
        await mail.opt_out(
            connection, workspace_id, topic=subscription.topic, subject_id=contact_id, clock=runtime.clock
        )


def _context(connection: Connection, workspace_id: UUID, *, runtime: Runtime) -> ChangeContext:
    actor = audit.keepwell_itself(workspace_id, cause="mail")
    return ChangeContext(connection=connection, actor=actor, runtime=runtime, bus=event_bus(runtime))
