"""Fits the model. Needs scikit-learn (the extra `churn`), which the server does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from keepwell.churn.logistic import Calibration, Coefficient, LogisticModel
from keepwell.churn.model import Observation
from keepwell.churn.predictors import PREDICTORS, values_of
from keepwell.platform.errors import Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Labels = NDArray[np.int64]

_FOLDS = 5
_INVERSE_PENALTY = 0.3
# Two parameters need practically no penalty.
_INVERSE_CALIBRATION_PENALTY = 1e4
_MOST_ITERATIONS = 1000


class Example(msgspec.Struct, frozen=True):
    """An observation, and whether the account left within the horizon."""

    observation: Observation
    departed: bool

    @property
    def account(self) -> str:
        """The external id of the account."""
        return self.observation.snapshot.external_id

    @property
    def has_announced(self) -> bool:
        """Whether the account had announced before that day that it leaves."""
        return self.observation.snapshot.has_cancelled

    @property
    def day(self) -> date:
        """The day of the observation."""
        return self.observation.snapshot.as_of


class _Weights(NamedTuple):
    intercept: float
    weights: Sequence[float]


def fit(examples: Sequence[Example]) -> LogisticModel:
    """Fit the weights on all `examples`, and the calibration on out-of-fold log-odds.

    Folds are grouped by account, so no account calibrates weights that were fitted on it. `examples` need departures
    and stays of at least as many accounts as there are folds. The same examples give the same model.
    """
    np = numpy()
    inputs = np.array([values_of(example.observation) for example in examples], dtype=np.float64)
    labels = np.array([example.departed for example in examples], dtype=np.int64)
    means, scales = inputs.mean(axis=0), inputs.std(axis=0)
    scales[scales == 0] = 1.0
    standardised = (inputs - means) / scales
    out_of_fold = _out_of_fold_log_odds(standardised, labels, accounts=[each.account for each in examples])
    slope = _fit_logistic(out_of_fold.reshape(-1, 1), labels, inverse_penalty=_INVERSE_CALIBRATION_PENALTY)
    fitted = _fit_logistic(standardised, labels, inverse_penalty=_INVERSE_PENALTY)
    return LogisticModel(
        coefficients=[
            Coefficient(predictor.name, float(mean), float(scale), weight)
            for predictor, mean, scale, weight in zip(PREDICTORS, means, scales, fitted.weights, strict=True)
        ],
        intercept=fitted.intercept,
        calibration=Calibration(slope.weights[0], slope.intercept),
    )


def numpy() -> Any:
    """The numpy module; raises Unavailable with what to install if the extra is missing."""
    try:
        import numpy as np  # noqa: PLC0415  only training needs it
        import sklearn  # noqa: F401, PLC0415  as above
    except ImportError as error:
        hint = "Install the extra: pip install 'keepwell[churn]'."
        raise Unavailable("Training needs numpy and scikit-learn.", hint=hint) from error
    return np


def _out_of_fold_log_odds(inputs: Matrix, labels: Labels, *, accounts: Sequence[str]) -> Matrix:
    from sklearn.model_selection import StratifiedGroupKFold  # noqa: PLC0415  only training needs it

    log_odds: Matrix = numpy().zeros(len(labels))
    for seen, unseen in StratifiedGroupKFold(_FOLDS).split(inputs, labels, accounts):
        fitted = _fit_logistic(inputs[seen], labels[seen], inverse_penalty=_INVERSE_PENALTY)
        log_odds[unseen] = fitted.intercept + inputs[unseen] @ fitted.weights
    return log_odds


def _fit_logistic(inputs: Matrix, labels: Labels, *, inverse_penalty: float) -> _Weights:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  only training needs it

    model = LogisticRegression(C=inverse_penalty, max_iter=_MOST_ITERATIONS).fit(inputs, labels)
    return _Weights(float(model.intercept_[0]), [float(weight) for weight in model.coef_[0]])
