"""Whether a model that was read is one that can be used: what JSON and its types do not say."""

from __future__ import annotations

import math
from collections.abc import Iterator

from keepwell.churn.learning.fitted.calibration import Calibration, Isotonic, Platt
from keepwell.churn.learning.fitted.fitted_model import LEAF, FittedModel, Linear, Tree
from keepwell.churn.learning.fitted.preparation import Preparation


def flaw_of(model: FittedModel) -> str | None:
    """The first thing by which the model could answer with no number, or with no answer at all; None if it is sound."""
    return next(_flaws(model), None)


def _flaws(model: FittedModel) -> Iterator[str]:
    yield from _flaws_of_preparation(model.preparation)
    width = len(model.preparation.inputs)
    if isinstance(model.core, Linear):
        if not _are_finite(*model.core.weights, model.core.intercept):
            yield "A weight is not finite."
        # The base rate alone has no weights and no inputs.
        if len(model.core.weights) != width:
            yield f"It has {len(model.core.weights)} weights for {width} inputs."
    else:
        for number, tree in enumerate(model.core.trees):
            yield from (f"Tree {number}: {flaw}" for flaw in _flaws_of_tree(tree, width))
    yield from _flaws_of_calibration(model.calibration)


def _flaws_of_preparation(preparation: Preparation) -> Iterator[str]:
    if len(set(preparation.names)) != len(preparation.names):
        yield "Two columns have one name."
    for each in preparation.inputs:
        if each.name not in preparation.names:
            yield f"The input {each.name} is made of no column."
        if not _are_finite(each.low, each.high, each.mean, each.scale) or each.scale <= 0:
            yield f"The range or the scale of {each.name} is not usable."


def _flaws_of_tree(tree: Tree, width: int) -> Iterator[str]:
    size = len(tree.feature)
    if not size or {len(each) for each in (tree.threshold, tree.left, tree.right, tree.value)} != {size}:
        yield "its columns are not of one length."
        return
    if not _are_finite(*tree.threshold, *tree.value):
        yield "a threshold or a leaf is not finite."
    for node, feature in enumerate(tree.feature):
        # A child comes after its node, so every path ends.
        children = (tree.left[node], tree.right[node])
        if feature != LEAF and not (0 <= feature < width and all(node < each < size for each in children)):
            yield f"node {node} asks for an input, or leads to a node, that is not there."


def _flaws_of_calibration(calibration: Calibration) -> Iterator[str]:
    if isinstance(calibration, Platt) and not _are_finite(calibration.slope, calibration.intercept):
        yield "The calibration is not finite."
    if isinstance(calibration, Isotonic):
        places, chances = calibration.log_odds, calibration.chances
        if not places or len(places) != len(chances) or not _are_finite(*places, *chances):
            yield "The calibration is not finite, or its points are incomplete."
        elif list(places) != sorted(set(places)) or not all(0 <= each <= 1 for each in chances):
            yield "The calibration's points do not ascend, or are no probabilities."


def _are_finite(*numbers: float) -> bool:
    return all(map(math.isfinite, numbers))
