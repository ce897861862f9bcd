"""What one can learn from the same past about who leaves if one is given all that an outsider can see of the simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegressionCV
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.churn.model import HORIZON_DAYS, Moment
from benchmarks.churn.observable import COLUMNS

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
_FOLDS = 5
_PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0)
_SEED = 1


def predict(moments: Sequence[Moment], day: date) -> Mapping[str, Mapping[str, float]]:
    """By kind of model: the probability of each account that pays on `day` and has not announced its end.

    The models are fitted on the moments whose horizon has ended by then, and told the shape of the hazard but none of its numbers:
    a wish that grows with disuse and with what the customer learns, and that counts if a renewal is near.
    """
    ready = [each for each in moments if not each.has_announced]
    known = [each for each in ready if each.day + timedelta(days=HORIZON_DAYS) <= day]
    asked = [each for each in ready if each.day == day]
    told = {
        "logistic": _by_logistic(_drivers(known), known, asked=_drivers(asked)),
        "boosting": _by_boosting(_columns(known), known, asked=_columns(asked)),
    }
    odds = np.sqrt(np.prod([each / (1 - each) for each in told.values()], axis=0))
    told["both"] = odds / (1 + odds)
    names = [each.account for each in asked]
    return {kind: dict(zip(names, chances.tolist(), strict=True)) for kind, chances in told.items()}


def _by_logistic(inputs: Matrix, known: Sequence[Moment], *, asked: Matrix) -> Vector:
    """With the penalty that is best for accounts left out in turn."""
    accounts, left = [each.account for each in known], [each.left for each in known]
    search = LogisticRegressionCV(
        Cs=_PENALTIES,
        cv=list(GroupKFold(_FOLDS).split(inputs, left, accounts)),
        scoring="neg_log_loss",
        solver="newton-cholesky",
        l1_ratios=(0.0,),
        use_legacy_attributes=False,
    )
    model = make_pipeline(StandardScaler(), search).fit(inputs, left)
    chances: Vector = model.predict_proba(asked)[:, 1]
    return chances


def _by_boosting(inputs: Matrix, known: Sequence[Moment], *, asked: Matrix) -> Vector:
    model = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=60,
        max_depth=3,
        min_samples_leaf=20,
        l2_regularization=5.0,
        random_state=_SEED,
    )
    chances: Vector = model.fit(inputs, [each.left for each in known]).predict_proba(asked)[:, 1]
    return chances


def _columns(moments: Sequence[Moment]) -> Matrix:
    return np.array([each.state for each in moments], dtype=np.float64)


def _drivers(moments: Sequence[Moment]) -> Matrix:
    """Few columns, since few accounts leave."""
    of = dict(zip(COLUMNS, _columns(moments).T, strict=True))
    renews = (of["days_to_renewal"] <= HORIZON_DAYS).astype(np.float64)
    is_open = (of["invoice_open_days"] >= 0).astype(np.float64)
    return np.column_stack(
        [
            np.log1p(of["days_to_renewal"]),
            renews,
            of["is_annual"] * renews,
            of["disuse"],
            np.sqrt(of["disuse"]) * renews,
            of["next_payment_is_higher"] * renews,
            np.log1p(of["tickets"]) * renews,
            of["card_expires_first"] * renews,
            is_open,
            np.log1p(np.maximum(of["invoice_open_days"], 0)),
            of["pays_by_transfer"] * is_open,
        ]
    )
