"""The estimator of effects: against planted ones, with few cases and many, looked at once and every month."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest

from keepwell.platform.effects.ancova import lin
from keepwell.platform.effects.model import Effect, Enrolled
from keepwell.platform.effects.proportions import Share, binomial_p_value, newcombe, wilson
from keepwell.platform.effects.service import effect_on_amount, effect_on_share, smallest_visible

HELD_SHARE = 0.2
RUNS = 200
MONTHS, A_MONTH = 24, 30


def drawn(
    random: np.random.Generator, size: int, *, effect: float = 0.0, per_account: int = 1
) -> list[Enrolled]:
    """Cases of which about a fifth is held: those that are acted on stay more often by `effect`, and the score knows who stays."""
    held = random.random(size) < HELD_SHARE
    expected = random.beta(6, 3, size)
    stays = random.random(size) < np.clip(expected * 0.9 + np.where(held, 0.0, effect), 0, 1)
    return [
        Enrolled(UUID(int=number // per_account), bool(is_held), float(score), float(stayed))
        for number, (is_held, score, stayed) in enumerate(zip(held, expected, stays, strict=True))
    ]


def case(number: int, *, is_held: bool, outcome: float, score: float = 0.5) -> Enrolled:
    return Enrolled(UUID(int=number), is_held, score, outcome)


def covered(effects: list[Effect], truth: float) -> float:
    intervals = [each.interval for each in effects if each.interval is not None]
    assert len(intervals) > RUNS * 0.95
    return sum(each.low <= truth <= each.high for each in intervals) / len(intervals)


@pytest.mark.parametrize(
    ("size", "method"), [(30, "newcombe"), (100, "newcombe"), (150, "ancova"), (700, "ancova")]
)
@pytest.mark.parametrize("effect", [0.0, 0.08])
def test_95_of_100_intervals_contain_the_planted_effect(size: int, method: str, effect: float) -> None:
    random = np.random.default_rng([size, round(effect * 100)])
    # None of the chances is cut off at 1, so that the effect is the same for all.
    effects = [
        effect_on_share(drawn(random, size, effect=effect), held_share=HELD_SHARE) for _ in range(RUNS)
    ]
    assert 0.91 <= covered(effects, effect) <= 0.99
    assert {each.method for each in effects if each.interval is not None} <= {method, "newcombe"}


def test_who_looks_every_month_for_two_years_claims_an_effect_that_is_not_there_in_at_most_1_of_20_shops() -> (
    None
):
    random = np.random.default_rng(3)
    looked_once, always = 0, 0
    for _ in range(RUNS):
        cases = drawn(random, MONTHS * A_MONTH)
        looks = [
            effect_on_share(cases[: A_MONTH * month], held_share=HELD_SHARE) for month in range(1, MONTHS + 1)
        ]
        looked_once += any(each.interval is not None and each.interval.excludes_zero for each in looks)
        always += any(each.is_shown for each in looks)
    assert always <= 0.05 * RUNS
    # What it protects from: an interval that is meant for one look.
    assert looked_once > 0.12 * RUNS


def test_early_looks_at_rare_departures_claim_no_effect_more_often() -> None:
    random = np.random.default_rng(3)
    shown = sum(any(each.is_shown for each in _looks_of_a_year(random)) for _ in range(100))
    # By the regression alone, 5 of these shops would claim one in their first year.
    assert shown <= 2


def _looks_of_a_year(random: np.random.Generator) -> list[Effect]:
    """Of a shop of 300 accounts, some of which come back; one in nine leaves, and what is done changes nothing."""
    held, leaves = random.random(300) < HELD_SHARE, np.clip(random.beta(1.2, 9, 300), 0.005, 0.9)
    cases: list[Enrolled] = []
    looks = []
    for _ in range(12):
        for number in random.choice(300, 26, replace=False):
            score = float(leaves[number] * np.exp(random.normal(0, 0.4)))
            stayed = float(random.random() < 1 - leaves[number])
            cases.append(Enrolled(UUID(int=int(number)), bool(held[number]), score, stayed))
        looks.append(effect_on_share(cases, held_share=HELD_SHARE))
    return looks


def test_a_large_effect_is_shown() -> None:
    found = effect_on_share(drawn(np.random.default_rng(4), 1_500, effect=0.2), held_share=HELD_SHARE)
    assert found.is_shown
    assert found.always_valid is not None
    assert found.interval is not None
    assert found.always_valid.low < found.interval.low < found.interval.high < found.always_valid.high


def test_a_score_that_knows_the_outcome_makes_the_interval_narrower() -> None:
    random = np.random.default_rng(5)
    scores = random.random(2_000)
    cases = [
        case(number, is_held=number % 5 == 0, outcome=float(random.random() < score), score=float(score))
        for number, score in enumerate(scores)
    ]
    without = [each._replace(score=0.5) for each in cases]
    assert lin(cases).standard_error < 0.88 * lin(without).standard_error


def test_cases_of_one_account_are_no_independent_ones() -> None:
    once = drawn(np.random.default_rng(6), 200)
    twice = [each for each in once for _ in range(2)]
    assert lin(twice).standard_error == pytest.approx(lin(once).standard_error, rel=0.02)
    assert lin(twice).accounts == 200


def test_the_difference_of_means_without_a_score_is_lins() -> None:
    cases = [
        case(number, is_held=number < 2, outcome=outcome) for number, outcome in enumerate([0, 1, 1, 1, 0, 1])
    ]
    assert lin(cases).difference == pytest.approx(0.75 - 0.5)


def test_newcombes_interval_is_that_of_the_paper() -> None:
    # Newcombe (1998), table II: 56 of 70 against 48 of 80, method 10.
    found = newcombe(Share(56, 70), Share(48, 80))
    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)


def test_a_share_of_nobody_is_no_certainty() -> None:
    assert wilson(Share(0, 10)).high == pytest.approx(0.2775, abs=1e-4)


def test_no_bound_of_a_difference_of_shares_is_beyond_everybody() -> None:
    few = [case(1, is_held=False, outcome=1.0), case(2, is_held=True, outcome=0.0)]
    found = effect_on_share(few, held_share=0.5)
    assert found.always_valid is not None
    assert (found.always_valid.low, found.always_valid.high) == (-1.0, 1.0)


def test_amounts_of_few_cases_have_counts_and_no_interval() -> None:
    found = effect_on_amount(drawn(np.random.default_rng(7), 60), held_share=HELD_SHARE)
    assert (found.interval, found.always_valid, found.is_shown) == (None, None, False)
    assert found.acted.mean is not None


def test_without_held_accounts_there_is_no_effect_to_state() -> None:
    found = effect_on_share([case(1, is_held=False, outcome=1)], held_share=HELD_SHARE)
    assert (found.interval, found.held.cases, found.held.mean) == (None, 0, None)


def test_arms_without_any_difference_in_score_or_outcome_are_estimated() -> None:
    cases = [case(number, is_held=number % 3 == 0, outcome=1) for number in range(200)]
    found = effect_on_share(cases, held_share=1 / 3)
    assert found.interval is not None
    assert found.interval.value == pytest.approx(0, abs=1e-9)


def test_a_split_that_chance_does_not_explain_is_named_and_shows_nothing() -> None:
    cases = drawn(np.random.default_rng(8), 1_500, effect=0.2)
    lost = [each for each in cases if not each.is_held or each.account_id.int % 2]
    found = effect_on_share(lost, held_share=HELD_SHARE)
    assert found.sample_ratio.is_mismatch
    assert not found.is_shown


def test_accounts_that_come_back_in_their_arm_are_no_odd_split() -> None:
    held = [case(number, is_held=number < 3, outcome=1) for number in range(10) for _ in range(12)]
    split = effect_on_share(held, held_share=0.5).sample_ratio
    assert (split.held, split.accounts, split.is_mismatch) == (3, 10, False)


@pytest.mark.parametrize(("hits", "of"), [(3, 10), (0, 40), (230, 1_000), (9_700, 50_000)])
def test_the_test_of_a_split_is_exact(hits: int, of: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    assert binomial_p_value(hits, of, expected=0.2) == pytest.approx(
        stats.binomtest(hits, of, 0.2).pvalue, rel=1e-6
    )


def test_what_a_shop_can_ever_see_follows_from_its_numbers() -> None:
    a_year = 12 * A_MONTH
    seen = smallest_visible(0.2, enrolled=a_year, held_share=0.2)
    half = smallest_visible(0.2, enrolled=a_year, held_share=0.5)
    assert seen is not None
    assert half is not None
    assert 0.55 < half < seen < 0.8
    assert smallest_visible(0.2, enrolled=20, held_share=0.2) is None
