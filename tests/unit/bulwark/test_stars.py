from __future__ import annotations

import json

import pytest

from bulwark.browser.catalogue import catalogue
from bulwark.stars import SHARES, stars_for, stars_needed


@pytest.mark.parametrize(("lives", "stars"), [(20, 3), (19, 2), (10, 2), (9, 1), (1, 1), (0, 0)])
def test_stars_depend_on_the_lives_left(lives: int, stars: int) -> None:
    assert stars_for(lives=lives, of=20) == stars


def test_the_browser_is_told_the_same_shares() -> None:
    assert json.loads(catalogue())["star_shares"] == list(SHARES)


def test_the_first_map_is_open_and_each_further_one_needs_a_star_more() -> None:
    assert [stars_needed(place) for place in range(4)] == [0, 1, 2, 3]
