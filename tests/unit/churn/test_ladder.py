"""The ladder: the simplest rung that is not worse is chosen, and what cannot be fitted or judged says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
import numpy as np
import pytest

from keepwell.churn.label import Label
from keepwell.churn.learning.estimators.fitting import ClassWeight
from keepwell.churn.learning.estimators.rungs import RungNotFitted, columns_of
from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.learning.fitted.fitted_model import Tree
from keepwell.churn.learning.ladder import Try, choose, climb
from keepwell.churn.learning.reporting import report_of
from keepwell.churn.report import RungName
from tests.unit.churn.tables import FIRST_DAY, table_with

RNG = np.random.default_rng(11)
MONTHS, ACCOUNTS, SEED = 12, 160, 5
SIMPLE: Sequence[RungName] = ("base_rate", "recency", "rfm", "logistic", "tree")


class NoBooster:
    """A machine without LightGBM."""

    def fit(self, *_rows: np.ndarray, class_weight: ClassWeight | None) -> Sequence[Tree]:
        hint = f"apt install libgomp1 (weights: {class_weight})"
        raise RungNotFitted("LightGBM needs libgomp.so.1, which this machine lacks.", hint=hint)


def history(*, slope: float, drift: bool = False, only_recency: bool = True) -> ExampleTable:
    """A year of accounts who leave the more the longer they were not seen; with `drift`, the other way round at first."""
    size = MONTHS * ACCOUNTS
    month = np.repeat(np.arange(MONTHS), ACCOUNTS)
    recency, noise = RNG.exponential(20, size), RNG.normal(size=size)
    way = np.where(month < 4, -1, 1) if drift else 1
    log_odds = -2.2 + slope * way * (np.log1p(recency) - 2.6)
    labels = (RNG.random(size) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)
    columns = {"recency_days": recency, "noise": noise} if only_recency else {"noise": noise}
    return table_with(
        columns,
        labels,
        accounts=np.tile(np.arange(ACCOUNTS), MONTHS),
        days=FIRST_DAY + 30 * month,
        is_annual=np.tile(np.arange(ACCOUNTS) % 16 == 0, MONTHS),
    )


def origins(*months: int) -> list[date]:
    return [date.fromordinal(FIRST_DAY + 30 * month) for month in months]


def test_a_rung_within_one_standard_error_of_the_best_is_chosen_if_it_is_simpler() -> None:
    better = RNG.random(400)
    noise = RNG.normal(scale=0.3, size=400)
    tries: dict[RungName, Try] = {
        "recency": Try(better + noise - noise.mean() + 0.001, better),
        "logistic": Try(better, better),
    }
    chosen = choose(tries, np.arange(400), seed=SEED)
    assert (chosen.chosen, list(chosen.tied)) == ("recency", ["recency", "logistic"])
    tries["recency"] = Try(better + 0.2 + noise / 3, better)
    assert choose(tries, np.arange(400), seed=SEED).chosen == "logistic"


def test_where_only_recency_matters_it_is_chosen_and_the_report_shows_how_far_the_others_are_behind() -> None:
    report = report_of(climb(history(slope=1.2), origins(6, 9), rungs=SIMPLE, seed=SEED), seed=SEED)
    assert report.chosen == "recency"
    assert [each.name for each in report.rungs] == list(SIMPLE)
    base = report.rungs[0]
    assert base.behind is not None
    assert base.behind.low > 0
    assert base.roc_auc == pytest.approx(0.5, abs=0.1)
    assert report.untouched is not None
    assert report.untouched.since == origins(9)[0]
    assert report.untouched.gain.value > 0


def test_without_any_pattern_the_base_rate_is_chosen() -> None:
    report = report_of(climb(history(slope=0.0), origins(6, 9), rungs=SIMPLE, seed=SEED), seed=SEED)
    assert report.chosen == "base_rate"
    assert "simplest" in report.why or "best" in report.why


def test_if_the_past_was_otherwise_only_the_latest_part_is_learnt_from() -> None:
    ladder = climb(history(slope=1.6, drift=True), origins(10), rungs=("base_rate", "logistic"), seed=SEED)
    report = report_of(ladder, seed=SEED)
    assert report.history_days == 180
    assert [each.days for each in report.histories] == [None, 180, 90]
    assert report.histories[0].behind.low > 0


def test_without_libgomp_the_ladder_runs_without_boosting_and_says_what_to_install() -> None:
    rungs: Sequence[RungName] = ("base_rate", "recency", "boosting")
    report = report_of(
        climb(history(slope=1.2), origins(6), rungs=rungs, booster=NoBooster(), seed=SEED), seed=SEED
    )
    (boosting,) = [each for each in report.rungs if each.name == "boosting"]
    assert boosting.not_fitted == (
        "LightGBM needs libgomp.so.1, which this machine lacks. apt install libgomp1 (weights: None)"
    )
    assert report.chosen == "recency"


def test_without_a_recency_the_rungs_that_read_it_are_left_out_by_name() -> None:
    ladder = climb(history(slope=0.0, only_recency=False), origins(6), rungs=SIMPLE, seed=SEED)
    assert set(ladder.not_fitted) == {"recency", "rfm"}
    assert "recency_days" in ladder.not_fitted["rfm"]


def test_one_rung_that_cannot_be_fitted_is_an_error_that_says_so() -> None:
    with pytest.raises(RungNotFitted, match="recency_days"):
        climb(history(slope=0.0, only_recency=False), origins(6), rungs=("recency",), seed=SEED)


def test_those_who_have_no_open_payment_are_judged_apart_and_too_few_are_not_judged() -> None:
    table = history(slope=1.2)
    paid = msgspec.structs.replace(
        table,
        names=[*table.names, "is_annual"],
        inputs=np.column_stack([table.inputs, table.is_annual]),
    )
    ladder = climb(paid, origins(6), rungs=("recency",), seed=SEED)
    found = {each.name: each for each in report_of(ladder, seed=SEED).populations}
    assert list(found) == ["not_cancelled", "to_work_with", "to_work_with_monthly", "to_work_with_annual"]
    assert found["to_work_with_monthly"].figures is not None
    assert found["to_work_with_annual"].figures is None
    assert found["to_work_with_annual"].not_tested == (
        "Too few to judge: 7 accounts left and 10 stayed; 10 of each are needed."
    )


def test_too_few_active_accounts_are_said_to_have_gone_quiet_and_not_to_have_left() -> None:
    table = history(slope=1.2)
    owing = msgspec.structs.replace(table, has_open_payment=np.ones_like(table.has_open_payment))
    label = Label(name="inactivity", money="none", active_within_days=180)
    report = report_of(climb(owing, origins(6), rungs=("recency",), seed=SEED), label=label, seed=SEED)
    assert report.populations[1].not_tested == (
        "Too few to judge: 0 accounts went quiet and 0 went on; 10 of each are needed."
    )


def test_accounts_without_subscriptions_are_not_judged_by_how_they_pay() -> None:
    ladder = climb(history(slope=1.2), origins(6), rungs=("recency",), seed=SEED)
    found = [each.name for each in report_of(ladder, seed=SEED).populations]
    assert found == ["not_cancelled", "to_work_with"]


def test_labels_whose_horizon_is_not_over_by_an_origin_change_no_prediction_from_it() -> None:
    table = msgspec.structs.replace(history(slope=1.2), horizon_days=90)
    (origin,) = origins(8)
    unknown = (table.days + 90 > origin.toordinal()) & (table.days < origin.toordinal())
    assert unknown.any()
    other = msgspec.structs.replace(table, labels=np.where(unknown, 1 - table.labels, table.labels))
    chances = [
        climb(each, [origin], rungs=("rfm",), seed=SEED).rungs["rfm"].chances for each in (table, other)
    ]
    assert np.array_equal(chances[0], chances[1])


def test_the_order_of_the_rows_makes_no_difference() -> None:
    table = history(slope=1.2)
    shuffled = table.in_order(RNG.permutation(len(table.labels)))
    found = [
        climb(each, origins(6, 9), rungs=("recency",), seed=SEED).rungs["recency"]
        for each in (table, shuffled)
    ]
    assert found[0].log_loss == pytest.approx(found[1].log_loss, rel=0.02)
    assert np.isfinite(found[1].losses).all()


def test_rfm_reads_recency_frequency_tenure_and_money_whichever_are_there() -> None:
    names = ["mrr", "active_days_total", "recency_days", "tenure_days", "seats"]
    assert columns_of("rfm", names) == ["recency_days", "active_days_total", "tenure_days", "mrr"]
    assert columns_of("rfm", ["recency_days"]) == ["recency_days"]
    assert columns_of("boosting", names) == names


def test_where_usual_use_is_known_its_recency_is_read_in_place_of_that_of_any_use() -> None:
    names = ["recency_days", "usual_use_days_ago", "mrr"]
    assert columns_of("recency", names) == ["usual_use_days_ago"]
    assert columns_of("rfm", names) == columns_of("logistic", names) == ["usual_use_days_ago", "mrr"]
