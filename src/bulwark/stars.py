"""Stars: how many a win earns, and how many open a map. Every player of the game counts them the same way."""

from __future__ import annotations

from collections.abc import Sequence

# Percentages of the initial lives that must be left for one, two and three stars.
STAR_PERCENTS: Sequence[int] = (0, 50, 100)
MAX_STARS = len(STAR_PERCENTS)
# A map opens with this many stars for each map before it, wherever they were won.
STARS_PER_MAP = 1


def stars_for(*, lives: int, of: int) -> int:
    """Three stars for losing no life, two for at least half of the lives left, one for any other win."""
    return sum(lives * 100 >= of * percent for percent in STAR_PERCENTS) if lives > 0 else 0


def stars_to_open(order: int) -> int:
    """The stars that open the map with this number; the first map, number 1, is always open."""
    return (order - 1) * STARS_PER_MAP
