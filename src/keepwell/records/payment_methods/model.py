"""Payment methods as clients see and write them: what a card may show, never its number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.fields import Text
from keepwell.platform.values.periods import Instant

PaymentMethodSort = Literal["id", "-id"]
Last4 = Annotated[
    str, msgspec.Meta(pattern="^[0-9]{4}$", description="The last four digits.", examples=["4242"])
]
FIRST_YEAR, LAST_YEAR = 2000, 2199
Month = Annotated[int, msgspec.Meta(ge=1, le=12)]
Year = Annotated[int, msgspec.Meta(ge=FIRST_YEAR, le=LAST_YEAR)]


class PaymentMethodItem(msgspec.Struct, frozen=True):
    """How an account pays; a field is null if it is unknown, or if there is no such thing for this kind of method.

    `gateway_reference` is what the gateway calls it. A card works until the end of its month of expiry.
    """

    id: UUID
    external_id: str
    account_id: UUID
    brand: str | None
    last4: str | None
    exp_month: int | None
    exp_year: int | None
    gateway: str | None
    gateway_reference: str | None
    is_default: bool
    created_at: datetime | None
    version: int


class PaymentMethodPage(msgspec.Struct, frozen=True):
    """A page of payment methods, and the cursor of the next page, if any."""

    items: Sequence[PaymentMethodItem]
    next: str | None


class PaymentMethodFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter and order of a list of payment methods."""

    account_id: UUID | None = None
    is_default: bool | None = None
    sort: PaymentMethodSort = "id"


class NewPaymentMethod(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A payment method to add. No field may contain a card number."""

    external_id: Text
    account_id: UUID
    brand: Text | None = None
    last4: Last4 | None = None
    exp_month: Month | None = None
    exp_year: Year | None = None
    gateway: Text | None = None
    gateway_reference: Text | None = None
    is_default: bool = False
    created_at: Instant | None = None


class PaymentMethodChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partial update: only the fields present in the body change."""

    brand: Text | UnsetType | None = UNSET
    last4: Last4 | UnsetType | None = UNSET
    exp_month: Month | UnsetType | None = UNSET
    exp_year: Year | UnsetType | None = UNSET
    gateway: Text | UnsetType | None = UNSET
    gateway_reference: Text | UnsetType | None = UNSET
    is_default: bool | UnsetType = UNSET


def require_whole_expiry(month: int | None, year: int | None) -> None:
    """Raise DataValidationError if only one half of an expiry is known."""
    if (month is None) != (year is None):
        missing = "exp_month" if month is None else "exp_year"
        raise DataValidationError(
            f"{missing}: an expiry needs both its month and its year.", hint="Send both, or none."
        )
