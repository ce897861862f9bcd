"""A calibrated logistic regression as plain numbers: scored by arithmetic, stored as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec


class Coefficient(msgspec.Struct, frozen=True):
    """One input, standardised: `weight` applies to (value - `mean`) / `scale`."""

    name: str
    mean: float
    scale: float
    weight: float


class Calibration(msgspec.Struct, frozen=True):
    """Platt scaling (1999): a line through the log-odds, fitted on observations outside the weights' training fold."""

    slope: float
    intercept: float


class LogisticModel(msgspec.Struct, frozen=True):
    """Log-odds = intercept + the sum of weight x (value - mean) / scale, then calibrated."""

    coefficients: Sequence[Coefficient]
    intercept: float
    calibration: Calibration

    def log_odds(self, values: Sequence[float]) -> float:
        """The uncalibrated log-odds of leaving; `values` in the coefficients' order."""
        return self.intercept + sum(self._terms(values))

    def probability(self, values: Sequence[float]) -> float:
        """The calibrated probability of leaving within the horizon."""
        return sigmoid(self.calibration.slope * self.log_odds(values) + self.calibration.intercept)

    def contributions(self, values: Sequence[float]) -> list[float]:
        """What each input adds to the calibrated log-odds, relative to a typical account."""
        return [self.calibration.slope * term for term in self._terms(values)]

    def _terms(self, values: Sequence[float]) -> list[float]:
        return [
            coefficient.weight * (value - coefficient.mean) / coefficient.scale
            for coefficient, value in zip(self.coefficients, values, strict=True)
        ]


def sigmoid(log_odds: float) -> float:
    """The probability of `log_odds`, without overflow at either end."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)
