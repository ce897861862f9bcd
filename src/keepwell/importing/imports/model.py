"""Imports as they are listed, and what taking one back did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from keepwell.platform.errors import Conflict

ImportStatus = Literal["running", "finished", "failed", "interrupted", "undone"]
ImportSort = Literal["started_at", "-started_at"]


class NotUndoable(Conflict):
    """Something depends on what the import wrote."""

    code = "import-not-undoable"


class ImportItem(msgspec.Struct, frozen=True):
    """One import: where it came from, how it ended, and what it has to say of itself.

    `summary` counts the rows by entity, `drift` says how the columns were unlike the mapping, `assumptions`
    what was taken for granted. `error` is why it failed.
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
    """Some imports, and the cursor of the next ones where there are any."""

    items: Sequence[ImportItem]
    next: str | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a finished import has to say: as in ImportItem, and the names of the columns that came by entity."""

    summary: Any
    drift: Sequence[Any] = ()
    assumptions: Sequence[str] = ()
    columns: Mapping[str, Sequence[str]] = {}


class ChangeView(msgspec.Struct, frozen=True):
    """A row that an import changed: each field that differs, as it was and as it is."""

    entity: str
    external_id: str
    fields: Mapping[str, Sequence[Any]]


class Undone(msgspec.Struct, frozen=True):
    """What an undo took back: how many rows it deleted and how many it put back, by entity."""

    id: UUID
    deleted: Mapping[str, int]
    restored: Mapping[str, int]
