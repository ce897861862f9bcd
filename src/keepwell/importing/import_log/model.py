"""Imports as clients see them, and the result of an undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from keepwell.platform.errors import Conflict

# The source of imports that go on all day: their end is that of the latest webhook that changed something.
STRIPE_WEBHOOKS = "stripe-webhook"

ImportStatus = Literal["running", "finished", "failed", "interrupted", "undone"]
ImportSort = Literal["started_at", "-started_at"]


class NotUndoable(Conflict):
    """Something depends on what the import wrote."""

    code = "import-not-undoable"


class ImportItem(msgspec.Struct, frozen=True):
    """One import: its source, how it ended, and its report.

    `summary` counts the rows by entity, `drift` lists differences between columns and mapping, `assumptions`
    what was assumed. `error` is why it failed.
    """

    id: UUID
    source: str
    mapping: str
    status: ImportStatus
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    summary: dict[str, Any] | None
    drift: list[dict[str, Any]]
    assumptions: list[str]
    error: str | None


class ImportPage(msgspec.Struct, frozen=True):
    """A page of imports, and the cursor of the next page, if any."""

    items: Sequence[ImportItem]
    next: str | None


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """The report of a finished import: as in ImportItem, plus the column names by entity."""

    summary: Any
    drift: Sequence[Any] = ()
    assumptions: Sequence[str] = ()
    columns: Mapping[str, Sequence[str]] = {}


class EntityCounts(msgspec.Struct):
    """Counts of one file's rows: read + derived = imported + unchanged + dead-lettered + skipped.

    `imported` includes new rows and the `updated` ones. `derived` counts the rows that no source row states: parts of a
    trial, continued rows, and accounts of unknown customers. `already_dead_lettered` of the dead-lettered rows were
    stored by an earlier import. `reasons` counts the dead-lettered rows by code. `unmapped` lists the columns that no
    field uses.
    """

    file: str
    read: int = 0
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    derived: int = 0
    dead_lettered: int = 0
    already_dead_lettered: int = 0
    reasons: dict[str, int] = {}
    unmapped: list[str] = []

    @property
    def changed(self) -> bool:
        """Whether the import added or changed anything."""
        return self.imported > 0 or self.dead_lettered > self.already_dead_lettered


def counted(summary: Mapping[str, Any] | None) -> tuple[int, int]:
    """The rows that an import has read, and those of them that it kept aside; zero while it has counted none."""
    entities = (summary or {}).get("entities", {}).values()
    return sum(each["read"] for each in entities), sum(each["dead_lettered"] for each in entities)


class ChangeView(msgspec.Struct, frozen=True):
    """A row that an import changed: each field that differs, before and after."""

    entity: str
    external_id: str
    fields: Mapping[str, Sequence[Any]]


class SourceImports(msgspec.Struct, frozen=True, kw_only=True):
    """The imports of a source: the rows that the newest by each mapping read, and how the last one ended.

    `last_error` is null if it ended well, or still runs.
    """

    rows_read: int
    last_success_at: datetime | None
    last_error: str | None


class UndoPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What an undo would take back: the rows that it deletes and restores, by entity.

    If it is not possible, `because` names up to five reasons, and `hint` says what to do about them. The undo itself also
    refuses what was written meanwhile, and what would leave two rows where only one may be.
    """

    id: UUID
    is_possible: bool
    because: Sequence[str]
    hint: str
    deletes: Mapping[str, int]
    restores: Mapping[str, int]


class UndoResult(msgspec.Struct, frozen=True):
    """The result of an undo: how many rows it deleted and restored, by entity."""

    id: UUID
    deleted: Mapping[str, int]
    restored: Mapping[str, int]
