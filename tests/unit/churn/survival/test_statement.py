"""What `churn when` says of its own chances."""

from __future__ import annotations

from datetime import date

import pytest

from keepwell.churn.survival.cli import _print_times
from keepwell.churn.survival.model import HorizonTest, LeavingTimes, SurvivalTest
from keepwell.churn.survival.statement import statement
from tests.unit.churn.survival.simulated import HONEST


def judged(*gains: float | None) -> SurvivalTest:
    horizons = [
        HorizonTest(
            days=30 * place,
            snapshots=600,
            left=20,
            expected=22.0,
            expected_low=15.0,
            expected_high=30.0,
            auc=0.785,
            gain_low=gain,
        )
        for place, gain in enumerate(gains, start=1)
    ]
    return SurvivalTest(since=date(2026, 4, 5), concordance=0.585, horizons=horizons)


def printed(test: SurvivalTest, capsys: pytest.CaptureFixture[str]) -> str:
    said = statement(test, observed_days=450, seen=HONEST)
    _print_times(
        LeavingTimes(
            as_of=date(2026, 12, 1),
            observed_days=450,
            test=test,
            statement=said,
            accounts=[],
            total=0,
            left_alone=0,
        )
    )
    return capsys.readouterr().out


def test_chances_that_are_at_no_horizon_better_than_one_for_everybody_are_doubted_before_the_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = printed(judged(-0.01, -0.02, None), capsys)
    assert 0 < out.index("so the order may be chance") < out.index("a quarter by")


def test_chances_that_are_better_within_one_horizon_are_not_doubted_as_a_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "so the order may be chance" not in printed(judged(0.01, -0.02), capsys)


def test_the_statement_rounds_halves_up_and_says_that_the_save_list_has_another_model() -> None:
    said = statement(judged(0.01), observed_days=450, seen=HONEST)
    assert "the higher chance in 59 of 100 cases" in said
    assert "it ranked 79 of 100 pairs right" in said
    assert "Those of the save list are another model's" in said
