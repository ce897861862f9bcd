"""Invoices as clients see and write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.platform.values.fields import CurrencyCode, Money, Text

InvoiceStatus = Literal["draft", "open", "paid", "void", "uncollectible"]
# Who issued it: another billing system, of which this is a copy, or Keepwell.
InvoiceSource = Literal["import", "keepwell"]
InvoiceSort = Literal["issued_on", "-issued_on"]
# A credit note's total is negative.
SignedMoney = Annotated[
    str, msgspec.Meta(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$", examples=["49.00"], description="A decimal.")
]


def amount_paid_unsaid(status: str, *, total: Decimal) -> Decimal:
    """What was paid of an invoice whose source does not say how much: all of it once it is `paid`, else nothing."""
    return max(total, Decimal(0)) if status == "paid" else Decimal(0)


class InvoiceItem(msgspec.Struct, frozen=True):
    """An invoice; `total` includes `tax`, and neither counts for MRR. `amount_refunded` is at least what was refunded of its charges.

    `source` is `import` for a copy of another billing system's invoice, `keepwell` for one that Keepwell issued.
    """

    id: UUID
    external_id: str
    account_id: UUID
    number: str | None
    status: InvoiceStatus
    currency: str
    total: str
    tax: str
    amount_paid: str
    amount_refunded: str
    issued_on: date
    due_on: date | None
    paid_on: date | None
    source: InvoiceSource
    version: int


class InvoicePage(msgspec.Struct, frozen=True):
    """A page of invoices, and the cursor of the next page, if any."""

    items: Sequence[InvoiceItem]
    next: str | None


class InvoiceFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter and order of an invoice list; both days are included."""

    account_id: UUID | None = None
    status: InvoiceStatus | None = None
    start: date | None = None
    end: date | None = None
    sort: InvoiceSort = "-issued_on"


class NewInvoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An invoice to add, as the billing system issued it; of a `paid` one without `amount_paid`, all is paid."""

    external_id: Text
    account_id: UUID
    status: InvoiceStatus
    total: SignedMoney
    issued_on: date
    number: Text | None = None
    currency: CurrencyCode | None = None
    tax: SignedMoney = "0"
    amount_paid: Money | None = None
    amount_refunded: Money = "0"
    due_on: date | None = None
    paid_on: date | None = None


class InvoiceChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partial update: only the fields present in the body change. An issued total never changes: void it instead."""

    status: InvoiceStatus | UnsetType = UNSET
    amount_paid: Money | UnsetType = UNSET
    amount_refunded: Money | UnsetType = UNSET
    due_on: date | UnsetType | None = UNSET
    paid_on: date | UnsetType | None = UNSET
