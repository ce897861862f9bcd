"""A fitted model of any rung as plain numbers: scored by arithmetic, stored as JSON, without numpy, scikit-learn or LightGBM."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from keepwell.churn.learning.fitted.calibration import Calibration
from keepwell.churn.learning.fitted.preparation import Preparation
from keepwell.churn.report import RungName

LEAF = -1


class Linear(msgspec.Struct, frozen=True, tag="linear"):
    """Log-odds = intercept + the sum of the prepared inputs times their weights; no weights for the base rate."""

    weights: Sequence[float]
    intercept: float

    def log_odds(self, prepared: Sequence[float]) -> float:
        """The uncalibrated log-odds of leaving."""
        return self.intercept + sum(self.terms(prepared))

    def terms(self, prepared: Sequence[float]) -> list[float]:
        """What each input adds to the log-odds of an account whose inputs are all at their means."""
        return [weight * number for weight, number in zip(self.weights, prepared, strict=True)]


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """A decision tree by its nodes, the root first: go `left` if the input `feature` is at most `threshold`, else `right`.

    A leaf has the feature -1. `value` is a node's mean in log-odds; the tree's answer is that of the leaf.
    """

    feature: Sequence[int]
    threshold: Sequence[float]
    left: Sequence[int]
    right: Sequence[int]
    value: Sequence[float]

    def path(self, prepared: Sequence[float]) -> list[int]:
        """The nodes from the root to the leaf."""
        nodes = [0]
        while (feature := self.feature[nodes[-1]]) != LEAF:
            sides = self.left if prepared[feature] <= self.threshold[nodes[-1]] else self.right
            nodes.append(sides[nodes[-1]])
        return nodes


class Trees(msgspec.Struct, frozen=True, tag="trees"):
    """Log-odds = the sum of the trees' leaves: one tree, or many that were boosted."""

    trees: Sequence[Tree]

    def log_odds(self, prepared: Sequence[float]) -> float:
        """The uncalibrated log-odds of leaving."""
        return sum(tree.value[tree.path(prepared)[-1]] for tree in self.trees)

    def terms(self, prepared: Sequence[float]) -> list[float]:
        """What each input adds to the roots' log-odds: the change of the mean at each node that asks for it (Saabas 2014)."""
        terms = [0.0] * len(prepared)
        for tree in self.trees:
            nodes = tree.path(prepared)
            for node, child in pairwise(nodes):
                terms[tree.feature[node]] += tree.value[child] - tree.value[node]
        return terms


class FittedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model of one rung: what it makes of an account's numbers, the log-odds, and their calibration.

    `values` are always in natural units, NaN if unknown, in the order of the preparation's names. `history_days` is how far back
    it has learnt; None is everything.
    """

    rung: RungName
    preparation: Preparation
    core: Linear | Trees
    calibration: Calibration
    history_days: int | None = None

    def log_odds(self, values: Sequence[float]) -> float:
        """The uncalibrated log-odds of leaving."""
        return self.core.log_odds(self.preparation.prepared(values))

    def probability(self, values: Sequence[float]) -> float:
        """The calibrated probability of leaving within the horizon."""
        return self.calibration.probability(self.log_odds(values))

    def contributions(self, values: Sequence[float]) -> list[float]:
        """What each column adds to the log-odds, relative to a typical account; scaled as the calibration does, if by a line."""
        terms = self.core.terms(self.preparation.prepared(values))
        return self.preparation.by_column([self.calibration.slope * term for term in terms])
