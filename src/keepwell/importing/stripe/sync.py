"""Imports from Stripe: everything once, page by page, and after that only its events.

Each page is written in one transaction with the position it was read to, so that an interrupted import resumes
where it stopped. Reading anything twice changes nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeAlias

from keepwell.identity import service as identity
from keepwell.identity.model import Actor, Workspace
from keepwell.importing.counting_journal import CountingJournal
from keepwell.importing.entity_reader import RowSink
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.entry import ImportLogEntry
from keepwell.importing.import_log.model import ImportReport
from keepwell.importing.service import DryRun, ImportContext, ImportSummary
from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.client import PAGE_SIZE, NoSuchObject, StripeApi, StripePage
from keepwell.importing.stripe.endpoints import list_parameters, list_path
from keepwell.importing.stripe.event_model import Event
from keepwell.importing.stripe.events import (
    current_object,
    events_since,
    ingest_event,
    last_of_each,
    record_events,
    with_readable_objects,
)
from keepwell.importing.stripe.ingest import ENTITIES, IngestTarget, StripeIngester
from keepwell.importing.stripe.model import KINDS, Kind, utc_time
from keepwell.importing.workspace_setup import settle_currency
from keepwell.intake.service import EventJournal
from keepwell.platform.database import Connection
from keepwell.revenue.rates.service import stored_rates

SOURCE = "stripe"
# Stripe documentation, "Retrieve an event": events are available for 30 days.
_EVENTS_AVAILABLE = timedelta(days=29)
_EVENTS_KEPT = timedelta(days=40)
# An event may be listed some seconds after its timestamp.
_OVERLAP = timedelta(minutes=2)

# Opens a transaction in the workspace.
OpenTransaction: TypeAlias = Callable[[], AbstractAsyncContextManager[Connection]]


async def import_stripe(work: ImportContext, api: StripeApi, *, full: bool) -> ImportSummary:
    """Bring the workspace up to date with Stripe, from its events if possible and not `full`.

    Raises what StripeApi raises; committed pages stay, and the next import resumes after them.
    """
    async with work.database.transaction() as connection:
        workspace = await identity.ensure_workspace(connection, work.slug, runtime=work.runtime)

    def open_transaction() -> AbstractAsyncContextManager[Connection]:
        return work.database.workspace(workspace.id)

    with EventJournal.open(work.settings.intake(workspace.id), clock=work.runtime.clock) as journal:
        async with open_transaction() as connection:
            await import_log.note_interrupted(
                connection, workspace_id=workspace.id, source=SOURCE, clock=work.runtime.clock
            )
            actor = await identity.operator(connection, workspace.id)
            sync = await _SyncRun.begin(
                connection, work, api, workspace=workspace, journal=journal, full=full, actor=actor
            )
        async with sync.record.noting_failure(work.database):
            await sync.run(open_transaction)
        journal.seal()
    summary = sync.summary()
    sync.record.count(summary.entities)
    return summary


async def dry_run_stripe(work: ImportContext, api: StripeApi, *, full: bool) -> DryRun:
    """What `import_stripe` would do, found by doing it in a transaction that is rolled back."""
    journal = CountingJournal()
    async with work.database.transaction() as connection, connection.transaction(force_rollback=True):
        workspace = await identity.ensure_workspace(connection, work.slug, runtime=work.runtime)

        @asynccontextmanager
        async def open_transaction() -> AsyncIterator[Connection]:
            yield connection

        sync = await _SyncRun.begin(connection, work, api, workspace=workspace, journal=journal, full=full)
        await sync.run(open_transaction)
        changes = await import_log.changes(connection, sync.record.id, workspace_id=workspace.id)
    return DryRun(sync.summary(), changes, journal.letters)


class _SyncRun:
    """A running import from Stripe."""

    def __init__(
        self,
        work: ImportContext,
        api: StripeApi,
        *,
        workspace: Workspace,
        record: ImportLogEntry,
        ingester: StripeIngester,
        link: store.LinkRow,
        since: datetime | None,
    ) -> None:
        self.record = record
        self._work = work
        self._api = api
        self._workspace = workspace
        self._ingester = ingester
        self._link = link
        self._since = since

    @classmethod
    async def begin(
        cls,
        connection: Connection,
        work: ImportContext,
        api: StripeApi,
        *,
        workspace: Workspace,
        journal: RowSink,
        full: bool,
        actor: Actor | None = None,
    ) -> _SyncRun:
        """Add the import to the log, and load the position of the last one."""
        await store.ENSURE_LINK.run(connection, workspace_id=workspace.id)
        link = await store.LINK.one(connection, workspace_id=workspace.id)
        since = None if full else _events_suffice_since(link, now=work.runtime.clock.now())
        record = await ImportLogEntry.begin(
            connection,
            workspace_id=workspace.id,
            actor=actor,
            source=SOURCE,
            mapping="all" if since is None else "events",
            runtime=work.runtime,
        )
        target = IngestTarget(
            workspace_id=workspace.id,
            import_id=record.id,
            currency=await settle_currency(connection, None, workspace=workspace, currency=work.currency),
            rates=await stored_rates(connection, workspace_id=workspace.id),
            runtime=work.runtime,
            reject=journal.reject,
        )
        return cls(
            work,
            api,
            workspace=workspace,
            record=record,
            ingester=StripeIngester(target),
            link=link,
            since=since,
        )

    async def run(self, open_transaction: OpenTransaction) -> None:
        """Import, and add the report to the log."""
        await self._ingest_pending(open_transaction)
        if self._since is None:
            await self._read_all(open_transaction)
        else:
            await self._read_events(open_transaction, since=self._since)
        async with open_transaction() as connection:
            summary = self.summary()
            report = ImportReport(
                summary={"entities": summary.entities, "changed": summary.changed},
                assumptions=summary.assumptions,
            )
            await self.record.finish(connection, report)

    def summary(self) -> ImportSummary:
        """What was done so far."""
        counts = self._ingester.counts
        return ImportSummary(
            id=self.record.id,
            workspace=self._workspace.slug,
            entities=counts,
            changed=any(each.changed for each in counts.values()),
            drift=(),
            assumptions=self._ingester.noted.sentences(),
        )

    async def _read_all(self, open_transaction: OpenTransaction) -> None:
        first = self._link.reading or KINDS[0]
        since = self._link.reading_since
        after = self._link.reading_after
        for kind in KINDS[[str(each) for each in KINDS].index(first) :]:
            with self._work.progress.step(f"Reading {ENTITIES[kind]}", total=None) as step:
                async for page in self._pages(kind, after=after):
                    since = since or page.as_of
                    async with open_transaction() as connection:
                        await self._ingester.ingest(connection, kind, page.items, as_of=page.as_of)
                        await self._save_position(connection, reading=kind, after=page.next, since=since)
                    step.advance(len(page.items))
            after = None
        async with open_transaction() as connection:
            await store.MARK_ALL_READ.run(connection, workspace_id=self._workspace.id)
            await store.DISCOUNTS_APPLIED.run(connection, workspace_id=self._workspace.id, id=None)

    async def _pages(self, kind: Kind, *, after: str | None, **filters: Any) -> AsyncIterator[StripePage]:
        path, parameters = list_path(kind), {**list_parameters(kind), **filters}
        while True:
            try:
                page = await self._api.page(path, after=after, **parameters)
            except NoSuchObject:
                if after is None:
                    raise
                # It was deleted. Start again from the first page: reading twice changes nothing.
                after = None
                continue
            yield page
            if page.next is None:
                return
            after = page.next

    async def _save_position(
        self, connection: Connection, *, reading: Kind, after: str | None, since: datetime
    ) -> None:
        # After the last page of a kind, the next kind starts.
        following = KINDS[min(KINDS.index(reading) + 1, len(KINDS) - 1)]
        kind = reading if after is not None else following
        await store.SAVE_POSITION.run(
            connection, workspace_id=self._workspace.id, reading=kind, after=after, since=since
        )

    async def _read_events(self, open_transaction: OpenTransaction, *, since: datetime) -> None:
        oldest = since - _OVERLAP
        events, as_of = await events_since(self._api, oldest, ingester=self._ingester)
        if any(event.is_of_catalogue for event in events):
            await self._read_catalogue(open_transaction)
        with self._work.progress.step("Reading events", total=len(events)) as step:
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
                connection, workspace_id=self._workspace.id, before=as_of - _EVENTS_KEPT
            )

    async def _read_again(self, open_transaction: OpenTransaction) -> None:
        """Read subscriptions that no event is about: their customer's discount changed, or a rate was added."""
        scope = {"workspace_id": self._workspace.id}
        async with open_transaction() as connection:
            customers = await store.DUE_CUSTOMERS.all(connection, **scope)
            waiting = await store.WAITING_FOR_RATES.all(connection, **scope)
        for customer in customers:
            async for page in self._pages("subscription", after=None, customer=customer.id):
                async with open_transaction() as connection:
                    await self._ingester.ingest(connection, "subscription", page.items, as_of=page.as_of)
            async with open_transaction() as connection:
                await store.DISCOUNTS_APPLIED.run(connection, **scope, id=customer.id)
        for each in waiting:
            with suppress(NoSuchObject):
                found = await current_object(self._api, "subscription", each.id)
                async with open_transaction() as connection:
                    await self._ingester.ingest(
                        connection, "subscription", [found], as_of=self._work.runtime.clock.now()
                    )

    async def _read_catalogue(self, open_transaction: OpenTransaction) -> None:
        """Read the plans again: there are few, and no event contains a plan's full name."""
        async for page in self._pages("plan", after=None):
            async with open_transaction() as connection:
                await self._ingester.ingest(connection, "plan", page.items, as_of=page.as_of)

    async def _ingest_pending(self, open_transaction: OpenTransaction) -> None:
        async with open_transaction() as connection:
            pending = await store.PENDING.all(connection, workspace_id=self._workspace.id)
        events = [conversion.read(row.body, Event) for row in pending]
        events.sort(key=lambda event: (event.created, event.id))
        # Stripe may be slow, so nothing is locked while it is asked; another import may take an event meanwhile.
        readable = await with_readable_objects(
            self._api, events, last=last_of_each(events), ingester=self._ingester
        )
        async with open_transaction() as connection:
            ids = [event.id for event in events]
            claimed = await store.CLAIM_PENDING.all(connection, workspace_id=self._workspace.id, ids=ids)
            await self._ingest_those(connection, readable, ids={row.id for row in claimed})

    async def _readable(
        self, open_transaction: OpenTransaction, events: Sequence[Event], *, last: Mapping[str, str]
    ) -> Sequence[Event]:
        """The events that are not recorded yet, with readable objects."""
        async with open_transaction() as connection:
            ids = [event.id for event in events]
            recorded = await store.RECORDED_EVENTS.all(connection, workspace_id=self._workspace.id, ids=ids)
        known = {row.id for row in recorded}
        fresh = [event for event in events if event.id not in known]
        return await with_readable_objects(self._api, fresh, last=last, ingester=self._ingester)

    async def _ingest(
        self, connection: Connection, events: Sequence[Event], *, readable: Sequence[Event]
    ) -> None:
        now = self._work.runtime.clock.now()
        new = await record_events(connection, events, workspace_id=self._workspace.id, now=now)
        await self._ingest_those(connection, readable, ids=new)

    async def _ingest_those(
        self, connection: Connection, events: Sequence[Event], *, ids: Collection[str]
    ) -> None:
        for event in events:
            if event.id in ids:
                await ingest_event(connection, self._ingester, event)

    async def _save_events_since(self, connection: Connection, *, since: datetime) -> None:
        await store.SAVE_EVENTS_SINCE.run(connection, workspace_id=self._workspace.id, since=since)


def _events_suffice_since(link: store.LinkRow, *, now: datetime) -> datetime | None:
    """The time since when the events suffice, or None if everything must be read.

    That is the case if the first import never finished, was undone, or is too long ago.
    """
    if link.read_at is None or link.events_since is None or link.reading is not None or link.is_undone:
        return None
    return link.events_since if now - link.events_since <= _EVENTS_AVAILABLE else None
