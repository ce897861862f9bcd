"""Writes the rows of an import from Stripe, with what they refer to, and counts what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from keepwell.importing.import_log.model import EntityCounts
from keepwell.importing.stripe.ingest.contacts import contacts
from keepwell.importing.stripe.ingest.outcome import RejectedObject
from keepwell.importing.stripe.ingest.payment_methods import payment_methods
from keepwell.importing.stripe.model import Kind, StripeObject
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
from keepwell.importing.upserts.rows import (
    AccountRow,
    ChargeRow,
    InvoiceRow,
    Row,
    SubscriptionRow,
    UnreadableRow,
)
from keepwell.intake.model import AppendResult, DeadLetter
from keepwell.platform.bus import Bus
from keepwell.platform.database import Connection
from keepwell.platform.runtime import Runtime
from keepwell.revenue.model import Rates

ENTITIES: Mapping[Kind, Entity] = {
    "plan": PLANS,
    "customer": ACCOUNTS,
    "subscription": SUBSCRIPTIONS,
    "invoice": INVOICES,
    "charge": CHARGES,
    "refund": REFUNDS,
}
_KINDS: Mapping[Entity, Kind] = {entity: kind for kind, entity in ENTITIES.items()}

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


class RowWriter:
    """Writes rows and dead letters for one import; `counts` has the outcome for each entity."""

    def __init__(self, target: IngestTarget, assumptions: AssumptionCounts) -> None:
        self.counts: dict[str, EntityCounts] = {}
        self._assumptions = assumptions
        self._target = target

    def counts_of(self, entity: str) -> EntityCounts:
        """The counts of one entity, to count on."""
        return self.counts.setdefault(entity, EntityCounts(file="Stripe"))

    async def write(self, connection: Connection, entity: Entity, rows: Sequence[Row]) -> None:
        """Write the rows; those that the database refuses are dead-lettered."""
        if not rows:
            return
        written = await self._upsert(connection, {entity: rows})
        counts, done = self.counts_of(entity.name), written.of(entity)
        refused = [RejectedObject(msgspec.to_builtins(each.row), each.why) for each in written.refused]
        self.reject(_KINDS.get(entity, entity.singular.replace(" ", "_")), refused, counts=counts)
        counts.imported += done.written
        counts.updated += done.changed
        counts.unchanged += done.unchanged

    async def write_payment_methods(
        self, connection: Connection, rows: Sequence[Row], *, objects: Sequence[StripeObject]
    ) -> None:
        """Write the payment methods that customers and charges show."""
        methods = await payment_methods(
            connection, rows, objects=objects, workspace_id=self._target.workspace_id
        )
        if methods:
            self.counts_of(PAYMENT_METHODS.name).derived += len(methods)
            await self.write(connection, PAYMENT_METHODS, methods)

    async def write_contacts(self, connection: Connection, customers: Sequence[StripeObject]) -> None:
        """Write the contacts of customers: further records beside their accounts."""
        found = await contacts(connection, customers, workspace_id=self._target.workspace_id)
        counts = self.counts_of(CONTACTS.name)
        counts.derived += len(found.rows) + len(found.rejected)
        self.reject("contact", found.rejected, counts=counts)
        await self.write(connection, CONTACTS, found.rows)

    async def add_accounts(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Add the accounts that the rows name and that are not stored yet, each with its id as its name."""
        named = {row.account for row in rows if isinstance(row, _NAMES_AN_ACCOUNT)}
        known = await upserts.known(connection, ACCOUNTS, named, workspace_id=self._target.workspace_id)
        unknown = named - known.keys()
        if unknown:
            self._assumptions.unknown_customers += len(unknown)
            self.counts_of(ACCOUNTS.name).derived += len(unknown)
            accounts = [AccountRow(name, name, None, None, None) for name in sorted(unknown)]
            await self.write(connection, ACCOUNTS, accounts)

    async def write_marks(self, connection: Connection, marks: Sequence[UnreadableRow]) -> None:
        """Write the marks, and count them in the report; the objects were counted as dead letters."""
        await self._upsert(connection, {UNREADABLE_SUBSCRIPTIONS: marks})
        self._assumptions.unreadable += sum(mark.until is None for mark in marks)

    def reject(self, kind: str, rejected: Sequence[RejectedObject], *, counts: EntityCounts) -> None:
        """Dead-letter the objects."""
        if not rejected:
            return
        target = self._target
        appended = target.reject(each.dead_letter(kind, now=target.runtime.clock.now()) for each in rejected)
        counts.dead_lettered += appended.dead_lettered
        counts.already_dead_lettered += appended.already_dead_lettered
        counts.reasons = dict(Counter(counts.reasons) + Counter(appended.reasons))

    async def _upsert(self, connection: Connection, batch: upserts.Batch) -> upserts.WriteResult:
        target = self._target
        return await upserts.write(
            connection,
            batch,
            import_id=target.import_id,
            workspace_id=target.workspace_id,
            runtime=target.runtime,
            bus=target.bus,
        )
