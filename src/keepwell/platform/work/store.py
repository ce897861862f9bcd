"""All SQL of due work."""

from __future__ import annotations

from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query
from keepwell.platform.work.model import WorkItem


class Queue(msgspec.Struct, frozen=True):
    """The due jobs of one workspace, kind and group."""

    workspace_id: UUID
    kind: str
    group_id: UUID | None


class DueRow(msgspec.Struct, frozen=True):
    """A due row of a queue that a worker has claimed; `attempts` are those before a lease, or including it."""

    subject_id: UUID
    due_at: datetime
    attempts: int


class Misplaced(msgspec.Struct, frozen=True):
    """Work that must be due now: recurring work that a workspace lacks, or a row that lies too far ahead."""

    workspace_id: UUID
    kind: str
    subject_id: UUID


class LastNight(msgspec.Struct, frozen=True):
    """The newest night that is done; None before the first."""

    date: date | None


# Lets the rest of the transaction see the due rows and the ids of every workspace, and change none.
SEE_ALL_WORKSPACES = Command("set local app.working = 'on'")

# How `last_error` of a row begins whose kind no worker knows.
UNKNOWN: LiteralString = "No such work: "

# A row of an unknown kind is seen until it has been named as such.
QUEUES = Query(
    """
    select distinct workspace_id, kind, group_id from due_work
    where due_at <= %(now)s
      and (kind = any(%(kinds)s::text[]) or last_error is null or not starts_with(last_error, %(unknown)s::text))
    limit 1000
    """,
    Queue,
)

# Beyond its period, or its lease, only a clock that was set back can leave a row; the clocks of several machines may differ by
# less than five minutes, and a job that failed waits for up to 7.2 hours.
MISPLACED = Query(
    """
    select w.id as workspace_id, r.kind, w.id as subject_id
    from unnest(%(recurring)s::text[], %(periods)s::float8[]) as r (kind, seconds)
    cross join workspaces w
    left join due_work d on (d.workspace_id, d.kind, d.subject_id) = (w.id, r.kind, w.id)
    where d.kind is null
       or d.due_at > %(now)s::timestamptz + make_interval(
            secs => r.seconds + case when d.attempts = 0 then 300 else 28800 end)
    union
    select d.workspace_id, d.kind, d.subject_id
    from unnest(%(leased)s::text[], %(leases)s::float8[]) as l (kind, seconds)
    join due_work d on d.kind = l.kind
    where d.leased_until > %(now)s::timestamptz + make_interval(secs => l.seconds + 300)
    """,
    Misplaced,
)

_COLUMNS: LiteralString = "select id, kind, status, due_at, attempts, leased_until, last_error"

_WORK: LiteralString = """
    from (
      select subject_id as id, kind, due_at, attempts, leased_until, last_error,
             case when leased_until > %(now)s then 'running'
                  when starts_with(last_error, %(unknown)s) then 'unknown'
                  when last_error is not null then 'failing'
                  when due_at <= %(late)s then 'late'
                  when due_at <= %(now)s then 'due'
                  else 'waiting' end as status
      from due_work where workspace_id = %(workspace_id)s
    ) as work
"""

WORK_PAGES = Keyset(
    _COLUMNS,
    _WORK
    + """
    where (%(kind)s::text is null or kind = %(kind)s) and (%(status)s::text is null or status = %(status)s)
    """,
    WorkItem,
    sorts={
        "due_at": SortKey(
            "to_char(due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US ') || kind", "text", "id"
        )
    },
)

WORK_ITEM = Query(f"{_COLUMNS} {_WORK} where kind = %(kind)s and id = %(subject_id)s", WorkItem)

# Beside an attempt that is under way, the number goes on, so that its outcome is not taken for that of the next one.
SCHEDULE = Command(
    """
    insert into due_work (workspace_id, kind, subject_id, group_id, due_at)
    values (%(workspace_id)s, %(kind)s, %(subject_id)s, %(group_id)s, %(due_at)s)
    on conflict (workspace_id, kind, subject_id) do update
      set (group_id, due_at, leased_until, last_error) = (excluded.group_id, excluded.due_at, null, null),
          attempts = case when due_work.leased_until is null then 0 else due_work.attempts end
    """
)

# An attempt under way may have passed by what makes this necessary: it loses its lease, so that the work is done again.
HASTEN = Command(
    """
    insert into due_work (workspace_id, kind, subject_id, due_at)
    values (%(workspace_id)s, %(kind)s, %(subject_id)s, %(due_at)s)
    on conflict (workspace_id, kind, subject_id) do update
      set due_at = case when due_work.leased_until is null then least(due_work.due_at, excluded.due_at)
                        else excluded.due_at end,
          leased_until = null
    """
)

CANCEL = Command(
    """
    delete from due_work
    where workspace_id = %(workspace_id)s and kind = %(kind)s and subject_id = any(%(subject_ids)s::uuid[])
    """
)

# Not what is under way: that settles itself.
CANCEL_GROUP = Command(
    """
    delete from due_work
    where workspace_id = %(workspace_id)s and kind = %(kind)s and group_id = %(group_id)s and leased_until is null
    """
)

LOCK_WORK = Command(
    """
    select from due_work
    where workspace_id = %(workspace_id)s and kind = %(kind)s and subject_id = %(subject_id)s for update
    """
)

RETRY = Command(
    """
    update due_work set due_at = %(now)s, attempts = 0, leased_until = null, last_error = null
    where workspace_id = %(workspace_id)s and kind = %(kind)s and subject_id = %(subject_id)s
    """
)

NAME_UNKNOWN_KIND = Command(
    """
    update due_work set last_error = %(error)s
    where workspace_id = %(workspace_id)s and kind = %(kind)s and due_at <= %(now)s
    """
)

# Locked until the transaction ends: no other worker sees them, and a killed one leaves them as they were.
LOCK_DUE = Query(
    """
    select subject_id, due_at, attempts from due_work
    where workspace_id = %(workspace_id)s and kind = %(kind)s and group_id is not distinct from %(group_id)s
      and due_at <= %(now)s
    order by due_at limit %(limit)s for update skip locked
    """,
    DueRow,
)

LOCK_ONE = Query(
    """
    select subject_id, due_at, attempts from due_work
    where workspace_id = %(workspace_id)s and kind = %(kind)s and subject_id = %(subject_id)s and due_at <= %(now)s
    for update skip locked
    """,
    DueRow,
)

# The lease is the due time moved ahead: if the worker dies, the job becomes due again.
LEASE = Query(
    """
    with chosen as (
      select workspace_id, kind, subject_id, due_at from due_work
      where workspace_id = %(workspace_id)s and kind = %(kind)s and group_id is not distinct from %(group_id)s
        and due_at <= %(now)s
      order by due_at limit %(limit)s for update skip locked
    )
    update due_work w
    set due_at = %(leased_until)s, leased_until = %(leased_until)s, attempts = w.attempts + 1
    from chosen c
    where (w.workspace_id, w.kind, w.subject_id) = (c.workspace_id, c.kind, c.subject_id)
    returning w.subject_id, c.due_at, w.attempts
    """,
    DueRow,
)

DONE = Command(
    """
    delete from due_work
    where workspace_id = %(workspace_id)s and kind = %(kind)s and subject_id = any(%(subject_ids)s::uuid[])
    """
)

DUE_NEXT = Command(
    """
    update due_work set due_at = %(next_due_at)s, attempts = %(next_attempts)s, leased_until = null,
                        last_error = %(error)s
    where workspace_id = %(workspace_id)s and kind = %(kind)s and subject_id = %(subject_id)s
    """
)

FAILED = Command(
    """
    update due_work set due_at = %(next_due_at)s, attempts = attempts + 1, last_error = %(error)s
    where workspace_id = %(workspace_id)s and kind = %(kind)s and subject_id = %(subject_id)s
      and due_at = %(due_at)s and attempts = %(attempts)s - 1
    """
)

# Each of these matches the number of the attempt and its lease, so that an attempt whose row was leased again, or scheduled
# again, changes nothing.
LEASE_DONE = Command(
    """
    delete from due_work
    where workspace_id = %(workspace_id)s and kind = %(kind)s and subject_id = %(subject_id)s
      and attempts = %(attempts)s and leased_until = %(leased_until)s
    """
)

LEASE_DUE_NEXT = Command(
    """
    update due_work set due_at = %(next_due_at)s, attempts = %(next_attempts)s, leased_until = null,
                        last_error = %(error)s
    where workspace_id = %(workspace_id)s and kind = %(kind)s and subject_id = %(subject_id)s
      and attempts = %(attempts)s and leased_until = %(leased_until)s
    """
)

RENEW_LEASE = Command(
    """
    update due_work set due_at = %(renewed_until)s, leased_until = %(renewed_until)s
    where workspace_id = %(workspace_id)s and kind = %(kind)s and subject_id = %(subject_id)s
      and attempts = %(attempts)s and leased_until = %(leased_until)s
    """
)

# Not a later one, which a clock that was ahead has left behind: until that date, no night would be done.
LAST_NIGHT = Query(
    """
    select max(date) as date from nightly_work
    where workspace_id = %(workspace_id)s and kind = %(kind)s and date <= %(today)s
    """,
    LastNight,
)

INSERT_NIGHT = Command(
    """
    insert into nightly_work (workspace_id, kind, date, done_at)
    values (%(workspace_id)s, %(kind)s, %(date)s, %(now)s)
    """
)

FORGET_NIGHTS = Command(
    """
    delete from nightly_work
    where workspace_id = %(workspace_id)s and kind = %(kind)s and date < %(before)s
    """
)

ERASE_ERRORS = Command(
    """
    update due_work set last_error = regexp_replace(last_error, %(pattern)s, %(replacement)s, 'gi')
    where workspace_id = %(workspace_id)s and last_error ~* %(pattern)s
    """
)
