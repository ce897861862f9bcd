"""Boosting in its child process: real LightGBM, real failures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keepwell.churn.learning.estimators.boosting import BoostingProcess
from keepwell.churn.learning.estimators.rungs import RungNotFitted
from keepwell.churn.learning.fitted.batches import log_odds_of
from keepwell.churn.learning.fitted.fitted_model import Trees

RNG = np.random.default_rng(2)
INPUTS = RNG.normal(size=(600, 3))
LABELS = (RNG.random(600) < 1 / (1 + np.exp(1.5 - 2 * INPUTS[:, 0]))).astype(np.int64)


def test_the_trees_come_back_as_numbers_that_rank_and_the_same_rows_give_the_same_trees() -> None:
    with BoostingProcess() as booster:
        first = booster.fit(INPUTS, LABELS, class_weight=None)
        assert booster.fit(INPUTS, LABELS, class_weight=None) == first
        weighted = booster.fit(INPUTS, LABELS, class_weight="balanced")
    log_odds = log_odds_of(Trees(first), INPUTS)
    assert log_odds[LABELS == 1].mean() > log_odds[LABELS == 0].mean() + 0.5
    one = Trees(first).log_odds(INPUTS[0].tolist())
    assert one == pytest.approx(log_odds[0])
    roots = sum(tree.value[0] for tree in first)
    assert roots + sum(Trees(first).terms(INPUTS[0].tolist())) == pytest.approx(one)
    # Those who left count as much as those who stayed.
    assert log_odds_of(Trees(weighted), INPUTS).mean() > log_odds.mean() + 0.5


def test_without_libgomp_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # An unreadable library in its place is what the loader finds first.
    (tmp_path / "libgomp.so.1").touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    with BoostingProcess() as booster, pytest.raises(RungNotFitted, match=r"libgomp\.so\.1") as refused:
        booster.fit(INPUTS, LABELS, class_weight=None)
    assert refused.value.hint == "apt install libgomp1"


def test_a_child_that_is_killed_is_no_endless_wait() -> None:
    with BoostingProcess() as booster:
        booster._child = subprocess.Popen(
            [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with pytest.raises(RungNotFitted, match="exit code -9"):
            booster.fit(INPUTS, LABELS, class_weight=None)


def test_the_child_loads_nothing_that_takes_long() -> None:
    listed = "import sys, keepwell.churn.learning.estimators.boosting_child; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", listed], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"ibis", "sklearn", "litestar", "psycopg"}.isdisjoint(loaded)
