"""Stars: what a win earns, and which maps they open. The same in every player of the game."""

from __future__ import annotations

from collections.abc import Sequence

MAX_STARS = 3
# The percentage of the lives that must be left for one star, two and three.
SHARES: Sequence[int] = (0, 50, 100)
# A map opens with this many stars for each map before it.
STARS_PER_MAP = 1


def stars_for(*, lives: int, of: int) -> int:
    """Three stars for losing no life, two for at least half of the lives left, one for any other win."""
    if lives <= 0:
        return 0
    return sum(lives * 100 >= share * of for share in SHARES)


def stars_needed(place: int) -> int:
    """How many stars open the map at this place in the order of maps, counted from 0."""
    return place * STARS_PER_MAP
