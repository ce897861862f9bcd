"""A small map for tests of the code around the core."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bulwark.sim.maps import Map
from tests.unit.bulwark.fields import field

WIDTH, HEIGHT = 12, 7
SPAWN = (0, 3)
TERRAIN = ["............", "...#........", *["............"] * 5]
WAVES: Sequence[Sequence[Sequence[Any]]] = (
    (("runner", 6, 12, 0, 0),),
    (("swarm", 12, 6, 0, 0), ("flyer", 2, 20, 30, 0)),
)


def small_map(**overrides: Any) -> Map:
    """Open ground with one rock; creeps come from the left and go to the right."""
    return field(TERRAIN, **({"id": "small", "gold": 900, "waves": WAVES} | overrides))
