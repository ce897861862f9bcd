"""Log-odds and probabilities."""

from __future__ import annotations

import math


def sigmoid(log_odds: float) -> float:
    """The probability for `log_odds`, without overflow at either end."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)


def logit(probability: float) -> float:
    """The log-odds of `probability`, which must not be 0 or 1."""
    return math.log(probability / (1 - probability))
