"""Bets against probabilities: they gain nothing while these hold, and soon when they do not."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import numpy as np
import pytest

from benchmarks.drift.shop import Year, live
from benchmarks.drift.years import outcome_of
from keepwell.churn.live.betting import (
    BETS,
    SettledList,
    after,
    log_gains,
    log_odds,
    staked,
    tolerance_of,
    tolerated,
)
from keepwell.churn.live.model import BROKEN_AT, Wagers
from keepwell.churn.live.verdict import verdict_of
from keepwell.churn.live.visible import smallest_visible

_FIRST = date(2026, 1, 1)
_CHANCES = np.random.default_rng(5).beta(0.8, 14, size=300)


def _list(
    chances: np.ndarray,
    left: np.ndarray,
    *,
    month: int = 0,
    version: int = 1,
    undisturbed: np.ndarray | None = None,
) -> SettledList:
    return SettledList(
        as_of=_FIRST + timedelta(days=30 * month),
        model_version=version,
        chances=chances,
        left=left,
        undisturbed=np.ones(len(left), dtype=bool) if undisturbed is None else undisturbed,
        tolerance=0.05,
    )


def _months(count: int, *, odds: float, seed: int = 1) -> list[SettledList]:
    random = np.random.default_rng(seed)
    true = 1 / (1 + np.exp(-(log_odds(_CHANCES) + np.log(odds))))
    return [_list(_CHANCES, (random.random(300) < true).astype(int), month=month) for month in range(count)]


def _bet_on(lists: list[SettledList], before: Wagers | None = None) -> Wagers:
    for each in lists:
        before = after(each, before, horizon_days=30)
    assert before is not None
    return before


def test_no_bet_gains_on_average_under_any_probabilities_within_the_tolerance() -> None:
    chances = np.array([0.02, 0.1, 0.5])
    outcomes = np.array([[number >> bit & 1 for bit in range(3)] for number in range(8)])
    gains = np.exp([log_gains(_list(chances, each)) for each in outcomes])
    for truth in tolerated(log_odds(chances), 0.05):
        weights = np.prod(np.where(outcomes == 1, truth, 1 - truth), axis=1)
        assert (weights @ gains <= 1 + 1e-9).all()


def test_a_years_stakes_add_up_to_one_and_later_years_to_no_more() -> None:
    for horizon in (7, 30, 90, 365):
        lists = 365 // horizon
        stakes = [staked(number, horizon_days=horizon) for number in range(3 * lists)]
        assert sum(stakes[:lists]) == pytest.approx(1, abs=0.1)
        assert sum(stakes) <= 3 + 1e-9


def test_twice_as_many_departures_are_found_within_months_and_said_to_be_more() -> None:
    found = _bet_on(_months(8, odds=2.0))
    assert found.broken_by == "more_left"
    assert found.broken_on is not None
    assert (found.broken_on - _FIRST).days <= 210
    verdict = verdict_of(found, serving=1, next_on=None)
    assert verdict.needs_challenger
    assert (verdict.departed, verdict.evidence >= BROKEN_AT) == (found.departed, True)


def test_probabilities_that_say_nothing_about_who_leaves_are_found_though_as_many_leave() -> None:
    random = np.random.default_rng(2)
    mean = float(_CHANCES.mean())
    lists = [_list(_CHANCES, (random.random(300) < mean).astype(int), month=month) for month in range(12)]
    assert _bet_on(lists).broken_by == "overconfident"


def test_fewer_departures_among_accounts_that_were_worked_on_break_nothing() -> None:
    half = np.arange(300) % 2 == 0
    fewer = [
        each._replace(left=np.where(half, each.left, 0), undisturbed=half) for each in _months(12, odds=1.0)
    ]
    assert _bet_on(fewer).broken_on is None
    untouched = [each._replace(left=each.left * 0) for each in fewer]
    assert _bet_on(untouched).broken_by == "fewer_left"


def test_a_break_stays_until_another_model_is_served_and_its_first_list_begins_a_test() -> None:
    broken = _bet_on(_months(8, odds=3.0))
    assert _bet_on([each._replace(as_of=date(2027, 1, 1)) for each in _months(1, odds=1.0)], broken).broken_on
    assert verdict_of(broken, serving=2, next_on=date(2027, 2, 1)).state == "waiting"
    renewed = _bet_on([each._replace(model_version=2) for each in _months(1, odds=1.0)], broken)
    assert (renewed.lists, renewed.broken_on) == (1, None)


def test_a_model_that_was_gone_back_to_after_a_break_has_a_test_of_its_own() -> None:
    broken = _bet_on([each._replace(model_version=2) for each in _months(8, odds=3.0)])
    back = _bet_on(_months(1, odds=1.0), broken)
    assert (back.lists, back.broken_on, back.model_version) == (1, None, 1)
    assert verdict_of(back, serving=1, next_on=None).state == "quiet"
    assert _bet_on(_months(8, odds=3.0), broken).broken_on is not None


def test_without_a_break_lists_of_a_newer_model_are_counted_on() -> None:
    first, second = _months(2, odds=1.0)
    found = _bet_on([first, second._replace(model_version=2)])
    assert (found.lists, found.model_version) == (2, 2)


def test_wagers_of_a_release_with_other_bets_begin_again() -> None:
    earlier = msgspec.structs.replace(_bet_on(_months(3, odds=1.0)), owned=[1.0] * (len(BETS) + 1))
    assert _bet_on(_months(1, odds=1.0), earlier).lists == 1


def test_one_probability_for_everybody_is_judged_by_its_level_alone() -> None:
    gains = log_gains(_list(np.full(100, 0.05), np.arange(100) % 20 == 0))
    by = dict(zip(BETS, gains.tolist(), strict=True))
    assert all(gain == pytest.approx(0, abs=1e-6) for bet, gain in by.items() if bet.spread != 1)


def test_a_certain_probability_that_is_wrong_is_much_evidence_and_no_infinity() -> None:
    found = _bet_on([_list(np.array([0.0, 1.0] * 20), np.array([1, 0] * 20))])
    assert found.broken_on is not None
    assert np.isfinite(found.owned).all()


def test_a_model_learnt_from_few_departures_may_be_further_off() -> None:
    assert [round(tolerance_of(each), 3) for each in (0, 25, 400, 10_000)] == [2.0, 0.4, 0.1, 0.05]


def test_larger_shops_see_smaller_shifts_and_a_tiny_one_none() -> None:
    small, large, tiny = (
        smallest_visible(np.resize(_CHANCES, size), horizon_days=30, tolerance=0.05, seed=1)
        for size in (160, 2_400, 12)
    )
    assert small is not None
    assert large is not None
    assert 1 < large < small
    assert tiny is None


@pytest.mark.parametrize(
    ("change", "by", "years", "broken"),
    [
        ("none", 1.0, 12, {0, 1}),
        ("inputs", 2.0, 6, {0, 1}),
        ("level", 2.0, 6, {5, 6}),
        ("decay", 1.0, 6, {5, 6}),
    ],
)
def test_of_twelve_simulated_years_at_most_one_quiet_one_breaks_and_most_changed_ones_do(
    change: str, by: float, years: int, broken: set[int]
) -> None:
    year = msgspec.convert({"accounts": 300, "change": change, "by": by}, Year)
    found = [
        outcome_of(live(year, seed=seed), seed=seed, bets_alone=True) for seed in range(100, 100 + years)
    ]
    assert sum(each.broken_after is not None for each in found) in broken
