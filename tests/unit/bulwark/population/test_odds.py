"""Odds fitted on played matches: exact where possible, and close to the truth where it is known."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from bulwark.bots.population.logistic import logit, sigmoid
from bulwark.bots.population.odds import REFERENCE, Odds, Trial, fit

MAPS = ["meadow", "ford", "canyon"]
OFFSETS = {"meadow": 0.5, "ford": 0.0, "canyon": -0.7}
SLOPE = 1.6


def drawn(count: int, *, seed: int = 1) -> list[Trial]:
    """Trials drawn with OFFSETS and SLOPE as the truth."""
    rng = Random(seed)
    trials = []
    for _ in range(count):
        name, advantage = rng.choice(MAPS), rng.gauss(0.5, 1.2)
        trials.append(Trial(name, advantage, won=rng.random() < sigmoid(OFFSETS[name] + SLOPE * advantage)))
    return trials


def test_many_trials_recover_the_true_parameters() -> None:
    odds = fit(drawn(20_000), maps=MAPS)
    assert odds.trials == 20_000
    assert odds.slope == pytest.approx(SLOPE, abs=0.1)
    for name, offset in OFFSETS.items():
        assert odds.offsets[name] == pytest.approx(offset, abs=0.12)


def test_many_trials_give_the_same_fit_as_scikit_learn() -> None:
    trials = drawn(20_000)
    inputs = np.array([[trial.map == name for name in MAPS] + [trial.advantage] for trial in trials])
    fitted = LogisticRegression(C=1e6, fit_intercept=False, max_iter=1000).fit(
        inputs.astype(float), [trial.won for trial in trials]
    )
    odds = fit(trials, maps=MAPS)
    assert [*odds.offsets.values(), odds.slope] == pytest.approx(list(fitted.coef_[0]), abs=0.01)


def test_without_trials_the_odds_are_the_reference() -> None:
    odds = fit([], maps=MAPS)
    assert (odds.slope, set(odds.offsets.values())) == (1.0, {0.0})
    assert odds.chance("meadow", 0.7) == REFERENCE.chance("elsewhere", 0.7) == sigmoid(0.7)


def test_only_wins_on_a_map_do_not_make_winning_certain() -> None:
    odds = fit([Trial("meadow", 0.0, won=True)] * 50, maps=MAPS)
    assert 0.9 < odds.chance("meadow", 0.0) < 1.0
    assert odds.chance("ford", 0.0) == pytest.approx(0.5)


def test_trials_on_unknown_maps_are_ignored() -> None:
    assert fit([Trial("gone", 0.0, won=True)], maps=MAPS).trials == 0


@given(st.lists(st.builds(Trial, st.sampled_from(MAPS), st.floats(-8, 8), st.booleans()), max_size=60))
def test_the_gradient_is_zero_at_the_fit(trials: list[Trial]) -> None:
    odds = fit(trials, maps=MAPS)
    slope = (1 - odds.slope) / 0.5**2
    for name in MAPS:
        errors = [trial.won - odds.chance(name, trial.advantage) for trial in trials if trial.map == name]
        assert sum(errors) - odds.offsets[name] == pytest.approx(0, abs=1e-5)
    slope += sum((trial.won - odds.chance(trial.map, trial.advantage)) * trial.advantage for trial in trials)
    assert slope == pytest.approx(0, abs=1e-4)


@given(st.floats(-700, 700))
def test_log_odds_and_probabilities_never_overflow(log_odds: float) -> None:
    assert 0 <= sigmoid(log_odds) <= 1
    if abs(log_odds) < 30:
        assert math.isclose(logit(sigmoid(log_odds)), log_odds, rel_tol=1e-3, abs_tol=1e-9)


def test_a_map_without_an_offset_has_offset_zero() -> None:
    assert Odds({"meadow": 1.0}, 2.0).chance("ford", 0.5) == sigmoid(1.0)
