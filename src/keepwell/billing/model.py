"""Failed payments: invoices that are open because a charge failed, or because nothing was paid in time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

NeedsPerson = Literal[
    "no_contact", "hard_decline", "authentication_required", "waiting_long", "no_decline_code"
]
FailedPaymentSort = Literal["amount", "-amount", "since", "-since"]

# Another attempt with the same card is refused too, under Stripe's public names.
HARD_DECLINES = (
    "fraudulent",
    "invalid_account",
    "lost_card",
    "merchant_blacklist",
    "not_permitted",
    "pickup_card",
    "restricted_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "security_violation",
    "stolen_card",
    "stop_payment_order",
    "transaction_not_allowed",
)
# The issuer wants the customer to confirm.
AUTHENTICATION_DECLINES = ("authentication_not_handled", "authentication_required", "offline_pin_required")
# Longer than gateways usually try again.
USUAL_DAYS = 21


class FailedPaymentItem(msgspec.Struct, frozen=True):
    """An open invoice whose latest charge failed, or that is past due; `id` is the invoice's.

    `amount` is what is unpaid, in its own currency, and `converted` the same in the workspace's at today's rate: null without
    one. `since` is the day of the first failed charge, or the first day past due, and `days` how long ago that is.
    `needs_person` says why no mail or retry will do; null if one may.
    """

    id: UUID
    account_id: UUID
    name: str
    number: str | None
    amount: str
    currency: str
    converted: str | None
    issued_on: date
    due_on: date | None
    since: date
    days: int
    attempts: int
    failed_at: datetime | None
    decline_code: str | None
    advice_code: str | None
    has_email: bool
    needs_person: NeedsPerson | None


class FailedPaymentTotals(msgspec.Struct, frozen=True):
    """All failed payments, whatever page is read; amounts are in the workspace's currency.

    `unconverted` payments are in no amount, since there is no rate for their currency.
    """

    payments: int
    accounts: int
    amount: str
    need_person: int
    need_person_amount: str
    unconverted: int
    currency: str


class FailedPayments(msgspec.Struct, frozen=True):
    """A page of failed payments with the totals of all, and the cursor of the next page, if any."""

    totals: FailedPaymentTotals
    items: Sequence[FailedPaymentItem]
    next: str | None


class FailedPaymentFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter and order of failed payments, as of the day `on`."""

    on: date
    needs_person: bool | None = None
    account_id: UUID | None = None
    sort: FailedPaymentSort = "-amount"
