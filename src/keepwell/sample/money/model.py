"""What is on record about payments: cards, invoices, charges, refunds and dunning steps. Money is in cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(slots=True, kw_only=True)
class PaymentMethod:
    """A card, never its number; `replaced_on` is the day on which another takes its place before it expires."""

    payment_method_id: str
    brand: str
    last4: str
    expires: date
    created_on: date
    replaced_on: date | None = None
    is_default: bool = True

    def is_expired(self, day: date) -> bool:
        """Whether the last day of its month is over."""
        return day >= self.expires


@dataclass(slots=True, kw_only=True)
class Invoice:
    """`net` is what spans of service cost, less a credit for what was paid already and not used; `tax` comes on top."""

    invoice_id: str
    number: str
    net: int
    tax: int
    issued_on: date
    due_on: date
    status: str = "open"
    paid: int = 0
    refunded: int = 0
    paid_on: date | None = None

    @property
    def total(self) -> int:
        """What is to be paid."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One attempt to take money; `method` is None for a bank transfer."""

    charge_id: str
    invoice_id: str
    succeeded: bool
    amount: int
    at: datetime
    decline_code: str = ""
    method: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money given back."""

    refund_id: str
    charge_id: str
    amount: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningStep:
    """What was done about an unpaid invoice: a retry or a mail, and its outcome."""

    dunning_id: str
    invoice_id: str
    step: int
    kind: str
    at: datetime
    outcome: str


# Days after the first decline.
RETRIES_AFTER = tuple(timedelta(days=days) for days in (2, 7, 14, 21))
MAILS_AFTER = tuple(timedelta(days=days) for days in (0, 5, 12, 19))
# Days after a transfer was due.
REMINDERS_AFTER = tuple(timedelta(days=days) for days in (3, 14, 30))
TRANSFER_DUE_AFTER = timedelta(days=30)
TRANSFER_GIVEN_UP_AFTER = timedelta(days=60)
# What a processor advises by decline code; codes without advice are worth another try later.
ADVICE = {
    "expired_card": "confirm_card_data",
    "lost_card": "do_not_try_again",
    "stolen_card": "do_not_try_again",
    "fraudulent": "do_not_try_again",
}
TRY_AGAIN = "try_again_later"
