"""Intervals of shares and of their difference that hold with few cases."""

from __future__ import annotations

from math import log, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from keepwell.platform.effects.model import Interval

CONFIDENCE = 0.95
_ROUNDING = 1e-7
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


class Share(NamedTuple):
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share; there must be at least one case."""
        return self.hits / self.of


def wilson(share: Share) -> Interval:
    """The share with Wilson's score interval (1927), which stays within 0 and 1; there must be at least one case."""
    hits, of = share
    middle = (hits + Z * Z / 2) / (of + Z * Z)
    half = Z / (of + Z * Z) * sqrt(hits * (of - hits) / of + Z * Z / 4)
    return Interval(share.value, max(0.0, middle - half), min(1.0, middle + half))


def newcombe(one: Share, other: Share) -> Interval:
    """The difference `one` less `other` with Newcombe's hybrid score interval (1998, method 10).

    It combines the Wilson intervals of both. With a handful of cases, Wald's interval covers the truth in far fewer than 95 of 100.
    """
    first, second = wilson(one), wilson(other)
    difference = first.value - second.value
    low = difference - sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    high = difference + sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return Interval(difference, low, high)


def binomial_p_value(hits: int, of: int, *, expected: float) -> float:
    """The chance of a number of hits that is no more likely than `hits`, if each case is one with the chance `expected`: the exact test."""
    if not 0 < expected < 1 or not of:
        return 1.0
    # By logarithms, since neither the binomial coefficients nor the powers of many cases are numbers of a double.
    misses = np.arange(of, 0, -1)
    steps = np.log(misses) - np.log(misses[::-1]) + log(expected / (1 - expected))
    logs = np.concatenate([[0.0], np.cumsum(steps)]) + of * log(1 - expected)
    # Equal but for rounding.
    return min(1.0, float(np.exp(logs[logs <= logs[hits] + _ROUNDING]).sum()))
