"""Whether predictions help, rank and are calibrated: three questions with three answers."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from keepwell.churn.learning.judgement import (
    Judgement,
    LabelledPredictions,
    average_precision,
    judgement_of,
    log_losses,
    probable_labels,
    weighted_auc,
)
from keepwell.churn.model import Evaluation
from keepwell.churn.report import Interval
from tests.unit.churn.tables import table_with

RARE = 0.013
RNG = np.random.default_rng(7)


def predicted(chances: np.ndarray, labels: np.ndarray, *, base: float | None = None) -> Judgement:
    """Judges predictions of three snapshots per account."""
    made = LabelledPredictions(
        chances=chances,
        base=np.full(len(chances), labels.mean() if base is None else base),
        labels=labels,
        accounts=np.arange(len(chances)) // 3,
        mrr=np.full(len(chances), 40.0),
    )
    return judgement_of(made, seed=1)


def drawn(size: int, *, rate: float, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """True chances around a rate, and what happened."""
    log_odds = math.log(rate / (1 - rate)) + spread * RNG.standard_normal(size)
    chances = 1 / (1 + np.exp(-log_odds))
    return chances, (RNG.random(size) < chances).astype(np.int64)


def test_the_figures_are_those_of_scikit_learn() -> None:
    chances, labels = drawn(600, rate=0.1, spread=1.0)
    chances = chances.round(2).clip(0.01, 0.99)
    found = predicted(chances, labels)
    assert found.auc.value == pytest.approx(roc_auc_score(labels, chances))
    assert found.log_loss.value == pytest.approx(log_loss(labels, chances))
    assert found.brier.value == pytest.approx(brier_score_loss(labels, chances))
    assert found.average_precision.value == pytest.approx(average_precision_score(labels, chances))
    weights = RNG.integers(0, 4, 600).astype(np.float64)
    assert average_precision(chances, labels)(weights) == pytest.approx(
        average_precision_score(labels, chances, sample_weight=weights)
    )
    assert weighted_auc(chances, labels)(weights) == pytest.approx(
        roc_auc_score(labels, chances, sample_weight=weights)
    )


def test_a_weak_ranking_of_a_rare_event_is_a_signal_even_if_the_brier_scores_are_equal_to_three_digits() -> (
    None
):
    chances, labels = drawn(40_000, rate=RARE, spread=0.8)
    found = predicted(chances, labels)
    assert round(found.brier.value, 3) == round(found.brier_base, 3)
    assert found.auc.low > 0.6
    assert found.gain.low > 0


def test_chances_of_nobody_in_particular_are_no_signal() -> None:
    chances, _ = drawn(3000, rate=0.1, spread=0.5)
    _, labels = drawn(3000, rate=0.1, spread=0.5)
    found = predicted(chances, labels)
    assert found.gain.low < 0
    assert found.auc.low < 0.5 < found.auc.high


def test_a_ranking_with_chances_that_are_three_times_too_high_ranks_and_is_not_calibrated() -> None:
    chances, labels = drawn(6000, rate=0.05, spread=1.0)
    found = predicted((3 * chances).clip(0, 0.99), labels)
    assert found.auc.low > 0.6
    assert found.calibration.low > 2
    assert found.gain.value < 0


def test_who_expects_as_many_as_leave_is_calibrated_whether_it_ranks_or_not() -> None:
    _, labels = drawn(6000, rate=0.05, spread=1.0)
    found = predicted(np.full(6000, labels.mean()), labels)
    assert found.calibration.low < 1 < found.calibration.high
    assert found.auc == Interval(0.5, 0.5, 0.5)


def test_a_certain_prediction_that_was_wrong_has_a_finite_loss() -> None:
    losses = log_losses(np.array([0.0, 1.0]), np.array([1, 0]))
    assert losses.tolist() == pytest.approx([-math.log(1e-12)] * 2, rel=1e-3)


def test_an_input_that_nearly_is_the_label_is_named() -> None:
    labels = (np.arange(400) % 8 == 0).astype(np.int64)
    near = -labels + RNG.normal(scale=0.1, size=400)
    # Recorded for nobody but those who left.
    exit_survey = np.where(labels == 1, RNG.normal(size=400), np.nan)
    table = table_with({"active_days": near, "tenure": RNG.normal(size=400), "survey": exit_survey}, labels)
    assert list(probable_labels(table)) == ["active_days", "survey"]


def test_an_evaluation_of_a_release_without_log_loss_judges_nothing_again() -> None:
    kept = Evaluation(held_out_from=date(2025, 1, 1), snapshots=9, churned=3, auc=0.9)
    assert kept.signal == "not_tested"
