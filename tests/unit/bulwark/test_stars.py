"""Stars mean the same in every player."""

from __future__ import annotations

import pytest

from bulwark.stars import stars_for, stars_to_open


@pytest.mark.parametrize(("lives", "stars"), [(20, 3), (19, 2), (10, 2), (9, 1), (1, 1), (0, 0)])
def test_stars_depend_on_the_lives_left(lives: int, stars: int) -> None:
    assert stars_for(lives=lives, of=20) == stars


def test_the_first_map_is_open_and_each_later_one_needs_a_star_more() -> None:
    assert [stars_to_open(order) for order in (1, 2, 3, 6)] == [0, 1, 2, 5]
