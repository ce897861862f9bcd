"""Stars open maps, and what is open stays open."""

from __future__ import annotations

from bulwark.desktop.profile.settings import Progress
from tests.unit.bulwark.desktop.maps import small_map

THIRD = small_map(id="quarry", order=3)


def test_a_map_opens_with_one_star_for_each_map_before_it() -> None:
    assert Progress().stars_missing(THIRD, kept=False) == 2
    assert Progress({"meadow": {"normal": 1}}).stars_missing(THIRD, kept=False) == 1
    assert Progress({"meadow": {"normal": 2}}).stars_missing(THIRD, kept=False) == 0


def test_a_map_that_was_won_or_has_a_kept_match_stays_open() -> None:
    assert Progress({"quarry": {"easy": 1}}).stars_missing(THIRD, kept=False) == 0
    assert Progress().stars_missing(THIRD, kept=True) == 0
