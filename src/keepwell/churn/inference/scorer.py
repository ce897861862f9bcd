"""A stored model ready to answer: its columns, preparation, engine and calibration."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.inference.engines import EngineName, engine_of
from keepwell.churn.learning.fitted.batches import calibrated, contributions
from keepwell.churn.learning.fitted.calibration import Isotonic
from keepwell.churn.learning.fitted.compiled import CompiledPreparation
from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.learning.fitted.probes import Probes

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector

_BYTES_OF_A_KEY = 16
# For more rows, one step of numpy for all of them costs less than Python's steps for each.
_FEW_ROWS = 64


class Scorer:
    """Answers for one version of a model; any number of threads may ask it.

    Rows are in natural units in the order of `columns`, NaN if unknown. The answer to a row depends on nothing but the row.
    """

    def __init__(self, model: FittedModel, *, version: int, sha256: str, probes: Probes) -> None:
        self.version = version
        self.sha256 = sha256
        self.rung = model.rung
        self.columns = tuple(model.preparation.names)
        self.places = {name: place for place, name in enumerate(self.columns)}
        self._model = model
        self._preparation = CompiledPreparation(model.preparation)
        rows = np.array(probes.rows, dtype=np.float64).reshape(len(probes.rows), len(self.columns))
        self._engine = engine_of(model.core, tried_with=self.prepared(rows))
        self._calibration = (
            _with_arrays(model.calibration) if isinstance(model.calibration, Isotonic) else model.calibration
        )
        self._seed = bytes.fromhex(sha256)

    @property
    def engine(self) -> EngineName:
        """What adds up the terms."""
        return self._engine.name

    def prepared(self, rows: Matrix) -> Matrix:
        """What the model reads of the rows."""
        return self._preparation.rows(rows)

    def chances(self, prepared: Matrix) -> Vector:
        """The calibrated probability of each prepared row."""
        return calibrated(self._calibration, self._engine.log_odds(prepared))

    def probabilities(self, rows: Matrix) -> Vector:
        """The calibrated probability of each row."""
        return self.chances(self.prepared(rows))

    def contributions(self, rows: Matrix) -> Matrix:
        """What each column adds to the log-odds of each row, as the reasons of the save list count it."""
        if len(rows) > _FEW_ROWS:
            return contributions(self._model, rows)
        added: Matrix = np.array([self._model.contributions(row) for row in rows.tolist()])
        return added

    def typical(self, column: str) -> float:
        """The typical value of a column; NaN if it never varied."""
        return self._model.preparation.typical(column)

    def key(self, row: Matrix) -> bytes:
        """What only an equal row of an equal model has."""
        return hashlib.blake2b(row.tobytes(), key=self._seed, digest_size=_BYTES_OF_A_KEY).digest()


def _with_arrays(calibration: Isotonic) -> Isotonic:
    # As lists, they would be made into arrays for each answer.
    return Isotonic(log_odds=np.array(calibration.log_odds), chances=np.array(calibration.chances))  # type: ignore[arg-type]
