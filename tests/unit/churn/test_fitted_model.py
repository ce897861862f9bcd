"""The model is plain numbers: computable by hand, and exact as JSON."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.churn.learning.fitted.calibration import Platt, sigmoid
from keepwell.churn.learning.fitted.fitted_model import FittedModel, Linear
from keepwell.churn.learning.fitted.preparation import Preparation, PreparedInput


def prepared_input(
    name: str, *, mean: float, scale: float, low: float = -math.inf, high: float = math.inf
) -> PreparedInput:
    return PreparedInput(name=name, low=low, high=high, mean=mean, scale=scale)


MODEL = FittedModel(
    rung="logistic",
    preparation=Preparation(
        names=["quiet", "constant", "annual"],
        inputs=[
            prepared_input("quiet", mean=math.log(3), scale=2.0, low=0.0, high=9.0),
            prepared_input("annual", mean=math.log(1.25), scale=0.5, low=0.0, high=1.0),
            PreparedInput(name="quiet", low=0.0, high=1.0, mean=0.2, scale=0.4, marks_unknown=True),
        ],
    ),
    core=Linear(weights=[0.8, -1.0, 0.4], intercept=-3.0),
    calibration=Platt(slope=0.5, intercept=-0.1),
)


def test_the_probability_is_the_calibrated_sum_of_standardised_distances() -> None:
    log_odds = -3.0 + 0.8 * (math.log(5) - math.log(3)) / 2 + math.log(1.25) / 0.5 - 0.4 * 0.2 / 0.4
    assert MODEL.log_odds([4, 7, 0]) == pytest.approx(log_odds)
    assert MODEL.probability([4, 7, 0]) == pytest.approx(1 / (1 + math.exp(-(0.5 * log_odds - 0.1))))


def test_contributions_are_differences_from_the_typical_account_column_by_column() -> None:
    assert MODEL.contributions([2, 7, 0.25]) == pytest.approx([-0.1, 0, 0])
    assert MODEL.contributions([8, 7, 0]) == pytest.approx([0.5 * 0.4 * math.log(3) - 0.1, 0, math.log(1.25)])


def test_an_unknown_value_counts_as_the_mean_and_as_unknown() -> None:
    assert MODEL.contributions([math.nan, 7, 0.25]) == pytest.approx([0.5 * 0.4 * 0.8 / 0.4, 0, 0])


def test_the_typical_value_is_in_natural_units_and_unknown_for_a_column_that_never_varied() -> None:
    assert MODEL.preparation.typical("quiet") == pytest.approx(2)
    assert math.isnan(MODEL.preparation.typical("constant"))


def test_json_preserves_the_model_exactly() -> None:
    assert msgspec.json.decode(msgspec.json.encode(MODEL), type=FittedModel) == MODEL


def test_too_few_values_are_rejected() -> None:
    with pytest.raises(ValueError, match="shorter"):
        MODEL.probability([4, 7])


@given(st.floats(-1e6, 1e6))
def test_probabilities_of_opposite_log_odds_add_up_to_one(log_odds: float) -> None:
    assert 0 <= sigmoid(log_odds) <= 1
    assert sigmoid(log_odds) + sigmoid(-log_odds) == pytest.approx(1)


def test_a_value_outside_the_range_of_training_counts_as_the_end_of_the_range() -> None:
    assert MODEL.probability([1e9, 7, 0]) == MODEL.probability([9, 7, 0])
    assert MODEL.probability([math.inf, 7, 0]) == MODEL.probability([9, 7, 0])
    assert MODEL.contributions([-1e9, 7, 0]) == MODEL.contributions([0, 7, 0])
    assert MODEL.probability([8.9, 7, 0]) < MODEL.probability([9, 7, 0])
