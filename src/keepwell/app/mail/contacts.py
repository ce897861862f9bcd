"""What mails tell about contacts: that one wants no more, and that the address of one takes none."""

from __future__ import annotations

from uuid import UUID

from keepwell.app.listeners import event_bus
from keepwell.identity.audit import service as audit
from keepwell.platform.database import Connection
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
    """Note that the contact wants no more mails."""
    context = _context(connection, subscription.workspace_id, runtime=runtime)
    await contacts.unsubscribe(context, contact_id=subscription.subject_id)


def _context(connection: Connection, workspace_id: UUID, *, runtime: Runtime) -> ChangeContext:
    actor = audit.keepwell_itself(workspace_id, cause="mail")
    return ChangeContext(connection=connection, actor=actor, runtime=runtime, bus=event_bus(runtime))
