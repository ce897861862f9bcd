"""The flow field: each cell's distance to the goal, and the direction of a creep in it."""

from __future__ import annotations

from bulwark.sim.layout import ground, shape
from bulwark.sim.world import World


def flood(world: World) -> None:
    """Measure every cell's steps to the goal over its four sides with a wavefront; directions become unknown.

    The padding is blocked, so the map's edge needs no check.
    """
    blocked = world.ground[ground.BLOCKED]
    steps = world.ground[ground.STEPS]
    direction = world.ground[ground.DIRECTION]
    queue = world.ground[ground.QUEUE]
    stride = world.shape[shape.STRIDE]
    for cell in range(world.shape[shape.CELLS]):
        steps[cell] = ground.BARRED if blocked[cell] else ground.FAR
        direction[cell] = ground.UNKNOWN
    steps[world.shape[shape.GOAL]] = 0
    queue[0] = world.shape[shape.GOAL]
    first, end = 0, 1
    while first < end:
        cell = queue[first]
        first += 1
        further = steps[cell] + 1
        if steps[cell + 1] > further:
            steps[cell + 1] = further
            queue[end] = cell + 1
            end += 1
        if steps[cell - 1] > further:
            steps[cell - 1] = further
            queue[end] = cell - 1
            end += 1
        if steps[cell + stride] > further:
            steps[cell + stride] = further
            queue[end] = cell + stride
            end += 1
        if steps[cell - stride] > further:
            steps[cell - stride] = further
            queue[end] = cell - stride
            end += 1


def heading(world: World, cell: int) -> int:
    """The direction from a cell to its neighbour nearest to the goal, out of eight; cached until the next flood.

    A diagonal is used only if both cells beside it are open: corners are not cut. Computed only for the cells that
    creeps enter, which are far fewer than all cells.
    """
    steps = world.ground[ground.STEPS]
    stride = world.shape[shape.STRIDE]
    best = steps[cell]
    direction = 0
    for k in range(1, len(world.headings[0])):
        across = (world.headings[0][k] > 0) - (world.headings[0][k] < 0)
        down = (world.headings[1][k] > 0) - (world.headings[1][k] < 0)
        there = steps[cell + across + down * stride]
        if there < 0 or there >= best:
            continue
        if across != 0 and down != 0 and (steps[cell + across] < 0 or steps[cell + down * stride] < 0):
            continue
        best = there
        direction = k
    world.ground[ground.DIRECTION][cell] = direction
    return direction


def touches(world: World, leg: int, cell: int) -> bool:
    """Whether `cell` is one of the two that a diagonal step from the cell `leg` touches on its way."""
    if world.ground[ground.STEPS][leg] < 0:
        return False
    to = world.ground[ground.DIRECTION][leg]
    if to < 0:
        to = heading(world, leg)
    across = (world.headings[0][to] > 0) - (world.headings[0][to] < 0)
    down = ((world.headings[1][to] > 0) - (world.headings[1][to] < 0)) * world.shape[shape.STRIDE]
    return across != 0 and down != 0 and cell in (leg + across, leg + down)
