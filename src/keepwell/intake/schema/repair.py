"""Validating rows and repairing the refused ones, if the schema says how."""

from __future__ import annotations

import msgspec

from keepwell.intake.model import Refusal
from keepwell.intake.schema.drift import Drift, DriftReport, has_rules
from keepwell.intake.schema.numbers import decode_as_written
from keepwell.intake.schema.validation import Schema


class RowRepairer:
    """Validates rows by a schema, and repairs the refused ones if it has `x-drift` or `x-aliases`."""

    def __init__(self, schema: Schema, report: DriftReport) -> None:
        """Raises DataValidationError if these annotations are malformed."""
        self._schema = schema
        self._report = report
        self._drift = Drift(schema.document) if has_rules(schema.document) else None

    def validate(self, row: bytes, *, place: str) -> Refusal | bytes:
        """The row to keep, or why it is invalid.

        `row` itself if the schema accepts it, else the repaired row.
        """
        refusal = self._schema.validate(row)
        if refusal is None:
            return row
        if self._drift is None or refusal.code != "schema":
            return refusal
        document = decode_as_written(row)
        if not isinstance(document, dict):
            return refusal
        repaired = self._drift.repair(document)
        self._report.note(repaired.changes, place=place)
        whole = msgspec.json.encode(repaired.row)
        return repaired.refusal or self._schema.validate(whole) or whole
