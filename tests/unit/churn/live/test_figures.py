"""Figures of lists by what then happened."""

from __future__ import annotations

import math

import numpy as np
import pytest

from keepwell.churn.learning.judgement import LabelledPredictions
from keepwell.churn.live.expecting import expected_figures
from keepwell.churn.live.judging import MaturedRows, live_figures

_SIZE = 400


def _rows(*, is_over: bool = True, known: int = _SIZE) -> MaturedRows:
    random = np.random.default_rng(4)
    chances = random.beta(0.8, 10, size=_SIZE)
    labels = (random.random(_SIZE) < chances).astype(int)
    made = LabelledPredictions(
        chances=chances,
        base=np.full(_SIZE, 0.07),
        labels=labels,
        accounts=np.arange(_SIZE),
        mrr=np.full(_SIZE, 10.0),
    )
    return MaturedRows(predictions=made, is_known=np.arange(_SIZE) < known, lists=1, is_over=is_over)


def test_a_list_whose_horizon_is_over_has_every_figure_beside_what_was_expected() -> None:
    rows = _rows()
    found = live_figures(rows, seed=1)
    assert found.departed == int(rows.predictions.labels.sum())
    assert found.likely_from <= found.departed <= found.likely_to
    assert found.revenue_lost == f"{found.departed * 10:.2f}"
    assert found.log_loss is not None
    assert found.log_loss.low <= found.expected_log_loss <= found.log_loss.high
    assert found.roc_auc is not None
    assert found.roc_auc.value > 0.6


def test_so_far_only_the_order_is_judged() -> None:
    found = live_figures(_rows(is_over=False), seed=1)
    assert found.roc_auc is not None
    assert found.log_loss is found.expected_over_departed is found.revenue_ratio is None


def test_accounts_whose_outcome_is_unknown_are_counted_and_in_no_figure() -> None:
    found = live_figures(_rows(known=150), seed=1)
    assert (found.snapshots, found.unknown) == (150, _SIZE - 150)
    assert found.departed == int(_rows().predictions.labels[:150].sum())


def test_with_few_departures_there_are_counts_and_the_reason_why_no_more() -> None:
    found = live_figures(_rows(known=20), seed=1)
    assert found.not_judged is not None
    assert found.not_judged.startswith("Too few to judge")
    assert found.roc_auc is None


def test_expected_figures_are_those_of_accounts_that_leave_in_parts() -> None:
    found = expected_figures(np.array([0.5, 0.1]))
    # Mass that leaves above mass that stays: .5 x .9 across, and half of each account's own .5 x .5 and .1 x .9.
    assert found.roc_auc == pytest.approx((0.5 * 0.9 + (0.25 + 0.09) / 2) / (0.6 * 1.4))
    assert found.average_precision == pytest.approx((0.5 * 0.5 + 0.1 * 0.3) / 0.6)
    entropy = -(math.log(0.5) + 0.1 * math.log(0.1) + 0.9 * math.log(0.9)) / 2
    assert found.log_loss == pytest.approx(entropy)
    assert found.brier == pytest.approx((0.25 + 0.09) / 2)


def test_nobody_and_only_certain_accounts_have_no_expected_order() -> None:
    assert expected_figures(np.zeros(0)).roc_auc is None
    assert expected_figures(np.array([0.0, 0.0])).average_precision is None
    assert expected_figures(np.array([1.0, 0.0])).log_loss == 0
