"""Where a tower may stand: building a maze is the game, and closing it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bulwark.sim import rules
from bulwark.sim.commands import Reason
from bulwark.sim.flow import flood
from bulwark.sim.layout import creep, creep_rule, ground, score, tower
from bulwark.sim.layout.tower_rule import GROUND
from bulwark.sim.maps import Map
from bulwark.sim.route import way
from bulwark.sim.world import World


def placement_reason(
    world: World, played: Map, *, column: int, row: int, closed: Sequence[int]
) -> Reason | None:
    """Why no tower may stand there; None where one may. `closed` says of each cell whether it is blocked.

    The ways in are tried by A*. Creeps that walk are tried all at once, by a wavefront over a copy of the ground.
    """
    if not (0 <= column < played.width and 0 <= row < played.height):
        return Reason.OUTSIDE
    cell = played.cell(column, row)
    if closed[cell] or not played.buildable(column, row):
        return Reason.TAKEN if played.buildable(column, row) else Reason.NOT_BUILDABLE
    if world.score[score.TOWERS] >= tower.CAPACITY:
        return Reason.NO_MORE_ROOM
    return _way_reason(world, played, cell, closed)


def _way_reason(world: World, played: Map, cell: int, closed: Sequence[int]) -> Reason | None:
    if any(_touches(world, i, cell, played.stride) for i in _walkers(world)):
        return Reason.CREEP_THERE
    goal = played.cell(*played.goal)
    for spawn in played.spawns:
        if not way(closed, played.stride, start=played.cell(*spawn), goal=goal, barred=cell):
            return Reason.CLOSES_THE_WAY
    return Reason.LOCKS_IN if _locks_in(world, cell, played.stride) else None


def close(world: World, cell: int, *, measure: Callable[[World], None] = flood) -> None:
    """Block a cell, and measure all ways anew."""
    world.ground[ground.BLOCKED][cell] = 1
    measure(world)


def open_up(world: World, cell: int, *, measure: Callable[[World], None] = flood) -> None:
    """Free a cell, and measure all ways anew."""
    world.ground[ground.BLOCKED][cell] = 0
    measure(world)


def _walkers(world: World) -> list[int]:
    kinds, layers = world.creeps[creep.KIND], world.creep_rules[creep_rule.LAYER]
    return [i for i in range(int(world.score[score.CREEPS])) if layers[kinds[i]] == GROUND]


def _touches(world: World, i: int, cell: int, stride: int) -> bool:
    body = int(world.creep_rules[creep_rule.RADIUS][world.creeps[creep.KIND][i]])
    row, column = divmod(cell, stride)
    x, y = int(world.creeps[creep.X][i]), int(world.creeps[creep.Y][i])
    left, top = column * rules.CELL, row * rules.CELL
    return left - body < x < left + rules.CELL + body and top - body < y < top + rules.CELL + body


def _locks_in(world: World, cell: int, stride: int) -> bool:
    walkers = _walkers(world)
    if not walkers:
        return False
    trial = world._replace(ground=_copied(world))
    close(trial, cell)
    steps = trial.ground[ground.STEPS]
    places = (
        (int(world.creeps[creep.Y][i]) >> 10) * stride + (int(world.creeps[creep.X][i]) >> 10)
        for i in walkers
    )
    return any(steps[place] == ground.FAR for place in places)


def _copied(world: World) -> list[list[int]]:
    return [list(column) for column in world.ground]
