"""Where a tower may be built: building a maze is the game, blocking it is not allowed."""

from __future__ import annotations

from collections.abc import Sequence

from bulwark.sim import rules
from bulwark.sim.commands import Reason
from bulwark.sim.flow_field import touches
from bulwark.sim.layout import creep, creep_rule, ground, score, shape, tower
from bulwark.sim.layout.tower_rule import GROUND
from bulwark.sim.maps import Map
from bulwark.sim.pathfinding import shortest_path
from bulwark.sim.walking import copy_ground, walk
from bulwark.sim.world import World


def placement_reason(
    world: World, game_map: Map, *, column: int, row: int, blocked: Sequence[int]
) -> Reason | None:
    """Why no tower may be built there, or None. `blocked` says for each cell whether it is blocked.

    Spawns are checked with A*; the ways of walking creeps are followed on a copy of the ground.
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
    return Reason.CREEPS_COMING if _is_in_use(world, cell) else None


def _walkers(world: World) -> list[int]:
    kinds, layers = world.creeps[creep.KIND], world.creep_rules[creep_rule.LAYER]
    return [i for i in range(int(world.score[score.CREEPS])) if layers[kinds[i]] == GROUND]


def _touches(world: World, i: int, cell: int, stride: int) -> bool:
    body = int(world.creep_rules[creep_rule.RADIUS][world.creeps[creep.KIND][i]])
    row, column = divmod(cell, stride)
    x, y = int(world.creeps[creep.X][i]), int(world.creeps[creep.Y][i])
    left, top = column * rules.CELL, row * rules.CELL
    return left - body < x < left + rules.CELL + body and top - body < y < top + rules.CELL + body


def _is_in_use(world: World, cell: int) -> bool:
    """Whether a creep is on its way through the cell: nothing that is built makes the way of a walking creep longer."""
    walkers = _walkers(world)
    if not walkers:
        return False
    copy = copy_ground(world)
    known = bytearray(len(copy.ground[ground.BLOCKED]))
    for i in walkers:
        for there in walk(copy, _start(copy, i), known=known):
            known[there] = 1
    return known[cell] == 1


def _start(world: World, i: int) -> int:
    """The cell whose heading creep `i` follows next."""
    here = (int(world.creeps[creep.Y][i]) >> 10) * int(world.shape[shape.STRIDE])
    here += int(world.creeps[creep.X][i]) >> 10
    leg = int(world.creeps[creep.LEG][i])
    return leg if touches(world, leg, here) else here
