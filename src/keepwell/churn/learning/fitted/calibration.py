"""From a model's log-odds to a probability that comes true: plain numbers, learnt on accounts that the model had not seen."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import ClassVar

import msgspec

from keepwell.churn.report import CalibrationName


class Uncalibrated(msgspec.Struct, frozen=True, tag="none"):
    """The log-odds as they are, for a model that only knows the base rate."""

    name: ClassVar[CalibrationName] = "none"
    slope: ClassVar[float] = 1.0

    def probability(self, log_odds: float) -> float:
        """The probability of the log-odds."""
        return sigmoid(log_odds)


class Platt(msgspec.Struct, frozen=True, tag="platt"):
    """Platt scaling (1999): a line through the log-odds."""

    name: ClassVar[CalibrationName] = "platt"

    slope: float
    intercept: float

    def probability(self, log_odds: float) -> float:
        """The calibrated probability."""
        return sigmoid(self.slope * log_odds + self.intercept)


class Isotonic(msgspec.Struct, frozen=True, tag="isotonic"):
    """Isotonic regression (Zadrozny and Elkan 2002): straight lines between points that never fall, and level beyond the last.

    `log_odds` ascend; `chances` are the probabilities there, never 0 or 1.
    """

    name: ClassVar[CalibrationName] = "isotonic"
    slope: ClassVar[float] = 1.0

    log_odds: Sequence[float]
    chances: Sequence[float]

    def probability(self, log_odds: float) -> float:
        """The calibrated probability."""
        place = bisect_right(self.log_odds, log_odds)
        if place in {0, len(self.log_odds)}:
            return self.chances[min(place, len(self.chances) - 1)]
        low, high = self.log_odds[place - 1], self.log_odds[place]
        share = (log_odds - low) / (high - low)
        return self.chances[place - 1] + share * (self.chances[place] - self.chances[place - 1])


Calibration = Platt | Isotonic | Uncalibrated


def sigmoid(log_odds: float) -> float:
    """The probability of `log_odds`, without overflow at either end."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)
