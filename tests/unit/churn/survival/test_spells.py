"""Spells from landmarks: what was known on a day, and when an account left."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import numpy as np
import pytest

from keepwell.churn.survival.landmarks import leaving_day
from keepwell.churn.survival.spells import Spells, middle_landmark
from tests.unit.churn.building import span
from tests.unit.churn.survival.simulated import START, UNTIL, simulated

ORIGIN = START + timedelta(days=180)


def same(one: Spells, other: Spells) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in Spells.__struct_fields__)


def test_who_leaves_after_a_day_was_still_there_on_it() -> None:
    known = simulated(200).known_on(ORIGIN)
    assert known.landmarks.max() < ORIGIN.toordinal()
    assert (known.landmarks + known.observed).max() == ORIGIN.toordinal()
    later = known.landmarks + known.observed == ORIGIN.toordinal()
    assert later.any()


def test_what_happens_after_a_day_changes_nothing_that_was_known_on_it() -> None:
    spells = simulated(200)
    is_after = spells.landmarks + spells.observed > ORIGIN.toordinal()
    # Everybody who was still there leaves on the next day.
    tomorrow = np.maximum(ORIGIN.toordinal() + 1 - spells.landmarks, 1)
    changed = msgspec.structs.replace(
        spells, observed=np.where(is_after, tomorrow, spells.observed), left=spells.left | is_after
    )
    assert not same(spells, changed)
    assert same(spells.known_on(ORIGIN), changed.known_on(ORIGIN))


def test_a_horizon_is_tested_only_where_it_is_over() -> None:
    later = simulated(200).followed(ORIGIN, days=90, until=UNTIL)
    assert later.landmarks.min() == ORIGIN.toordinal()
    assert later.landmarks.max() == (UNTIL - timedelta(days=90)).toordinal()


def test_the_later_half_of_the_landmarks_is_tested() -> None:
    assert middle_landmark([5, 1, 3, 3, 9, 7]) == date.fromordinal(5)


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ("2025-05-01", date(2025, 5, 1)),
        (None, None),
        # The records end before.
        ("2025-08-01", None),
    ],
)
def test_an_account_leaves_on_its_first_day_without_service(ends: str | None, found: date | None) -> None:
    assert leaving_day([span("2025-01-01", ends)], date(2025, 3, 1), until=date(2025, 7, 1)) == found


def test_a_change_of_plan_is_no_leaving() -> None:
    spans = [span("2025-01-01", "2025-04-01"), span("2025-04-01", "2025-06-01")]
    assert leaving_day(spans, date(2025, 3, 1), until=date(2025, 7, 1)) == date(2025, 6, 1)


def test_who_comes_back_has_left_before() -> None:
    spans = [span("2025-01-01", "2025-04-01"), span("2025-04-10")]
    assert leaving_day(spans, date(2025, 3, 1), until=date(2025, 7, 1)) == date(2025, 4, 1)
