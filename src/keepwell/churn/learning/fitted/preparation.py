"""From an account's numbers in their natural units to what a model reads: pure arithmetic, stored with the model.

Each known value is held within the range seen in training, made smaller by a signed logarithm, and standardised. One that is
unknown counts as the mean, and where that tells accounts apart, a mark of its own says that it is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec


class PreparedInput(msgspec.Struct, frozen=True, kw_only=True):
    """One number that a model reads, made of the column `name`.

    Of a known value from `low` to `high` it is (signed log - `mean`) / `scale`; a value outside counts as the nearer end, since
    nothing was learnt about it. The scale is the standard deviation, times the root of the number of inputs of the same sort. If
    it `marks_unknown`, it is made of 1 if the value is unknown and of 0 if not.
    """

    name: str
    low: float
    high: float
    mean: float
    scale: float
    marks_unknown: bool = False

    def of(self, value: float) -> float:
        """The prepared number; `value` in its natural unit, NaN if it is unknown."""
        if self.marks_unknown:
            return (float(math.isnan(value)) - self.mean) / self.scale
        if math.isnan(value):
            return 0.0
        return (signed_log(min(max(value, self.low), self.high)) - self.mean) / self.scale


class Preparation(msgspec.Struct, frozen=True, kw_only=True):
    """The `names` of the columns that a model is given, in their order, and what it reads of them.

    A column that never varied is in `names`, and no input is made of it.
    """

    names: Sequence[str]
    inputs: Sequence[PreparedInput]

    def prepared(self, values: Sequence[float]) -> list[float]:
        """The numbers of `inputs`; `values` in the order of `names`. Raises ValueError if there are more or fewer."""
        own = dict(zip(self.names, values, strict=True))
        return [each.of(own[each.name]) for each in self.inputs]

    def by_column(self, numbers: Sequence[float]) -> list[float]:
        """The sums of what belongs to the inputs of each column, in the order of `names`; 0 for one that is not read."""
        sums = dict.fromkeys(self.names, 0.0)
        for each, number in zip(self.inputs, numbers, strict=True):
            sums[each.name] += number
        return list(sums.values())

    def typical(self, name: str) -> float:
        """The value, in its natural unit, of the mean of the column's signed logs; NaN if the column never varied."""
        known = (each for each in self.inputs if each.name == name and not each.marks_unknown)
        found = next(known, None)
        return math.nan if found is None else from_signed_log(found.mean)


def signed_log(value: float) -> float:
    """The logarithm of 1 + the size of `value`, with its sign: 0 stays 0, and a few large values weigh little."""
    return math.copysign(math.log1p(abs(value)), value)


def from_signed_log(number: float) -> float:
    """The value whose signed logarithm is `number`."""
    return math.copysign(math.expm1(abs(number)), number)
