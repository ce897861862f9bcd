"""What a model reads of a table: nothing that never varied, nothing infinite, and the unknown as such."""

from __future__ import annotations

import math

import numpy as np
import pytest

from keepwell.churn.learning.estimators.preparing import preparation_of
from keepwell.churn.learning.examples import UnusableInput, require_usable
from keepwell.churn.learning.fitted.batches import prepare
from tests.unit.churn.tables import table_with

RNG = np.random.default_rng(3)
LABELS = np.arange(200) % 2
NEVER_SEEN = np.arange(200) < 50


def columns() -> dict[str, np.ndarray]:
    return {
        "tenure_days": RNG.integers(0, 2000, 200),
        "constant": np.full(200, 28.0) + RNG.normal(scale=1e-13, size=200),
        "recency_days": np.where(NEVER_SEEN, math.nan, RNG.integers(0, 90, 200)),
        "gap_days": np.where(NEVER_SEEN, math.nan, RNG.random(200)),
        "tickets": np.full(200, math.nan),
    }


def test_a_column_that_never_varies_is_not_read_and_one_unknown_in_the_same_rows_is_marked_once() -> None:
    found = preparation_of(table_with(columns(), LABELS), list(columns()))
    assert found.names == ["tenure_days", "constant", "recency_days", "gap_days", "tickets"]
    assert [(each.name, each.marks_unknown) for each in found.inputs] == [
        ("tenure_days", False),
        ("recency_days", False),
        ("recency_days", True),
        ("gap_days", False),
    ]


def test_a_value_that_is_unknown_for_a_few_rows_only_is_not_marked() -> None:
    few = np.where(np.arange(200) < 9, math.nan, RNG.random(200))
    found = preparation_of(table_with({"seats": few}, LABELS), ["seats"])
    assert [each.marks_unknown for each in found.inputs] == [False]


def test_many_rows_at_once_are_prepared_as_each_alone_and_standardised() -> None:
    table = table_with(columns(), LABELS)
    found = preparation_of(table, table.names)
    prepared = prepare(found, table.inputs)
    assert prepared[:60].tolist() == [
        pytest.approx(found.prepared(row)) for row in table.inputs[:60].tolist()
    ]
    assert prepared.mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert prepared[:, :1].std() == pytest.approx(1)


def test_an_infinite_input_is_refused_by_name_and_an_unknown_one_is_not() -> None:
    table = table_with(
        {"tenure_days": LABELS, "mrr": np.where(np.arange(200) == 7, math.inf, math.nan)}, LABELS
    )
    with pytest.raises(UnusableInput, match="mrr of account number 7 on 2021-07-29 is infinite"):
        require_usable(table)


def test_ten_kinds_of_event_together_vary_as_much_as_one_other_column() -> None:
    kinds = [f"event:of:{number}:mid" for number in range(10)]
    plans = [f"plan:of:{number}" for number in range(4)]
    values = {name: RNG.integers(0, 50, 200) for name in [*kinds, *plans, "event:of:1:recency", "mrr"]}
    found = preparation_of(table_with(values, LABELS), list(values))
    spread = dict(zip(values, prepare(found, table_with(values, LABELS).inputs).std(axis=0), strict=True))
    assert [spread[name] for name in kinds] == pytest.approx([10**-0.5] * 10)
    assert [spread[name] for name in plans] == pytest.approx([0.5] * 4)
    assert (spread["event:of:1:recency"], spread["mrr"]) == pytest.approx((1, 1))
