"""The cells a creep will walk through: its own headings followed on a copy of the ground."""

from __future__ import annotations

from collections.abc import Sequence

from bulwark.sim.flow_field import flood, heading
from bulwark.sim.layout import ground, shape
from bulwark.sim.maps import Map
from bulwark.sim.world import World


def copy_ground(world: World) -> World:
    """The same tables with a ground of their own, as lists, so that nothing of the match changes."""
    ground_copy, headings = (
        [list(map(int, column)) for column in table] for table in (world.ground, world.headings)
    )
    return world._replace(ground=ground_copy, headings=headings, shape=list(map(int, world.shape)))


def walk(world: World, start: int, *, known: Sequence[int] = ()) -> list[int]:
    """The cells from `start` to the goal, both included; only `start` if there is no way.

    It ends at the first cell that is marked in `known`. Headings are cached in the ground: pass a copy.
    """
    stride = int(world.shape[shape.STRIDE])
    across, down = world.headings
    cells = [start]
    while not (known and known[cells[-1]]) and (to := heading(world, cells[-1])) != 0:
        cells.append(cells[-1] + _sign(across[to]) + _sign(down[to]) * stride)
    return cells


def paths(world: World, game_map: Map, *, closed: Sequence[int] = ()) -> list[list[int]]:
    """The cells walkers cross from each spawn, with some more cells closed; a path is empty if there is none."""
    copy = copy_ground(world)
    if closed:
        for cell in closed:
            copy.ground[ground.BLOCKED][cell] = 1
        flood(copy)
    steps = copy.ground[ground.STEPS]
    starts = [game_map.cell(*spawn) for spawn in game_map.spawns]
    return [walk(copy, start) if 0 <= steps[start] < ground.FAR else [] for start in starts]


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
