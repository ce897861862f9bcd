"""Policies by name: the choices in which vendors differ. `docs/metrics.md` has the source of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

PolicyName = Literal["default", "stripe", "chartmogul"]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy decides where vendors disagree, and what a reader is told of it."""

    name: PolicyName
    # A discount that ends by itself leaves MRR as it is: it counts the price that will be paid in the end.
    uses_list_price: bool = False
    # Who moves from a paid plan to a free one is still a customer: a contraction, no churn.
    free_is_active: bool = False
    differs: str = ""


DEFAULT = Policy(name="default")
STRIPE = Policy(
    name="stripe",
    uses_list_price=True,
    differs="Stripe counts the full price under a coupon that ends by itself; the default counts what is paid.",
)
CHARTMOGUL = Policy(
    name="chartmogul",
    free_is_active=True,
    differs="ChartMogul keeps a customer who moves to a free plan: a contraction; by default that is churn.",
)

POLICIES: Mapping[PolicyName, Policy] = {each.name: each for each in (DEFAULT, STRIPE, CHARTMOGUL)}
ALL: list[str] = list(POLICIES)
