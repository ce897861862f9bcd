"""A page of Stripe objects, and the outcome of converting them: rows to write, rejected objects, and marks on accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from keepwell.importing.stripe.json_text import exact_text
from keepwell.importing.stripe.model import StripeObject
from keepwell.importing.stripe.subscriptions.rows import Rejection
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import RefundRow, Row, UnreadableRow
from keepwell.intake.model import DeadLetter


class IngestPage(msgspec.Struct, frozen=True, kw_only=True):
    """The objects of a page that are to be ingested, as they were on a day, and when each was read before."""

    objects: Sequence[StripeObject]
    on: date
    is_of_event: bool
    read_on: Mapping[str, date]


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
            row=exact_text(self.stripe_object),
            received_at=now,
        )


class IngestOutcome(msgspec.Struct):
    """The outcome for the objects of one page."""

    rows: list[Row] = []
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
