"""The churn model judged against the truth: shares have their ends, forks take nothing from entropy, promises are kept or named."""

from __future__ import annotations

import math
from datetime import date
from random import Random
from statistics import fmean, variance

import pytest

from benchmarks.churn.judging import Figures, Judged, Shares, Treated, loss, shares
from benchmarks.churn.kept import simulated
from benchmarks.churn.measure import Asked, ChurnFigures, measure
from benchmarks.churn.model import FORKED, Moment
from benchmarks.churn.report import PromiseBroken, check, markdown, summary
from keepwell.platform.progress import SilentProgress


def judged(truth: float, told: float, *, error: float = 0.0) -> Judged:
    moment = Moment(
        account="A-1", day=date(2026, 1, 1), state=(), mrr=10.0, has_announced=False, is_treated=False, left=False,
        truth=truth, error=error,
    )  # fmt: skip
    return Judged(moment=moment, truth=truth, told=told, reference={})


def figures(*, model: float = 0.10, money: float = 1.0, accounts: int = 2_400) -> Figures:
    """A business in which one learns 0.08 of 0.10 nats that are possible from the state."""
    own = Shares(count=10, base=0.2, oracle=0.1, model=model, reference={"logistic": 0.12})
    return Figures(
        seed=1, accounts=accounts, days=5, shares=own, money=money, knowable=0.9, lost=0.8, has_signal=True, listed=1.0, expected=3.0, left=3,
        treated=Treated(count=2, told=0.5, truth=0.8, contacted=0.5),
    )  # fmt: skip


def run(*businesses: Figures) -> ChurnFigures:
    return ChurnFigures(forks=20, businesses=businesses, seconds=1.0, cpu_seconds=2.0)


def test_who_tells_the_truth_has_all_of_the_possible_and_who_tells_its_mean_nothing() -> None:
    truths = [0.01, 0.05, 0.6]
    assert shares([judged(truth, truth) for truth in truths]).possible == pytest.approx(1)
    assert shares([judged(truth, fmean(truths)) for truth in truths]).possible == pytest.approx(0)


def test_a_probability_of_zero_that_comes_true_costs_much_and_not_everything() -> None:
    assert 9 < loss(0.0, 1.0) < 10


def test_few_forks_do_not_make_the_oracle_seem_to_know_more() -> None:
    rng, accounts, forks = Random(1), 4_000, 8
    estimated = []
    for _ in range(accounts):
        # Of each fork's days 0.02 to 0.38 are likely: 0.2 on average.
        told = [rng.uniform(0.02, 0.38) for _ in range(forks)]
        mean = fmean(told)
        estimated.append(judged(mean, mean, error=math.sqrt(variance(told) / forks)))
    seen = shares(estimated)
    exact = loss(0.2, 0.2)
    assert seen.oracle == pytest.approx(exact, abs=0.0007)
    # What the estimates themselves lose: without the correction it would count as knowledge.
    assert seen.model < exact - 0.003


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (figures(model=0.14), "of what one learns from the observable state"),
        (figures(money=1.2), "revenue at risk is 1.20 of the truth"),
        (figures(money=0.8), "further than 8 % from the truth for the seeds 1"),
    ],
)
def test_a_broken_promise_is_named(broken: Figures, words: str) -> None:
    with pytest.raises(PromiseBroken, match=words):
        check(run(broken))


def test_promises_that_are_kept_are_no_error() -> None:
    check(run(figures()))
    assert "What was promised holds." in markdown(run(figures()))
    assert "2,400 accounts: 100.0% of the possible" in summary(run(figures()))


@pytest.mark.thorough
def test_a_small_business_is_simulated_judged_and_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    kept = tmp_path_factory.mktemp("kept")
    asked = Asked(seeds=[1], sizes=[200], forks=2, kept=kept)
    first = measure(asked, progress=SilentProgress()).businesses
    again = measure(asked, progress=SilentProgress()).businesses
    assert first == again
    assert first[0].shares.oracle < first[0].shares.model < first[0].shares.base * 1.2
    business = simulated(1, accounts=200, forks=2, folder=kept, lived=lambda: None)
    assert {each.day for each in business.records.moments if each.truth is not None} == set(FORKED)
