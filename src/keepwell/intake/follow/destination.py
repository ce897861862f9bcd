"""Where `tail` writes rows: a folder of rows of a schema, or a workspace's journal of product events."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from uuid import UUID

from keepwell.intake.follow.tail import Tail
from keepwell.intake.model import Sizes
from keepwell.intake.schema.validation import Schema, read_schema
from keepwell.platform.errors import Conflict

_INTAKES = "intake"


class Destination(Protocol):
    """A folder, the schema of its rows, and what happens to them once they are committed."""

    root: Path

    def schema(self) -> Schema | None:
        """The present schema of the rows; None for product events. Raises DataValidationError."""
        ...

    def sizes(self, chosen: Sizes) -> Sizes:
        """The sizes to use if the user has `chosen` these."""
        ...

    def polled(self, tail: Tail) -> None:
        """Called after each round but the last."""
        ...

    def ended(self, tail: Tail, *, is_complete: bool) -> None:
        """Called after the last round; `is_complete` unless a signal ended it."""
        ...


class RowFolder:
    """A folder of rows of the schema in `schema_file`."""

    def __init__(self, root: Path, schema_file: Path) -> None:
        """Raises Conflict if the folder belongs to a workspace."""
        if _is_in_a_workspace(root):
            raise Conflict(
                f"{root} belongs to a workspace, which keeps product events and no other rows.",
                hint="For product events, replace --into and --schema by --workspace NAME.",
            )
        self.root = root
        self._schema_file = schema_file

    def schema(self) -> Schema:
        """The schema as the file has it now."""
        return read_schema(self._schema_file)

    def sizes(self, chosen: Sizes) -> Sizes:
        """As chosen."""
        return chosen

    def polled(self, tail: Tail) -> None:
        """Segments are sealed when they are full, and `lake build` is run by the user."""

    def ended(self, tail: Tail, *, is_complete: bool) -> None:
        """The last segment stays open."""


def _is_in_a_workspace(root: Path) -> bool:
    """Whether `root` is, or is within, the intake folder of a workspace of any home: intake/<its id>."""
    whole = root.resolve()
    return any(folder.parent.name == _INTAKES and _is_id(folder.name) for folder in (whole, *whole.parents))


def _is_id(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
