"""The fitted numbers: what they do with inputs that say nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from keepwell.churn.arrays import one_thread
from keepwell.churn.learning.estimators.calibrating import calibration_of, isotonic
from keepwell.churn.learning.estimators.fitting import (
    ClassWeight,
    FitOptions,
    NothingToLearn,
    UncalibratedWeights,
    fit,
)
from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.learning.fitted.batches import calibrated, contributions, probabilities
from keepwell.churn.learning.fitted.calibration import Platt
from keepwell.churn.learning.fitted.fitted_model import LEAF, Tree, Trees
from keepwell.churn.learning.fitted.serialised import from_bytes, to_bytes
from keepwell.churn.report import RungName
from tests.unit.churn.tables import table_with

HEARTBEAT = 28.0


def heartbeats() -> ExampleTable:
    """300 accounts in three months, each active on all of 28 days."""
    accounts, months = (each.ravel() for each in np.meshgrid(np.arange(1, 301), np.arange(3), indexing="ij"))
    return table_with(
        {
            "active_days_mid": np.full(900, HEARTBEAT),
            "tenure_days": 30 + accounts % 97,
            "gap_days": np.where(accounts % 5 == 0, np.nan, accounts % 7),
        },
        accounts % 31 == months,
        accounts=accounts,
    )


def test_an_account_that_misses_one_day_of_a_heartbeat_that_never_varied_is_not_certain_to_leave() -> None:
    model = fit(heartbeats())
    steady, late = (model.probability([days, 60, 3]) for days in (HEARTBEAT, HEARTBEAT - 1))
    assert late == pytest.approx(steady)
    assert "active_days_mid" not in {each.name for each in model.preparation.inputs}


@pytest.mark.parametrize("rung", ["logistic", "tree"])
def test_many_rows_at_once_get_what_each_gets_alone(rung: RungName) -> None:
    table = heartbeats()
    model = fit(table, rung)
    inputs = table.inputs * 3
    assert probabilities(model, inputs).tolist() == pytest.approx(
        [model.probability(row) for row in inputs.tolist()]
    )
    each_alone = [model.contributions(row) for row in inputs.tolist()]
    assert contributions(model, inputs) == pytest.approx(np.array(each_alone))


RNG = np.random.default_rng(4)


def drawn(size: int = 900) -> ExampleTable:
    """Three rows per account, who leave the more the fewer events they had."""
    events = RNG.poisson(6, size)
    labels = (RNG.random(size) < 1 / (1 + np.exp(0.4 + 0.3 * events))).astype(np.int64)
    columns = {
        "events_total": events,
        "recency_days": np.where(events == 0, math.nan, RNG.exponential(9, size)),
    }
    return table_with(columns, labels, accounts=np.arange(size) // 3)


def with_much_that_says_nothing(size: int) -> ExampleTable:
    """One account in eight leaves, the more likely the longer it is quiet, which four inputs show dimly; forty others are noise."""
    quiet = RNG.normal(size=size)
    labels = (RNG.random(size) < 1 / (1 + np.exp(2.9 - 1.5 * quiet))).astype(np.int64)
    shown = {f"shown {number}": quiet + RNG.normal(size=size) for number in range(4)}
    noise = {f"noise {number}": RNG.normal(size=size) for number in range(40)}
    return table_with(shown | noise, labels)


def test_many_inputs_do_not_learn_by_heart_what_a_few_departures_had_in_common() -> None:
    """As many inputs as departures: with a penalty that does not know of it, the log-odds are four times too far from the mean."""
    slopes = [fit(with_much_that_says_nothing(300)).calibration.slope for _ in range(8)]
    assert 0.7 < np.mean(slopes) < 2


@pytest.mark.parametrize("rung", ["base_rate", "recency", "logistic", "tree"])
def test_every_rung_is_stored_as_json_that_scores_the_same_one_by_one_and_all_at_once(rung: RungName) -> None:
    table = drawn()
    model = from_bytes(to_bytes(fit(table, rung)))
    together = probabilities(model, table.inputs[:40])
    assert together.tolist() == pytest.approx([model.probability(row) for row in table.inputs[:40].tolist()])
    assert probabilities(model, table.inputs).mean() == pytest.approx(table.base_rate, abs=0.01)


def test_a_tree_is_at_most_five_deep_and_its_contributions_lead_from_the_root_to_the_leaf() -> None:
    model = fit(drawn(), "tree")
    assert isinstance(model.core, Trees)
    (tree,) = model.core.trees
    for row in ([0.0, math.nan], [9.0, 3.0], [4.0, 40.0]):
        prepared = model.preparation.prepared(row)
        assert len(tree.path(prepared)) <= 6
        moved = model.log_odds(row) - tree.value[0]
        assert sum(model.contributions(row)) == pytest.approx(model.calibration.slope * moved)


def test_class_weights_without_calibration_are_refused() -> None:
    with pytest.raises(UncalibratedWeights) as refused:
        FitOptions(class_weight="balanced", calibration="none")
    assert refused.value.hint


def test_class_weights_are_calibrated_away() -> None:
    table = drawn()
    weighted = fit(table, options=FitOptions(class_weight="balanced"))
    assert weighted.core.log_odds(weighted.preparation.prepared([6.0, 9.0])) > -1
    assert probabilities(weighted, table.inputs).mean() == pytest.approx(table.base_rate, abs=0.01)


def test_the_calibration_that_was_better_on_unseen_accounts_is_chosen() -> None:
    log_odds = RNG.normal(size=6000)
    # Half of the right side leaves whatever the model says: no line through the log-odds says so.
    steps = np.where(log_odds > 0.5, 0.5, 0.02)
    table = table_with({"x": log_odds}, (RNG.random(6000) < steps).astype(np.int64))
    folds = np.arange(6000) % 5
    assert calibration_of(log_odds, table, folds=folds, choice="best").name == "isotonic"
    straight = table_with(
        {"x": log_odds}, (RNG.random(6000) < 1 / (1 + np.exp(2 - log_odds))).astype(np.int64)
    )
    found = calibration_of(log_odds, straight, folds=folds, choice="best")
    assert isinstance(found, Platt)
    assert found.slope == pytest.approx(1, abs=0.15)
    assert found.intercept == pytest.approx(-2, abs=0.15)


def test_an_isotonic_calibration_is_never_certain_and_the_same_in_numbers_and_arrays() -> None:
    log_odds = np.linspace(-3, 3, 60)
    found = isotonic(log_odds, (log_odds > 0).astype(np.int64))
    asked = np.linspace(-5, 5, 101)
    assert calibrated(found, asked).tolist() == pytest.approx(
        [found.probability(each) for each in asked.tolist()]
    )
    assert 0 < found.probability(-9) < found.probability(9) < 1


@pytest.mark.parametrize(
    ("labels", "accounts"),
    [([1] * 60, range(60)), ([0] * 60, range(60)), ([1, 0] * 30, [0] * 60), ([1] + [0] * 59, range(60))],
    ids=["all left", "all stayed", "one account", "one left"],
)
def test_what_nothing_can_be_learnt_from_is_an_error_that_counts(
    labels: list[int], accounts: Sequence[int]
) -> None:
    table = table_with({"x": RNG.normal(size=60)}, np.array(labels), accounts=np.array(accounts))
    with pytest.raises(NothingToLearn, match=r"Of \d+ accounts, \d+ left and \d+ stayed"):
        fit(table)


def test_two_accounts_that_left_and_columns_that_say_nothing_give_about_the_base_rate() -> None:
    labels = np.array([1, 1] + [0] * 38)
    unknown = table_with({"x": np.full(40, math.nan), "y": np.full(40, 3.0)}, labels)
    assert fit(unknown).probability([5.0, math.nan]) == pytest.approx(0.05, abs=0.001)
    small = fit(table_with({"x": RNG.normal(size=40)}, labels), "tree")
    assert 0 < small.probability([math.nan]) < 0.5


class CountingBooster:
    """Boosts nothing, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def fit(self, *_rows: np.ndarray, class_weight: ClassWeight | None) -> Sequence[Tree]:
        assert class_weight is None
        self.asked += 1
        return [Tree(feature=[LEAF], threshold=[0.0], left=[LEAF], right=[LEAF], value=[-2.0])]


@pytest.mark.parametrize(("size", "folds"), [(900, 5), (9000, 2)], ids=["few left", "plenty left"])
def test_with_plenty_of_departures_for_each_column_two_folds_tell_the_calibration(
    size: int, folds: int
) -> None:
    booster = CountingBooster()
    fit(drawn(size), "boosting", booster=booster)
    assert booster.asked == 1 + folds


def test_a_fit_that_starts_from_an_earlier_one_ends_where_it_would_without() -> None:
    table = drawn(3000)
    earlier = fit(table.where(np.arange(3000) < 1500))
    started, afresh = (probabilities(fit(table, start=start), table.inputs) for start in (earlier, None))
    assert started.tolist() == pytest.approx(afresh.tolist(), abs=1e-4)
    other = fit(table_with({"x": table.inputs[:, 0]}, table.labels, accounts=table.accounts))
    assert probabilities(fit(table, start=other), table.inputs).tolist() == afresh.tolist()


def test_rows_one_after_the_other_are_not_copied() -> None:
    table = drawn()
    assert np.shares_memory(table.where(table.accounts < 100).inputs, table.inputs)
    assert not np.shares_memory(table.where(table.accounts % 2 == 0).inputs, table.inputs)


def test_linear_algebra_is_done_by_one_thread_and_by_as_many_as_before_afterwards() -> None:
    def threads() -> list[int]:
        return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]

    before = threads()
    with one_thread():
        assert set(threads()) == {1}
    assert threads() == before
