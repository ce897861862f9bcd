"""Stripe's subscriptions: the parts that Keepwell reads, in API versions up to 2025-02-24."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated

import msgspec

from keepwell.importing.stripe.discounts import Discount, DiscountReference, expanded
from keepwell.importing.stripe.model import Code, Percent, Quantity, Reference, Seconds, Text, id_of
from keepwell.importing.stripe.prices import Price

replace = msgspec.structs.replace


class TaxRate(msgspec.Struct, frozen=True):
    """A tax on a price; one that is `inclusive` is part of the price."""

    percentage: Percent = 0
    inclusive: bool = False


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A price of a subscription and its quantity."""

    id: Text
    price: Price | None = None
    plan: Price | None = None
    quantity: Quantity | None = None
    created: Seconds | None = None
    discounts: Sequence[DiscountReference] | None = None
    tax_rates: Sequence[TaxRate] | None = None

    @property
    def priced(self) -> Price | None:
        """The price, by its present or its earlier name."""
        return self.price or self.plan

    @property
    def product(self) -> str | None:
        """The id of the price's product."""
        return id_of(self.priced.product) if self.priced else None


class Items(msgspec.Struct, frozen=True):
    """A subscription's items, ten at most, and whether there are more."""

    data: Sequence[Item]
    has_more: bool = False


class CancellationDetails(msgspec.Struct, frozen=True):
    """Why a subscription was cancelled."""

    reason: Text | None = None


class PauseCollection(msgspec.Struct, frozen=True):
    """Collection is paused; the subscription remains active."""

    behavior: Text | None = None


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's subscription."""

    id: Annotated[Text, msgspec.Meta(min_length=1)]
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
    pause_collection: PauseCollection | None = None
    discount: Discount | None = None
    discounts: Sequence[DiscountReference] | None = None
    default_tax_rates: Sequence[TaxRate] | None = None

    def own_discounts(self) -> list[Discount]:
        """The recurring discounts of the subscription itself; raises RejectedRow for one that is not expanded."""
        if self.discounts:
            only = self.discount if len(self.discounts) == 1 else None
            references = [only or each for each in self.discounts]
            return expanded(references, known=self.discount)
        return expanded([self.discount] if self.discount else [])

    @property
    def leaves_at(self) -> int | None:
        """When it ended, or will end as announced."""
        of_period = self.current_period_end if self.cancel_at_period_end else None
        of_cancellation = self.canceled_at if self.status == "canceled" else None
        days = (self.ended_at, self.cancel_at, of_period, of_cancellation)
        return next((each for each in days if each is not None), None)

    @property
    def has_discount(self) -> bool:
        """Whether it has a discount of its own, of any duration: the customer's then does not apply."""
        return self.discount is not None or bool(self.discounts)

    def included_tax(self, item: Item) -> Decimal:
        """The percentage of tax that is part of the item's price."""
        rates = item.tax_rates or self.default_tax_rates or ()
        return sum((Decimal(str(rate.percentage)) for rate in rates if rate.inclusive), Decimal(0))

    def with_tiers(self, prices: Mapping[str, Price]) -> Subscription:
        """The subscription with the tiers that its prices lack, from `prices`."""
        items = [_with_tiers(item, prices) for item in self.items.data]
        return replace(self, items=replace(self.items, data=items))


def _with_tiers(item: Item, prices: Mapping[str, Price]) -> Item:
    price = item.priced
    if price is None or not price.is_tiered or price.tiers or price.id not in prices:
        return item
    known = prices[price.id]
    return replace(item, price=replace(price, tiers=known.tiers, tiers_mode=known.tiers_mode))
