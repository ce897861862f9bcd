"""What every entity of a mapping file has in common, and the entity whose rows are records one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Protocol, TypeAlias
from uuid import UUID

import msgspec

from keepwell.importing import store
from keepwell.importing.entity_reader import EntityReader
from keepwell.importing.mapping.entity_fields import EntityFields
from keepwell.importing.mapping.fields import Fields
from keepwell.importing.upserts.entity import Entity
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import Row
from keepwell.importing.upserts.service import Batch
from keepwell.platform.bus import Bus
from keepwell.platform.database import Connection
from keepwell.platform.progress import Progress
from keepwell.platform.runtime import Runtime
from keepwell.revenue.model import Rates


class ImportScope(msgspec.Struct, frozen=True, kw_only=True):
    """The workspace and import that records are written under.

    `mapping` is the name of the mapping file. `currency` is the workspace's report currency; `rates` convert others
    into it.
    """

    workspace_id: UUID
    import_id: UUID
    mapping: str
    currency: str
    rates: Rates
    runtime: Runtime
    bus: Bus
    progress: Progress


class RecordReading:
    """The reading of an import's records, entity by entity: what is known before each, and where to look it up."""

    def __init__(self, connection: Connection, scope: ImportScope) -> None:
        self.connection = connection
        self.scope = scope
        self._known: dict[Entity, set[str]] = {}
        self._read: dict[Entity, dict[str, Row]] = {}

    async def known(self, entity: Entity) -> Collection[str]:
        """The source's ids of the stored rows of `entity`, and of those that this import has read."""
        if entity not in self._known:
            stored = await store.EXTERNAL_IDS.of(entity).all(
                self.connection, workspace_id=self.scope.workspace_id
            )
            self._known[entity] = {row.external_id for row in stored}
        return self._known[entity] | self._read.get(entity, {}).keys()

    def rows(self, entity: Entity) -> Collection[Row]:
        """The rows of `entity` that this import has read."""
        return self._read.get(entity, {}).values()

    def note(self, entity: Entity, rows: Iterable[Row]) -> None:
        """Add rows that were read, so that later ones may refer to them."""
        self._read.setdefault(entity, {}).update({row.external_id: row for row in rows})


class MappedEntity(Protocol):
    """An entity that a mapping file may fill: its `fields` there, and the records that its rows become.

    A room registers its own in `app`; rows that it cannot use become dead letters of the reader.
    """

    @property
    def entity(self) -> Entity:
        """The entity that the file is of."""
        ...

    @property
    def fields(self) -> EntityFields:
        """The fields that a mapping file may fill; they have the entity's name."""
        ...

    async def read(self, reader: EntityReader, reading: RecordReading) -> Batch:
        """The rows to write; the entities before it have been read."""
        ...


Convert: TypeAlias = Callable[[Fields, ImportScope], Row]


class RecordEntity:
    """An entity of which each row of the file is one record; what a row refers to has to be known."""

    def __init__(self, entity: Entity, fields: EntityFields, *, convert: Convert) -> None:
        self.entity = entity
        self.fields = fields
        self._convert = convert

    async def read(self, reader: EntityReader, reading: RecordReading) -> Batch:
        """The records, one per id; raises nothing for a row, which becomes a dead letter."""
        needed = [each for each in self.entity.references if not each.loose]
        known = [(each.field, each.entity, await reading.known(each.entity)) for each in needed]

        def convert(fields: Fields) -> list[Row]:
            row = self._convert(fields, reading.scope)
            for field, entity, ids in known:
                require_known(getattr(row, field), ids, entity=entity, field=field)
            return [row]

        return {self.entity: reader.unique_rows(convert, progress=reading.scope.progress)}


def require_known(external_id: str | None, known: Collection[str], *, entity: Entity, field: str) -> None:
    """Raise RejectedRow if `external_id` is not one of `entity` that is `known`; None refers to nothing."""
    if external_id is not None and external_id not in known:
        code = f"unknown-{entity.singular.replace(' ', '-')}"
        raise RejectedRow(field, code, f"no row defines the {entity.singular} {external_id!r}.")
