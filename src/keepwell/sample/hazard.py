"""The planted hazard: how likely an account is to cancel on a day, and what a contact does to it."""

from __future__ import annotations

import math
from datetime import timedelta

from keepwell.sample.model import Billing

# A contact multiplies the hazard by this for so long.
CONTACT_EFFECT = 0.6
CONTACT_LASTS = timedelta(days=30)

_BASE = 0.004
_BY_DISUSE, _DISUSE_POWER = 0.75, 1.6
_BY_PRICE_RISE = 0.045
_BY_BAD_RELEASE = 0.12
# Customers decide when the next payment is near: within so many days before it, by billing period.
_DECIDES_WITHIN = {Billing.MONTHLY: 18, Billing.ANNUAL: 60}
_ANY_DAY = {Billing.MONTHLY: 0.004, Billing.ANNUAL: 0.0006}


def hazard(*, days_to_renewal: int, billing: Billing, disuse: float, is_dearer: bool, is_hurt: bool) -> float:
    """The chance that a settled account cancels on this day, without a contact.

    `disuse` is between 0 and 1; `is_dearer` says that the next payment is higher, `is_hurt` that the bad release is
    remembered.
    """
    wish = (
        _BASE
        + _BY_DISUSE * math.pow(disuse, _DISUSE_POWER)
        + _BY_PRICE_RISE * is_dearer
        + _BY_BAD_RELEASE * is_hurt
    )
    within = _DECIDES_WITHIN[billing]
    return wish * (1 / within if 1 <= days_to_renewal <= within else _ANY_DAY[billing])
