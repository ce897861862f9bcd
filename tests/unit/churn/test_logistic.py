"""The model is plain numbers: computable by hand, and exact as JSON."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.churn.logistic import Calibration, Coefficient, LogisticModel, sigmoid

MODEL = LogisticModel(
    coefficients=[Coefficient("quiet", 1.0, 2.0, 0.8), Coefficient("annual", 0.25, 0.5, -1.0)],
    intercept=-3.0,
    calibration=Calibration(slope=0.5, intercept=-0.1),
)


def test_the_probability_is_the_calibrated_sum_of_standardised_distances() -> None:
    log_odds = -3.0 + 0.8 * (4 - 1) / 2 - 1.0 * (0 - 0.25) / 0.5
    assert MODEL.log_odds([4, 0]) == pytest.approx(log_odds)
    assert MODEL.probability([4, 0]) == pytest.approx(1 / (1 + math.exp(-(0.5 * log_odds - 0.1))))


def test_contributions_are_differences_from_the_typical_account() -> None:
    typical = [1.0, 0.25]
    assert MODEL.contributions(typical) == [0.0, 0.0]
    assert MODEL.contributions([4, 0]) == [pytest.approx(0.6), pytest.approx(0.25)]


def test_json_preserves_the_model_exactly() -> None:
    assert msgspec.json.decode(msgspec.json.encode(MODEL), type=LogisticModel) == MODEL


def test_too_few_values_are_rejected() -> None:
    with pytest.raises(ValueError, match="shorter"):
        MODEL.probability([4])


@given(st.floats(-1e6, 1e6))
def test_probabilities_of_opposite_log_odds_add_up_to_one(log_odds: float) -> None:
    assert 0 <= sigmoid(log_odds) <= 1
    assert sigmoid(log_odds) + sigmoid(-log_odds) == pytest.approx(1)
