"""An interval that stays valid however often somebody looks, since owners look every month."""

from __future__ import annotations

from math import log, sqrt

from keepwell.platform.effects.ancova import Estimate
from keepwell.platform.effects.model import Interval
from keepwell.platform.effects.proportions import CONFIDENCE

# It is narrowest at about so many accounts: a year or two of a small shop. Fixed, since a choice by the data would be a look.
_NARROWEST_AT = 250
_ALPHA = 1 - CONFIDENCE


def always_valid(estimate: Estimate) -> Interval:
    """The asymptotic confidence sequence of Waudby-Smith and others (2024, theorem 2.2), around an estimate that is nearly normal.

    With 95 % confidence the truth is within it on every day at once, and not only on one: so that whoever stops when it excludes zero
    is wrong in at most 5 of 100 experiments without an effect.
    """
    size = estimate.accounts
    # In units of one account, as the theorem has it.
    variance = estimate.standard_error**2 * size
    tuned = -2 * log(_ALPHA)
    rho = sqrt((tuned + log(tuned + 1)) / _NARROWEST_AT)
    grown = size * rho**2 + 1
    half = sqrt(variance * 2 * grown / (size**2 * rho**2) * log(sqrt(grown) / _ALPHA))
    return Interval(estimate.difference, estimate.difference - half, estimate.difference + half)
