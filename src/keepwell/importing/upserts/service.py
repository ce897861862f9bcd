"""Writes imported rows: only those that differ from the stored ones, with each change logged for undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias
from uuid import UUID

import msgspec

from keepwell.importing.upserts import store
from keepwell.importing.upserts.entity import NOTHING, Entity, Reference
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import Row
from keepwell.platform.bus import Bus
from keepwell.platform.database import Connection
from keepwell.platform.errors import Conflict, DataValidationError, NotStorable
from keepwell.platform.ids import Ids
from keepwell.platform.planner_statistics.service import GrowingTable
from keepwell.platform.runtime import Runtime
from keepwell.records.events import ChargesFailed, RecordsChanged

_BATCH = 2000
# Nothing that their account shows follows from them, and not everybody may know of each: whoever hears of them finds the account.
_ACCOUNT_APART = {"save_cases", "save_case_contacts"}

# Rows to write, one per id in each entity; what a row refers to is in the batch, in an entity before it, or stored.
Batch: TypeAlias = Mapping[Entity, Sequence[Row]]


class ConcurrentInsert(Conflict):
    """Two imports wrote the same new row at the same time; the later one has to start again."""

    code = "concurrent-import"
    retryable = True


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
    row: Row
    why: RejectedRow


class WriteResult(msgspec.Struct, frozen=True):
    """The outcome for a batch, by entity, and the `refused` rows, without which the others were written."""

    entities: Mapping[Entity, Counts] = {}
    refused: Sequence[RefusedRow] = ()

    def __add__(self, other: WriteResult) -> WriteResult:
        """The sum of two batches."""
        return WriteResult(
            {entity: self.of(entity) + other.of(entity) for entity in {**self.entities, **other.entities}},
            [*self.refused, *other.refused],
        )

    def of(self, entity: Entity) -> Counts:
        """The counts of one entity; zeros if it had no row."""
        return self.entities.get(entity, Counts())


async def write(
    connection: Connection,
    batch: Batch,
    *,
    import_id: UUID,
    workspace_id: UUID,
    runtime: Runtime,
    bus: Bus,
) -> WriteResult:
    """Insert or update the rows of `batch` under the import, and publish what changed.

    A plan that a subscription names and nobody describes is created with its id as its name. A row that the database
    refuses is in the result, and does not stop the others.
    Raises DataValidationError for a row with an unknown account or charge and for a duplicate id, and
    ConcurrentInsert if another transaction created one of the rows meanwhile with other content.
    """
    writer = _Writer(connection, import_id=import_id, workspace_id=workspace_id, ids=runtime.ids)
    scope = {"workspace_id": workspace_id, "import_id": import_id}
    start = (await store.LAST_SEQUENCE.one(connection, **scope)).sequence
    written = await writer.write(batch, start=start)
    await publish_changes(connection, bus, import_id=import_id, workspace_id=workspace_id, after=start)
    return written


async def publish_changes(
    connection: Connection, bus: Bus, *, import_id: UUID, workspace_id: UUID, after: int = 0
) -> None:
    """Publish what the import changed after its change number `after`, in one event, and the charges that failed."""
    scope = {"workspace_id": workspace_id, "import_id": import_id, "after": after}
    changed = await store.CHANGED_RECORDS.all(connection, **scope)
    if not changed:
        return
    records: dict[str, Sequence[UUID]] = {each.entity: each.record_ids for each in changed}
    account_ids = {
        account_id for each in changed if each.entity not in _ACCOUNT_APART for account_id in each.account_ids
    }
    await bus.publish(
        connection, RecordsChanged(workspace_id=workspace_id, records=records, account_ids=account_ids)
    )
    failed = await store.NEWLY_FAILED_CHARGES.all(connection, **scope) if "charges" in records else []
    if failed:
        await bus.publish(connection, ChargesFailed(workspace_id=workspace_id, charges=failed))


async def known(
    connection: Connection, entity: Entity, external_ids: Iterable[str], *, workspace_id: UUID
) -> dict[str, UUID]:
    """Our id for each stored external id."""
    rows = await store.KNOWN.of(entity).all(
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

    async def write(self, batch: Batch, *, start: int) -> WriteResult:
        self._noted = start
        for entity, rows in batch.items():
            await self._write_missing(entity, rows, batch=batch)
        counts = {entity: await self._write_all(entity, rows) for entity, rows in batch.items() if rows}
        return WriteResult(counts, self._refused)

    async def _write_missing(self, entity: Entity, rows: Sequence[Row], *, batch: Batch) -> None:
        """Write what `rows` refer to and nobody describes; it does not count as rows of the batch."""
        for reference in entity.references:
            if reference.missing is None:
                continue
            named = {str(getattr(row, reference.field)) for row in rows}
            named -= {row.external_id for row in batch.get(reference.entity, ())}
            stored = await known(self._connection, reference.entity, named, workspace_id=self._workspace_id)
            missing = [reference.missing(name) for name in sorted(named - stored.keys())]
            await self._write_all(reference.entity, missing)

    async def _write_all(self, entity: Entity, rows: Sequence[Row]) -> Counts:
        # Always in the same order, so that two concurrent imports wait for each other and never deadlock.
        ordered = sorted(rows, key=lambda row: row.external_id)
        _require_once(entity, ordered)
        ordered = self._without_refused_references(ordered, entity=entity)
        ordered = await self._without_own(ordered, entity=entity)
        counts = Counts()
        table = GrowingTable(entity.name)
        for start in range(0, len(ordered), _BATCH):
            written = await self._write(entity, ordered[start : start + _BATCH])
            await table.grew(self._connection, rows=written.inserted)
            counts += written
        return counts

    def _without_refused_references(self, rows: Sequence[Row], *, entity: Entity) -> list[Row]:
        refused = {(each.entity, each.row.external_id) for each in self._refused}
        kept = []
        for row in rows:
            fields = [
                each.field
                for each in entity.references
                if not each.loose and (each.entity, getattr(row, each.field)) in refused
            ]
            if fields:
                why = RejectedRow(fields[0], "not-storable", "the row it refers to cannot be stored.")
                self._refused.append(RefusedRow(entity, row, why))
            else:
                kept.append(row)
        return kept

    async def _without_own(self, rows: list[Row], *, entity: Entity) -> list[Row]:
        """The rows except those of Keepwell's own records, which no source may change."""
        if entity.own == NOTHING:
            return rows
        ids = [row.external_id for row in rows]
        found = await store.OWN.of(entity).all(
            self._connection, workspace_id=self._workspace_id, external_ids=ids
        )
        own = {row.external_id for row in found}
        reason = f"Keepwell issued this {entity.singular}, so an import does not change it."
        why = RejectedRow("id", "issued-by-keepwell", reason)
        self._refused += [RefusedRow(entity, row, why) for row in rows if row.external_id in own]
        return [row for row in rows if row.external_id not in own]

    async def _write(self, entity: Entity, rows: Sequence[Row]) -> Counts:
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

    async def _upsert(self, entity: Entity, rows: Sequence[Row]) -> Counts:
        records = [msgspec.structs.asdict(row) for row in rows]
        await self._resolve(entity, records)
        written = await store.UPSERT.of(entity).all(
            self._connection,
            **self._scope,
            noted=self._noted,
            id=[self._ids.new() for _ in records],
            external_id=[record["external_id"] for record in records],
            **{name: [_plain(record[name]) for record in records] for name in entity.columns},
        )
        if any(row.raced for row in written):
            raise ConcurrentInsert(
                f"Another import wrote the same {entity.name} at the same time.", hint="Import again."
            )
        self._noted += len(written)
        inserted = sum(row.inserted for row in written)
        return Counts(inserted, len(written) - inserted, len(rows) - len(written))

    async def _resolve(self, entity: Entity, records: Sequence[dict[str, object]]) -> None:
        """Add the columns of the references: our ids for the source's."""
        for reference in entity.references:
            field, column = reference.field, reference.column
            if reference.loose:
                for record in records:
                    record[column] = record[field]
                continue
            named = {str(record[field]) for record in records if record[field] is not None}
            ids = await known(self._connection, reference.entity, named, workspace_id=self._workspace_id)
            if unknown := named - ids.keys():
                raise _unknown(reference, min(unknown), entity=entity, records=records)
            for record in records:
                record[column] = None if record[field] is None else ids[str(record[field])]


def _unknown(
    reference: Reference, name: str, *, entity: Entity, records: Sequence[Mapping[str, object]]
) -> DataValidationError:
    by = next(record["external_id"] for record in records if record[reference.field] == name)
    return DataValidationError(
        f"The {reference.field} {name!r} of {entity.name} {by!r} is not known.",
        hint=f"Import {reference.entity.name} first, or in the same batch.",
    )


def _require_once(entity: Entity, ordered: Sequence[Row]) -> None:
    for one, other in pairwise(ordered):
        if one.external_id == other.external_id:
            raise DataValidationError(f"The id {one.external_id!r} occurs twice in the {entity.name}.")


def _plain(value: object) -> object:
    return value.value if isinstance(value, StrEnum) else value
