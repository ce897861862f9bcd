"""The outcome of converting Stripe objects: rows to write, rejected objects, and marks on accounts."""

from __future__ import annotations

import json
from datetime import datetime

import msgspec

from keepwell.importing.mapping.fields import RejectedRow
from keepwell.importing.mapping.rows import RefundRow, UnreadableRow
from keepwell.importing.stripe.subscriptions.rows import Rejection
from keepwell.importing.upserts.service import AnyRow
from keepwell.intake.model import DeadLetter


class RejectedObject(msgspec.Struct, frozen=True):
    """An object that cannot be imported, and the reason."""

    stripe_object: object
    why: RejectedRow

    def dead_letter(self, kind: str, *, now: datetime) -> DeadLetter:
        """The dead letter that keeps the object."""
        return DeadLetter(
            source=f"stripe:{kind}",
            line=None,
            code=self.why.reason_code,
            reason=self.why.reason,
            field=self.why.field,
            row=_text_of(self.stripe_object),
            received_at=now,
        )


def _text_of(stripe_object: object) -> str:
    try:
        return msgspec.json.encode(stripe_object, order="sorted").decode()
    except UnicodeEncodeError:
        # Half of a surrogate pair has no UTF-8; as an escape it has ASCII.
        return json.dumps(stripe_object, sort_keys=True)


class IngestOutcome(msgspec.Struct):
    """The outcome for the objects of one page."""

    rows: list[AnyRow] = []
    rejected: list[RejectedObject] = []
    marks: list[UnreadableRow] = []


def rejected_item(rejection: Rejection) -> RejectedRow:
    """The reason, with the item added to the field's path."""
    why = rejection.why
    place = f"items/{rejection.item}/{why.field}".rstrip("/") if rejection.item else why.field
    return RejectedRow(place, why.reason_code, why.reason, unrated_currency=why.unrated_currency)


def unknown_charge(row: RefundRow) -> RejectedObject:
    """A refund of a charge that was never imported."""
    why = RejectedRow("charge", "unknown-charge", f"there is no charge {row.charge!r}.")
    return RejectedObject(msgspec.to_builtins(row), why)
