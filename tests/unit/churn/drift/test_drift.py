"""Drift of a night's accounts from those of the training."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp

from benchmarks.drift.shop import Year, live
from benchmarks.drift.years import outcome_of
from keepwell.churn.drift.chance import chance_of
from keepwell.churn.drift.judging import drift_of
from keepwell.churn.drift.model import DriftReference
from keepwell.churn.drift.reference import counted, reference_of
from keepwell.churn.drift.statistics import distances

_ACCOUNTS, _DAYS = 200, 6


def _reference(*, unknown: float = 0.2) -> DriftReference:
    random = np.random.default_rng(1)
    use = random.normal(10, 2, size=_ACCOUNTS * _DAYS)
    seats = np.repeat(random.poisson(0.3, size=_ACCOUNTS), _DAYS).astype(float)
    seats[random.random(len(seats)) < unknown] = np.nan
    return reference_of(
        ["use", "seats"],
        [use, seats],
        days=np.tile(np.arange(_DAYS) * 30 + 738_000, _ACCOUNTS),
        accounts=np.repeat(np.arange(_ACCOUNTS), _DAYS),
    )


def _night(*, use: float = 10.0, unknown: float = 0.2, accounts: int = _ACCOUNTS) -> dict[str, np.ndarray]:
    random = np.random.default_rng(9)
    seats = random.poisson(0.3, size=accounts).astype(float)
    seats[random.random(accounts) < unknown] = np.nan
    return {"use": random.normal(use, 2, size=accounts), "seats": seats}


def test_distances_are_those_of_the_textbook() -> None:
    random = np.random.default_rng(4)
    before, now = random.normal(size=900), random.normal(0.3, 1.2, size=300)
    edges = np.quantile(before, np.arange(1, 20) / 20)
    counts = [counted(edges.tolist(), each)[None].astype(float) for each in (before, now)]
    psi, ks, js, unknown = distances(*counts)[0].tolist()
    codes = [np.searchsorted(edges, each) for each in (before, now)]
    assert ks == pytest.approx(ks_2samp(*codes).statistic)
    p, q = (np.bincount(each // 2, minlength=10) + 0.5 for each in codes)
    p, q = p / p.sum(), q / q.sum()
    assert psi == pytest.approx(float(((q - p) * np.log(q / p)).sum()))
    assert js == pytest.approx(jensenshannon(p, q, base=2))
    assert unknown == 0


def test_an_input_of_two_values_has_a_psi_of_its_own() -> None:
    before, now = (np.array([[share, 200.0 - share, 0.0, 0.0]]) for share in (100.0, 150.0))
    assert distances(before, now)[0, 0] > 0.2


def test_a_night_like_the_training_has_not_drifted_though_its_psi_is_above_zero() -> None:
    found = drift_of(_reference(), _night(), seed=1)
    assert found.drifted == []
    assert all(0 < each.psi < each.usual_psi for each in found.inputs)


def test_a_shift_is_found_in_the_input_that_has_it_alone() -> None:
    assert drift_of(_reference(), _night(use=13.0), seed=1).drifted == ["use"]


def test_an_input_that_became_unknown_has_drifted_though_what_is_known_of_it_did_not() -> None:
    found = drift_of(_reference(), _night(unknown=0.6), seed=1)
    assert found.drifted == ["seats"]
    assert found.inputs[0].unknown > 0.5 > found.inputs[0].unknown_before


def test_an_input_that_is_unknown_for_everybody_or_missing_has_drifted_and_breaks_nothing() -> None:
    night = _night()
    assert drift_of(_reference(), {"use": night["use"]}, seed=1).drifted == ["seats"]
    assert drift_of(_reference(unknown=1.0), {"use": night["use"]}, seed=1).drifted == []


def test_values_beyond_the_range_of_the_training_count_in_its_last_part() -> None:
    night = _night()
    assert drift_of(_reference(), night | {"use": night["use"] * 1e6}, seed=1).drifted == ["use"]


def test_rows_of_one_account_are_worth_one_account() -> None:
    assert _reference().accounts == pytest.approx(_ACCOUNTS)


def test_days_of_the_training_that_differ_by_more_than_chance_widen_what_is_usual() -> None:
    random = np.random.default_rng(2)
    days, accounts = np.tile(np.arange(_DAYS) + 738_000, _ACCOUNTS), np.repeat(np.arange(_ACCOUNTS), _DAYS)
    flat = random.normal(size=len(days))
    usual = [
        chance_of(reference_of(["use"], [column], days=days, accounts=accounts), accounts=200, seed=1).usual[
            0, 1
        ]
        for column in (flat, flat + days - 738_000)
    ]
    assert usual[1] > 2 * usual[0]


def test_the_same_night_and_seed_give_the_same_judgement() -> None:
    assert drift_of(_reference(), _night(), seed=7) == drift_of(_reference(), _night(), seed=7)


@pytest.mark.parametrize(("change", "found"), [("none", {0, 1}), ("tracker", {4}), ("unknown", {4})])
def test_weekly_looks_at_simulated_years_find_what_changed_and_hardly_ever_what_did_not(
    change: str, found: set[int]
) -> None:
    year = Year(accounts=160, change=change, since=91)  # type: ignore[arg-type]
    outcomes = [outcome_of(live(year, seed=seed), seed=seed) for seed in range(200, 204)]
    assert sum(each.drifted_after is not None for each in outcomes) in found
