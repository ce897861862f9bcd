"""What adds up a model's terms: LightGBM's library for trees if it is there, and numpy or plain Python otherwise.

Whatever answers, a row's log-odds are the same to the last bit, alone or among ten thousand others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

import numpy as np
import structlog

from keepwell.churn.inference.lightgbm_library import Booster, LibraryFailed, library
from keepwell.churn.inference.lightgbm_text import text_of
from keepwell.churn.learning.fitted.batches import log_odds_of
from keepwell.churn.learning.fitted.fitted_model import Linear, Trees

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector

EngineName = Literal["lightgbm", "plain"]
_LOG = structlog.get_logger("keepwell.churn")
# Walking trees in Python costs less than numpy's calls for so few rows.
_FEW_ROWS = 64


class Engine(Protocol):
    """Adds up what a model makes of prepared rows; any number of threads may ask it."""

    name: ClassVar[EngineName]

    def log_odds(self, prepared: Matrix) -> Vector:
        """The uncalibrated log-odds of each row."""
        ...


class LinearEngine:
    """A weighted sum; each row by itself, since a product of matrices adds up in another order for each number of rows."""

    name: ClassVar[EngineName] = "plain"

    def __init__(self, core: Linear) -> None:
        self._weights = np.array(core.weights, dtype=np.float64)
        self._intercept = core.intercept

    def log_odds(self, prepared: Matrix) -> Vector:
        """The uncalibrated log-odds of each row."""
        # Numpy adds up along the memory: of rows that lie column by column, in another order than of one row.
        terms = np.multiply(prepared, self._weights, order="C")
        sums: Vector = terms.sum(axis=1) + self._intercept
        return sums


class TreesEngine:
    """The trees as plain numbers."""

    name: ClassVar[EngineName] = "plain"

    def __init__(self, core: Trees) -> None:
        self._core = core

    def log_odds(self, prepared: Matrix) -> Vector:
        """The uncalibrated log-odds of each row."""
        if len(prepared) > _FEW_ROWS:
            return log_odds_of(self._core, prepared)
        return np.array([self._of(row) for row in prepared.tolist()])

    def _of(self, row: list[float]) -> float:
        total = 0.0
        # Not `sum`, which rounds otherwise from Python 3.12 on.
        for tree in self._core.trees:
            total += tree.value[tree.path(row)[-1]]
        return total


class LightGbmEngine:
    """The trees in LightGBM's library."""

    name: ClassVar[EngineName] = "lightgbm"

    def __init__(self, core: Trees, *, width: int) -> None:
        self._booster = Booster(text_of(core, width=width), width=width)

    def log_odds(self, prepared: Matrix) -> Vector:
        """The uncalibrated log-odds of each row."""
        return self._booster.log_odds(prepared)


def engine_of(core: Linear | Trees, *, tried_with: Matrix) -> Engine:
    """The fastest engine that gives the same log-odds of the prepared rows `tried_with` as the model's plain numbers."""
    if isinstance(core, Linear):
        return LinearEngine(core)
    # A single tree is walked in less time than it takes to ask for it.
    if len(core.trees) == 1 or library() is None:
        return TreesEngine(core)
    try:
        fast = LightGbmEngine(core, width=tried_with.shape[1])
    except LibraryFailed as error:
        _LOG.error("LightGBM does not load the model", error=str(error))
        return TreesEngine(core)
    if not np.array_equal(fast.log_odds(tried_with), log_odds_of(core, tried_with)):
        _LOG.error("LightGBM answers otherwise than the stored model, and is not used")
        return TreesEngine(core)
    return fast
