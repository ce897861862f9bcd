"""Stripe's objects, as far as Keepwell reads them: of API versions up to 2025-02-24, older shapes too.

Amounts are in the smallest unit of their currency and times in seconds since 1970, as Stripe writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

# What the tables would refuse is refused when it is read, so that it costs one object and not its page.
Text: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00]*\Z")]
Code: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z]{3}\Z")]
Balance: TypeAlias = Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]
Amount: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
ExactAmount: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,15}(\.[0-9]{1,12})?\Z")]
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=7_258_118_399)]  # until the end of 2199
Quantity: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Percent: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=100)]


class Referred(msgspec.Struct, frozen=True):
    """An object where only its id is needed; of a product its name too."""

    id: Text
    name: Text | None = None


# An id, or the object itself where it was asked to be expanded or always is.
Reference: TypeAlias = Text | Referred | None

Kind = Literal["plan", "customer", "subscription", "invoice", "charge", "refund"]
KINDS: Sequence[Kind] = ("plan", "customer", "subscription", "invoice", "charge", "refund")

# Stripe documentation, "Supported currencies": amounts of these have no minor unit, of those below three digits.
# ISK and UGX have none either, but are sent as if they had two digits.
_WITHOUT_MINOR_UNIT = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THREE_DIGITS = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


class Address(msgspec.Struct, frozen=True):
    """Where a customer is; `country` has two letters."""

    country: Text | None = None


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """Who pays."""

    id: Text
    created: Seconds
    name: Text | None = None
    description: Text | None = None
    email: Text | None = None
    address: Address | None = None


class Recurring(msgspec.Struct, frozen=True):
    """How often a price is due."""

    interval: Text
    interval_count: int = 1
    usage_type: Text = "licensed"

    @property
    def is_metered(self) -> bool:
        """Whether what is due follows from usage."""
        return self.usage_type != "licensed"


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A price, or the plan that stood for one before there were prices."""

    id: Text
    currency: Code
    nickname: Text | None = None
    product: Reference = None
    billing_scheme: str = "per_unit"
    unit_amount: Amount | None = None
    unit_amount_decimal: ExactAmount | None = None
    recurring: Recurring | None = None
    amount: Amount | None = None
    amount_decimal: ExactAmount | None = None
    interval: Text | None = None
    interval_count: int = 1
    usage_type: Text = "licensed"

    @property
    def rhythm(self) -> Recurring | None:
        """How often it is due; None for a price that is paid once."""
        if self.recurring or self.interval is None:
            return self.recurring
        return Recurring(self.interval, self.interval_count, self.usage_type)

    @property
    def of_one(self) -> Decimal | None:
        """What one costs, in whole units of the currency; None where that depends on how many."""
        if self.billing_scheme != "per_unit":
            return None
        exact = self.unit_amount_decimal or self.amount_decimal
        amount = self.unit_amount if self.unit_amount is not None else self.amount
        smallest = Decimal(exact) if exact else amount
        return None if smallest is None else whole(smallest, self.currency)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A price that a subscription holds, so many times."""

    id: Text
    price: Price | None = None
    plan: Price | None = None
    quantity: Quantity | None = None
    discounts: Sequence[Reference] = ()


class Items(msgspec.Struct, frozen=True):
    """The first ten items of a subscription, and whether there are more."""

    data: Sequence[Item]
    has_more: bool = False


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken off, and for how long: once, repeating or forever."""

    duration: Text
    percent_off: Percent | None = None
    amount_off: Amount | None = None
    currency: Code | None = None


class Discount(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon at work, until `end`."""

    coupon: Coupon
    end: Seconds | None = None


class CancellationDetails(msgspec.Struct, frozen=True):
    """Why a subscription was cancelled."""

    reason: Text | None = None


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer is subscribed to."""

    id: Text
    customer: Reference
    status: Text
    currency: Code | None = None
    items: Items
    start_date: Seconds
    current_period_start: Seconds | None = None
    current_period_end: Seconds | None = None
    trial_start: Seconds | None = None
    trial_end: Seconds | None = None
    cancel_at: Seconds | None = None
    cancel_at_period_end: bool = False
    canceled_at: Seconds | None = None
    ended_at: Seconds | None = None
    cancellation_details: CancellationDetails | None = None
    discount: Discount | None = None
    discounts: Sequence[Reference] = ()


class StatusTransitions(msgspec.Struct, frozen=True, kw_only=True):
    """When an invoice became what."""

    finalized_at: Seconds | None = None
    paid_at: Seconds | None = None


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer is asked to pay."""

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


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to take money."""

    id: Text
    customer: Reference = None
    invoice: Reference = None
    status: Text
    currency: Code
    amount: Amount
    created: Seconds
    failure_code: Text | None = None


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money of a charge that is given back."""

    id: Text
    charge: Reference = None
    status: Text | None = None
    currency: Code
    amount: Amount
    created: Seconds
    reason: Text | None = None


# What is read here; see `keepwell.importing.stripe.client`. Of what was said in a later version, these kinds
# miss what their rows are made of: a discount, the tax, the invoice of a charge.
READ_VERSION = "2025-02-24"
_BOUND_TO_VERSION = frozenset(("subscription", "invoice", "charge"))
# How far on in its life an object is, by its status; 1 where it is none of these.
_HOW_FAR: Mapping[str, int] = {
    **dict.fromkeys(("draft", "incomplete", "pending"), 0),
    **dict.fromkeys(("succeeded", "failed", "uncollectible"), 2),
    **dict.fromkeys(("paid", "void", "canceled", "incomplete_expired"), 3),
}
_CATALOGUE = frozenset(("product", "price", "plan"))


class EventData(msgspec.Struct, frozen=True):
    """The object that an event is about, as it was then."""

    object: Mapping[str, Any]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened at Stripe; `id` is the same however often it is sent."""

    id: Text
    type: Text
    created: Seconds
    data: EventData
    api_version: Text | None = None

    @property
    def object_id(self) -> str:
        """The id of what it is about; empty where that has none."""
        return str(self.data.object.get("id") or "")

    @property
    def kind(self) -> Kind | None:
        """What of ours it is about; None for what is not read from events, and for what was deleted."""
        name = self.data.object.get("object")
        if self.type == "customer.deleted" or self.is_of_catalogue or not self.object_id:
            return None
        return next((kind for kind in KINDS if kind == name), None)

    @property
    def is_of_catalogue(self) -> bool:
        """Whether it is about a product or a price: neither tells what the plan is called, which takes both."""
        return self.data.object.get("object") in _CATALOGUE

    @property
    def is_of_later_version(self) -> bool:
        """Whether its object is of a kind and a version in which it does not tell what is read here."""
        return self.kind in _BOUND_TO_VERSION and (self.api_version or "")[: len(READ_VERSION)] > READ_VERSION

    @property
    def as_of(self) -> datetime:
        """When the object was so: of two events of one second, which may come in any order, what is further on is later."""
        how_far = _HOW_FAR.get(str(self.state.get("status")), 1)
        return moment(self.created) + timedelta(microseconds=how_far)

    def telling(self, found: Mapping[str, Any]) -> Event:
        """The same event about the object as it was `found`, in the version that is read here."""
        return msgspec.structs.replace(self, data=EventData(found), api_version=READ_VERSION)

    @property
    def state(self) -> Mapping[str, Any]:
        """The object as it was; a draft that was deleted is void."""
        return {**self.data.object, "status": "void"} if self.type == "invoice.deleted" else self.data.object


def id_of(reference: Reference) -> str | None:
    """The id that `reference` is, or that of the object that it is."""
    return reference.id if isinstance(reference, Referred) else reference


def whole(smallest: int | Decimal, currency: str) -> Decimal:
    """An amount of the smallest unit in whole units, exactly."""
    code = currency.upper()
    digits = 0 if code in _WITHOUT_MINOR_UNIT else 3 if code in _THREE_DIGITS else 2
    return Decimal(smallest).scaleb(-digits)


def moment(seconds: int) -> datetime:
    """A time of Stripe's."""
    return datetime.fromtimestamp(seconds, UTC)


def day_of(seconds: int) -> date:
    """The day of a time of Stripe's, in UTC."""
    return moment(seconds).date()
