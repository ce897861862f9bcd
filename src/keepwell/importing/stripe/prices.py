"""Stripe's prices: per unit, in packages or by tiers, and what a quantity costs per bill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from keepwell.importing.stripe.model import (
    Amount,
    Code,
    ExactAmount,
    LongText,
    Quantity,
    Reference,
    Text,
    major_units,
)
from keepwell.importing.upserts.rejection import RejectedRow


class Recurring(msgspec.Struct, frozen=True):
    """How often a price is billed."""

    interval: Text
    interval_count: int = 1
    usage_type: Text = "licensed"

    @property
    def is_metered(self) -> bool:
        """Whether the amount depends on usage."""
        return self.usage_type != "licensed"


class Tier(msgspec.Struct, frozen=True, kw_only=True):
    """The price of the units up to `up_to`, and a fixed amount beside it; the last tier has no limit."""

    up_to: Quantity | Literal["inf"] | None = None
    unit_amount: Amount | None = None
    unit_amount_decimal: ExactAmount | None = None
    flat_amount: Amount | None = None
    flat_amount_decimal: ExactAmount | None = None

    @property
    def limit(self) -> int | None:
        """The last unit of the tier; None if there is no limit."""
        return None if self.up_to == "inf" else self.up_to

    def cost(self, units: int) -> Decimal:
        """The cost of `units` in the smallest unit of the currency."""
        each = Decimal(self.unit_amount_decimal or self.unit_amount or 0)
        return each * units + Decimal(self.flat_amount_decimal or self.flat_amount or 0)


class TransformQuantity(msgspec.Struct, frozen=True):
    """A package: the quantity is divided, and rounded up or down."""

    divide_by: Annotated[int, msgspec.Meta(ge=1)]
    round: Literal["up", "down"]

    def packages(self, quantity: int) -> int:
        """The number of packages that are billed."""
        return -(-quantity // self.divide_by) if self.round == "up" else quantity // self.divide_by


class CurrencyOption(msgspec.Struct, frozen=True, kw_only=True):
    """What a price costs in a currency other than its own."""

    unit_amount: Amount | None = None
    unit_amount_decimal: ExactAmount | None = None
    tiers: Sequence[Tier] | None = None
    tax_behavior: str | None = None


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A price, or a plan, which is what Stripe called it before."""

    id: Text
    currency: Code
    nickname: LongText | None = None
    product: Reference = None
    billing_scheme: str = "per_unit"
    unit_amount: Amount | None = None
    unit_amount_decimal: ExactAmount | None = None
    tiers: Sequence[Tier] | None = None
    tiers_mode: str | None = None
    transform_quantity: TransformQuantity | None = None
    transform_usage: TransformQuantity | None = None
    tax_behavior: str | None = None
    recurring: Recurring | None = None
    currency_options: Mapping[str, CurrencyOption] | None = None
    amount: Amount | None = None
    amount_decimal: ExactAmount | None = None
    interval: Text | None = None
    interval_count: int = 1
    usage_type: Text = "licensed"

    @property
    def recurrence(self) -> Recurring | None:
        """How often it is due; None for a price that is paid once."""
        if self.recurring or self.interval is None:
            return self.recurring
        return Recurring(self.interval, self.interval_count, self.usage_type)

    @property
    def is_tiered(self) -> bool:
        """Whether the cost of a unit depends on the quantity."""
        return self.billing_scheme != "per_unit"

    def billed_in(self, currency: str | None) -> Price:
        """The price in the `currency` that a subscription is billed in; raises RejectedRow if it is unknown."""
        code = (currency or self.currency).lower()
        if code == self.currency.lower():
            return self
        option = (self.currency_options or {}).get(code)
        if option is None:
            reason = f"the price {self.id!r} is in {self.currency.upper()}, and is billed in {code.upper()}."
            raise RejectedRow("currency", "other-currency", reason)
        return msgspec.structs.replace(
            self,
            currency=code,
            unit_amount=option.unit_amount,
            unit_amount_decimal=option.unit_amount_decimal,
            tiers=option.tiers,
            tax_behavior=option.tax_behavior or self.tax_behavior,
            amount=None,
            amount_decimal=None,
        )

    def cost(self, quantity: int) -> Decimal:
        """What `quantity` units cost per bill, in the currency's major unit; raises RejectedRow if it is unknown."""
        package = self.transform_quantity or self.transform_usage
        units = package.packages(quantity) if package else quantity
        smallest = self._tiers_cost(units) if self.is_tiered else self._per_unit() * units
        return major_units(smallest, self.currency)

    def _per_unit(self) -> Decimal:
        exact = self.unit_amount_decimal or self.amount_decimal
        amount = self.unit_amount if self.unit_amount is not None else self.amount
        if exact is None and amount is None:
            raise RejectedRow("unit_amount", "no-amount", f"the price {self.id!r} has no amount.")
        return Decimal(exact or amount or 0)

    def _tiers_cost(self, units: int) -> Decimal:
        tiers = self.tiers or ()
        is_unlimited = bool(tiers) and tiers[-1].limit is None
        if self.tiers_mode not in {"graduated", "volume"} or not is_unlimited:
            reason = f"the price {self.id!r} depends on the quantity by tiers that Stripe did not send."
            raise RejectedRow("billing_scheme", "tiered-price", reason)
        if self.tiers_mode == "volume":
            return next(tier for tier in tiers if tier.limit is None or units <= tier.limit).cost(units)
        cost, below = Decimal(0), 0
        for tier in tiers:
            if units <= below and below:
                break
            upper = units if tier.limit is None else min(units, tier.limit)
            cost += tier.cost(upper - below)
            below = upper
        return cost
