"""The figures of a report, checked by hand and against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve, roc_curve

from keepwell.churn.learning.figures import calibration_error, capture, decisions, figures_of, reliability
from keepwell.churn.learning.judgement import LabelledPredictions
from keepwell.churn.report import MoneyRule

RNG = np.random.default_rng(5)


def made(chances: np.ndarray, labels: np.ndarray, mrr: np.ndarray | None = None) -> LabelledPredictions:
    size = len(labels)
    return LabelledPredictions(
        chances=chances,
        base=np.full(size, labels.mean()),
        labels=labels,
        accounts=np.arange(size),
        mrr=np.full(size, 10.0) if mrr is None else mrr,
    )


def calibrated(size: int) -> tuple[np.ndarray, np.ndarray]:
    chances = RNG.beta(1, 6, size)
    return chances, (RNG.random(size) < chances).astype(np.int64)


def test_a_calibrated_model_is_within_what_chance_explains_and_an_overconfident_one_is_not() -> None:
    chances, labels = calibrated(4000)
    right = calibration_error(chances, labels, seed=1)
    wrong = calibration_error((2 * chances).clip(0, 1), labels, seed=1)
    assert right.ece <= right.perfect_high
    assert 0 < right.perfect_mean < right.perfect_high
    assert wrong.ece > 5 * wrong.perfect_high


def test_the_reliability_bins_are_tenths_and_contain_every_row() -> None:
    chances, labels = calibrated(1003)
    bins = reliability(chances, labels)
    assert len(bins) == 10
    assert sum(each.snapshots for each in bins) == 1003
    assert [each.predicted for each in bins] == sorted(each.predicted for each in bins)
    assert all(each.departed_low <= each.departed <= each.departed_high for each in bins)


def test_fewer_rows_than_tenths_make_fewer_bins() -> None:
    assert [each.snapshots for each in reliability(np.array([0.1, 0.2, 0.9]), np.array([0, 0, 1]))] == [
        1,
        1,
        1,
    ]


def test_who_is_contacted_depends_on_money_and_not_on_the_probability_alone() -> None:
    rule = MoneyRule(contact_cost=12.0, kept_share=0.1, kept_months=12.0)
    found = decisions(
        made(np.array([0.5, 0.5, 0.1, 0.9]), np.array([1, 0, 1, 0]), np.array([20.0, 19.0, 1000.0, 1.0])),
        rule,
    )
    assert found.from_revenue_at_risk == pytest.approx(10)
    counts = (
        found.contacted_left,
        found.contacted_stayed,
        found.not_contacted_left,
        found.not_contacted_stayed,
    )
    assert counts == (2, 0, 0, 2)
    assert (found.precision, found.recall) == (1.0, 1.0)


def test_if_nobody_is_worth_a_contact_the_precision_is_unknown_and_not_zero() -> None:
    found = decisions(made(np.array([0.1, 0.2]), np.array([1, 0])), MoneyRule())
    assert (found.precision, found.recall) == (None, 0.0)


def test_the_riskiest_tenth_captures_departures_by_chance_and_mrr_by_money() -> None:
    labels = np.zeros(20, dtype=np.int64)
    labels[[0, 19]] = 1
    chances = np.linspace(0.9, 0.1, 20)
    mrr = np.full(20, 10.0)
    mrr[19] = 1000.0
    found = capture(made(chances, labels, mrr))
    assert (found[0].of_departures, found[0].of_lost_mrr) == (0.5, 1.0)
    assert (found[-1].of_departures, found[-1].of_lost_mrr) == (1.0, 1.0)


def test_revenue_at_risk_is_compared_with_what_was_lost_and_curves_have_both_ends() -> None:
    chances, labels = calibrated(3000)
    found = figures_of(made(chances, labels, RNG.lognormal(3, 1, 3000)), seed=1)
    assert found.revenue.ratio is not None
    assert found.revenue.ratio.low < 1 < found.revenue.ratio.high
    assert (found.roc[0].false_positive_rate, found.roc[-1].true_positive_rate) == (0.0, 1.0)
    assert len(found.roc) <= 101
    assert found.precision_recall[-1].recall == 1.0


def test_a_curve_of_few_points_bends_where_the_whole_one_does() -> None:
    """A thousandth of the rows has a third of the departures, so that the curves bend long before the first of 100 equal steps."""
    chances = np.linspace(0.001, 0.999, 40_000)
    labels = (RNG.random(len(chances)) < 0.002).astype(np.int64)
    labels[-40:] = 1
    found = figures_of(made(chances, labels), seed=1)
    precision, recall, _ = precision_recall_curve(labels, chances)
    for least in np.linspace(0.01, 1, 100):
        drawn = next(each for each in found.precision_recall if each.recall >= least - 1e-4)
        assert drawn.precision == pytest.approx(precision[recall >= least - 1e-9][-1], abs=1e-4)
    false_positives, true_positives, _ = roc_curve(labels, chances)
    across, up = np.array([(each.false_positive_rate, each.true_positive_rate) for each in found.roc]).T
    assert len(found.roc) <= 101
    beyond = false_positives > 0
    drawn = np.interp(false_positives[beyond], across, up)
    np.testing.assert_allclose(drawn, true_positives[beyond], atol=0.02)


def test_without_any_mrr_lost_the_ratio_is_unknown() -> None:
    chances, labels = calibrated(500)
    assert figures_of(made(chances, labels, np.zeros(500)), seed=1).revenue.ratio is None
