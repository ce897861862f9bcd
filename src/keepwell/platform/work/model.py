"""Jobs, and the rules for those that fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec

_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=6)
_JITTER = 0.2
_LONGEST_ERROR = 1_000
# Past this many doublings the longest wait applies anyway; larger powers would overflow.
_MOST_DOUBLINGS = 16


class Job(msgspec.Struct, frozen=True):
    """One attempt at a due row; `attempts` counts from 1 and includes this one."""

    workspace_id: UUID
    kind: str
    subject_id: UUID
    due_at: datetime
    attempts: int


class Retry(msgspec.Struct, frozen=True):
    """The attempt failed: the job is due again `at` then, its attempts keep counting, and it is listed as failing."""

    at: datetime
    error: str


WorkStatus = Literal["waiting", "due", "late", "running", "failing", "unknown"]
WorkSort = Literal["due_at", "-due_at"]


class WorkItem(msgspec.Struct, frozen=True):
    """Work that is scheduled; `id` is that of its subject. `waiting` until it is due, and `late` five minutes after.

    `unknown`: no worker that runs knows this kind of work.
    """

    id: UUID
    kind: str
    status: WorkStatus
    due_at: datetime
    attempts: Annotated[int, msgspec.Meta(description="Attempts since it last succeeded.")]
    leased_until: datetime | None
    last_error: str | None


class WorkPage(msgspec.Struct, frozen=True):
    """A page of scheduled work, and the cursor of the next page, if any."""

    items: Sequence[WorkItem]
    next: str | None


class WorkFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filters and order of a list of work."""

    kind: str | None = None
    status: WorkStatus | None = None
    sort: WorkSort = "due_at"


class Subject(msgspec.Struct, frozen=True):
    """What a job is about, and the group in which it runs."""

    id: UUID
    group_id: UUID | None = None


def wait_after_error(attempts: int, *, jitter: float) -> timedelta:
    """How long a job that raised waits after attempt number `attempts`: from 10 seconds, doubled each time, to 6 hours.

    `jitter`, from 0 to 1, adds up to a fifth. There is no last attempt: the job stays, and is listed as failing.
    """
    doubled: timedelta = _FIRST_WAIT * 2 ** min(attempts - 1, _MOST_DOUBLINGS)
    return min(doubled, _LONGEST_WAIT) * (1 + _JITTER * jitter)


def error_text(text: str) -> str:
    """`text` as it is kept in `last_error`: bounded, and without the characters that Postgres cannot store."""
    storable = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return storable.encode("utf-8", "replace").decode()[:_LONGEST_ERROR]
