"""A Cox model on spells whose hazard is known."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter

from keepwell.churn.survival.fitting import CoxModel, fit
from keepwell.churn.survival.model import TooFewDepartures
from tests.unit.churn.survival.simulated import DAILY_HAZARD, WEIGHT, simulated


@pytest.fixture(scope="module")
def model() -> CoxModel:
    return fit(simulated(600))


def true_chance(use: float, days: int) -> float:
    return 1 - math.exp(-days * DAILY_HAZARD * math.exp(WEIGHT * (math.log1p(use) - 1)))


@pytest.mark.parametrize("use", [1.0, 4.0, 9.0])
@pytest.mark.parametrize("days", [30, 90])
def test_chances_are_near_the_true_ones(model: CoxModel, use: float, days: int) -> None:
    found = model.chances(np.array([[use, 7.0]]), days=days)
    assert found is not None
    assert found[0] == pytest.approx(true_chance(use, days), rel=0.2)


def test_chances_are_those_of_lifelines(model: CoxModel) -> None:
    spells = simulated(600)
    frame = pd.DataFrame(model.preparation.table(spells.inputs)).assign(
        observed=spells.observed, left=spells.left.astype(int)
    )
    theirs = CoxPHFitter(penalizer=0.01).fit(frame, "observed", "left")
    expected = 1 - theirs.predict_survival_function(frame[[0]].head(9), times=[60]).to_numpy()[0]
    assert model.chances(spells.inputs[:9], days=60) == pytest.approx(expected)


def test_days_by_which_shares_have_left_agree_with_the_chances(model: CoxModel) -> None:
    (forecast,) = model.forecasts(np.array([[9.0, 7.0]]))
    assert forecast.quarter_days is not None
    before, after = (
        model.chances(np.array([[9.0, 7.0]]), days=forecast.quarter_days - back) for back in (1, 0)
    )
    assert before is not None
    assert after is not None
    assert before[0] < 0.25 <= after[0]


def test_a_share_that_never_left_while_observed_has_no_day(model: CoxModel) -> None:
    (forecast,) = model.forecasts(np.array([[0.0, 7.0]]))
    chance = model.chances(np.array([[0.0, 7.0]]), days=model.observed_days)
    assert chance is not None
    assert chance[0] < 0.5
    assert forecast.half_days is None


def test_beyond_what_was_observed_chances_are_unknown(model: CoxModel) -> None:
    inputs = np.array([[1.0, 7.0]])
    assert model.chances(inputs, days=model.observed_days) is not None
    assert model.chances(inputs, days=model.observed_days + 1) is None


def test_horizons_beyond_a_short_history_are_unknown() -> None:
    spells = simulated(600)
    short = msgspec.structs.replace(
        spells, observed=np.minimum(spells.observed, 45), left=spells.left & (spells.observed <= 45)
    )
    (forecast,) = fit(short).forecasts(np.array([[1.0, 7.0]]))
    assert forecast.within_30 is not None
    assert (forecast.within_60, forecast.within_90, forecast.half_days) == (None, None, None)


def test_an_input_outside_the_range_that_was_seen_counts_as_its_end(model: CoxModel) -> None:
    most = simulated(600).inputs[:, 0].max()
    known, beyond = model.factors(np.array([[most, 7.0], [1e9, 7.0]]))
    assert beyond == pytest.approx(known)


def test_unknown_inputs_are_taken_as_typical_and_a_column_of_them_is_dropped() -> None:
    spells = simulated(300)
    unknown = np.full((len(spells.left), 1), np.nan)
    inputs = np.column_stack([np.where(spells.inputs[:, :1] > 8, np.nan, spells.inputs[:, :1]), unknown])
    found = fit(msgspec.structs.replace(spells, inputs=inputs))
    assert len(found.weights) == 1
    assert found.factors(np.array([[np.nan, np.nan]])) == pytest.approx([1.0])


def test_inputs_that_never_vary_leave_one_chance_for_everybody() -> None:
    spells = simulated(300)
    found = fit(msgspec.structs.replace(spells, inputs=np.ones((len(spells.left), 2))))
    assert found.factors(np.array([[1.0, 1.0], [5.0, 5.0]])) == pytest.approx([1.0, 1.0])


def test_nine_departures_are_too_few() -> None:
    spells = simulated(300)
    kept = spells.where(~spells.left | (spells.accounts <= np.unique(spells.accounts[spells.left])[8]))
    with pytest.raises(TooFewDepartures, match="Fewer than 10 accounts"):
        fit(kept)
