"""Writing mails about what was found out about the model, to every member who can act on it and wants to know."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog

from keepwell.app.alerts.model import PATH, ROLES, Alert, body, once, subject
from keepwell.app.mail.jobs import open_link, unsubscribe_link
from keepwell.app.mail.topics import ALERTS
from keepwell.churn.live.announcing import announced_since
from keepwell.identity.members import service as members
from keepwell.identity.members.model import MemberItem
from keepwell.identity.preferences import service as preferences
from keepwell.identity.workspace_settings import service as workspace_settings
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection
from keepwell.platform.errors import DataValidationError
from keepwell.platform.mail import service as mail
from keepwell.platform.mail.links import Subscription
from keepwell.platform.mail.model import NewMail
from keepwell.platform.mail.service import Outbox
from keepwell.platform.runtime import Runtime
from keepwell.platform.values.email_addresses import Mailbox

_LOG = structlog.get_logger("keepwell.alerts")
# Longer than anybody's quiet hours, or a weekend without a worker.
_NEWS_FOR = timedelta(days=4)
_PAGE = 200


async def write_due_alerts(
    connection: Connection, workspace_id: UUID, *, settings: Settings, runtime: Runtime
) -> int:
    """Write what was announced in the last days to each owner, admin and analyst who has not got it; how many mails.

    In somebody's quiet hours nothing is written to them: the next half hour tries again.
    """
    now = runtime.clock.now()
    alerts = await announced_since(connection, now - _NEWS_FOR, workspace_id=workspace_id)
    if not alerts:
        return 0
    outbox, written = Outbox(settings, runtime=runtime), 0
    name = (await workspace_settings.workspace_settings(connection, workspace_id)).name
    for member in await _recipients(connection, workspace_id, runtime=runtime):
        for alert in alerts:
            if await mail.is_written(connection, workspace_id, once=once(alert, member.id)):
                continue
            new = _mail(alert, member, workspace_id=workspace_id, workspace=name, settings=settings)
            try:
                written += await outbox.write(connection, new, workspace_id=workspace_id) is not None
            except DataValidationError as error:
                # An address of an earlier release; nothing is written yet, and the others get theirs.
                _LOG.warning("an alert cannot be addressed", member=str(member.id), error=error.message)
    return written


async def _recipients(connection: Connection, workspace_id: UUID, *, runtime: Runtime) -> list[MemberItem]:
    found: list[MemberItem] = []
    after = None
    while True:
        page = await members.list_members(connection, workspace_id=workspace_id, limit=_PAGE, after=after)
        for each in page.items:
            if each.email is None or each.role not in ROLES:
                continue
            chosen = await preferences.effective(connection, workspace_id=workspace_id, member_id=each.id)
            wants_none = await mail.has_opted_out(connection, workspace_id, topic=ALERTS, subject_id=each.id)
            if not wants_none and chosen.quiet_end(runtime.clock.now()) is None:
                found.append(each)
        if page.end is None:
            return found
        after = page.end


def _mail(
    alert: Alert, member: MemberItem, *, workspace_id: UUID, workspace: str, settings: Settings
) -> NewMail:
    leaving = unsubscribe_link(settings, Subscription(workspace_id, ALERTS, member.id))
    return NewMail(
        kind=ALERTS,
        recipient=Mailbox(member.email or ""),
        subject=" ".join(subject(alert, workspace=workspace).split()),
        body=body(alert, link=open_link(settings, PATH), unsubscribe=leaving),
        subject_id=member.id,
        topic=ALERTS,
        once=once(alert, member.id),
    )
