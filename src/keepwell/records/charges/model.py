"""Charges as clients see and write them: each is one attempt to take money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.platform.errors import Conflict
from keepwell.platform.values.fields import CurrencyCode, Money, Text
from keepwell.platform.values.periods import Instant

ChargeStatus = Literal["succeeded", "pending", "failed"]
ChargeSort = Literal["charged_at", "-charged_at"]
DeclineCode = Annotated[
    Text, msgspec.Meta(description="Why it failed, as Stripe names it.", examples=["insufficient_funds"])
]
AdviceCode = Annotated[
    Text,
    msgspec.Meta(
        description="What the issuer advises: `try_again_later`, `do_not_try_again` or `confirm_card_data`.",
        examples=["try_again_later"],
    ),
]


class ChargeSettled(Conflict):
    """The outcome of a charge is final; only a pending one changes."""

    code = "charge-settled"


class ChargeItem(msgspec.Struct, frozen=True):
    """An attempt to take money, and how much of it was given back since.

    `invoice_external_id` is the invoice at its source; `invoice_id` is null if that invoice is not on record.
    """

    id: UUID
    external_id: str
    account_id: UUID
    invoice_id: UUID | None
    invoice_external_id: str | None
    payment_method_id: UUID | None
    status: ChargeStatus
    currency: str
    amount: str
    amount_refunded: str
    decline_code: str | None
    advice_code: str | None
    charged_at: datetime
    version: int


class ChargePage(msgspec.Struct, frozen=True):
    """A page of charges, and the cursor of the next page, if any."""

    items: Sequence[ChargeItem]
    next: str | None


class ChargeFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter and order of a list of charges; both days are included."""

    account_id: UUID | None = None
    invoice_id: UUID | None = None
    status: ChargeStatus | None = None
    decline_code: str | None = None
    start: date | None = None
    end: date | None = None
    sort: ChargeSort = "-charged_at"


class NewCharge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A charge to add. Its currency is by default that of its invoice, else the workspace's."""

    external_id: Text
    account_id: UUID
    status: ChargeStatus
    amount: Money
    charged_at: Instant
    invoice_id: UUID | None = None
    payment_method_id: UUID | None = None
    currency: CurrencyCode | None = None
    decline_code: DeclineCode | None = None
    advice_code: AdviceCode | None = None


class ChargeChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partial update: only the fields present in the body change. The money that moved never does: refund it."""

    status: ChargeStatus | UnsetType = UNSET
    decline_code: DeclineCode | UnsetType | None = UNSET
    advice_code: AdviceCode | UnsetType | None = UNSET
    payment_method_id: UUID | UnsetType | None = UNSET


def require_possible_outcome(before: ChargeStatus, after: ChargeStatus) -> None:
    """Raise ChargeSettled if a charge that is `before` cannot become `after`."""
    if before not in (after, "pending"):
        raise ChargeSettled(
            f"status: the charge has {before} and cannot become {after}.",
            hint="Add another charge for another attempt, or a refund for money given back.",
        )
