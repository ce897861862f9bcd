"""Taking Stripe's objects in: each becomes rows, or a dead letter, and is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from keepwell.importing import upserts
from keepwell.importing.entity_reader import EntityCounts
from keepwell.importing.imports import store as imports
from keepwell.importing.imports.entities import Entity
from keepwell.importing.mapping.fields import RejectedRow
from keepwell.importing.mapping.rows import (
    AccountRow,
    ChargeRow,
    InvoiceRow,
    RefundRow,
    SubscriptionRow,
    UnreadableRow,
    require_rate,
)
from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.marks import Reading, mark_after
from keepwell.importing.stripe.model import Kind, Subscription
from keepwell.importing.stripe.subscription_rows import Rejection, reconcile, unreadable
from keepwell.importing.upserts import AnyRow, Batch
from keepwell.intake.model import Appended, DeadLetter
from keepwell.platform.database import Connection
from keepwell.platform.runtime import Runtime
from keepwell.records.model import EndReason, Interval
from keepwell.revenue.model import Rates

Found: TypeAlias = Mapping[str, Any]
Convert: TypeAlias = Callable[[Found], AnyRow | None]

ENTITIES: Mapping[Kind, Entity] = {
    "plan": "plans",
    "customer": "accounts",
    "subscription": "subscriptions",
    "invoice": "invoices",
    "charge": "charges",
    "refund": "refunds",
}
_CONVERT: Mapping[Kind, Convert] = {
    "plan": conversion.plan_row,
    "customer": conversion.account_row,
    "invoice": conversion.invoice_row,
    "charge": conversion.charge_row,
    "refund": conversion.refund_row,
}

_OF_ACCOUNT = (SubscriptionRow, UnreadableRow, InvoiceRow, ChargeRow)


class IngestTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Where objects are taken: `hold` keeps the dead letters; `rates` know which currencies can be reported."""

    workspace_id: UUID
    import_id: UUID
    currency: str
    rates: Rates
    runtime: Runtime
    hold: Callable[[Iterable[DeadLetter]], Appended]


class StripeIngester:
    """Takes objects in; `counts` says what became of them, by entity."""

    def __init__(self, into: IngestTarget) -> None:
        self.counts: dict[str, EntityCounts] = {}
        self.unknown_customers = 0
        self.prices_from_start = 0
        self.read_as_now = 0
        self.metered = 0
        self.unreadable = 0
        self._into = into

    async def take(
        self, connection: Connection, kind: Kind, objects: Sequence[Found], *, as_of: datetime
    ) -> None:
        """Write `objects` of one kind, as they were at `as_of`, in the caller's transaction.

        One that was read as of a later time already is skipped.
        """
        counts = self._counts(ENTITIES[kind])
        counts.read += len(objects)
        fresh = await self._fresh(connection, objects, as_of=as_of)
        counts.skipped += len(objects) - len(fresh)
        if kind == "subscription":
            taken = await self._spans(connection, fresh, at=as_of)
        else:
            taken = self._converted(fresh, _CONVERT[kind], counts=counts)
        await self._add_accounts(connection, [*taken.rows, *taken.marks])
        await self._refuse_orphans(connection, taken)
        self._reject(kind, taken.rejected, counts=counts)
        await self._write(connection, ENTITIES[kind], taken.rows)
        await self._mark(connection, taken.marks)

    async def _fresh(
        self, connection: Connection, objects: Sequence[Found], *, as_of: datetime
    ) -> Sequence[Found]:
        by_id = {str(each.get("id")): each for each in objects}
        fresh = await store.FRESH.all(
            connection, workspace_id=self._into.workspace_id, id=list(by_id), as_of=[as_of] * len(by_id)
        )
        return [by_id[row.id] for row in fresh]

    def _converted(self, objects: Sequence[Found], convert: Convert, *, counts: EntityCounts) -> _Taken:
        taken = _Taken()
        for found in objects:
            try:
                row = convert(found)
            except RejectedRow as why:
                taken.rejected.append(_Rejected(found, why))
                continue
            if row is None:
                counts.skipped += 1
            else:
                taken.rows.append(row)
        return taken

    async def _spans(self, connection: Connection, objects: Sequence[Found], *, at: datetime) -> _Taken:
        ids = [str(found["id"]) for found in objects]
        scope = {"workspace_id": self._into.workspace_id}
        known: dict[str, list[SubscriptionRow]] = {}
        for row in await store.SPANS.all(connection, **scope, sources=ids):
            known.setdefault(row.source, []).append(_span(row))
        marks = await imports.UNREADABLE.all(connection, **scope, external_ids=ids)
        marked = {row.external_id: row for row in marks}
        taken = _Taken()
        for found, source in zip(objects, ids, strict=True):
            reading = Reading(
                found=found, today=at.date(), known=known.get(source, []), mark=marked.get(source)
            )
            done, refused = self._reconciled(reading, at=at)
            self._count_split(done, refused)
            taken.rows += done
            taken.rejected += [_Rejected(found, why) for why in refused]
            mark = mark_after(reading, refused)
            taken.marks += [mark] if mark else []
        return taken

    def _reconciled(
        self, reading: Reading, *, at: datetime
    ) -> tuple[Sequence[SubscriptionRow], Sequence[RejectedRow]]:
        try:
            subscription = reading.subscription = conversion.read(reading.found, Subscription)
        except RejectedRow as why:
            return [], [why]
        try:
            done = reconcile(subscription, reading.known, at=at)
            for row in done.rows:
                require_rate(row, self._into.rates)
        except RejectedRow as why:
            done = unreadable(subscription, reading.known, at=at, why=why)
        self.prices_from_start += done.began_here
        self.metered += done.metered
        return done.rows, [_of_item(each) for each in done.rejections]

    def _count_split(self, rows: Sequence[SubscriptionRow], rejected: Sequence[RejectedRow]) -> None:
        counts = self._counts("subscriptions")
        outcomes = len(rows) + len(rejected)
        counts.split += max(0, outcomes - 1)
        counts.skipped += outcomes == 0

    async def _add_accounts(self, connection: Connection, rows: Sequence[AnyRow]) -> None:
        """Add the accounts of the rows that nobody has told of, each with its id for a name."""
        named = {row.account for row in rows if isinstance(row, _OF_ACCOUNT)}
        known = await upserts.known(connection, "accounts", named, workspace_id=self._into.workspace_id)
        unknown = named - known.keys()
        if unknown:
            self.unknown_customers += len(unknown)
            self._counts("accounts").split += len(unknown)
            accounts = [AccountRow(name, name, None, None, None) for name in sorted(unknown)]
            await self._write(connection, "accounts", accounts)

    async def _refuse_orphans(self, connection: Connection, taken: _Taken) -> None:
        """Reject the refunds whose charge is not known."""
        charges = {row.charge for row in taken.rows if isinstance(row, RefundRow)}
        known = await upserts.known(connection, "charges", charges, workspace_id=self._into.workspace_id)
        orphans = [row for row in taken.rows if isinstance(row, RefundRow) and row.charge not in known]
        taken.rejected += [_Rejected(msgspec.to_builtins(row), _unknown_charge(row)) for row in orphans]
        taken.rows = [row for row in taken.rows if row not in orphans]

    async def _mark(self, connection: Connection, marks: Sequence[UnreadableRow]) -> None:
        """Write the marks, which are counted as what they are of: dead letters."""
        into, batch = self._into, Batch(unreadable_subscriptions=marks)
        await upserts.write(
            connection, batch, import_id=into.import_id, workspace_id=into.workspace_id, runtime=into.runtime
        )
        self.unreadable += sum(mark.until is None for mark in marks)

    async def _write(self, connection: Connection, entity: Entity, rows: Sequence[AnyRow]) -> None:
        if not rows:
            return
        batch: Batch = msgspec.structs.replace(Batch(), **{entity: rows})
        into = self._into
        written = await upserts.write(
            connection, batch, import_id=into.import_id, workspace_id=into.workspace_id, runtime=into.runtime
        )
        counts, done = self._counts(entity), written.of(entity)
        counts.imported += done.written
        counts.updated += done.changed
        counts.unchanged += done.unchanged

    def _reject(self, kind: str, rejected: Sequence[_Rejected], *, counts: EntityCounts) -> None:
        if not rejected:
            return
        held = self._into.hold(_letter(kind, each, now=self._into.runtime.clock.now()) for each in rejected)
        counts.dead_lettered += held.dead_lettered
        counts.already_dead_lettered += held.already_dead_lettered
        counts.reasons = dict(Counter(counts.reasons) + Counter(held.reasons))

    def reject_event(self, found: Found, why: RejectedRow) -> None:
        """Hold what came as an event and is none."""
        counts = self._counts("events")
        counts.read += 1
        self._reject("event", [_Rejected(found, why)], counts=counts)

    def _counts(self, entity: str) -> EntityCounts:
        return self.counts.setdefault(entity, EntityCounts(file="Stripe"))


class _Rejected(msgspec.Struct, frozen=True):
    found: Found
    why: RejectedRow


class _Taken(msgspec.Struct):
    rows: list[AnyRow] = []
    rejected: list[_Rejected] = []
    marks: list[UnreadableRow] = []


def _of_item(rejection: Rejection) -> RejectedRow:
    why = rejection.why
    place = f"items/{rejection.item}/{why.field}".rstrip("/") if rejection.item else why.field
    return RejectedRow(place, why.reason_code, why.reason)


def _unknown_charge(row: RefundRow) -> RejectedRow:
    return RejectedRow("charge", "unknown-charge", f"nothing is known of the charge {row.charge!r}.")


def _letter(kind: str, rejected: _Rejected, *, now: datetime) -> DeadLetter:
    why = rejected.why
    return DeadLetter(
        source=f"stripe:{kind}",
        line=None,
        code=why.reason_code,
        reason=why.reason,
        field=why.field,
        row=msgspec.json.encode(rejected.found, order="sorted").decode(),
        received_at=now,
    )


def _span(row: store.StripeSpanRow) -> SubscriptionRow:
    values = msgspec.structs.asdict(row)
    del values["source"]
    values |= {
        "amount_per": Interval(row.amount_per),
        "billing_interval": Interval(row.billing_interval),
        "end_reason": EndReason(row.end_reason) if row.end_reason else None,
    }
    return SubscriptionRow(**values)
