"""The odds of winning, fitted on matches that bots have really played.

A logistic regression: log-odds = offset of the map + slope x advantage, where the advantage is the player's skill less
the level's difficulty, in logits. The fit is the most probable one under a normal prior around offset 0 and slope 1,
which is the model of `docs/players.md` itself; with few matches it stays near it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bulwark.bots.population.logistic import sigmoid

_OFFSET_SPREAD, _SLOPE_SPREAD = 1.0, 0.5
_MOST_STEPS = 50
_CLOSE_ENOUGH = 1e-9


@dataclass(frozen=True, slots=True)
class Trial:
    """A match as the fit sees it."""

    map: str
    advantage: float
    won: bool


@dataclass(frozen=True, slots=True)
class Odds:
    """`offsets` says how much easier each map is than the others, in logits; one that it has not is 0."""

    offsets: Mapping[str, float]
    slope: float = 1.0
    trials: int = 0

    def chance(self, map_id: str, advantage: float) -> float:
        """The chance of winning."""
        return sigmoid(self.offsets.get(map_id, 0.0) + self.slope * advantage)


REFERENCE = Odds({})


def fit(trials: Iterable[Trial], *, maps: Sequence[str]) -> Odds:
    """The odds of `trials` on `maps`, by Newton's method; the same trials give the same odds.

    Raises ValueError where it does not settle, which the prior rules out for finite advantages.
    """
    known = [trial for trial in trials if trial.map in maps]
    centre = [0.0] * len(maps) + [1.0]
    spreads = [_OFFSET_SPREAD] * len(maps) + [_SLOPE_SPREAD]
    weights = list(centre)
    for _ in range(_MOST_STEPS):
        gradient = [
            (mean - weight) / spread**2 for weight, mean, spread in zip(weights, centre, spreads, strict=True)
        ]
        curvature = [1 / spread**2 for spread in spreads]
        # A trial touches its map's offset and the slope alone, so all but the last row and column is a diagonal.
        border = [0.0] * len(maps)
        for trial in known:
            at = maps.index(trial.map)
            chance = sigmoid(weights[at] + weights[-1] * trial.advantage)
            error, spread = trial.won - chance, chance * (1 - chance)
            gradient[at] += error
            gradient[-1] += error * trial.advantage
            curvature[at] += spread
            curvature[-1] += spread * trial.advantage**2
            border[at] += spread * trial.advantage
        step = _solved(curvature, border, gradient)
        weights = [weight + change for weight, change in zip(weights, step, strict=True)]
        if max(map(abs, step)) < _CLOSE_ENOUGH:
            offsets = {name: weights[at] for at, name in enumerate(maps)}
            return Odds(offsets, weights[-1], len(known))
    raise ValueError("The fit of the odds does not settle.")


def _solved(diagonal: Sequence[float], border: Sequence[float], right: Sequence[float]) -> list[float]:
    """The solution of a system whose matrix is a diagonal with a border: Schur's complement of the corner."""
    corner = diagonal[-1] - sum(edge**2 / own for edge, own in zip(border, diagonal, strict=False))
    rest = right[-1] - sum(
        edge * value / own for edge, own, value in zip(border, diagonal, right, strict=False)
    )
    last = rest / corner
    return [
        (value - edge * last) / own for edge, own, value in zip(border, diagonal, right, strict=False)
    ] + [last]
