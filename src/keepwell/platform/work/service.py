"""Scheduling work: a due row is written in the transaction of whatever makes the work necessary.

Functions take a connection that is inside a transaction of the workspace, and never commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from keepwell.platform.database import Connection
from keepwell.platform.erasure import REPLACEMENT, Person
from keepwell.platform.work import store
from keepwell.platform.work.model import Subject


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
    changed = await store.ERASE_ERRORS.run(
        connection, workspace_id=person.workspace_id, pattern=person.pattern, replacement=REPLACEMENT
    )
    return {"due_work": changed}
