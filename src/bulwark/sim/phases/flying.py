"""The fourth phase: shells fly and hit."""

from __future__ import annotations

from math import isqrt

from bulwark.sim.layout import creep, event, physics, score, shell, tower_rule
from bulwark.sim.phases.damage import burst, hit, index_of
from bulwark.sim.phases.events import emit
from bulwark.sim.world import World


def fly(world: World) -> None:
    """Move every shell by one tick; those that arrive hit, the others keep their order."""
    shells, numbers = world.shells, world.score
    kept = 0
    for p in range(numbers[score.SHELLS]):
        ballistic = world.tower_rules[tower_rule.FLIGHT][shells[shell.ROW][p]] == tower_rule.BALLISTIC
        arrived = move_ballistic(world, p) if ballistic else move_homing(world, p)
        if arrived:
            continue
        if kept != p:
            for column in shells:
                column[kept] = column[p]
        kept += 1
    numbers[score.SHELLS] = kept


def move_ballistic(world: World, p: int) -> bool:
    """Move a shell under gravity, with a height of its own; it bursts when it lands. Returns whether it did."""
    shells = world.shells
    shells[shell.X][p] += (shells[shell.VX][p] + 128) >> 8
    shells[shell.Y][p] += (shells[shell.VY][p] + 128) >> 8
    shells[shell.Z][p] += shells[shell.VZ][p] >> 8
    shells[shell.VZ][p] -= world.physics[physics.GRAVITY]
    if shells[shell.Z][p] > 0:
        return False
    row, damage, tower = shells[shell.ROW][p], shells[shell.DAMAGE][p], shells[shell.TOWER][p]
    burst(world, shells[shell.X][p], shells[shell.Y][p], row, damage, tower)
    return True


def move_homing(world: World, p: int) -> bool:
    """Move a shell towards its target, or to the target's last position; there it bursts, or hits the target. Returns whether it arrived."""
    shells, creeps = world.shells, world.creeps
    row, damage, tower = shells[shell.ROW][p], shells[shell.DAMAGE][p], shells[shell.TOWER][p]
    i = index_of(world, shells[shell.TARGET][p])
    if i >= 0:
        shells[shell.TO_X][p] = creeps[creep.X][i]
        shells[shell.TO_Y][p] = creeps[creep.Y][i]
    dx, dy = shells[shell.TO_X][p] - shells[shell.X][p], shells[shell.TO_Y][p] - shells[shell.Y][p]
    speed, distance_squared = world.tower_rules[tower_rule.SPEED][row], dx * dx + dy * dy
    if distance_squared > speed * speed:
        distance = isqrt(distance_squared)
        shells[shell.X][p] += dx * speed // distance
        shells[shell.Y][p] += dy * speed // distance
        return False
    if world.tower_rules[tower_rule.SPLASH][row] > 0:
        burst(world, shells[shell.TO_X][p], shells[shell.TO_Y][p], row, damage, tower)
    elif i >= 0:
        hit(world, i, row, damage, tower)
        emit(world, event.HIT, creeps[creep.X][i], creeps[creep.Y][i], shells[shell.KIND][p], damage)
    return True
