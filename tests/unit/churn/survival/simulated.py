"""Spells of simulated accounts whose hazard is known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from keepwell.churn.model import Evaluation
from keepwell.churn.survival.spells import Spells

START = date(2025, 1, 1)
DAYS = 360
UNTIL = START + timedelta(days=DAYS)
# The test of the save list behind the chances, with nothing to suspect.
HONEST = Evaluation(held_out_from=UNTIL, snapshots=1000, churned=40, auc=0.7, gain_low=0.01, gain_high=0.02)
DAILY_HAZARD = 0.004
# How much an account's input adds to the logarithm of its hazard, by signed logarithm of the input.
WEIGHT = 0.8


def simulated(accounts: int, *, seed: int = 1, weight: float = WEIGHT) -> Spells:
    """Accounts with a constant hazard, seen at landmarks 30 days apart until they leave or the records end."""
    random = np.random.default_rng(seed)
    use = random.exponential(3, accounts)
    hazards = DAILY_HAZARD * np.exp(weight * (np.log1p(use) - 1))
    starts = random.integers(0, DAYS - 60, accounts)
    ends = starts + 1 + random.exponential(1 / hazards).astype(int)
    rows = [
        (number, mark)
        for number in range(accounts)
        for mark in range(0, DAYS - 29, 30)
        if starts[number] <= mark < ends[number]
    ]
    numbers, marks = (np.array(each, dtype=np.int64) for each in zip(*rows, strict=True))
    last = np.minimum(ends[numbers], DAYS)
    return Spells(
        # The second input is the same for everybody.
        inputs=np.column_stack([use[numbers], np.full(len(rows), 7.0)]),
        accounts=numbers,
        landmarks=marks + START.toordinal(),
        observed=last - marks,
        left=ends[numbers] <= DAYS,
    )
