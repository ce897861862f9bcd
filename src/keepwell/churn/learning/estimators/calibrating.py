"""Chooses and fits a calibration on log-odds of accounts that the model had not seen. Needs scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from keepwell.churn.arrays import numpy
from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.learning.fitted.batches import calibrated
from keepwell.churn.learning.fitted.calibration import Calibration, Isotonic, Platt
from keepwell.churn.learning.judgement import log_losses

if TYPE_CHECKING:
    from keepwell.churn.arrays import Vector, Whole

CalibrationChoice = Literal["best", "platt", "isotonic", "none"]
# Two parameters need practically no penalty.
_INVERSE_PENALTY = 1e4


def calibration_of(
    log_odds: Vector, table: ExampleTable, *, folds: Whole, choice: CalibrationChoice
) -> Calibration:
    """The `choice`, fitted on all rows; of "best", the one with less held-out log loss.

    Platt's unless the isotonic one is better by more than one standard error over accounts: it is the simpler.
    """
    if choice == "isotonic":
        return isotonic(log_odds, table.labels)
    if choice == "best" and _is_isotonic_better(log_odds, table, folds=folds):
        return isotonic(log_odds, table.labels)
    return platt(log_odds, table.labels)


def platt(log_odds: Vector, labels: Whole) -> Platt:
    """A line through the log-odds, by maximum likelihood."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  only training needs it

    model = LogisticRegression(C=_INVERSE_PENALTY, solver="newton-cholesky")
    model.fit(log_odds.reshape(-1, 1), labels)
    return Platt(slope=float(model.coef_[0, 0]), intercept=float(model.intercept_[0]))


def isotonic(log_odds: Vector, labels: Whole) -> Isotonic:
    """The ascending steps with the least squared error, held off from 0 and 1 by half a departure."""
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415  only training needs it

    np = numpy()
    model = IsotonicRegression(out_of_bounds="clip").fit(log_odds, labels)
    least = 0.5 / len(labels)
    return Isotonic(
        log_odds=model.X_thresholds_.tolist(),
        chances=np.clip(model.y_thresholds_, least, 1 - least).tolist(),
    )


def _is_isotonic_better(log_odds: Vector, table: ExampleTable, *, folds: Whole) -> bool:
    np = numpy()
    gained = np.zeros(len(log_odds))
    for number in range(int(folds.max()) + 1):
        held = folds == number
        seen = log_odds[~held], table.labels[~held]
        if seen[1].min() == seen[1].max():
            return False
        lost = [
            log_losses(calibrated(fitter(*seen), log_odds[held]), table.labels[held])
            for fitter in (platt, isotonic)
        ]
        gained[held] = lost[0] - lost[1]
    by_account = np.bincount(table.accounts, weights=gained)
    spread = float(by_account.std()) * len(by_account) ** 0.5
    return bool(gained.sum() > spread)
