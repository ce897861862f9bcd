"""Policies: the definitions on which vendors disagree. `docs/metrics.md` gives the source of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from keepwell.identity.workspace_settings.model import PolicyName


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy decides where vendors disagree, and how that is explained to readers: `differs` says from the default."""

    name: PolicyName
    # An expiring discount does not reduce MRR: the price after it counts.
    uses_list_price: bool = False
    # A move from a paid plan to a free one is a contraction, not churn.
    free_is_active: bool = False
    title: str
    summary: str
    differs: str = ""


DEFAULT = Policy(
    name="default",
    title="Keepwell",
    summary="The price that is paid, and a customer who pays nothing any more has churned.",
)
STRIPE = Policy(
    name="stripe",
    title="As Stripe counts",
    summary="The list price, also under a coupon that expires.",
    uses_list_price=True,
    differs="Stripe counts the full price under a temporary coupon; the default counts the price paid.",
)
CHARTMOGUL = Policy(
    name="chartmogul",
    title="As ChartMogul counts",
    summary="A customer on a free plan still counts as one.",
    free_is_active=True,
    differs="ChartMogul keeps a customer who moves to a free plan: a contraction; by default that is churn.",
)


class Policies(msgspec.Struct, frozen=True):
    """Every policy, and the one of the workspace, which figures follow unless another is asked for."""

    items: Sequence[Policy]
    of_workspace: PolicyName


POLICIES: Mapping[PolicyName, Policy] = {each.name: each for each in (DEFAULT, STRIPE, CHARTMOGUL)}
ALL: list[str] = list(POLICIES)
