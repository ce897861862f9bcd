"""The kinds of work that rooms register: what to do when a row of `due_work` comes due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec

from keepwell.platform.database import Connection
from keepwell.platform.work.model import Job, Retry

DEFAULT_LEASE = timedelta(seconds=60)

# When the job is due next; None: it is done, and its row goes.
NextDue: TypeAlias = datetime | Retry | None
# Writes the effect of a job in the transaction that also settles its row.
Effect: TypeAlias = Callable[[Connection, Job], Awaitable[NextDue]]
# Records the outcome of a job that was done outside, in the transaction that also settles its row.
Settle: TypeAlias = Callable[[Connection], Awaitable[NextDue]]
Perform: TypeAlias = Callable[[Job], Awaitable[Settle]]


class TransactionalKind(msgspec.Struct, frozen=True, kw_only=True):
    """Work whose effect is in the database: exactly once, since effect and next due row are one transaction.

    `run` writes rows and does nothing else, and may be repeated after a rollback. With `every`, each workspace always has one
    such job, whose subject is the workspace itself; `run` then returns when it is due next.
    """

    name: str
    run: Effect
    every: timedelta | None = None


class LeasedKind(msgspec.Struct, frozen=True, kw_only=True):
    """Work whose effect is elsewhere: at least once. `perform` does it, outside any transaction, and returns what records it.

    A worker runs at most `at_once` jobs of one group and workspace, and `in_all` of the kind. The `lease` is renewed while a
    job runs; after a crash, the job is due again when it has ended. With `every`, as in `TransactionalKind`.
    """

    name: str
    perform: Perform
    lease: timedelta = DEFAULT_LEASE
    at_once: int = 1
    in_all: int = 1_000
    every: timedelta | None = None


Kind: TypeAlias = TransactionalKind | LeasedKind
