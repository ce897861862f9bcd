"""Ingests Stripe objects: each becomes rows or a dead letter, and is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from keepwell.importing.erasure.service import erased_accounts
from keepwell.importing.import_log.model import EntityCounts
from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.event_model import Event, moment
from keepwell.importing.stripe.ingest.outcome import (
    IngestOutcome,
    IngestPage,
    RejectedObject,
    unknown_charge,
)
from keepwell.importing.stripe.ingest.price_context import save_price_context
from keepwell.importing.stripe.ingest.same_second import SeenState, SeenStates, seen_in
from keepwell.importing.stripe.ingest.subscription_converter import SubscriptionConverter
from keepwell.importing.stripe.ingest.writer import ENTITIES, IngestTarget, RowWriter
from keepwell.importing.stripe.model import Identified, Kind, StripeObject, owner_of
from keepwell.importing.stripe.subscriptions.assumptions import AssumptionCounts
from keepwell.importing.upserts import service as upserts
from keepwell.importing.upserts.entities import (
    ACCOUNTS,
    CHARGES,
    REFUNDS,
)
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import (
    RefundRow,
    Row,
)
from keepwell.platform.database import Connection

Convert: TypeAlias = Callable[[StripeObject], Row | None]

_CONVERT: Mapping[Kind, Convert] = {
    "plan": conversion.plan_row,
    "customer": conversion.account_row,
    "invoice": conversion.invoice_row,
    "charge": conversion.charge_row,
    "refund": conversion.refund_row,
}


class StripeIngester:
    """Turns objects into rows or dead letters, and writes them; `counts` has the outcome for each entity."""

    def __init__(self, target: IngestTarget) -> None:
        self.assumptions = AssumptionCounts()
        self._writer = RowWriter(target, self.assumptions)
        self._target = target

    @property
    def counts(self) -> Mapping[str, EntityCounts]:
        """What became of the objects, by the name of their entity."""
        return self._writer.counts

    async def ingest(
        self,
        connection: Connection,
        kind: Kind,
        objects: Sequence[object],
        *,
        as_of: datetime,
        event: Event | None = None,
    ) -> None:
        """Write `objects` of one kind, as they were in the second `as_of`, in the caller's transaction.

        An object is skipped if a later state of it was ingested before; in the same second, what each `event` says
        that it changed tells the order.
        """
        counts = self._writer.counts_of(ENTITIES[kind].name)
        counts.read += len(objects)
        present = await self._of_present(connection, kind, objects, counts=counts)
        identified = self._identified(kind, present, counts=counts)
        page = await self._page(connection, identified, kind=kind, as_of=as_of, event=event)
        current = page.objects
        counts.skipped += len(identified) - len(current)
        if kind == "subscription":
            outcome = await self._subscriptions(counts).convert(connection, page)
        else:
            outcome = self._convert(current, _CONVERT[kind], counts=counts)
            await save_price_context(connection, kind, current, workspace_id=self._target.workspace_id)
        await self._writer.add_accounts(connection, [*outcome.rows, *outcome.marks])
        await self._skip_refunds_that_never_counted(connection, outcome, counts=counts)
        await self._reject_orphans(connection, outcome)
        self._writer.reject(kind, outcome.rejected, counts=counts)
        if kind == "customer":
            await self._write_customers(connection, outcome.rows, customers=current)
        else:
            # Before the charges that were tried on them.
            await self._writer.write_payment_methods(connection, outcome.rows, objects=current)
            await self._writer.write(connection, ENTITIES[kind], outcome.rows)
        await self._writer.write_marks(connection, outcome.marks)

    async def _write_customers(
        self, connection: Connection, rows: Sequence[Row], *, customers: Sequence[StripeObject]
    ) -> None:
        """Write accounts, and what Stripe keeps in their customers: payment methods and contacts."""
        await self._writer.write(connection, ACCOUNTS, rows)
        await self._writer.write_payment_methods(connection, rows, objects=customers)
        written = {row.external_id for row in rows}
        await self._writer.write_contacts(connection, [each for each in customers if each["id"] in written])

    async def _of_present(
        self, connection: Connection, kind: Kind, objects: Sequence[object], *, counts: EntityCounts
    ) -> Sequence[object]:
        """The objects except those of erased persons, of which nothing is kept, not even a dead letter."""
        erased = await erased_accounts(connection, workspace_id=self._target.workspace_id)
        present = [each for each in objects if owner_of(each, kind) not in erased]
        counts.skipped += len(objects) - len(present)
        self.assumptions.erased += len(objects) - len(present)
        return present

    def _identified(
        self, kind: Kind, objects: Sequence[object], *, counts: EntityCounts
    ) -> Sequence[StripeObject]:
        """The objects with a usable id; the others are dead-lettered."""
        identified: list[StripeObject] = []
        for each in objects:
            try:
                conversion.read(each, Identified)
            except RejectedRow as why:
                self._writer.reject(kind, [RejectedObject(each, why)], counts=counts)
            else:
                identified.append(msgspec.convert(each, dict[str, Any]))
        return identified

    async def _page(
        self,
        connection: Connection,
        objects: Sequence[StripeObject],
        *,
        kind: Kind,
        as_of: datetime,
        event: Event | None,
    ) -> IngestPage:
        """The objects that were not ingested in a later state."""
        scope = {"workspace_id": self._target.workspace_id}
        by_id = {str(each["id"]): each for each in objects}
        found = await store.KNOWN_OBJECTS.all(connection, **scope, id=list(by_id))
        known = {row.id: row for row in found}
        seen = {
            name: SeenStates.after(
                SeenState(each) if event is None else seen_in(event),
                moment(each, as_of),
                known=known.get(name),
            )
            for name, each in by_id.items()
        }
        current = await store.RECORD_AS_OF.all(
            connection,
            **scope,
            id=list(seen),
            as_of=[each.as_of for each in seen.values()],
            # Of a reading only those of what has a history here; the others are put right by the next one.
            states=[
                each.storable() if event is not None or kind == "subscription" else None
                for each in seen.values()
            ],
        )
        return IngestPage(
            objects=[seen[row.id].states[-1].state for row in current if seen[row.id].is_news],
            on=as_of.date(),
            is_of_event=event is not None and not event.is_fetched,
            read_on={name: row.as_of.date() for name, row in known.items()},
        )

    def _subscriptions(self, counts: EntityCounts) -> SubscriptionConverter:
        target = self._target
        return SubscriptionConverter(
            workspace_id=target.workspace_id, rates=target.rates, counts=counts, assumptions=self.assumptions
        )

    def _convert(
        self, objects: Sequence[StripeObject], convert: Convert, *, counts: EntityCounts
    ) -> IngestOutcome:
        outcome = IngestOutcome()
        for each in objects:
            try:
                row = convert(each)
            except RejectedRow as why:
                outcome.rejected.append(RejectedObject(each, why))
                continue
            if row is None:
                counts.skipped += 1
            else:
                outcome.rows.append(row)
        return outcome

    async def _skip_refunds_that_never_counted(
        self, connection: Connection, outcome: IngestOutcome, *, counts: EntityCounts
    ) -> None:
        """Leave out those that failed, except those that are stored: they may have failed since."""
        failed = {row.external_id for row in outcome.rows if isinstance(row, RefundRow) and not row.amount}
        stored = await upserts.known(connection, REFUNDS, failed, workspace_id=self._target.workspace_id)
        never = failed - stored.keys()
        outcome.rows = [row for row in outcome.rows if row.external_id not in never]
        counts.skipped += len(never)

    async def _reject_orphans(self, connection: Connection, outcome: IngestOutcome) -> None:
        """Reject refunds of unknown charges."""
        charges = {row.charge for row in outcome.rows if isinstance(row, RefundRow)}
        known = await upserts.known(connection, CHARGES, charges, workspace_id=self._target.workspace_id)
        orphans = [row for row in outcome.rows if isinstance(row, RefundRow) and row.charge not in known]
        outcome.rejected += map(unknown_charge, orphans)
        outcome.rows = [row for row in outcome.rows if row not in orphans]

    def reject_event(self, event: object, why: RejectedRow) -> None:
        """Dead-letter an event that cannot be read."""
        counts = self._writer.counts_of("events")
        counts.read += 1
        self._writer.reject("event", [RejectedObject(event, why)], counts=counts)
