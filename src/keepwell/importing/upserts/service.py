"""Writes imported rows: only those that differ from the stored ones, with each change logged for undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias
from uuid import UUID

import msgspec

from keepwell.importing.upserts import store
from keepwell.importing.upserts.entities import COLUMNS, Entity
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import (
    AccountRow,
    ChargeRow,
    InvoiceRow,
    PaymentMethodRow,
    PlanRow,
    RefundRow,
    SubscriptionRow,
    UnreadableRow,
)
from keepwell.platform.clock import today
from keepwell.platform.database import Connection
from keepwell.platform.errors import Conflict, DataValidationError, NotStorable
from keepwell.platform.ids import Ids
from keepwell.platform.runtime import Runtime
from keepwell.revenue import projections

_BATCH = 2000
# A field that refers to another row: the column for our id of it, and that row's entity.
_REFERENCES: Sequence[tuple[str, str, Entity]] = (
    ("account", "account_id", "accounts"),
    ("charge", "charge_id", "charges"),
    ("payment_method", "payment_method_id", "payment_methods"),
)

AnyRow: TypeAlias = (
    PlanRow
    | AccountRow
    | SubscriptionRow
    | UnreadableRow
    | PaymentMethodRow
    | InvoiceRow
    | ChargeRow
    | RefundRow
)


class ConcurrentInsert(Conflict):
    """Two imports wrote the same new row at the same time; the later one has to start again."""

    code = "concurrent-import"
    retryable = True


class UpsertBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Rows to write, one per id in each entity; what a row refers to is in the batch or stored already.

    A plan that a subscription names and nobody describes is created with its id as its name.
    """

    plans: Sequence[PlanRow] = ()
    accounts: Sequence[AccountRow] = ()
    subscriptions: Sequence[SubscriptionRow] = ()
    unreadable_subscriptions: Sequence[UnreadableRow] = ()
    payment_methods: Sequence[PaymentMethodRow] = ()
    invoices: Sequence[InvoiceRow] = ()
    charges: Sequence[ChargeRow] = ()
    refunds: Sequence[RefundRow] = ()


class Counts(msgspec.Struct, frozen=True):
    """The outcome for the rows of one entity."""

    inserted: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.inserted + other.inserted,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )

    @property
    def written(self) -> int:
        """New and changed rows."""
        return self.inserted + self.changed


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that the database refused, or that refers to such a row, and the reason."""

    entity: Entity
    row: AnyRow
    why: RejectedRow


class WriteResult(msgspec.Struct, frozen=True):
    """The outcome for a batch, by entity, and the `refused` rows, without which the others were written."""

    entities: Mapping[Entity, Counts] = {}
    refused: Sequence[RefusedRow] = ()

    def __add__(self, other: WriteResult) -> WriteResult:
        """The sum of two batches."""
        return WriteResult(
            {
                entity: self.of(entity) + other.of(entity)
                for entity in COLUMNS
                if entity in self.entities or entity in other.entities
            },
            [*self.refused, *other.refused],
        )

    def of(self, entity: Entity) -> Counts:
        """The counts of one entity; zeros if it had no row."""
        return self.entities.get(entity, Counts())


async def write(
    connection: Connection, batch: UpsertBatch, *, import_id: UUID, workspace_id: UUID, runtime: Runtime
) -> WriteResult:
    """Insert or update the rows of `batch` under the import, and update the figures derived from them.

    A row that the database refuses is in the result, and does not stop the others.
    Raises DataValidationError for a row with an unknown account or charge and for a duplicate id, and
    ConcurrentInsert if another transaction created one of the rows meanwhile with other content.
    """
    writer = _Writer(connection, import_id=import_id, workspace_id=workspace_id, ids=runtime.ids)
    scope = {"workspace_id": workspace_id, "import_id": import_id}
    start = (await store.LAST_SEQUENCE.one(connection, **scope)).sequence
    written = await writer.write(batch, start=start)
    touched = await store.TOUCHED_ACCOUNTS.all(connection, **scope, after=start)
    if touched:
        await projections.refresh(
            connection,
            workspace_id=workspace_id,
            account_ids=[row.id for row in touched],
            today=today(runtime.clock),
        )
    return written


async def known(
    connection: Connection, entity: Entity, external_ids: Iterable[str], *, workspace_id: UUID
) -> dict[str, UUID]:
    """Our id for each stored external id."""
    rows = await store.KNOWN[entity].all(
        connection, workspace_id=workspace_id, external_ids=sorted(set(external_ids))
    )
    return {row.external_id: row.id for row in rows}


class _Writer:
    def __init__(self, connection: Connection, *, import_id: UUID, workspace_id: UUID, ids: Ids) -> None:
        self._connection = connection
        self._scope = {"workspace_id": workspace_id, "import_id": import_id}
        self._workspace_id = workspace_id
        self._ids = ids
        self._noted = 0
        self._refused: list[RefusedRow] = []

    async def write(self, batch: UpsertBatch, *, start: int) -> WriteResult:
        self._noted = start
        await self._write_all("plans", await self._unnamed_plans(batch))
        counts: dict[Entity, Counts] = {}
        for entity in COLUMNS:
            rows: Sequence[AnyRow] = getattr(batch, entity)
            if rows:
                counts[entity] = await self._write_all(entity, rows)
        return WriteResult(counts, self._refused)

    async def _unnamed_plans(self, batch: UpsertBatch) -> list[PlanRow]:
        """The plans that only subscriptions name; they do not count as rows of the batch."""
        named = {row.plan for row in batch.subscriptions} - {plan.external_id for plan in batch.plans}
        stored = await known(self._connection, "plans", named, workspace_id=self._workspace_id)
        return [PlanRow(external_id=plan, name=plan) for plan in sorted(named - stored.keys())]

    async def _write_all(self, entity: Entity, rows: Sequence[AnyRow]) -> Counts:
        # Always in the same order, so that two concurrent imports wait for each other and never deadlock.
        ordered = sorted(rows, key=lambda row: row.external_id)
        _require_once(entity, ordered)
        ordered = self._without_refused_references(ordered, entity=entity)
        if entity == "invoices":
            ordered = await self._without_own_invoices(ordered)
        counts = Counts()
        for start in range(0, len(ordered), _BATCH):
            counts += await self._write(entity, ordered[start : start + _BATCH])
        return counts

    def _without_refused_references(self, rows: Sequence[AnyRow], *, entity: Entity) -> list[AnyRow]:
        refused = {(each.entity, each.row.external_id) for each in self._refused}
        kept = []
        for row in rows:
            fields = [
                field for field, _, target in _REFERENCES if (target, getattr(row, field, "")) in refused
            ]
            if fields:
                why = RejectedRow(fields[0], "not-storable", "the row it refers to cannot be stored.")
                self._refused.append(RefusedRow(entity, row, why))
            else:
                kept.append(row)
        return kept

    async def _without_own_invoices(self, rows: Sequence[AnyRow]) -> list[AnyRow]:
        """The rows that are no invoice of Keepwell's own: those no source may change."""
        ids = [row.external_id for row in rows]
        found = await store.OWN_INVOICES.all(
            self._connection, workspace_id=self._workspace_id, external_ids=ids
        )
        own = {row.external_id for row in found}
        reason = "Keepwell issued this invoice, so an import does not change it."
        why = RejectedRow("id", "issued-by-keepwell", reason)
        self._refused += [RefusedRow("invoices", row, why) for row in rows if row.external_id in own]
        return [row for row in rows if row.external_id not in own]

    async def _write(self, entity: Entity, rows: Sequence[AnyRow]) -> Counts:
        """Write the rows, and those that can be stored if the database refuses all of them together."""
        try:
            async with self._connection.transaction():
                return await self._upsert(entity, rows)
        except NotStorable as error:
            if len(rows) == 1:
                why = RejectedRow("", "not-storable", f"{error.message} {error.for_operator}".strip())
                self._refused.append(RefusedRow(entity, rows[0], why))
                return Counts()
        half = len(rows) // 2
        return await self._write(entity, rows[:half]) + await self._write(entity, rows[half:])

    async def _upsert(self, entity: Entity, rows: Sequence[AnyRow]) -> Counts:
        records = [msgspec.structs.asdict(row) for row in rows]
        await self._resolve(entity, records)
        written = await store.UPSERT[entity].all(
            self._connection,
            **self._scope,
            noted=self._noted,
            id=[self._ids.new() for _ in records],
            external_id=[record["external_id"] for record in records],
            **{name: [_plain(record[name]) for record in records] for name in COLUMNS[entity]},
        )
        if any(row.raced for row in written):
            raise ConcurrentInsert(
                f"Another import wrote the same {entity} at the same time.", hint="Import again."
            )
        self._noted += len(written)
        inserted = sum(row.inserted for row in written)
        return Counts(inserted, len(written) - inserted, len(rows) - len(written))

    async def _resolve(self, entity: Entity, records: Sequence[dict[str, object]]) -> None:
        """Replace external ids by our ids in each record."""
        if entity == "charges":
            for record in records:
                record["invoice_external_id"] = record["invoice"]
        for field, column, target in _REFERENCES:
            if column not in COLUMNS[entity]:
                continue
            named = {str(record[field]) for record in records if record[field] is not None}
            ids = await known(self._connection, target, named, workspace_id=self._workspace_id)
            for record in records:
                name = record[field]
                if name is not None and name not in ids:
                    raise DataValidationError(
                        f"The {field} {name!r} of {entity} {record['external_id']!r} is not known.",
                        hint=f"Import {target} first, or in the same batch.",
                    )
                record[column] = None if name is None else ids[str(name)]


def _require_once(entity: Entity, ordered: Sequence[AnyRow]) -> None:
    for one, other in pairwise(ordered):
        if one.external_id == other.external_id:
            raise DataValidationError(f"The id {one.external_id!r} occurs twice in the {entity}.")


def _plain(value: object) -> object:
    return value.value if isinstance(value, StrEnum) else value
