"""The third look at a row: one that the schema refuses may be mended where the schema says how."""

from __future__ import annotations

import msgspec

from keepwell.intake.model import Refusal
from keepwell.intake.schema.drift import Drift, DriftReport, has_rules
from keepwell.intake.schema.validation import Schema


class Mender:
    """Judges rows by a schema, and mends those that it refuses where it has `x-drift` or `x-aliases`."""

    def __init__(self, schema: Schema, report: DriftReport) -> None:
        """Raises DataValidationError where these annotations are not as they should be."""
        self._schema = schema
        self._report = report
        self._drift = Drift(schema.document) if has_rules(schema.document) else None

    def judge(self, row: bytes, *, place: str) -> Refusal | bytes:
        """Why `row` is none, or the row: itself where the schema accepts it, or mended."""
        refusal = self._schema.judge(row)
        if refusal is None:
            return row
        if self._drift is None or refusal.code != "schema":
            return refusal
        document = msgspec.json.decode(row)
        if not isinstance(document, dict):
            return refusal
        mended = self._drift.mend(document)
        self._report.note(mended.changes, place=place)
        whole = msgspec.json.encode(mended.row)
        return mended.refusal or self._schema.judge(whole) or whole
