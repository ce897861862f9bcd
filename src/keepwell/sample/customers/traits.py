"""What distinguishes the kinds of customers: how many there are, how much they buy, and how they pay."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from keepwell.sample.model import Billing, Kind, Plan, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """`days_before` is how long before the window the earliest signed up; `transfer_share` pays by bank transfer."""

    share: float
    plan: Plan
    median_seats: int = 1
    spread: float = 0.0
    fewest: int = 1
    most: int = 1
    annual_share: float = 0.2
    trial_share: float = 0.75
    transfer_share: float = 0.0
    days_before: int = 180


TRAITS = {
    Kind.INDIVIDUAL: Traits(share=0.79, plan=Plan.SOLO),
    Kind.GUILD: Traits(share=0.083, plan=Plan.GUILD, median_seats=3, spread=0.4, fewest=2, most=8),
    Kind.CAFE: Traits(
        share=0.06, plan=Plan.VENUE, median_seats=26, spread=0.8, fewest=6, most=160,
        annual_share=0.3, trial_share=0.4, transfer_share=0.4, days_before=420,
    ),
    Kind.SCHOOL: Traits(
        share=0.027, plan=Plan.CLASSROOM, median_seats=98, spread=0.7, fewest=25, most=480,
        annual_share=1.0, trial_share=0.3, transfer_share=0.7, days_before=520,
    ),
    Kind.STREAMER: Traits(
        share=0.04, plan=Plan.CREATOR, median_seats=3, spread=0.7, fewest=1, most=20,
        annual_share=0.2, trial_share=0.5, days_before=300,
    ),
}  # fmt: skip
_PLUS_SHARE = 0.25


def first_terms(kind: Kind, rng: Random) -> Terms:
    """What a new customer of that kind chooses; the price is still to be looked up."""
    traits = TRAITS[kind]
    billing = Billing.ANNUAL if rng.random() < traits.annual_share else Billing.MONTHLY
    plan = Plan.SOLO_PLUS if kind is Kind.INDIVIDUAL and rng.random() < _PLUS_SHARE else traits.plan
    seats = round(traits.median_seats * math.exp(rng.gauss(0, traits.spread)))
    return Terms(plan, min(max(seats, traits.fewest), traits.most), billing, 0)
