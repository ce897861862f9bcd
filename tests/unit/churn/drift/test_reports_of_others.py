"""What public reports say went wrong in other software that looks for drift, as small inputs of our own.

The reports are issues of yakew7/Fair-Code (461), evidentlyai/evidently (187, 1480), whylabs/whylogs (492, 684), SeldonIO/alibi-detect
(191), deepchecks/deepchecks (400) and mlrun/mlrun (2168).
"""

from __future__ import annotations

import numpy as np
import pytest

from keepwell.churn.drift.judging import drift_of
from keepwell.churn.drift.model import DriftJudgement, DriftReference, InputDrift
from keepwell.churn.drift.reference import reference_of

_ROWS = 300


def _reference(**columns: np.ndarray) -> DriftReference:
    """One day of so many accounts."""
    return reference_of(
        list(columns),
        list(columns.values()),
        days=np.full(_ROWS, 738_000),
        accounts=np.arange(_ROWS),
    )


def _judged(reference: DriftReference, *, seed: int = 1, **night: np.ndarray) -> DriftJudgement:
    return drift_of(reference, night, seed=seed)


def _of(found: DriftJudgement, name: str) -> InputDrift:
    return next(each for each in found.inputs if each.name == name)


def _spread(count: int = _ROWS) -> np.ndarray:
    return np.arange(count) / count


def _halves(count: int = _ROWS) -> np.ndarray:
    return (np.arange(count) % 2).astype(float)


def test_an_input_that_is_mostly_missing_with_the_same_split_is_found_by_what_is_missing() -> None:
    night = _halves()
    night[: _ROWS * 9 // 10] = np.nan
    found = _of(_judged(_reference(plan=_halves()), plan=night), "plan")
    assert found.is_drifted
    assert [found.ks, found.psi, found.js] == pytest.approx([0, 0, 0], abs=1e-3)
    assert found.unknown == pytest.approx(0.9)


def test_an_input_without_any_value_stops_the_judgement_of_no_other() -> None:
    empty = np.full(_ROWS, np.nan)
    found = _judged(_reference(use=_spread(), seats=empty), use=_spread() + 0.5, seats=empty)
    assert found.drifted == ["use"]
    assert _judged(_reference(use=_spread(), seats=_halves()), use=_spread(), seats=empty).drifted == [
        "seats"
    ]


def test_the_same_shares_of_other_numbers_of_accounts_are_no_distance() -> None:
    found = _of(_judged(_reference(plan=_halves()), plan=_halves(60)), "plan")
    assert (found.ks, found.is_drifted) == (0, False)
    assert found.psi < found.usual_psi


def test_the_same_night_is_judged_alike_whatever_is_drawn() -> None:
    for shift, has_drifted in ((0.0, False), (0.5, True)):
        seen = [_judged(_reference(use=_spread()), seed=seed, use=_spread() + shift) for seed in range(3)]
        assert {bool(each.drifted) for each in seen} == {has_drifted}


@pytest.mark.parametrize("value", [7.0, -7.0, np.inf, -np.inf])
def test_values_that_the_training_never_saw_are_found_on_either_side_and_break_nothing(value: float) -> None:
    found = _judged(_reference(plan=_halves()), plan=np.where(np.arange(_ROWS) < 90, value, _halves()))
    assert found.drifted == ["plan"]
    assert all(np.isfinite([found.inputs[0].psi, found.inputs[0].ks, found.inputs[0].js]))


@pytest.mark.parametrize(("price", "drifted"), [(40.0, []), (50.0, ["mrr"]), (30.0, ["mrr"])])
def test_a_price_that_everybody_paid_drifts_if_it_rises_and_if_it_falls(
    price: float, drifted: list[str]
) -> None:
    reference = _reference(mrr=np.full(_ROWS, 40.0), use=_spread())
    assert _judged(reference, mrr=np.full(_ROWS, price), use=_spread()).drifted == drifted


def test_a_night_is_counted_in_the_parts_of_the_training_and_not_in_its_own() -> None:
    # All of the night are in the first tenth: nine tenths of the training are not.
    found = _of(_judged(_reference(use=_spread()), use=_spread() / 12), "use")
    assert found.ks == pytest.approx(0.9, abs=0.01)
