"""The estimator and its calibration on IBM's table of a telecom's customers, which has no dates: by 10 folds.

The table (7,043 customers, fictional, one row each) is not part of this repository; `KEEPWELL_REAL_DATA` names its folder.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from keepwell.churn.learning.estimators.boosting import BoostingProcess
from keepwell.churn.learning.estimators.fitting import Booster, fit
from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.learning.figures import figures_of
from keepwell.churn.learning.fitted.batches import probabilities
from keepwell.churn.learning.judgement import LabelledPredictions, log_losses
from keepwell.churn.learning.ladder import Try, choose
from keepwell.churn.report import Figures, RungName
from keepwell.platform.progress import Progress

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("KEEPWELL_REAL_DATA") or ROOT.parent / "shared" / "data")
FILE = DATA / "wa_churn.csv"
LEAST_AUC = 0.848

# Without dates there is no recency.
_RUNGS: Sequence[RungName] = ("base_rate", "logistic", "tree", "boosting")
_FOLDS = 10
_SEED = 7
_SIMULATIONS = 2000
_DAYS_PER_MONTH = 30
_NUMBERS = {"tenure": "tenure_days", "monthly_charges": "mrr", "total_charges": "charged_total"}
_NO_INPUT = {"account_id", "churn"}


class RungFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A rung's out-of-fold predictions; `revenue_error` is revenue at risk less revenue lost over the latter."""

    rung: RungName
    figures: Figures
    is_chosen: bool
    revenue_error: float
    revenue_error_high: float

    @property
    def is_calibrated(self) -> bool:
        """Whether ECE and revenue are within the 95th percentile of a perfectly calibrated model of the same scores."""
        error = self.figures.calibration_error
        return error.ece <= error.perfect_high and abs(self.revenue_error) <= self.revenue_error_high


class TableFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All rungs on one table."""

    rows: int
    left: int
    rungs: Sequence[RungFigures]

    @property
    def chosen(self) -> RungFigures:
        """The rung that the ladder chooses by its log loss."""
        return next(each for each in self.rungs if each.is_chosen)

    @property
    def passes(self) -> bool:
        """Whether the chosen rung keeps what is promised of it."""
        return self.chosen.figures.roc_auc.value >= LEAST_AUC and self.chosen.is_calibrated


def measure(file: Path, *, progress: Progress) -> TableFigures:
    """Predict each tenth of the table by every rung, fitted on the other nine, and choose as the ladder does."""
    table = read_table(file)
    folds = np.random.default_rng(_SEED).permutation(len(table.labels)) % _FOLDS
    tries: dict[RungName, Try] = {}
    with BoostingProcess() as booster, progress.step("Fitting", total=_FOLDS * len(_RUNGS)) as step:
        for rung in _RUNGS:
            chances = np.zeros(len(table.labels))
            for number in range(_FOLDS):
                chances[folds == number] = _predict(table, folds == number, rung=rung, booster=booster)
                step.advance()
            tries[rung] = Try(log_losses(chances, table.labels), chances)
    chosen = choose(tries, table.accounts, seed=_SEED).chosen
    rungs = [_figures(rung, tried.chances, table, is_chosen=rung == chosen) for rung, tried in tries.items()]
    return TableFigures(rows=len(table.labels), left=int(table.labels.sum()), rungs=rungs)


def read_table(file: Path) -> ExampleTable:
    """The table in natural units; each value of a text column is a column of its own, and an empty number is unknown."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    columns: dict[str, list[float]] = {}
    for name in [each for each in rows[0] if each not in _NO_INPUT]:
        values = [row[name] for row in rows]
        if name in _NUMBERS or set(values) <= {"0", "1"}:
            factor = _DAYS_PER_MONTH if name == "tenure" else 1
            columns[_NUMBERS.get(name, name)] = [factor * float(each or "nan") for each in values]
        else:
            for value in sorted(set(values)):
                columns[f"{name}:{value}"] = [float(each == value) for each in values]
    size = len(rows)
    return ExampleTable(
        names=list(columns),
        horizon_days=0,
        inputs=np.array(list(columns.values())).T,
        labels=np.array([row["churn"] == "Yes" for row in rows], dtype=np.int64),
        accounts=np.arange(size),
        days=np.zeros(size, dtype=np.int64),
        mrr=np.array(columns["mrr"]),
        is_annual=np.array([row["contract"] != "Month-to-month" for row in rows]),
        has_open_payment=np.zeros(size, dtype=np.bool_),
        has_cancelled=np.zeros(size, dtype=np.bool_),
    )


def _predict(table: ExampleTable, held: np.ndarray, *, rung: RungName, booster: Booster) -> np.ndarray:
    model = fit(table.where(~held), rung, booster=booster)
    return probabilities(model, table.where(held).inputs)


def _figures(rung: RungName, chances: np.ndarray, table: ExampleTable, *, is_chosen: bool) -> RungFigures:
    made = LabelledPredictions(
        chances=chances,
        base=np.full(len(chances), table.base_rate),
        labels=table.labels,
        accounts=table.accounts,
        mrr=table.mrr,
    )
    at_risk = float(chances @ table.mrr)
    random = np.random.default_rng(_SEED)
    lost = [float((random.random(len(chances)) < chances) @ table.mrr) for _ in range(_SIMULATIONS)]
    simulated = [abs(at_risk - each) / each for each in lost]
    truly = float(table.labels @ table.mrr)
    return RungFigures(
        rung=rung,
        figures=figures_of(made, seed=_SEED),
        is_chosen=is_chosen,
        revenue_error=round(at_risk / truly - 1, 5),
        revenue_error_high=round(float(np.percentile(simulated, 95)), 5),
    )
