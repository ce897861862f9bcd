"""A tower launches a shell: a homing one, or a ballistic one aimed at where the target will be."""

from __future__ import annotations

from math import isqrt

from bulwark.sim.layout import creep, physics, score, shell, tower, tower_rule
from bulwark.sim.world import World


def launch(world: World, t: int, i: int, row: int, damage: int) -> None:
    """Launch a shell from tower `t` at creep `i`; if the table is full, the shot is lost."""
    n = world.score[score.SHELLS]
    if n >= shell.CAPACITY:
        return
    shells, towers, creeps = world.shells, world.towers, world.creeps
    shells[shell.KIND][n] = towers[tower.KIND][t]
    shells[shell.ROW][n] = row
    shells[shell.X][n] = towers[tower.X][t]
    shells[shell.Y][n] = towers[tower.Y][t]
    shells[shell.Z][n] = 0
    shells[shell.VX][n] = 0
    shells[shell.VY][n] = 0
    shells[shell.VZ][n] = 0
    shells[shell.TARGET][n] = creeps[creep.UID][i]
    shells[shell.TO_X][n] = creeps[creep.X][i]
    shells[shell.TO_Y][n] = creeps[creep.Y][i]
    shells[shell.DAMAGE][n] = damage
    shells[shell.TOWER][n] = towers[tower.UID][t]
    if world.tower_rules[tower_rule.FLIGHT][row] == tower_rule.BALLISTIC:
        lead_target(world, n, i, row)
    world.score[score.SHELLS] = n + 1


def lead_target(world: World, n: int, i: int, row: int) -> None:
    """Give shell `n` the velocity to land where creep `i` will be if it keeps its course.

    The flight time follows from the current distance; the vertical velocity from gravity, so that it lands after that time.
    """
    shells, creeps = world.shells, world.creeps
    dx = creeps[creep.X][i] - shells[shell.X][n]
    dy = creeps[creep.Y][i] - shells[shell.Y][n]
    ticks = isqrt(dx * dx + dy * dy) // world.tower_rules[tower_rule.SPEED][row] + 8
    to_x = creeps[creep.X][i] + (creeps[creep.VX][i] * ticks >> 8)
    to_y = creeps[creep.Y][i] + (creeps[creep.VY][i] * ticks >> 8)
    shells[shell.TARGET][n] = -1
    shells[shell.TO_X][n] = to_x
    shells[shell.TO_Y][n] = to_y
    shells[shell.VX][n] = (to_x - shells[shell.X][n]) * 256 // ticks
    shells[shell.VY][n] = (to_y - shells[shell.Y][n]) * 256 // ticks
    shells[shell.VZ][n] = world.physics[physics.GRAVITY] * ticks // 2
