"""A stored preparation as arrays, for many rows at once or for one a thousand times a second. Needs numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.learning.fitted.preparation import Preparation

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector

_BLOCK = 4096


class CompiledPreparation:
    """What a preparation does to each value of a row, in the same operations for one row as for all."""

    def __init__(self, preparation: Preparation) -> None:
        place = {name: number for number, name in enumerate(preparation.names)}
        inputs = preparation.inputs
        columns = [place[each.name] for each in inputs]
        # Without inputs that read a column twice or not at all, a row is read as it is.
        self._columns = None if columns == list(place.values()) else np.array(columns, dtype=np.intp)
        self._marks = np.array([each.marks_unknown for each in inputs], dtype=bool)
        self._has_marks = bool(self._marks.any())
        bounds = [(each.low, each.high, each.mean, each.scale) for each in inputs]
        self._low, self._high, self._mean, self._scale = np.array(bounds).T.reshape(4, -1)

    def rows(self, inputs: Matrix, *, is_exact: bool = True) -> Matrix:
        """The numbers of every row, as `Preparation.prepared` gives them for one; in single precision unless `is_exact`.

        A block of rows at a time: what is calculated in between stays in the processor's cache.
        """
        if is_exact and len(inputs) <= _BLOCK:
            return self._block(inputs)
        prepared: Matrix = np.empty(
            (len(inputs), len(self._marks)), dtype=np.float64 if is_exact else np.float32
        )
        for start in range(0, len(inputs), _BLOCK):
            prepared[start : start + _BLOCK] = self._block(inputs[start : start + _BLOCK])
        return prepared

    def _block(self, inputs: Matrix) -> Matrix:
        values = inputs if self._columns is None else inputs[:, self._columns]
        unknown = np.isnan(values)
        held = np.maximum(values, self._low)
        np.minimum(held, self._high, out=held)
        prepared: Matrix = signed_logs(held)
        if self._has_marks:
            np.copyto(prepared, unknown, where=self._marks)
        prepared -= self._mean
        prepared /= self._scale
        if unknown.any():
            prepared[unknown & ~self._marks] = 0.0
        return prepared


def signed_logs(values: Vector) -> Vector:
    """The signed logarithm of each value, as `signed_log` gives it for one."""
    logs: Vector = np.abs(values)
    np.log1p(logs, out=logs)
    np.copysign(logs, values, out=logs)
    return logs
