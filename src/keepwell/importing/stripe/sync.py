"""Reading Stripe: everything once, page by page, and from then on what its events tell.

Each page is one transaction together with the note of how far it went, so that a reading that was cut off goes on
where it stopped. Reading anything twice changes nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeAlias

from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.importing.dry_run import CountingJournal
from keepwell.importing.entity_reader import Journal
from keepwell.importing.import_log import ImportLogEntry
from keepwell.importing.imports import service as imports
from keepwell.importing.imports.model import Report
from keepwell.importing.service import DryRun, Importing, ImportSummary
from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.client import PAGE_SIZE, NoSuchObject, StripeApi, StripePage
from keepwell.importing.stripe.events import (
    events_since,
    last_of_each,
    note_events,
    readable,
    take_event,
)
from keepwell.importing.stripe.ingest import ENTITIES, IngestTarget, StripeIngester
from keepwell.importing.stripe.model import KINDS, Event, Kind, moment
from keepwell.importing.workspace_setup import adopt
from keepwell.intake.service import Intake
from keepwell.platform.database import Connection
from keepwell.revenue.rebuild import stored_rates

SOURCE = "stripe"
# Stripe documentation, "Retrieve an event": they can be had for 30 days.
_EVENTS_LAST = timedelta(days=29)
_REMEMBERED = timedelta(days=40)
# An event may appear a little after the second that it names.
_OVERLAP = timedelta(minutes=2)

# Opens a transaction that sees the workspace.
Unit: TypeAlias = Callable[[], AbstractAsyncContextManager[Connection]]

_LISTS: Mapping[Kind, tuple[str, Mapping[str, Any]]] = {
    # Stripe lists every recurring price as a plan too.
    "plan": ("/v1/plans", {"expand": ["data.product"]}),
    "customer": ("/v1/customers", {}),
    "subscription": ("/v1/subscriptions", {"status": "all"}),
    "invoice": ("/v1/invoices", {}),
    "charge": ("/v1/charges", {}),
    "refund": ("/v1/refunds", {}),
}


async def import_stripe(work: Importing, api: StripeApi, *, full: bool) -> ImportSummary:
    """Bring the workspace up to date with Stripe, by its events where that is possible and not `full`.

    Raises what StripeApi raises; what was committed until then stays, and the next import goes on from there.
    """
    async with work.database.transaction() as connection:
        workspace = await identity.ensure_workspace(connection, work.slug, runtime=work.runtime)

    def unit() -> AbstractAsyncContextManager[Connection]:
        return work.database.workspace(workspace.id)

    with Intake.open(work.settings.intake(workspace.id), clock=work.runtime.clock) as journal:
        async with unit() as connection:
            await imports.note_interrupted(
                connection, workspace_id=workspace.id, source=SOURCE, clock=work.runtime.clock
            )
            reading = await _Reading.begin(
                connection, work, api, workspace=workspace, journal=journal, full=full
            )
        async with reading.record.noting_failure(work.database):
            await reading.run(unit)
        journal.seal()
    summary = reading.summary()
    reading.record.count(summary.entities)
    return summary


async def dry_run_stripe(work: Importing, api: StripeApi, *, full: bool) -> DryRun:
    """What `import_stripe` would do, found by doing it in a transaction that is rolled back."""
    journal = CountingJournal()
    async with work.database.transaction() as connection, connection.transaction(force_rollback=True):
        workspace = await identity.ensure_workspace(connection, work.slug, runtime=work.runtime)

        @asynccontextmanager
        async def unit() -> AsyncIterator[Connection]:
            yield connection

        reading = await _Reading.begin(connection, work, api, workspace=workspace, journal=journal, full=full)
        await reading.run(unit)
        changes = await imports.changes(connection, reading.record.id, workspace_id=workspace.id)
    return DryRun(reading.summary(), changes, journal.letters)


class _Reading:
    """One import from Stripe under way."""

    def __init__(
        self,
        work: Importing,
        api: StripeApi,
        *,
        workspace: Workspace,
        record: ImportLogEntry,
        taker: StripeIngester,
        link: store.LinkRow,
        since: datetime | None,
    ) -> None:
        self.record = record
        self._work = work
        self._api = api
        self._workspace = workspace
        self._taker = taker
        self._link = link
        self._since = since

    @classmethod
    async def begin(
        cls,
        connection: Connection,
        work: Importing,
        api: StripeApi,
        *,
        workspace: Workspace,
        journal: Journal,
        full: bool,
    ) -> _Reading:
        """Enter the import into the list, and see how far the last one came."""
        await store.ENSURE_LINK.run(connection, workspace_id=workspace.id)
        link = await store.LINK.one(connection, workspace_id=workspace.id)
        since = None if full else _events_tell_all_since(link, now=work.runtime.clock.now())
        record = await ImportLogEntry.begin(
            connection,
            workspace_id=workspace.id,
            source=SOURCE,
            mapping="all" if since is None else "events",
            runtime=work.runtime,
        )
        into = IngestTarget(
            workspace_id=workspace.id,
            import_id=record.id,
            currency=await adopt(connection, None, workspace=workspace, currency=work.currency),
            rates=await stored_rates(connection, workspace_id=workspace.id),
            runtime=work.runtime,
            hold=journal.reject,
        )
        return cls(
            work, api, workspace=workspace, record=record, taker=StripeIngester(into), link=link, since=since
        )

    async def run(self, unit: Unit) -> None:
        """Read, and finish the entry."""
        async with unit() as connection:
            await self._take_pending(connection)
        if self._since is None:
            await self._read_all(unit)
        else:
            await self._read_events(unit, since=self._since)
        async with unit() as connection:
            summary = self.summary()
            report = Report(
                summary={"entities": summary.entities, "changed": summary.changed},
                assumptions=summary.assumptions,
            )
            await self.record.finish(connection, report)

    def summary(self) -> ImportSummary:
        """What was done so far."""
        counts = self._taker.counts
        return ImportSummary(
            id=self.record.id,
            workspace=self._workspace.slug,
            entities=counts,
            changed=any(each.changed for each in counts.values()),
            drift=(),
            assumptions=list(self._assumptions()),
        )

    def _assumptions(self) -> Sequence[str]:
        taker = self._taker
        found = ["stripe: a day is one of UTC"]
        if taker.prices_from_start:
            found.append(
                "stripe: Stripe lists no earlier prices, so that of a subscription met for the first time counts "
                f"from its start: {taker.prices_from_start}"
            )
        if taker.unknown_customers:
            found.append(
                "stripe: a customer whom others name and nobody lists, as after a deletion, is an account with the "
                f"id as its name: {taker.unknown_customers}"
            )
        if taker.metered:
            found.append(
                "stripe: an item that is metered by usage counts as zero, since no price says what it will cost: "
                f"{taker.metered}"
            )
        if taker.unreadable:
            found.append(
                "stripe: a subscription that cannot be read goes on at its last known price, and its account is "
                f"marked: {taker.unreadable}"
            )
        if taker.read_as_now:
            found.append(
                "stripe: an event in a later version of Stripe's API than is read here stands for the object as it "
                f"is now; what lay between two of them is not known: {taker.read_as_now}"
            )
        return found

    async def _read_all(self, unit: Unit) -> None:
        begin_with = self._link.reading or KINDS[0]
        since = self._link.reading_since
        after = self._link.reading_after
        for kind in KINDS[[str(each) for each in KINDS].index(begin_with) :]:
            with self._work.progress.step(f"Reading {ENTITIES[kind]}", total=None) as step:
                async for page in self._pages(kind, after=after):
                    since = since or page.as_of
                    async with unit() as connection:
                        await self._taker.take(connection, kind, page.items, as_of=page.as_of)
                        await self._note(connection, reading=kind, after=page.next, since=since)
                    step.advance(len(page.items))
            after = None
        async with unit() as connection:
            await store.NOTE_READ.run(connection, workspace_id=self._workspace.id)

    async def _pages(self, kind: Kind, *, after: str | None) -> AsyncIterator[StripePage]:
        path, parameters = _LISTS[kind]
        while True:
            try:
                page = await self._api.page(path, after=after, **parameters)
            except NoSuchObject:
                if after is None:
                    raise
                # It was deleted since. From the beginning again: what was read changes nothing.
                after = None
                continue
            yield page
            if page.next is None:
                return
            after = page.next

    async def _note(
        self, connection: Connection, *, reading: Kind, after: str | None, since: datetime
    ) -> None:
        # After the last page of a kind the next one is begun.
        following = KINDS[min(KINDS.index(reading) + 1, len(KINDS) - 1)]
        kind = reading if after is not None else following
        await store.NOTE_READING.run(
            connection, workspace_id=self._workspace.id, reading=kind, after=after, since=since
        )

    async def _read_events(self, unit: Unit, *, since: datetime) -> None:
        oldest = since - _OVERLAP
        events, as_of = await events_since(self._api, oldest, taker=self._taker)
        if any(event.is_of_catalogue for event in events):
            await self._read_catalogue(unit)
        with self._work.progress.step("Taking events", total=len(events)) as step:
            following, last = iter(events), last_of_each(events)
            while chunk := list(islice(following, PAGE_SIZE)):
                async with unit() as connection:
                    await self._take(connection, chunk, last=last)
                    await self._note_events(connection, since=moment(chunk[-1].created))
                step.advance(len(chunk))
        async with unit() as connection:
            await self._note_events(connection, since=as_of)
            await store.FORGET_EVENTS.run(
                connection, workspace_id=self._workspace.id, before=as_of - _REMEMBERED
            )

    async def _read_catalogue(self, unit: Unit) -> None:
        """Read the plans again: there are few of them, and no event tells what one is called."""
        async for page in self._pages("plan", after=None):
            async with unit() as connection:
                await self._taker.take(connection, "plan", page.items, as_of=page.as_of)

    async def _take_pending(self, connection: Connection) -> None:
        pending = await store.TAKE_PENDING.all(connection, workspace_id=self._workspace.id)
        events = [conversion.read(row.body, Event) for row in pending]
        events.sort(key=lambda event: (event.created, event.id))
        for event in await readable(self._api, events, last=last_of_each(events), taker=self._taker):
            await take_event(connection, self._taker, event)

    async def _take(
        self, connection: Connection, events: Sequence[Event], *, last: Mapping[str, str]
    ) -> None:
        new = await note_events(
            connection, events, workspace_id=self._workspace.id, now=self._work.runtime.clock.now()
        )
        fresh = [event for event in events if event.id in new]
        for event in await readable(self._api, fresh, last=last, taker=self._taker):
            await take_event(connection, self._taker, event)

    async def _note_events(self, connection: Connection, *, since: datetime) -> None:
        await store.NOTE_EVENTS.run(connection, workspace_id=self._workspace.id, since=since)


def _events_tell_all_since(link: store.LinkRow, *, now: datetime) -> datetime | None:
    """From when on events are enough; None where everything must be read.

    That is where nothing, or only a part, was read yet, where it was taken back, and where it is too long ago.
    """
    if link.read_at is None or link.events_since is None or link.reading is not None or link.is_undone:
        return None
    return link.events_since if now - link.events_since <= _EVENTS_LAST else None
