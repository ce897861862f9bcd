"""Data that cannot carry a comparison of models are refused in one sentence."""

from __future__ import annotations

from datetime import date

import pytest

from keepwell.app.notebook.model import TooLittleToLearn, require_enough
from keepwell.churn.export.model import Manifest


def manifest(*, accounts: int = 300, departed: int = 60, first_on: date = date(2025, 7, 1)) -> Manifest:
    return Manifest(
        exported_on=date(2026, 7, 2),
        first_on=first_on,
        recorded_until=date(2026, 7, 1),
        currency="USD",
        accounts=accounts,
        departed=departed,
        subscriptions=accounts,
        events=0,
        key_kept=False,
        left_out=[],
        files=[],
    )


def test_a_year_with_sixty_departures_is_enough() -> None:
    require_enough(manifest())


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (manifest(departed=0), "Nobody has left of 300 accounts; the notebook needs 20"),
        (manifest(accounts=1, departed=1), "Only 1 left of 1 account; the notebook needs 20"),
        (manifest(first_on=date(2026, 6, 1)), "The history is 30 days long; the notebook needs 240"),
    ],
)
def test_too_little_is_refused_and_the_sample_is_offered(asked: Manifest, sentence: str) -> None:
    with pytest.raises(TooLittleToLearn, match=sentence) as refused:
        require_enough(asked)
    assert "--sample" in refused.value.hint
