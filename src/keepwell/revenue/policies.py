"""Policies: the definitions on which vendors disagree. `docs/metrics.md` gives the source of each."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keepwell.identity.workspace_settings.model import PolicyName


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy decides where vendors disagree, and how that is explained to readers."""

    name: PolicyName
    # An expiring discount does not reduce MRR: the price after it counts.
    uses_list_price: bool = False
    # A move from a paid plan to a free one is a contraction, not churn.
    free_is_active: bool = False
    differs: str = ""


DEFAULT = Policy(name="default")
STRIPE = Policy(
    name="stripe",
    uses_list_price=True,
    differs="Stripe counts the full price under a temporary coupon; the default counts the price paid.",
)
CHARTMOGUL = Policy(
    name="chartmogul",
    free_is_active=True,
    differs="ChartMogul keeps a customer who moves to a free plan: a contraction; by default that is churn.",
)

POLICIES: Mapping[PolicyName, Policy] = {each.name: each for each in (DEFAULT, STRIPE, CHARTMOGUL)}
ALL: list[str] = list(POLICIES)
