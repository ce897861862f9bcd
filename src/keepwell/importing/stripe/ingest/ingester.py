"""Ingests Stripe objects: each becomes rows or a dead letter, and is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from keepwell.importing.erasure.service import erased_accounts
from keepwell.importing.import_log.model import EntityCounts
from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.event_model import Event, moment
from keepwell.importing.stripe.ingest.contacts import contacts
from keepwell.importing.stripe.ingest.outcome import (
    IngestOutcome,
    IngestPage,
    RejectedObject,
    unknown_charge,
)
from keepwell.importing.stripe.ingest.payment_methods import payment_methods
from keepwell.importing.stripe.ingest.price_context import save_price_context
from keepwell.importing.stripe.ingest.same_second import SeenState, SeenStates, seen_in
from keepwell.importing.stripe.ingest.subscription_converter import SubscriptionConverter
from keepwell.importing.stripe.model import Identified, Kind, StripeObject, owner_of
from keepwell.importing.stripe.subscriptions.assumptions import AssumptionCounts
from keepwell.importing.upserts import service as upserts
from keepwell.importing.upserts.entities import (
    ACCOUNTS,
    CHARGES,
    CONTACTS,
    INVOICES,
    PAYMENT_METHODS,
    PLANS,
    REFUNDS,
    SUBSCRIPTIONS,
    UNREADABLE_SUBSCRIPTIONS,
)
from keepwell.importing.upserts.entity import Entity
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import (
    AccountRow,
    ChargeRow,
    InvoiceRow,
    RefundRow,
    Row,
    SubscriptionRow,
    UnreadableRow,
)
from keepwell.intake.model import AppendResult, DeadLetter
from keepwell.platform.bus import Bus
from keepwell.platform.database import Connection
from keepwell.platform.runtime import Runtime
from keepwell.revenue.model import Rates

Convert: TypeAlias = Callable[[StripeObject], Row | None]

ENTITIES: Mapping[Kind, Entity] = {
    "plan": PLANS,
    "customer": ACCOUNTS,
    "subscription": SUBSCRIPTIONS,
    "invoice": INVOICES,
    "charge": CHARGES,
    "refund": REFUNDS,
}
_KINDS: Mapping[Entity, Kind] = {entity: kind for kind, entity in ENTITIES.items()}
_CONVERT: Mapping[Kind, Convert] = {
    "plan": conversion.plan_row,
    "customer": conversion.account_row,
    "invoice": conversion.invoice_row,
    "charge": conversion.charge_row,
    "refund": conversion.refund_row,
}

_NAMES_AN_ACCOUNT = (SubscriptionRow, UnreadableRow, InvoiceRow, ChargeRow)


class IngestTarget(msgspec.Struct, frozen=True, kw_only=True):
    """The workspace and import to write to. `reject` stores dead letters; `rates` convert to `currency`."""

    workspace_id: UUID
    import_id: UUID
    currency: str
    rates: Rates
    runtime: Runtime
    bus: Bus
    reject: Callable[[Iterable[DeadLetter]], AppendResult]


class StripeIngester:
    """Writes objects as rows; `counts` has the outcome for each entity."""

    def __init__(self, target: IngestTarget) -> None:
        self.counts: dict[str, EntityCounts] = {}
        self.assumptions = AssumptionCounts()
        self._target = target

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
        counts = self._counts(ENTITIES[kind].name)
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
        await self._add_accounts(connection, [*outcome.rows, *outcome.marks])
        await self._skip_refunds_that_never_counted(connection, outcome, counts=counts)
        await self._reject_orphans(connection, outcome)
        self._reject(kind, outcome.rejected, counts=counts)
        if kind == "customer":
            await self._write(connection, ACCOUNTS, outcome.rows)
        await self._write_payment_methods(connection, outcome.rows, objects=current)
        if kind != "customer":
            await self._write(connection, ENTITIES[kind], outcome.rows)
        await self._mark(connection, outcome.marks)
        if kind == "customer":
            written = {row.external_id for row in outcome.rows}
            await self._write_contacts(connection, [each for each in current if each["id"] in written])

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
                self._reject(kind, [RejectedObject(each, why)], counts=counts)
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

    async def _write_contacts(self, connection: Connection, customers: Sequence[StripeObject]) -> None:
        """Write the contacts of customers: further records beside their accounts."""
        found = await contacts(connection, customers, workspace_id=self._target.workspace_id)
        counts = self._counts(CONTACTS.name)
        counts.derived += len(found.rows) + len(found.rejected)
        self._reject("contact", found.rejected, counts=counts)
        await self._write(connection, CONTACTS, found.rows)

    async def _add_accounts(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Add the accounts that the rows name and that are not stored yet, each with its id as its name."""
        named = {row.account for row in rows if isinstance(row, _NAMES_AN_ACCOUNT)}
        known = await upserts.known(connection, ACCOUNTS, named, workspace_id=self._target.workspace_id)
        unknown = named - known.keys()
        if unknown:
            self.assumptions.unknown_customers += len(unknown)
            self._counts(ACCOUNTS.name).derived += len(unknown)
            accounts = [AccountRow(name, name, None, None, None) for name in sorted(unknown)]
            await self._write(connection, ACCOUNTS, accounts)

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

    async def _write_payment_methods(
        self, connection: Connection, rows: Sequence[Row], *, objects: Sequence[StripeObject]
    ) -> None:
        """Write the payment methods that customers and charges show."""
        methods = await payment_methods(
            connection, rows, objects=objects, workspace_id=self._target.workspace_id
        )
        if methods:
            self._counts(PAYMENT_METHODS.name).derived += len(methods)
            await self._write(connection, PAYMENT_METHODS, methods)

    async def _mark(self, connection: Connection, marks: Sequence[UnreadableRow]) -> None:
        """Write the marks, and count them in the report; the objects were counted as dead letters."""
        target, batch = self._target, {UNREADABLE_SUBSCRIPTIONS: marks}
        await upserts.write(
            connection,
            batch,
            import_id=target.import_id,
            workspace_id=target.workspace_id,
            runtime=target.runtime,
            bus=target.bus,
        )
        self.assumptions.unreadable += sum(mark.until is None for mark in marks)

    async def _write(self, connection: Connection, entity: Entity, rows: Sequence[Row]) -> None:
        if not rows:
            return
        target, batch = self._target, {entity: rows}
        written = await upserts.write(
            connection,
            batch,
            import_id=target.import_id,
            workspace_id=target.workspace_id,
            runtime=target.runtime,
            bus=target.bus,
        )
        counts, done = self._counts(entity.name), written.of(entity)
        refused = [RejectedObject(msgspec.to_builtins(each.row), each.why) for each in written.refused]
        self._reject(_KINDS.get(entity, entity.singular.replace(" ", "_")), refused, counts=counts)
        counts.imported += done.written
        counts.updated += done.changed
        counts.unchanged += done.unchanged

    def _reject(self, kind: str, rejected: Sequence[RejectedObject], *, counts: EntityCounts) -> None:
        if not rejected:
            return
        target = self._target
        appended = target.reject(each.dead_letter(kind, now=target.runtime.clock.now()) for each in rejected)
        counts.dead_lettered += appended.dead_lettered
        counts.already_dead_lettered += appended.already_dead_lettered
        counts.reasons = dict(Counter(counts.reasons) + Counter(appended.reasons))

    def reject_event(self, event: object, why: RejectedRow) -> None:
        """Dead-letter an event that cannot be read."""
        counts = self._counts("events")
        counts.read += 1
        self._reject("event", [RejectedObject(event, why)], counts=counts)

    def _counts(self, entity: str) -> EntityCounts:
        return self.counts.setdefault(entity, EntityCounts(file="Stripe"))
