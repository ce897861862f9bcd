"""One model for every server that is compared: boosted by LightGBM's scikit-learn wrapper, and the same trees as ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import joblib
import msgspec
import numpy as np
from lightgbm import LGBMClassifier

from keepwell.churn.learning.estimators.boosting_child import PARAMETERS, ROUNDS, tree_of
from keepwell.churn.learning.estimators.preparing import preparation_of
from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.learning.fitted.batches import prepare
from keepwell.churn.learning.fitted.calibration import Uncalibrated
from keepwell.churn.learning.fitted.fitted_model import FittedModel, Trees

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix

COLUMNS = 40
_LEARNT_FROM = 20_000
_UNKNOWN = 0.05
_SEED = 7


class MadeModel(msgspec.Struct, frozen=True):
    """Our model, the wrapper's file, and rows that none of them has seen: in natural units for ours, prepared for the others."""

    model: FittedModel
    file: Path
    rows: Matrix
    prepared: Matrix


def make_model(folder: Path, *, rows: int) -> MadeModel:
    """Train both on the same generated rows, and keep the wrapper in the folder; the same number gives the same model."""
    random = np.random.default_rng(_SEED)
    learnt, labels = _examples(random, _LEARNT_FROM)
    preparation = preparation_of(_table(learnt, labels), [f"c{number}" for number in range(COLUMNS)])
    chosen = {name: value for name, value in PARAMETERS.items() if name not in {"objective", "num_threads"}}
    wrapper = LGBMClassifier(n_estimators=ROUNDS, n_jobs=1, **chosen)
    wrapper.fit(prepare(preparation, learnt), labels)
    file = folder / "model.joblib"
    joblib.dump(wrapper, file)
    trees = [tree_of(each["tree_structure"]) for each in wrapper.booster_.dump_model()["tree_info"]]
    model = FittedModel(
        rung="boosting", preparation=preparation, core=Trees(trees), calibration=Uncalibrated()
    )
    asked, _ = _examples(random, rows)
    return MadeModel(model, file, asked, prepare(preparation, asked))


def _examples(random: np.random.Generator, count: int) -> tuple[Matrix, np.ndarray]:
    """Counts and days, some of them unknown, that say something together about who leaves."""
    rows: Matrix = np.round(random.lognormal(1.5, 1.2, size=(count, COLUMNS)), 2)
    signal = (
        np.log1p(rows[:, 0]) - np.log1p(rows[:, 1]) * np.log1p(rows[:, 2]) / 2 + random.normal(size=count)
    )
    rows[random.random(rows.shape) < _UNKNOWN] = np.nan
    return rows, (signal > 1.5).astype(np.int64)  # noqa: PLR2004  a tenth leaves


def _table(rows: Matrix, labels: np.ndarray) -> ExampleTable:
    count = len(rows)
    flag, names = np.zeros(count, dtype=bool), [f"c{number}" for number in range(COLUMNS)]
    return ExampleTable(
        names=names,
        horizon_days=30,
        inputs=rows,
        labels=labels,
        accounts=np.arange(count),
        days=np.zeros(count, dtype=np.int64),
        mrr=np.ones(count),
        is_annual=flag,
        has_open_payment=flag,
        has_cancelled=flag,
    )


def names_of(model: FittedModel) -> Sequence[str]:
    """The names of the columns that are asked for."""
    return model.preparation.names
