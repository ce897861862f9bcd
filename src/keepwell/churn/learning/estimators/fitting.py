"""Fits a model of any rung. Needs scikit-learn (the extra `churn`), which the server does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import msgspec

from keepwell.churn.arrays import numpy
from keepwell.churn.learning.estimators.calibrating import CalibrationChoice, calibration_of
from keepwell.churn.learning.estimators.preparing import preparation_of, sort_of
from keepwell.churn.learning.estimators.rungs import RungNotFitted, columns_of
from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.learning.fitted.batches import log_odds_of, prepare
from keepwell.churn.learning.fitted.calibration import Calibration, Uncalibrated
from keepwell.churn.learning.fitted.fitted_model import LEAF, FittedModel, Linear, Tree, Trees
from keepwell.churn.learning.fitted.preparation import Preparation
from keepwell.churn.report import RungName
from keepwell.platform.errors import DomainError

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector, Whole

_MOST_FOLDS = 5
# With so many departures for each column, half of the rows give the same weights as all of them.
_ENOUGH_FOR_HALVES = 100
_SEED = 20_240_501
# What all inputs together add to the log-odds is expected to vary by so much: the more inputs there are, the less each.
_PRIOR_VARIANCE = 1.0
_MOST_ITERATIONS = 1000
_DEPTH = 5
# A leaf of fewer says little; one of any size is drawn towards the base rate as if by ten more of it.
_SMALLEST_LEAF, _LEAF_PRIOR = 20, 10
ClassWeight = Literal["balanced"]
Core = Linear | Trees


class NothingToLearn(DomainError):
    """Nothing can be learnt from these accounts, because too few left or too few stayed."""

    code = "nothing-to-learn"


class UncalibratedWeights(DomainError):
    """Class weights without calibration make of every account one that leaves as likely as not."""

    code = "uncalibrated-weights"


class Booster(Protocol):
    """What fits boosted trees; raises RungNotFitted if it cannot."""

    def fit(self, prepared: Matrix, labels: Whole, *, class_weight: ClassWeight | None) -> Sequence[Tree]:
        """The trees, whose log-odds add up."""
        ...


class FitOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a rung is fitted: with which weights of the classes, and how its log-odds become probabilities.

    The better of Platt's and the isotonic calibration by held-out log loss, unless one is named. Raises UncalibratedWeights for
    class weights without calibration.
    """

    class_weight: ClassWeight | None = None
    calibration: CalibrationChoice = "best"

    def __post_init__(self) -> None:
        """Refuse what would serve probabilities of another world."""
        if self.class_weight is not None and self.calibration == "none":
            hint = "Leave the class weights away, or let the calibration be chosen."
            raise UncalibratedWeights(hint=hint)


_DEFAULT = FitOptions()


def fit(
    table: ExampleTable,
    rung: RungName = "logistic",
    *,
    options: FitOptions = _DEFAULT,
    booster: Booster | None = None,
    start: FittedModel | None = None,
) -> FittedModel:
    """Fit the rung on all rows, and its calibration on out-of-fold log-odds.

    Folds are grouped by account, so no account calibrates what was fitted on it. A `start` that was fitted on nearly the same rows
    saves steps. The same rows and start give the same model. Raises
    NothingToLearn unless at least two accounts left and two stayed, and RungNotFitted if the rung's columns are not there or
    boosting is not to be had.
    """
    folds = _folds(table)
    preparation = preparation_of(table, columns_of(rung, table.names))
    # A regression gets the same weights to seven digits, in half the time; trees split between neighbouring values.
    prepared = prepare(preparation, table.inputs, is_exact=rung in {"tree", "boosting"})
    sorts = {sort_of(each) for each in preparation.inputs}
    asked = _Asked(rung, options.class_weight, booster, _PRIOR_VARIANCE / max(1, len(sorts)))

    def fit_core(rows: Matrix, labels: Whole, start: Core | None = None) -> Core:
        if rung == "base_rate" or not preparation.inputs or labels.min() == labels.max():
            return _base_rate(labels, inputs=len(preparation.inputs))
        return _fit_core(rows, labels, asked, start=start)

    core = fit_core(prepared, table.labels, _near(start, preparation))
    calibration: Calibration = Uncalibrated()
    if preparation.inputs and options.calibration != "none":
        out_of_fold = _out_of_fold(fit_core, prepared, labels=table.labels, folds=folds, start=core)
        calibration = calibration_of(out_of_fold, table, folds=folds, choice=options.calibration)
    return FittedModel(rung=rung, preparation=preparation, core=core, calibration=calibration)


def _near(start: FittedModel | None, preparation: Preparation) -> Core | None:
    """The core from which to start, if it reads the same inputs."""
    if start is None or [each.name for each in start.preparation.inputs] != [
        each.name for each in preparation.inputs
    ]:
        return None
    return start.core


class _Asked(NamedTuple):
    """How cores are fitted; the `inverse_penalty` is the variance that the weights of a logistic regression are expected to have."""

    rung: RungName
    class_weight: ClassWeight | None
    booster: Booster | None
    inverse_penalty: float


def _fit_core(prepared: Matrix, labels: Whole, asked: _Asked, *, start: Core | None) -> Core:
    if asked.rung == "tree":
        return Trees([_fit_tree(prepared, labels, class_weight=asked.class_weight)])
    if asked.rung != "boosting":
        return _fit_logistic(prepared, labels, asked, start=start)
    if asked.booster is None:
        raise RungNotFitted("Boosting was not asked for.", hint="Run the whole ladder.")
    return Trees(asked.booster.fit(prepared, labels, class_weight=asked.class_weight))


def _base_rate(labels: Whole, *, inputs: int) -> Linear:
    """Held off from 0 and 1 by half a departure, since nothing is certain."""
    rate = min(max(float(labels.mean()), 0.5 / len(labels)), 1 - 0.5 / len(labels))
    return Linear(weights=[0.0] * inputs, intercept=math.log(rate / (1 - rate)))


def _fit_logistic(prepared: Matrix, labels: Whole, asked: _Asked, *, start: Core | None) -> Linear:
    """Converged on its own rows; `start` is near it, so that few steps are needed."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  only training needs it

    # With few inputs, Newton's steps are much cheaper than those of the default, and more exact.
    model = LogisticRegression(
        C=asked.inverse_penalty,
        max_iter=_MOST_ITERATIONS,
        solver="newton-cholesky",
        class_weight=asked.class_weight,
        warm_start=isinstance(start, Linear),
    )
    if isinstance(start, Linear):
        np = numpy()
        model.coef_ = np.array([start.weights], dtype=prepared.dtype)
        model.intercept_ = np.array([start.intercept], dtype=prepared.dtype)
    model.fit(prepared, labels)
    return Linear(weights=model.coef_[0].tolist(), intercept=float(model.intercept_[0]))


def _fit_tree(prepared: Matrix, labels: Whole, *, class_weight: ClassWeight | None) -> Tree:
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415  only training needs it

    np = numpy()
    model = DecisionTreeClassifier(
        max_depth=_DEPTH, min_samples_leaf=_SMALLEST_LEAF, class_weight=class_weight, random_state=_SEED
    )
    model.fit(prepared, labels)
    grown = model.tree_
    size = grown.weighted_n_node_samples
    rates = grown.value[:, 0, 1] / grown.value[:, 0, :].sum(axis=1)
    drawn = (rates * size + rates[0] * _LEAF_PRIOR) / (size + _LEAF_PRIOR)
    return Tree(
        feature=np.where(grown.children_left < 0, LEAF, grown.feature).tolist(),
        threshold=grown.threshold.tolist(),
        left=grown.children_left.tolist(),
        right=grown.children_right.tolist(),
        value=np.log(drawn / (1 - drawn)).tolist(),
    )


def _out_of_fold(
    fit_core: Callable[[Matrix, Whole, Core], Core],
    prepared: Matrix,
    *,
    labels: Whole,
    folds: Whole,
    start: Core,
) -> Vector:
    log_odds: Vector = numpy().zeros(len(labels))
    for number in range(int(folds.max()) + 1):
        unseen = folds == number
        log_odds[unseen] = log_odds_of(fit_core(prepared[~unseen], labels[~unseen], start), prepared[unseen])
    return log_odds


def _folds(table: ExampleTable) -> Whole:
    """The fold of each row: that of its account, with as many accounts that left in each fold as possible."""
    np = numpy()
    names, account_of = np.unique(table.accounts, return_inverse=True)
    has_left = np.bincount(account_of, weights=table.labels) > 0
    has_stayed = np.bincount(account_of, weights=1 - table.labels) > 0
    is_plenty = has_left.sum() >= _ENOUGH_FOR_HALVES * len(table.names)
    count = min(2 if is_plenty else _MOST_FOLDS, int(has_left.sum()), int(has_stayed.sum()))
    if count < 2:  # noqa: PLR2004  one to learn from, and one to check with
        raise NothingToLearn(
            f"Of {len(names):,} accounts, {int(has_left.sum()):,} left and {int(has_stayed.sum()):,} stayed.",
            hint="Wait until at least two of each are on record.",
        )
    shuffled = np.random.default_rng(_SEED).permutation(len(names))
    # Dealt out one by one, those who stayed after those who left.
    order = shuffled[np.argsort(~has_left[shuffled], kind="stable")]
    folds = np.empty(len(names), dtype=np.int64)
    folds[order] = np.arange(len(names)) % count
    of_rows: Whole = folds[account_of]
    return of_rows
