"""Putting the weekly digest together, and writing it to every member who is to get it now."""

from __future__ import annotations

from functools import cache, partial
from uuid import UUID

import structlog

from keepwell.app.digest.model import Digest, Week, body, due_week, once, subject
from keepwell.app.mail.jobs import open_link, unsubscribe_link
from keepwell.app.mail.topics import DIGEST
from keepwell.churn import service as churn
from keepwell.identity.members import service as members
from keepwell.identity.members.model import MemberItem
from keepwell.identity.preferences import service as preferences
from keepwell.identity.workspace_settings import service as workspace_settings
from keepwell.platform.clock import today
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection
from keepwell.platform.errors import DataValidationError
from keepwell.platform.mail import service as mail
from keepwell.platform.mail.links import Subscription
from keepwell.platform.mail.model import NewMail
from keepwell.platform.mail.service import Outbox
from keepwell.platform.runtime import Runtime
from keepwell.platform.values.email_addresses import Mailbox
from keepwell.revenue import projections
from keepwell.revenue import service as revenue
from keepwell.revenue.reports.movements import movements_report
from keepwell.revenue.reports.query import ReportQuery

_LOG = structlog.get_logger("keepwell.digest")
_TO_SAVE = 5
_PAGE = 200


async def put_together(connection: Connection, workspace_id: UUID, *, week: Week, runtime: Runtime) -> Digest:
    """The digest of `week`, by the workspace's own policy, with the save list as of today."""
    await projections.advance_to(connection, workspace_id=workspace_id, today=today(runtime.clock))
    settings = await workspace_settings.workspace_settings(connection, workspace_id)
    query = ReportQuery(workspace_id, week.monday, week.sunday, settings.currency, settings.policy)
    (period,) = (await movements_report(connection, query, by="total")).periods
    at_the_end = await revenue.mrr(
        connection,
        workspace_id=workspace_id,
        on=week.sunday,
        currency=settings.currency,
        policy=settings.policy,
    )
    found, _ = await churn.save_list(connection, workspace_id=workspace_id, limit=_TO_SAVE)
    return Digest(
        workspace=settings.name,
        currency=settings.currency,
        week=week,
        movements=period,
        accounts=at_the_end.accounts,
        unrated=sum(each.subscriptions for each in at_the_end.unrated),
        to_save=found.items,
        statement=None if found.model is None else found.model.statement,
        silence=None if found.silence is None else found.silence.statement,
    )


async def write_due_digests(
    connection: Connection, workspace_id: UUID, *, settings: Settings, runtime: Runtime
) -> int:
    """Write this week's digest to each member whose Monday morning it is, unless they have it or want none; how many."""
    outbox, written = Outbox(settings, runtime=runtime), 0
    digests: dict[Week, Digest] = {}
    for member in await _all_members(connection, workspace_id):
        week = await _week_to_write(connection, workspace_id, member=member, runtime=runtime)
        if week is None:
            continue
        if week not in digests:
            digests[week] = await put_together(connection, workspace_id, week=week, runtime=runtime)
        if digests[week].is_empty:
            continue
        new = _mail(digests[week], member, workspace_id=workspace_id, settings=settings)
        try:
            written += await outbox.write(connection, new, workspace_id=workspace_id) is not None
        except DataValidationError as error:
            # An address of an earlier release; nothing is written yet, and the others get theirs.
            _LOG.warning("a digest cannot be addressed", member=str(member.id), error=error.message)
    return written


async def _all_members(connection: Connection, workspace_id: UUID) -> list[MemberItem]:
    found: list[MemberItem] = []
    after = None
    while True:
        page = await members.list_members(connection, workspace_id=workspace_id, limit=_PAGE, after=after)
        found += page.items
        if page.end is None:
            return found
        after = page.end


async def _week_to_write(
    connection: Connection, workspace_id: UUID, *, member: MemberItem, runtime: Runtime
) -> Week | None:
    if member.email is None:
        return None
    chosen = await preferences.effective(connection, workspace_id=workspace_id, member_id=member.id)
    now = runtime.clock.now()
    week = due_week(now, time_zone=chosen.time_zone) if chosen.quiet_end(now) is None else None
    if week is None or await mail.is_written(connection, workspace_id, once=once(week, member.id)):
        return None
    wants_none = await mail.has_opted_out(connection, workspace_id, topic=DIGEST, subject_id=member.id)
    return None if wants_none else week


def _mail(digest: Digest, member: MemberItem, *, workspace_id: UUID, settings: Settings) -> NewMail:
    leaving = unsubscribe_link(settings, Subscription(workspace_id, DIGEST, member.id))
    return NewMail(
        kind=DIGEST,
        recipient=Mailbox(member.email or ""),
        subject=" ".join(subject(digest).split()),
        body=body(digest, link=cache(partial(open_link, settings)), unsubscribe=leaving),
        subject_id=member.id,
        topic=DIGEST,
        once=once(digest.week, member.id),
    )
