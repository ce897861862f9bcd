"""What becomes of the rows of followed files: rows of a schema are kept, repaired or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

from keepwell.intake.model import Refusal, Source
from keepwell.intake.schema.drift import DriftReport
from keepwell.intake.schema.repair import RowRepairer
from keepwell.intake.schema.validation import Schema

AcceptAll: TypeAlias = Callable[[Iterator[bytes]], None]


class RowRules(Protocol):
    """Decides about each row.

    `accept_all` consumes rows from an iterator as long as they are certainly kept as they are; it raises
    ValueError or RecursionError once it has consumed one that only `validate` can decide.
    """

    @property
    def accept_all(self) -> AcceptAll:
        """The fast path."""
        ...

    def validate(self, row: bytes, *, source: Source, line: int) -> Refusal | bytes | None:
        """The row to keep, which may be `row` itself, or why it is invalid; None for a repeat."""
        ...

    def remember(self) -> None:
        """Record what was decided; called in the transaction that commits the rows."""
        ...


class SchemaRules:
    """Rows of a JSON Schema, repaired if it says how; two equal rows are two rows."""

    def __init__(self, schema: Schema, drift: DriftReport) -> None:
        """Raises DataValidationError if the schema's annotations are malformed."""
        self.accept_all: AcceptAll = schema.accept_all
        self._repairer = RowRepairer(schema, drift)

    def validate(self, row: bytes, *, source: Source, line: int) -> Refusal | bytes:
        """The row, repaired if necessary, or why it is invalid."""
        return self._repairer.validate(row, place=f"{source.name}:{line}")

    def remember(self) -> None:
        """There is nothing to remember."""
