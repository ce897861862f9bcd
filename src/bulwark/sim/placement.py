"""Where a tower may be built: building a maze is the game, blocking it is not allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bulwark.sim import rules
from bulwark.sim.commands import Reason
from bulwark.sim.flow_field import flood
from bulwark.sim.layout import creep, creep_rule, ground, score, tower
from bulwark.sim.layout.tower_rule import GROUND
from bulwark.sim.maps import Map
from bulwark.sim.pathfinding import shortest_path
from bulwark.sim.world import World


def placement_reason(
    world: World, game_map: Map, *, column: int, row: int, blocked: Sequence[int]
) -> Reason | None:
    """Why no tower may be built there, or None. `blocked` says for each cell whether it is blocked.

    Spawns are checked with A*. Walking creeps are checked all at once, with a flood over a copy of the ground.
    """
    if not (0 <= column < game_map.width and 0 <= row < game_map.height):
        return Reason.OUTSIDE
    cell = game_map.cell(column, row)
    if blocked[cell] or not game_map.buildable(column, row):
        return Reason.OCCUPIED if game_map.buildable(column, row) else Reason.NOT_BUILDABLE
    if world.score[score.TOWERS] >= tower.CAPACITY:
        return Reason.TOO_MANY_TOWERS
    return _path_reason(world, game_map, cell, blocked)


def _path_reason(world: World, game_map: Map, cell: int, blocked: Sequence[int]) -> Reason | None:
    if any(_touches(world, i, cell, game_map.stride) for i in _walkers(world)):
        return Reason.CREEP_THERE
    goal = game_map.cell(*game_map.goal)
    for spawn in game_map.spawns:
        if not shortest_path(blocked, game_map.stride, start=game_map.cell(*spawn), goal=goal, barred=cell):
            return Reason.BLOCKS_PATH
    return Reason.TRAPS_CREEP if _traps_creep(world, cell, game_map.stride) else None


def block(world: World, cell: int, *, flood_with: Callable[[World], None] = flood) -> None:
    """Block a cell, and update the flow field."""
    world.ground[ground.BLOCKED][cell] = 1
    flood_with(world)


def _walkers(world: World) -> list[int]:
    kinds, layers = world.creeps[creep.KIND], world.creep_rules[creep_rule.LAYER]
    return [i for i in range(int(world.score[score.CREEPS])) if layers[kinds[i]] == GROUND]


def _touches(world: World, i: int, cell: int, stride: int) -> bool:
    body = int(world.creep_rules[creep_rule.RADIUS][world.creeps[creep.KIND][i]])
    row, column = divmod(cell, stride)
    x, y = int(world.creeps[creep.X][i]), int(world.creeps[creep.Y][i])
    left, top = column * rules.CELL, row * rules.CELL
    return left - body < x < left + rules.CELL + body and top - body < y < top + rules.CELL + body


def _traps_creep(world: World, cell: int, stride: int) -> bool:
    walkers = _walkers(world)
    if not walkers:
        return False
    trial = world._replace(ground=_copy_ground(world))
    block(trial, cell)
    steps = trial.ground[ground.STEPS]
    cells = (
        (int(world.creeps[creep.Y][i]) >> 10) * stride + (int(world.creeps[creep.X][i]) >> 10)
        for i in walkers
    )
    return any(steps[cell] == ground.FAR for cell in cells)


def _copy_ground(world: World) -> list[list[int]]:
    return [list(column) for column in world.ground]
