"""The work of webhooks: sending due deliveries, recording how each attempt ended, and deleting old messages.

Sending cannot be part of a transaction, so a delivery whose process died is sent again with the same `webhook-id`: at least
once.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.runtime import Runtime
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue, Settle
from keepwell.platform.work.model import Job, Retry
from keepwell.platform.work.nightly import nightly
from keepwell.webhooks import endpoints, store
from keepwell.webhooks.model import (
    DELIVERY,
    DISABLED_AFTER,
    SWEEP,
    Attempt,
    message_name,
    wait_before_retry,
)
from keepwell.webhooks.sender import TIMEOUT_SECONDS, Sender
from keepwell.webhooks.signing import Signer, signer_of
from keepwell.webhooks.store import DueDelivery

# Per endpoint, so that a slow one does not delay the others.
_MOST_CONCURRENT = 4
# Longer than any attempt lasts.
LEASE = timedelta(seconds=4 * TIMEOUT_SECONDS)
KEPT_FOR = timedelta(days=30)


@asynccontextmanager
async def opened_kinds(
    database: Database, *, settings: Settings, runtime: Runtime
) -> AsyncIterator[Sequence[Kind]]:
    """The kinds of work of this room, with the connections to endpoints that they share."""
    async with Sender.open(allow_private=settings.allow_private_webhooks, clock=runtime.clock) as sender:
        deliveries = Deliveries(database, sender, signer=signer_of(settings), runtime=runtime)
        yield [deliveries.kind(), nightly(SWEEP, sweep, clock=runtime.clock)]


async def sweep(connection: Connection, workspace_id: UUID, night: date) -> None:
    """Delete the messages that are 30 days old on the date `night`, unless a delivery of them is due."""
    before = datetime.combine(night, time.min, UTC) - KEPT_FOR
    await store.SWEEP.run(connection, workspace_id=workspace_id, before=before)


class Deliveries:
    """Sends due deliveries to their endpoints."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        *,
        signer: Signer,
        runtime: Runtime,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._sender = sender
        self._signer = signer
        self._runtime = runtime
        self._jitter = jitter

    def kind(self, *, lease: timedelta = LEASE) -> LeasedKind:
        """The kind of work whose subjects are deliveries, in groups by endpoint."""
        return LeasedKind(name=DELIVERY, perform=self._attempt, lease=lease, at_once=_MOST_CONCURRENT)

    async def _attempt(self, job: Job) -> Settle:
        async with self._database.workspace(job.workspace_id) as connection:
            due = await store.DUE_DELIVERY.maybe_one(
                connection, workspace_id=job.workspace_id, delivery_id=job.subject_id
            )
        if due is None:
            return _nothing_to_record
        begun_at = self._runtime.clock.now()
        attempt = await self._send(due)
        return partial(self._record_outcome, job=job, due=due, attempt=attempt, begun_at=begun_at)

    async def _send(self, due: DueDelivery) -> Attempt:
        headers = self._signer.headers(
            message_name(due.message_id),
            due.body,
            endpoint_id=due.endpoint_id,
            number=due.secret_number,
            changed_at=due.secret_changed_at,
            at=self._runtime.clock.now(),
        )
        return await self._sender.send(due.url, due.body, headers=headers)

    async def _record_outcome(
        self, connection: Connection, *, job: Job, due: DueDelivery, attempt: Attempt, begun_at: datetime
    ) -> NextDue:
        named = {"workspace_id": job.workspace_id, "endpoint_id": due.endpoint_id}
        # Locks the endpoint first, in the same order as disabling it does, so that there is no deadlock.
        if await store.LOCKED_ENDPOINT.maybe_one(connection, **named) is None:
            return None
        wait = self._wait(job, attempt)
        recorded = await store.RECORD_OUTCOME.maybe_one(
            connection,
            workspace_id=job.workspace_id,
            delivery_id=job.subject_id,
            attempts=job.attempts,
            attempted_at=begun_at,
            status="delivered" if attempt.has_arrived else "failed" if wait is None else "due",
            status_code=attempt.status_code,
            error=attempt.error,
        )
        if recorded is None:
            return None
        await self._update_endpoint(connection, named, attempt=attempt)
        return None if wait is None else Retry(self._runtime.clock.now() + wait, attempt.failure)

    def _wait(self, job: Job, attempt: Attempt) -> timedelta | None:
        if attempt.has_arrived or attempt.is_gone:
            return None
        return wait_before_retry(attempt, attempts=job.attempts, jitter=self._jitter())

    async def _update_endpoint(
        self, connection: Connection, named: dict[str, UUID], *, attempt: Attempt
    ) -> None:
        """Note whether the endpoint works or fails, and disable it if it is gone or has failed for too long."""
        if attempt.has_arrived:
            await store.ENDPOINT_WORKS.run(connection, **named)
            return
        now = self._runtime.clock.now()
        failing = await store.ENDPOINT_FAILS.one(connection, **named, now=now)
        if attempt.is_gone:
            await endpoints.disable(connection, **named, because="gone", runtime=self._runtime)
        elif now - failing.failing_since >= DISABLED_AFTER:
            await endpoints.disable(connection, **named, because="failing", runtime=self._runtime)


async def _nothing_to_record(_: Connection) -> NextDue:
    """For a delivery that has been removed, or has failed because its endpoint was disabled."""
    return None
