"""Rows with which a stored model is tried, and what it answered when it was made.

They are made of the ranges that the model has learnt from, by a seeded generator: no row is a person's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

import msgspec

from keepwell.churn.learning.fitted.fitted_model import FittedModel

_ROWS = 64
_UNKNOWN_SHARE = 0.1
# Somewhat past the ranges, since accounts will be too.
_MARGIN = 0.1


class Probes(msgspec.Struct, frozen=True, kw_only=True):
    """`rows` in natural units in the order of the model's columns, None if unknown, and the chance that each was given."""

    rows: Sequence[Sequence[float | None]]
    chances: Sequence[float]


def probes_of(model: FittedModel, *, seed: int) -> Probes:
    """Rows for `model` and its answers; the first has nothing but unknown values."""
    random = Random(seed)  # noqa: S311  no secret: the same seed has to give the same rows
    ranges = {each.name: (each.low, each.high) for each in model.preparation.inputs if not each.marks_unknown}
    names = model.preparation.names
    rows: list[list[float | None]] = [[None for _ in names]]
    rows += [[_value(random, *ranges.get(name, (0.0, 1.0))) for name in names] for _ in range(_ROWS - 1)]
    return Probes(rows=rows, chances=chances_of(model, rows))


def chances_of(model: FittedModel, rows: Sequence[Sequence[float | None]]) -> list[float]:
    """What the model says of each row. Raises ValueError if a row has more or fewer columns than the model."""
    return [model.probability([math.nan if each is None else each for each in row]) for row in rows]


def _value(random: Random, low: float, high: float) -> float | None:
    if random.random() < _UNKNOWN_SHARE:
        return None
    margin = _MARGIN * (high - low)
    return random.uniform(low - margin, high + margin)
