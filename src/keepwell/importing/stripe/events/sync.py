"""Brings a workspace up to date by Stripe's events: those that webhooks deferred, and those since the last import."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeAlias
from uuid import UUID

from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.event_model import Event
from keepwell.importing.stripe.events.service import (
    current_object,
    events_since,
    ingest_event,
    last_of_each,
    record_events,
    with_readable_objects,
)
from keepwell.importing.stripe.http.client import PAGE_SIZE, NoSuchObject, StripeApi
from keepwell.importing.stripe.http.pages import pages
from keepwell.importing.stripe.ingest.ingester import StripeIngester
from keepwell.importing.stripe.model import utc_time
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection
from keepwell.platform.progress import Progress

_EVENTS_KEPT = timedelta(days=40)
# An event may be listed some seconds after its timestamp.
_OVERLAP = timedelta(minutes=2)

# Opens a transaction in the workspace.
OpenTransaction: TypeAlias = Callable[[], AbstractAsyncContextManager[Connection]]


class EventSync:
    """Reads the events of one workspace, and ingests each once."""

    def __init__(
        self,
        api: StripeApi,
        ingester: StripeIngester,
        *,
        workspace_id: UUID,
        clock: Clock,
        progress: Progress,
    ) -> None:
        self._api = api
        self._ingester = ingester
        self._workspace_id = workspace_id
        self._clock = clock
        self._progress = progress

    async def read(self, open_transaction: OpenTransaction, *, since: datetime) -> None:
        """Ingest the events since then, and read what they changed without saying how."""
        oldest = since - _OVERLAP
        events, as_of = await events_since(self._api, oldest, ingester=self._ingester)
        if any(event.is_of_catalogue for event in events):
            await self._read_catalogue(open_transaction)
        with self._progress.step("Reading events", total=len(events)) as step:
            following, last = iter(events), last_of_each(events)
            while chunk := list(islice(following, PAGE_SIZE)):
                readable = await self._readable(open_transaction, chunk, last=last)
                async with open_transaction() as connection:
                    await self._ingest(connection, chunk, readable=readable)
                    await self._save_events_since(connection, since=utc_time(chunk[-1].created))
                step.advance(len(chunk))
        await self._read_again(open_transaction)
        async with open_transaction() as connection:
            await self._save_events_since(connection, since=as_of)
            await store.DELETE_OLD_EVENTS.run(
                connection, workspace_id=self._workspace_id, before=as_of - _EVENTS_KEPT
            )

    async def _read_again(self, open_transaction: OpenTransaction) -> None:
        """Read subscriptions that no event is about: their customer's discount changed, or a rate was added."""
        scope = {"workspace_id": self._workspace_id}
        async with open_transaction() as connection:
            customers = await store.DUE_CUSTOMERS.all(connection, **scope)
            waiting = await store.WAITING_FOR_RATES.all(connection, **scope)
        for customer in customers:
            async for page in pages(self._api, "subscription", after=None, customer=customer.id):
                async with open_transaction() as connection:
                    await self._ingester.ingest(connection, "subscription", page.items, as_of=page.as_of)
            async with open_transaction() as connection:
                await store.DISCOUNTS_APPLIED.run(connection, **scope, id=customer.id)
        for each in waiting:
            with suppress(NoSuchObject):
                found = await current_object(self._api, "subscription", each.id)
                async with open_transaction() as connection:
                    await self._ingester.ingest(connection, "subscription", [found], as_of=self._clock.now())

    async def _read_catalogue(self, open_transaction: OpenTransaction) -> None:
        """Read the plans again: there are few, and no event contains a plan's full name."""
        async for page in pages(self._api, "plan", after=None):
            async with open_transaction() as connection:
                await self._ingester.ingest(connection, "plan", page.items, as_of=page.as_of)

    async def ingest_pending(self, open_transaction: OpenTransaction) -> None:
        """Ingest the events that webhooks deferred."""
        async with open_transaction() as connection:
            pending = await store.PENDING.all(connection, workspace_id=self._workspace_id)
        events = [conversion.read(row.body, Event) for row in pending]
        events.sort(key=lambda event: (event.created, event.id))
        # Stripe may be slow, so nothing is locked while it is asked; another import may take an event meanwhile.
        readable = await with_readable_objects(
            self._api, events, last=last_of_each(events), ingester=self._ingester
        )
        async with open_transaction() as connection:
            ids = [event.id for event in events]
            claimed = await store.CLAIM_PENDING.all(connection, workspace_id=self._workspace_id, ids=ids)
            await self._ingest_those(connection, readable, ids={row.id for row in claimed})

    async def _readable(
        self, open_transaction: OpenTransaction, events: Sequence[Event], *, last: Mapping[str, str]
    ) -> Sequence[Event]:
        """The events that are not recorded yet, with readable objects."""
        async with open_transaction() as connection:
            ids = [event.id for event in events]
            recorded = await store.RECORDED_EVENTS.all(connection, workspace_id=self._workspace_id, ids=ids)
        known = {row.id for row in recorded}
        fresh = [event for event in events if event.id not in known]
        return await with_readable_objects(self._api, fresh, last=last, ingester=self._ingester)

    async def _ingest(
        self, connection: Connection, events: Sequence[Event], *, readable: Sequence[Event]
    ) -> None:
        now = self._clock.now()
        new = await record_events(connection, events, workspace_id=self._workspace_id, now=now)
        await self._ingest_those(connection, readable, ids=new)

    async def _ingest_those(
        self, connection: Connection, events: Sequence[Event], *, ids: Collection[str]
    ) -> None:
        for event in events:
            if event.id in ids:
                await ingest_event(connection, self._ingester, event)

    async def _save_events_since(self, connection: Connection, *, since: datetime) -> None:
        await store.SAVE_EVENTS_SINCE.run(connection, workspace_id=self._workspace_id, since=since)
