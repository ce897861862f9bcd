"""The background worker of the server that sends due webhooks and records how each attempt ended.

An attempt is claimed in one transaction and recorded in another, and no row is locked in between. Claiming moves the
due time ahead by a lease, so that a delivery whose process died is sent again with the same `webhook-id`: at least
once.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from structlog.contextvars import bind_contextvars

from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import KeepwellError
from keepwell.platform.runtime import Runtime
from keepwell.platform.secrets import secret_of
from keepwell.webhooks import endpoints, store
from keepwell.webhooks.model import DISABLED_AFTER, Attempt, message_name, wait_before_retry
from keepwell.webhooks.sender import TIMEOUT_SECONDS, Sender
from keepwell.webhooks.signing import Signer
from keepwell.webhooks.store import ClaimedDelivery, DueEndpoint

_LOG = structlog.get_logger("keepwell.webhooks")
_SECONDS_BETWEEN_ROUNDS = 1.0
# Per endpoint, so that a slow one does not delay the others.
_MOST_CONCURRENT = 4
# Longer than any attempt lasts, so that no other worker claims it meanwhile.
LEASE = timedelta(seconds=4 * TIMEOUT_SECONDS)
KEPT_FOR = timedelta(days=30)


@asynccontextmanager
async def deliver_webhooks(
    database: Database, *, settings: Settings, runtime: Runtime
) -> AsyncIterator[None]:
    """Deliver webhooks in the background until this context is left."""
    async with Sender.open(allow_private=settings.allow_private_webhooks, clock=runtime.clock) as sender:
        worker = DeliveryWorker(database, sender, signer=signer_of(settings), runtime=runtime)
        working = asyncio.create_task(worker.work())
        try:
            yield
        finally:
            working.cancel()
            await asyncio.wait([working])


def signer_of(settings: Settings) -> Signer:
    """The signer whose secrets derive from the secret of the home."""
    return Signer(secret_of(settings.secret_file))


class DeliveryWorker:
    """Sends due deliveries to their endpoints; several workers may share one database."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        *,
        signer: Signer,
        runtime: Runtime,
        lease: timedelta = LEASE,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._sender = sender
        self._signer = signer
        self._runtime = runtime
        self._lease = lease
        self._jitter = jitter
        self._in_flight: Counter[UUID] = Counter()
        self._has_room = asyncio.Event()

    async def work(self) -> None:
        """Deliver until cancelled; a failed attempt is logged, and retried when its lease has expired."""
        bind_contextvars(worker="webhooks")
        async with asyncio.TaskGroup() as attempts:
            while True:
                self._has_room.clear()
                await _logging_errors(self._start_due(attempts))
                await self._pause()

    async def _pause(self) -> None:
        # The end of an attempt makes room for the next one, which may be due already. Not `wait_for`, which in Python 3.11
        # loses a cancellation that comes at that moment: the server would never stop.
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS_BETWEEN_ROUNDS):
                await self._has_room.wait()

    async def round(self) -> None:
        """One attempt at each delivery that is due now, at most four per endpoint."""
        async with asyncio.TaskGroup() as attempts:
            await self._start_due(attempts)

    async def _start_due(self, attempts: asyncio.TaskGroup) -> None:
        async with self._database.transaction() as connection:
            await store.SEE_DUE_OF_ALL_WORKSPACES.run(connection)
            endpoints_due = await store.ENDPOINTS_WITH_DUE.all(connection, now=self._runtime.clock.now())
        for due in endpoints_due:
            for claimed in await self._claim(due):
                self._in_flight[due.endpoint_id] += 1
                attempts.create_task(_logging_errors(self._attempt(claimed)))

    async def _claim(self, due: DueEndpoint) -> list[ClaimedDelivery]:
        room = _MOST_CONCURRENT - self._in_flight[due.endpoint_id]
        if room <= 0:
            return []
        now = self._runtime.clock.now()
        async with self._database.workspace(due.workspace_id) as connection:
            await store.SWEEP.run(connection, workspace_id=due.workspace_id, before=now - KEPT_FOR)
            return await store.CLAIM.all(
                connection,
                workspace_id=due.workspace_id,
                endpoint_id=due.endpoint_id,
                now=now,
                leased_until=now + self._lease,
                limit=room,
            )

    async def _attempt(self, claimed: ClaimedDelivery) -> None:
        # Each attempt is a task of its own, so the context ends with it.
        bind_contextvars(
            workspace=str(claimed.workspace_id),
            endpoint=str(claimed.endpoint_id),
            delivery=str(claimed.delivery_id),
        )
        try:
            attempt = await self._send(claimed)
            async with self._database.workspace(claimed.workspace_id) as connection:
                await self._record_outcome(connection, claimed, attempt=attempt)
        finally:
            self._in_flight[claimed.endpoint_id] -= 1
            self._has_room.set()

    async def _send(self, claimed: ClaimedDelivery) -> Attempt:
        headers = self._signer.headers(
            message_name(claimed.message_id),
            claimed.body,
            endpoint_id=claimed.endpoint_id,
            number=claimed.secret_number,
            changed_at=claimed.secret_changed_at,
            at=self._runtime.clock.now(),
        )
        return await self._sender.send(claimed.url, claimed.body, headers=headers)

    async def _record_outcome(
        self, connection: Connection, claimed: ClaimedDelivery, *, attempt: Attempt
    ) -> None:
        named = {"workspace_id": claimed.workspace_id, "endpoint_id": claimed.endpoint_id}
        # Locks the endpoint first, in the same order as disabling it does, so that there is no deadlock.
        if await store.LOCKED_ENDPOINT.maybe_one(connection, **named) is None:
            return
        now, wait = self._runtime.clock.now(), self._wait(claimed, attempt)
        outcome = "delivered" if attempt.has_arrived else "failed" if wait is None else "due"
        recorded = await store.RECORD_OUTCOME.maybe_one(
            connection,
            workspace_id=claimed.workspace_id,
            delivery_id=claimed.delivery_id,
            attempts=claimed.attempts,
            status=outcome,
            due_at=now + (wait or timedelta(0)),
            status_code=attempt.status_code,
            error=attempt.error,
        )
        if recorded is not None:
            await self._update_endpoint(connection, claimed, attempt=attempt)

    def _wait(self, claimed: ClaimedDelivery, attempt: Attempt) -> timedelta | None:
        if attempt.has_arrived or attempt.is_gone:
            return None
        return wait_before_retry(attempt, attempts=claimed.attempts, jitter=self._jitter())

    async def _update_endpoint(
        self, connection: Connection, claimed: ClaimedDelivery, *, attempt: Attempt
    ) -> None:
        """Note whether the endpoint works or fails, and disable it if it is gone or has failed for too long."""
        named = {"workspace_id": claimed.workspace_id, "endpoint_id": claimed.endpoint_id}
        if attempt.has_arrived:
            await store.ENDPOINT_WORKS.run(connection, **named)
            return
        now = self._runtime.clock.now()
        failing = await store.ENDPOINT_FAILS.one(connection, **named, now=now)
        if attempt.is_gone:
            await endpoints.disable(connection, **named, because="gone", runtime=self._runtime)
        elif now - failing.failing_since >= DISABLED_AFTER:
            await endpoints.disable(connection, **named, because="failing", runtime=self._runtime)


async def _logging_errors(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001  an unexpected error must not stop all other deliveries
        # No caller waits for this task: the error goes to the log.
        expected = isinstance(error, KeepwellError)
        detail = f" {error.for_operator}" if isinstance(error, KeepwellError) else ""
        _LOG.error("delivery failed", error=f"{error}{detail}".rstrip(), exc_info=None if expected else error)
