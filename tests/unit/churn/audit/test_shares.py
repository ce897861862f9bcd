"""Intervals of shares: Wilson's for independent rows, wider where rows of one account agree."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score

from keepwell.churn.audit.shares import Share, auc_of, difference, share_of
from tests.unit.churn.audit.rows import drawn


def test_independent_rows_have_wilsons_interval() -> None:
    hits = np.arange(200) < 30
    share = share_of(hits, np.arange(200))
    expected = binomtest(30, 200).proportion_ci(method="wilson")
    assert share.bounds(0.95) == pytest.approx((expected.low, expected.high), abs=1e-3)


def test_rows_that_repeat_an_account_say_no_more_than_one_row_of_it() -> None:
    hits = np.arange(200) < 30
    once = share_of(hits, np.arange(200))
    four_times = share_of(np.repeat(hits, 4), np.repeat(np.arange(200), 4))
    assert four_times.bounds(0.95) == pytest.approx(once.bounds(0.95))


def test_a_share_of_none_has_the_interval_of_its_accounts() -> None:
    share = share_of(np.zeros(60, dtype=bool), np.repeat(np.arange(20), 3))
    assert share.bounds(0.95) == pytest.approx((0.0, binomtest(0, 20).proportion_ci(method="wilson").high))


def test_an_offset_turns_the_interval_around() -> None:
    rate = Share(value=0.2, size=100)
    low, high = rate.bounds(0.95)
    gap = Share(value=0.2, size=100, offset=0.25)
    assert gap.stated == pytest.approx(0.05)
    assert gap.bounds(0.95) == pytest.approx((0.25 - high, 0.25 - low))


def test_a_difference_has_newcombes_interval() -> None:
    # His example (1998), method 10: 56 of 70 and 48 of 80.
    found = difference(Share(value=56 / 70, size=70), Share(value=48 / 80, size=80), confidence=0.95)
    assert found == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_an_auc_is_that_of_scikit_learn_and_its_interval_is_by_account() -> None:
    seen = drawn(120, rows_each=4, seed=2)
    by_account = auc_of(seen.chances, seen.labels, accounts=seen.accounts, seed=1)
    assert by_account.value == pytest.approx(roc_auc_score(seen.labels, seen.chances))
    low, high = by_account.bounds(0.95)
    assert low < by_account.value < high
    assert high - low < 0.2


def test_an_auc_of_1_is_not_certain() -> None:
    labels = np.array([0] * 15 + [1] * 12)
    low, high = auc_of(labels.astype(float), labels, accounts=np.arange(27), seed=1).bounds(0.95)
    assert high == pytest.approx(1.0)
    assert low == pytest.approx(binomtest(12, 12).proportion_ci(method="wilson").low)


def test_95_of_100_intervals_contain_the_true_share_of_clustered_rows() -> None:
    # All rows of an account agree, which Wilson's interval of the rows would take for as many proofs.
    random = np.random.default_rng(3)
    accounts = np.repeat(np.arange(80), 6)
    contained = 0
    for _ in range(400):
        low, high = share_of(np.repeat(random.random(80) < 0.3, 6), accounts).bounds(0.95)
        contained += low <= 0.3 <= high
    assert 370 <= contained <= 395
