"""The second phase: creeps steer, slide along walls, and keep apart from one another.

Positions are in units, velocities in 1/256 unit per tick, so that slow turns are not lost to rounding.
"""

from __future__ import annotations

from math import isqrt

from bulwark.sim.flow_field import heading, touches
from bulwark.sim.layout import creep, creep_rule, ground, physics, score, shape
from bulwark.sim.layout.tower_rule import AIR
from bulwark.sim.rules import CELL
from bulwark.sim.world import World

_MAX_STEP = 400  # units per tick: less than half a cell, so that no wall is skipped


def move(world: World) -> None:
    """Steer, slide, separate; then index each creep by its position."""
    steer(world)
    slide(world)
    separate(world)
    index_creeps(world)


def steer(world: World) -> None:
    """Update velocities: along the flow field, or straight for flyers."""
    creeps, rules = world.creeps, world.creep_rules
    kind, x, y = creeps[creep.KIND], creeps[creep.X], creeps[creep.Y]
    vx, vy, slow, chill = creeps[creep.VX], creeps[creep.VY], creeps[creep.SLOW], creeps[creep.CHILL]
    leg = creeps[creep.LEG]
    top, layer = rules[creep_rule.SPEED], rules[creep_rule.LAYER]
    direction = world.ground[ground.DIRECTION]
    across, down = world.headings[0], world.headings[1]
    stride, goal_x, goal_y = world.shape[shape.STRIDE], world.shape[shape.GOAL_X], world.shape[shape.GOAL_Y]
    acceleration, drag = world.physics[physics.ACCELERATION], world.physics[physics.DRAG]
    centring = world.physics[physics.CENTRING]
    for i in range(world.score[score.CREEPS]):
        own, here_x, here_y = kind[i], x[i], y[i]
        speed = top[own]
        if slow[i] > 0:
            slow[i] -= 1
            speed = speed * (100 - chill[i]) // 100
        if layer[own] == AIR:
            dx, dy = goal_x - here_x, goal_y - here_y
            distance = isqrt(dx * dx + dy * dy) + 1
            want_x, want_y = dx * speed // distance, dy * speed // distance
        else:
            cell = (here_y >> 10) * stride + (here_x >> 10)
            if cell != leg[i]:
                if touches(world, leg[i], cell):
                    cell = leg[i]
                else:
                    leg[i] = cell
            to = direction[cell]
            if to < 0:
                to = heading(world, cell)
            want_x, want_y = across[to] * speed >> 10, down[to] * speed >> 10
            if down[to] == 0:
                want_y = ((CELL >> 1) - (here_y & (CELL - 1))) * centring
            elif across[to] == 0:
                want_x = ((CELL >> 1) - (here_x & (CELL - 1))) * centring
        vx[i] += (want_x * acceleration - vx[i] * drag) >> 5
        vy[i] += (want_y * acceleration - vy[i] * drag) >> 5


def slide(world: World) -> None:
    """Update positions, one axis at a time: a creep that would enter a wall stays and bounces off at half speed."""
    creeps, rules = world.creeps, world.creep_rules
    kind, x, y = creeps[creep.KIND], creeps[creep.X], creeps[creep.Y]
    vx, vy, layer, radius = (
        creeps[creep.VX],
        creeps[creep.VY],
        rules[creep_rule.LAYER],
        rules[creep_rule.RADIUS],
    )
    blocked = world.ground[ground.BLOCKED]
    stride = world.shape[shape.STRIDE]
    right = (stride - 1) * CELL - 1
    bottom = world.shape[shape.CELLS] // stride * CELL - CELL - 1
    for i in range(world.score[score.CREEPS]):
        own, here_x, here_y = kind[i], x[i], y[i]
        step_x, step_y = (vx[i] + 128) >> 8, (vy[i] + 128) >> 8
        if not -_MAX_STEP <= step_x <= _MAX_STEP:
            step_x = _MAX_STEP if step_x > 0 else -_MAX_STEP
        if not -_MAX_STEP <= step_y <= _MAX_STEP:
            step_y = _MAX_STEP if step_y > 0 else -_MAX_STEP
        if layer[own] == AIR:
            x[i] = min(max(here_x + step_x, CELL), right)
            y[i] = min(max(here_y + step_y, CELL), bottom)
            continue
        body = radius[own]
        edge = here_x + step_x + (body if step_x > 0 else -body)
        if step_x != 0 and blocked[(here_y >> 10) * stride + (edge >> 10)]:
            vx[i] = -(vx[i] >> 1)
        else:
            here_x += step_x
            x[i] = here_x
        edge = here_y + step_y + (body if step_y > 0 else -body)
        if step_y != 0 and blocked[(edge >> 10) * stride + (here_x >> 10)]:
            vy[i] = -(vy[i] >> 1)
        else:
            y[i] = here_y + step_y


def separate(world: World) -> None:
    """Collect pushes between overlapping bodies: the lighter one is pushed more.

    Each pair is visited once, when its later creep looks at the cells already filled. No lookup leaves the grid: a creep
    is never in the padding, and none reaches further than one cell. It is a single loop because it is the hottest code of
    a tick.
    """
    creeps, rules = world.creeps, world.creep_rules
    kind, x, y, next_in_cell = (
        creeps[creep.KIND],
        creeps[creep.X],
        creeps[creep.Y],
        creeps[creep.NEXT_IN_CELL],
    )
    push_x, push_y = creeps[creep.PUSH_X], creeps[creep.PUSH_Y]
    layer, radius, mass = rules[creep_rule.LAYER], rules[creep_rule.RADIUS], rules[creep_rule.MASS]
    in_cell, stride = world.ground[ground.IN_CELL], world.shape[shape.STRIDE]
    count, stiffness = world.score[score.CREEPS], world.physics[physics.STIFFNESS]
    for i in range(count):
        here_x, here_y, body, own, level = x[i], y[i], radius[kind[i]], mass[kind[i]], layer[kind[i]]
        reach = body + creep_rule.MAX_RADIUS
        left, end = (here_x - reach) >> 10, ((here_x + reach) >> 10) + 1
        for line in range(((here_y - reach) >> 10) * stride, ((here_y + reach) >> 10) * stride + 1, stride):
            for there in range(line + left, line + end):
                j = in_cell[there]
                while j >= 0:
                    dx, dy, reach_of_both = here_x - x[j], here_y - y[j], body + radius[kind[j]]
                    distance_squared = dx * dx + dy * dy
                    if distance_squared < reach_of_both * reach_of_both and layer[kind[j]] == level:
                        if distance_squared == 0:
                            # At exactly the same position: the older one goes left.
                            dx, distance_squared = 1, 1
                        distance, other = isqrt(distance_squared), mass[kind[j]]
                        push = (reach_of_both - distance) * stiffness
                        mine, theirs = other * push // (own + other), own * push // (own + other)
                        push_x[i] += dx * mine // distance
                        push_y[i] += dy * mine // distance
                        push_x[j] -= dx * theirs // distance
                        push_y[j] -= dy * theirs // distance
                    j = next_in_cell[j]
        cell = (here_y >> 10) * stride + (here_x >> 10)
        next_in_cell[i] = in_cell[cell]
        in_cell[cell] = i
    for i in range(count):
        in_cell[(y[i] >> 10) * stride + (x[i] >> 10)] = -1


def index_creeps(world: World) -> None:
    """Update each creep's distance to the goal, and put it into the bucket where towers look it up."""
    creeps = world.creeps
    kind, x, y, steps = creeps[creep.KIND], creeps[creep.X], creeps[creep.Y], creeps[creep.STEPS]
    in_bucket, next_in_bucket = world.buckets, creeps[creep.NEXT_IN_BUCKET]
    layer, field = world.creep_rules[creep_rule.LAYER], world.ground[ground.STEPS]
    stride, across = world.shape[shape.STRIDE], world.shape[shape.BUCKETS]
    goal_column, goal_row = world.shape[shape.GOAL_X] >> 10, world.shape[shape.GOAL_Y] >> 10
    for b in range(len(in_bucket)):
        in_bucket[b] = -1
    for i in range(world.score[score.CREEPS]):
        column, row = x[i] >> 10, y[i] >> 10
        if layer[kind[i]] == AIR:
            steps[i] = abs(goal_column - column) + abs(goal_row - row)
        else:
            steps[i] = field[row * stride + column]
        bucket = (row >> 2) * across + (column >> 2)
        next_in_bucket[i] = in_bucket[bucket]
        in_bucket[bucket] = i
