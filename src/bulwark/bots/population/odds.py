"""The odds of winning, fitted on matches played by bots.

A logistic regression: log-odds = offset of the map + slope x advantage, where the advantage is the player's skill minus
the level's difficulty, in logits. The fit is the maximum a posteriori estimate under a normal prior around offset 0 and
slope 1, which is the model of `docs/players.md`; with few matches it stays close to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bulwark.bots.population.logistic import sigmoid

_OFFSET_SPREAD, _SLOPE_SPREAD = 1.0, 0.5
_MAX_STEPS = 100
_TOLERANCE = 1e-9
_MIN_SHARE = 1e-6


@dataclass(frozen=True, slots=True)
class Trial:
    """A match as the fit sees it."""

    map: str
    advantage: float
    won: bool


@dataclass(frozen=True, slots=True)
class Odds:
    """`offsets` says how much easier each map is than the others, in logits; 0 for unknown maps."""

    offsets: Mapping[str, float]
    slope: float = 1.0
    trials: int = 0

    def chance(self, map_id: str, advantage: float) -> float:
        """The probability of winning."""
        return sigmoid(self.offsets.get(map_id, 0.0) + self.slope * advantage)


REFERENCE = Odds({})


def fit(trials: Iterable[Trial], *, maps: Sequence[str]) -> Odds:
    """The odds of `trials` on `maps`, by Newton's method; the same trials give the same odds.

    The log-posterior has a single maximum. A step that would not increase it is halved, so that outliers do no harm.
    """
    posterior = _Posterior([trial for trial in trials if trial.map in maps], maps)
    weights = [0.0] * len(maps) + [1.0]
    height = posterior.height(weights)
    for _ in range(_MAX_STEPS):
        step = posterior.newton_step(weights)
        if max(map(abs, step)) < _TOLERANCE:
            break
        weights, height = posterior.climb(weights, step, height)
    return Odds(dict(zip(maps, weights, strict=False)), weights[-1], len(posterior.trials))


class _Posterior:
    """The log-posterior of the weights: an offset per map, then the slope."""

    def __init__(self, trials: Sequence[Trial], maps: Sequence[str]) -> None:
        self.trials = trials
        self._at = {name: at for at, name in enumerate(maps)}
        self._centre = [0.0] * len(maps) + [1.0]
        self._precisions = [_OFFSET_SPREAD**-2] * len(maps) + [_SLOPE_SPREAD**-2]

    def height(self, weights: Sequence[float]) -> float:
        """The log-posterior, up to a constant."""
        prior = sum(
            precision * (weight - centre) ** 2
            for weight, centre, precision in zip(weights, self._centre, self._precisions, strict=True)
        )
        return sum(self._log_likelihood(trial, weights) for trial in self.trials) - prior / 2

    def newton_step(self, weights: Sequence[float]) -> list[float]:
        """The step from `weights` to the maximum of the quadratic approximation."""
        gradient = [
            precision * (centre - weight)
            for weight, centre, precision in zip(weights, self._centre, self._precisions, strict=True)
        ]
        # A trial affects only its map's offset and the slope, so all but the last row and column is diagonal.
        diagonal, border = list(self._precisions), [0.0] * len(self._at)
        for trial in self.trials:
            at = self._at[trial.map]
            chance = sigmoid(weights[at] + weights[-1] * trial.advantage)
            error, spread = trial.won - chance, chance * (1 - chance)
            gradient[at] += error
            gradient[-1] += error * trial.advantage
            diagonal[at] += spread
            diagonal[-1] += spread * trial.advantage**2
            border[at] += spread * trial.advantage
        return _solved(diagonal, border, gradient)

    def climb(
        self, weights: Sequence[float], step: Sequence[float], height: float
    ) -> tuple[list[float], float]:
        """The weights after the largest share of `step` that does not decrease the height, and the new height."""
        share = 1.0
        while share > _MIN_SHARE:
            tried = [weight + share * change for weight, change in zip(weights, step, strict=True)]
            if (reached := self.height(tried)) >= height:
                return tried, reached
            share /= 2
        return list(weights), height

    def _log_likelihood(self, trial: Trial, weights: Sequence[float]) -> float:
        log_odds = weights[self._at[trial.map]] + weights[-1] * trial.advantage
        towards = log_odds if trial.won else -log_odds
        # log(sigmoid(x)) without loss of precision at either end.
        return min(towards, 0.0) - math.log1p(math.exp(-abs(towards)))


def _solved(diagonal: Sequence[float], border: Sequence[float], right: Sequence[float]) -> list[float]:
    """The solution of a system whose matrix is diagonal with a border, by the Schur complement of the corner."""
    rows = list(zip(diagonal[:-1], border, right[:-1], strict=True))
    corner = diagonal[-1] - sum(edge**2 / own for own, edge, _ in rows)
    last = (right[-1] - sum(edge * value / own for own, edge, value in rows)) / corner
    return [(value - edge * last) / own for own, edge, value in rows] + [last]
