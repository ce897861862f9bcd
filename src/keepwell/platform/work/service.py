"""Scheduling work: a due row is written in the transaction of whatever makes the work necessary.

Functions take a connection that is inside a transaction of the workspace, and never commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from keepwell.platform.database import Connection, Readable
from keepwell.platform.erasure import REPLACEMENT, Person
from keepwell.platform.errors import Conflict, NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.work import store
from keepwell.platform.work.model import Subject, WorkFilter, WorkItem

LATE_AFTER = timedelta(minutes=5)


async def schedule(
    connection: Connection,
    *,
    workspace_id: UUID,
    kind: str,
    subject_id: UUID,
    due_at: datetime,
    group_id: UUID | None = None,
) -> None:
    """Have the work of `kind` on this subject done at `due_at`; what was scheduled for it before is replaced.

    An attempt that is under way meanwhile settles nothing any more. Of one `group_id`, a few jobs run at once.
    """
    subject = Subject(subject_id, group_id)
    await schedule_many(connection, [subject], workspace_id=workspace_id, kind=kind, due_at=due_at)


async def schedule_many(
    connection: Connection, subjects: Iterable[Subject], *, workspace_id: UUID, kind: str, due_at: datetime
) -> None:
    """The same for several subjects, in one round trip."""
    row = {"workspace_id": workspace_id, "kind": kind, "due_at": due_at}
    rows = [{**row, "subject_id": each.id, "group_id": each.group_id} for each in subjects]
    await store.SCHEDULE.run_many(connection, rows)


async def hasten(
    connection: Connection, *, workspace_id: UUID, kind: str, subject_id: UUID, due_at: datetime
) -> None:
    """Have the work of `kind` on this subject done at `due_at` at the latest, and done again if it is under way now."""
    await store.HASTEN.run(
        connection, workspace_id=workspace_id, kind=kind, subject_id=subject_id, due_at=due_at
    )


async def cancel(connection: Connection, *, workspace_id: UUID, kind: str, subject_id: UUID) -> None:
    """Forget the work of `kind` on this subject, if there is any; an attempt that is under way settles nothing."""
    await store.CANCEL.run(connection, workspace_id=workspace_id, kind=kind, subject_ids=[subject_id])


async def cancel_group(connection: Connection, *, workspace_id: UUID, kind: str, group_id: UUID) -> None:
    """Forget the work of `kind` of this group, except what is under way."""
    await store.CANCEL_GROUP.run(connection, workspace_id=workspace_id, kind=kind, group_id=group_id)


async def erase_person(connection: Connection, person: Person) -> dict[str, int]:
    """Remove the person from the errors of jobs; the rows by table."""
    changed = 0
    for pattern in person.patterns:
        changed += await store.ERASE_ERRORS.run(
            connection, workspace_id=person.workspace_id, pattern=pattern, replacement=REPLACEMENT
        )
    return {"due_work": changed}


async def list_work(
    reader: Readable,
    filters: WorkFilter,
    *,
    workspace_id: UUID,
    now: datetime,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[WorkItem]:
    """A page of the workspace's scheduled work."""
    return await store.WORK_PAGES.page(
        reader,
        filters.sort,
        limit=limit,
        after=after,
        workspace_id=workspace_id,
        kind=filters.kind,
        status=filters.status,
        **_times(now),
    )


async def work_item(
    reader: Readable, *, workspace_id: UUID, kind: str, subject_id: UUID, now: datetime
) -> WorkItem:
    """The work of `kind` on one subject; raises NotFound if none is scheduled."""
    found = await store.WORK_ITEM.maybe_one(
        reader, workspace_id=workspace_id, kind=kind, subject_id=subject_id, **_times(now)
    )
    if found is None:
        hint = "`./keepwell work list` and GET /v1/work list what is scheduled."
        raise NotFound(f"No work {kind!r} on {subject_id} is scheduled here.", hint=hint)
    return found


async def retry(
    connection: Connection, *, workspace_id: UUID, kind: str, subject_id: UUID, now: datetime
) -> tuple[WorkItem, WorkItem]:
    """Have work done now that waits, or that has failed; returns it before and after.

    Raises NotFound, or Conflict if it is under way.
    """
    named: dict[str, Any] = {"workspace_id": workspace_id, "kind": kind, "subject_id": subject_id}
    await store.LOCK_WORK.run(connection, **named)
    before = await work_item(connection, **named, now=now)
    if before.leased_until is not None and before.status == "running":
        raise Conflict(
            f"The work {kind!r} on {subject_id} is under way.",
            hint=f"If its worker has died, it is done again after {before.leased_until:%Y-%m-%d %H:%M:%S} UTC.",
        )
    await store.RETRY.run(connection, **named, now=now)
    return before, await work_item(connection, **named, now=now)


def _times(now: datetime) -> dict[str, object]:
    return {"now": now, "late": now - LATE_AFTER, "unknown": store.UNKNOWN}
