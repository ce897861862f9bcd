"""The parts of Stripe's objects that Keepwell reads, in API versions up to 2025-02-24.

Amounts are in the smallest unit of their currency and times in seconds since 1970, as in Stripe's API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from keepwell.records.model import LONGEST_TEXT

# An object as Stripe's API returns it.
StripeObject: TypeAlias = Mapping[str, Any]

# Values that the tables would refuse are refused here, so that they reject one object and not a whole page.
Text: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00\ud800-\udfff]*\Z", max_length=LONGEST_TEXT)]
# A possible name; one that is too long is passed over.
LongText: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00\ud800-\udfff]*\Z")]
Code: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z]{3}\Z")]
Balance: TypeAlias = Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]
Amount: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
ExactAmount: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,15}(\.[0-9]{1,12})?\Z")]
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=7_258_118_399)]  # until the end of 2199
Quantity: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Percent: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=100)]


class Identified(msgspec.Struct, frozen=True):
    """Any object: what all of them have in common."""

    id: Annotated[Text, msgspec.Meta(min_length=1)]


class ExpandedReference(msgspec.Struct, frozen=True):
    """An expanded object; only the id is needed, and the name of a product."""

    id: Text
    name: LongText | None = None


# An id, or the object itself if Stripe expands it.
Reference: TypeAlias = Text | ExpandedReference | None

Kind = Literal["plan", "customer", "subscription", "invoice", "charge", "refund"]
KINDS: Sequence[Kind] = ("plan", "customer", "subscription", "invoice", "charge", "refund")

# Stripe documentation, "Supported currencies": the first have no minor unit, the second one of three digits.
# ISK and UGX have no minor unit either, but Stripe sends them with two digits.
_WITHOUT_MINOR_UNIT = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THREE_DIGITS = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


class Address(msgspec.Struct, frozen=True):
    """A customer's address; `country` has two letters."""

    country: Text | None = None


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A paying customer."""

    id: Text
    created: Seconds
    name: LongText | None = None
    description: LongText | None = None
    email: LongText | None = None
    phone: LongText | None = None
    preferred_locales: Sequence[LongText] | None = None
    address: Address | None = None


class StatusTransitions(msgspec.Struct, frozen=True, kw_only=True):
    """When an invoice was finalized and paid."""

    finalized_at: Seconds | None = None
    paid_at: Seconds | None = None


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice."""

    id: Text
    customer: Reference
    currency: Code
    status: Text | None
    total: Balance
    created: Seconds
    tax: Balance | None = None
    amount_paid: Balance = 0
    number: Text | None = None
    due_date: Seconds | None = None
    status_transitions: StatusTransitions | None = None


class CardDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer or a charge shows of a card. Every field may be missing."""

    brand: Text | None = None
    last4: Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}\Z")] | None = None
    exp_month: int | None = None
    exp_year: int | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a charge ended: `reason` is the issuer's code if its `type` says that the issuer declined."""

    type: Text | None = None
    reason: Text | None = None
    advice_code: Text | None = None


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to collect a payment."""

    id: Text
    customer: Reference = None
    invoice: Reference = None
    status: Text
    currency: Code
    amount: Amount
    created: Seconds
    failure_code: Text | None = None
    outcome: Outcome | None = None
    payment_method: Reference = None

    @property
    def decline_code(self) -> str | None:
        """Why it failed: the issuer's own code, which says more than the `card_declined` of the gateway."""
        if self.failure_code is None:
            return None
        is_of_issuer = self.outcome is not None and self.outcome.type == "issuer_declined"
        return (self.outcome.reason if self.outcome and is_of_issuer else None) or self.failure_code


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """A full or partial refund of a charge."""

    id: Text
    charge: Reference = None
    status: Text | None = None
    currency: Code
    amount: Amount
    created: Seconds
    reason: Text | None = None


def id_of(reference: Reference) -> str | None:
    """The id of a reference, expanded or not."""
    return reference.id if isinstance(reference, ExpandedReference) else reference


def owner_of(stripe_object: object, kind: Kind | None) -> str | None:
    """The id of the customer that an object is, or belongs to; None if it names none. Its shape may be any."""
    if not isinstance(stripe_object, dict):
        return None
    owner = stripe_object.get("id" if kind == "customer" and "customer" not in stripe_object else "customer")
    name = owner.get("id") if isinstance(owner, dict) else owner
    return name if isinstance(name, str) else None


def major_units(smallest: int | Decimal, currency: str) -> Decimal:
    """An amount in the currency's smallest unit as an exact amount in its major unit."""
    code = currency.upper()
    digits = 0 if code in _WITHOUT_MINOR_UNIT else 3 if code in _THREE_DIGITS else 2
    return Decimal(smallest).scaleb(-digits)


def utc_time(seconds: int) -> datetime:
    """The time of a Stripe timestamp."""
    return datetime.fromtimestamp(seconds, UTC)


def day_of(seconds: int) -> date:
    """The UTC day of a Stripe timestamp."""
    return utc_time(seconds).date()
