"""Imports from Stripe: everything once, page by page, and after that only its events.

Each page is written in one transaction with the position it was read to, so that an interrupted import resumes
where it stopped. Reading anything twice changes nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta

from keepwell.identity import service as identity
from keepwell.identity.model import Actor, Workspace
from keepwell.importing.counting_journal import CountingJournal
from keepwell.importing.entity_reader import RowSink
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.entry import ImportLogEntry
from keepwell.importing.import_log.model import ImportReport
from keepwell.importing.service import DryRun, ImportContext, ImportSummary
from keepwell.importing.stripe import store
from keepwell.importing.stripe.events.sync import EventSync, OpenTransaction
from keepwell.importing.stripe.http.client import StripeApi
from keepwell.importing.stripe.http.pages import pages
from keepwell.importing.stripe.ingest.ingester import StripeIngester
from keepwell.importing.stripe.ingest.writer import ENTITIES, IngestTarget
from keepwell.importing.stripe.model import KINDS, Kind
from keepwell.importing.workspace_setup import settle_currency
from keepwell.intake.service import EventJournal
from keepwell.platform.database import Connection
from keepwell.revenue.rates.service import stored_rates

SOURCE = "stripe"
# Stripe documentation, "Retrieve an event": events are available for 30 days.
_EVENTS_AVAILABLE = timedelta(days=29)


async def import_stripe(
    work: ImportContext, api: StripeApi, *, full: bool, actor: Actor | None = None
) -> ImportSummary:
    """Bring the workspace up to date with Stripe, from its events if possible and not `full`.

    In the audit log it is the work of `actor`, by default of whoever runs the command. Raises what StripeApi raises; committed pages stay, and the next import resumes after them.
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
            actor = actor or await identity.operator(connection, workspace.id)
            sync = await _SyncRun.begin(
                connection, work, api, workspace=workspace, journal=journal, full=full, actor=actor
            )
        async with sync.record.noting_failure(work.database, bus=work.bus):
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
            bus=work.bus,
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
        events = EventSync(
            self._api,
            self._ingester,
            workspace_id=self._workspace.id,
            clock=self._work.runtime.clock,
            progress=self._work.progress,
        )
        await events.ingest_pending(open_transaction)
        if self._since is None:
            await self._read_all(open_transaction)
        else:
            await events.read(open_transaction, since=self._since)
        async with open_transaction() as connection:
            summary = self.summary()
            report = ImportReport(
                summary={"entities": summary.entities, "changed": summary.changed},
                assumptions=summary.assumptions,
            )
            await self.record.finish(connection, report, bus=self._work.bus)

    def summary(self) -> ImportSummary:
        """What was done so far."""
        counts = self._ingester.counts
        return ImportSummary(
            id=self.record.id,
            workspace=self._workspace.slug,
            entities=counts,
            changed=any(each.changed for each in counts.values()),
            drift=(),
            assumptions=self._ingester.assumptions.sentences(),
        )

    async def _read_all(self, open_transaction: OpenTransaction) -> None:
        first = self._link.reading or KINDS[0]
        since = self._link.reading_since
        after = self._link.reading_after
        for kind in KINDS[[str(each) for each in KINDS].index(first) :]:
            with self._work.progress.step(f"Reading {ENTITIES[kind].name}", total=None) as step:
                async for page in pages(self._api, kind, after=after):
                    since = since or page.as_of
                    async with open_transaction() as connection:
                        await self._ingester.ingest(connection, kind, page.items, as_of=page.as_of)
                        await self._save_position(connection, reading=kind, after=page.next, since=since)
                        await self.record.note_progress(connection, self._ingester.counts)
                    step.advance(len(page.items))
            after = None
        async with open_transaction() as connection:
            await store.MARK_ALL_READ.run(connection, workspace_id=self._workspace.id)
            await store.DISCOUNTS_APPLIED.run(connection, workspace_id=self._workspace.id, id=None)

    async def _save_position(
        self, connection: Connection, *, reading: Kind, after: str | None, since: datetime
    ) -> None:
        # After the last page of a kind, the next kind starts.
        following = KINDS[min(KINDS.index(reading) + 1, len(KINDS) - 1)]
        kind = reading if after is not None else following
        await store.SAVE_POSITION.run(
            connection, workspace_id=self._workspace.id, reading=kind, after=after, since=since
        )


def _events_suffice_since(link: store.LinkRow, *, now: datetime) -> datetime | None:
    """The time since when the events suffice, or None if everything must be read.

    That is the case if the first import never finished, was undone, or is too long ago.
    """
    if link.read_at is None or link.events_since is None or link.reading is not None or link.is_undone:
        return None
    return link.events_since if now - link.events_since <= _EVENTS_AVAILABLE else None
