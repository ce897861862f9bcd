"""An entity that imports write: its table, and what its rows refer to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import LiteralString, Protocol

import msgspec

from keepwell.importing.upserts.rows import Row

# A condition that no row meets.
NOTHING: LiteralString = "false"


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """What the `field` of a row names: a row of `entity`, by the source's id; None if it names nothing.

    `column` stores our id of that row, which must exist, or the source's id if the reference is `loose`. `missing` makes
    the row that a loose reference names and nobody describes; without it, such a row may be missing.
    """

    field: str
    column: LiteralString
    entity: Entity
    loose: bool = False
    missing: Callable[[str], Row] | None = None


class Entity(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A table of rows that a source identifies; imports write it, log each change, and undo takes it back.

    `name` is the table's, `singular` names one row. `columns` are those that an import sets, with their types, in the
    order that every statement uses; a row has a field of each name, except of columns that `references` fill.
    `source_id` is the SQL of the source's id for a row, if one object of the source becomes several rows. `own` is the SQL
    condition of the rows that Keepwell itself made, which imports never touch. `derived` are columns that Keepwell works out and keeps
    up to date: that they have changed is no reason against an undo.
    """

    name: LiteralString
    singular: LiteralString
    columns: Mapping[LiteralString, LiteralString]
    references: Sequence[Reference] = ()
    is_versioned: bool = True
    source_id: LiteralString = "external_id"
    own: LiteralString = NOTHING
    derived: Sequence[LiteralString] = ()


class HasEntities(Protocol):
    """The registry, as far as undo needs it."""

    @property
    def entities(self) -> Sequence[Entity]:
        """All entities that imports write, in write order."""
        ...
