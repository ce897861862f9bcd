"""The server's part in webhooks: sending what is due, and settling how each attempt ended.

An attempt is begun in one transaction and settled in another; between them no row is locked. Beginning
moves the due time ahead by a lease, so what a process leaves behind by dying is sent again, with the same
`webhook-id`: at least once.
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
from keepwell.webhooks.sending import PATIENCE, Sender
from keepwell.webhooks.signing import Signer
from keepwell.webhooks.store import Claimed, Lane

_LOG = structlog.get_logger("keepwell.webhooks")
_SECONDS_BETWEEN_ROUNDS = 1.0
# Of one endpoint: a slow one takes no more than these, and holds up nobody else.
_AT_ONCE = 4
# Longer than any attempt lasts, so that nobody begins it a second time meanwhile.
LEASE = timedelta(seconds=4 * PATIENCE)
KEPT_FOR = timedelta(days=30)


@asynccontextmanager
async def delivering(database: Database, *, settings: Settings, runtime: Runtime) -> AsyncIterator[None]:
    """Send what is due for as long as this is open."""
    async with Sender.open(allow_private=settings.allow_private_webhooks, clock=runtime.clock) as sender:
        postman = Postman(database, sender, signer=signer_of(settings), runtime=runtime)
        working = asyncio.create_task(postman.work())
        try:
            yield
        finally:
            working.cancel()
            await asyncio.wait([working])


def signer_of(settings: Settings) -> Signer:
    """The signer whose secrets are made from the home's own."""
    return Signer(secret_of(settings.secret_file))


class Postman:
    """Takes what is due to where it belongs; several may work on one database."""

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
        self._under_way: Counter[UUID] = Counter()
        self._has_room = asyncio.Event()

    async def work(self) -> None:
        """Go on until cancelled; what fails is logged and, its lease being over, tried again."""
        bind_contextvars(worker="webhooks")
        async with asyncio.TaskGroup() as attempts:
            while True:
                self._has_room.clear()
                await _telling_of_errors(self._begin_due(attempts))
                await self._pause()

    async def _pause(self) -> None:
        # Where an attempt has ended there is room for the next one, which may be due already.
        with suppress(TimeoutError):
            await asyncio.wait_for(self._has_room.wait(), _SECONDS_BETWEEN_ROUNDS)

    async def round(self) -> None:
        """One attempt at whatever is due now, at most four of an endpoint."""
        async with asyncio.TaskGroup() as attempts:
            await self._begin_due(attempts)

    async def _begin_due(self, attempts: asyncio.TaskGroup) -> None:
        async with self._database.transaction() as connection:
            await store.BEGIN_DELIVERING.run(connection)
            lanes = await store.DUE_LANES.all(connection, now=self._runtime.clock.now())
        for lane in lanes:
            for claimed in await self._claim(lane):
                self._under_way[lane.endpoint_id] += 1
                attempts.create_task(_telling_of_errors(self._attempt(claimed)))

    async def _claim(self, lane: Lane) -> list[Claimed]:
        room = _AT_ONCE - self._under_way[lane.endpoint_id]
        if room <= 0:
            return []
        now = self._runtime.clock.now()
        async with self._database.workspace(lane.workspace_id) as connection:
            await store.SWEEP.run(connection, workspace_id=lane.workspace_id, before=now - KEPT_FOR)
            return await store.CLAIM.all(
                connection,
                workspace_id=lane.workspace_id,
                endpoint_id=lane.endpoint_id,
                now=now,
                leased_until=now + self._lease,
                limit=room,
            )

    async def _attempt(self, claimed: Claimed) -> None:
        # Each attempt is a task of its own, so the context ends with it.
        bind_contextvars(
            workspace=str(claimed.workspace_id),
            endpoint=str(claimed.endpoint_id),
            delivery=str(claimed.delivery_id),
        )
        try:
            attempt = await self._send(claimed)
            async with self._database.workspace(claimed.workspace_id) as connection:
                await self._settle(connection, claimed, attempt=attempt)
        finally:
            self._under_way[claimed.endpoint_id] -= 1
            self._has_room.set()

    async def _send(self, claimed: Claimed) -> Attempt:
        headers = self._signer.headers(
            message_name(claimed.message_id),
            claimed.body,
            endpoint_id=claimed.endpoint_id,
            number=claimed.secret_number,
            changed_at=claimed.secret_changed_at,
            at=self._runtime.clock.now(),
        )
        return await self._sender.send(claimed.url, claimed.body, headers=headers)

    async def _settle(self, connection: Connection, claimed: Claimed, *, attempt: Attempt) -> None:
        which = {"workspace_id": claimed.workspace_id, "endpoint_id": claimed.endpoint_id}
        # First the endpoint, as whoever disables it does: two that settle at once take turns.
        if await store.LOCKED_ENDPOINT.maybe_one(connection, **which) is None:
            return
        now, wait = self._runtime.clock.now(), self._wait(claimed, attempt)
        outcome = "delivered" if attempt.has_arrived else "failed" if wait is None else "due"
        settled = await store.SETTLE.maybe_one(
            connection,
            workspace_id=claimed.workspace_id,
            delivery_id=claimed.delivery_id,
            attempts=claimed.attempts,
            status=outcome,
            due_at=now + (wait or timedelta(0)),
            status_code=attempt.status_code,
            error=attempt.error,
        )
        if settled is not None:
            await self._judge(connection, claimed, attempt=attempt)

    def _wait(self, claimed: Claimed, attempt: Attempt) -> timedelta | None:
        if attempt.has_arrived or attempt.is_gone:
            return None
        return wait_before_retry(attempt, attempts=claimed.attempts, jitter=self._jitter())

    async def _judge(self, connection: Connection, claimed: Claimed, *, attempt: Attempt) -> None:
        """Whether the endpoint works, fails, or is to be told nothing more."""
        which = {"workspace_id": claimed.workspace_id, "endpoint_id": claimed.endpoint_id}
        if attempt.has_arrived:
            await store.ENDPOINT_WORKS.run(connection, **which)
            return
        now = self._runtime.clock.now()
        failing = await store.ENDPOINT_FAILS.one(connection, **which, now=now)
        if attempt.is_gone:
            await endpoints.disable(connection, **which, because="gone", runtime=self._runtime)
        elif now - failing.failing_since >= DISABLED_AFTER:
            await endpoints.disable(connection, **which, because="failing", runtime=self._runtime)


async def _telling_of_errors(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001  one that is unforeseen must not end all other deliveries
        # No caller waits for this task: the error goes to the log.
        unexpected = None if isinstance(error, KeepwellError) else error
        _LOG.error("delivery failed", error=str(error), exc_info=unexpected)
