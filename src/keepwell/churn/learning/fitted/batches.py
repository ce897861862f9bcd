"""What a fitted model says of many rows at once, as it says it of one. Needs numpy, and not the extra `churn`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.learning.fitted.calibration import Calibration, Isotonic, Platt
from keepwell.churn.learning.fitted.compiled import CompiledPreparation
from keepwell.churn.learning.fitted.fitted_model import LEAF, FittedModel, Linear, Tree, Trees
from keepwell.churn.learning.fitted.preparation import Preparation

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector, Whole

_FAR = 700.0


def probabilities(model: FittedModel, inputs: Matrix) -> Vector:
    """The calibrated probability of each row."""
    return calibrated(model.calibration, log_odds_of(model.core, prepare(model.preparation, inputs)))


def prepare(preparation: Preparation, inputs: Matrix, *, is_exact: bool = True) -> Matrix:
    """The numbers of every row, as `Preparation.prepared` gives them for one; in single precision unless `is_exact`."""
    return CompiledPreparation(preparation).rows(inputs, is_exact=is_exact)


def contributions(model: FittedModel, inputs: Matrix) -> Matrix:
    """What each column adds to the log-odds of each row, as `FittedModel.contributions` gives it for one."""
    terms = _terms(model.core, prepare(model.preparation, inputs)) * model.calibration.slope
    place = {name: number for number, name in enumerate(model.preparation.names)}
    added: Matrix = np.zeros(inputs.shape)
    for term, each in zip(terms.T, model.preparation.inputs, strict=True):
        added[:, place[each.name]] += term
    return added


def log_odds_of(core: Linear | Trees, prepared: Matrix) -> Vector:
    """The uncalibrated log-odds of each prepared row."""
    log_odds: Vector
    match core:
        case Linear():
            log_odds = core.intercept + prepared @ np.array(core.weights, dtype=prepared.dtype)
        case Trees():
            log_odds = np.zeros(len(prepared))
            for tree in core.trees:
                log_odds += _leaf_values(tree, prepared)
    return log_odds


def calibrated(calibration: Calibration, log_odds: Vector) -> Vector:
    """The probabilities of the log-odds."""
    chances: Vector
    if isinstance(calibration, Isotonic):
        chances = np.interp(log_odds, calibration.log_odds, calibration.chances)
        return chances
    if isinstance(calibration, Platt):
        log_odds = calibration.slope * log_odds + calibration.intercept
    # Further out, a probability is 0 or 1 in any case, and the exponential would overflow.
    chances = 1 / (1 + np.exp(-np.minimum(np.maximum(log_odds, -_FAR), _FAR)))
    return chances


def _terms(core: Linear | Trees, prepared: Matrix) -> Matrix:
    terms: Matrix
    if isinstance(core, Linear):
        terms = prepared * np.array(core.weights, dtype=np.float64)
        return terms
    terms = np.zeros(prepared.shape)
    for tree in core.trees:
        feature, value = np.array(tree.feature), np.array(tree.value)
        for rows, nodes, children in _steps(tree, prepared):
            terms[rows, feature[nodes]] += value[children] - value[nodes]
    return terms


def _leaf_values(tree: Tree, prepared: Matrix) -> Vector:
    leaves = np.zeros(len(prepared), dtype=np.int64)
    for rows, _, children in _steps(tree, prepared):
        leaves[rows] = children
    values: Vector = np.array(tree.value)[leaves]
    return values


def _steps(tree: Tree, prepared: Matrix) -> Iterator[tuple[Whole, Whole, Whole]]:
    """The way from the root to the leaves: the rows that are at an inner node, these nodes, and where each row goes on."""
    feature, left, right = (np.array(each) for each in (tree.feature, tree.left, tree.right))
    threshold = np.array(tree.threshold)
    nodes = np.zeros(len(prepared), dtype=np.int64)
    while len(rows := np.flatnonzero(feature[nodes] != LEAF)):
        at = nodes[rows]
        goes_left = prepared[rows, feature[at]] <= threshold[at]
        nodes[rows] = np.where(goes_left, left[at], right[at])
        yield rows, at, nodes[rows]
