"""The fourth phase: shells fly and hit."""

from __future__ import annotations

from math import isqrt

from bulwark.sim.happening import tell
from bulwark.sim.hitting import burst, hit, index_of
from bulwark.sim.launching import GRAVITY
from bulwark.sim.layout import creep, event, score, shell, tower_rule
from bulwark.sim.world import World


def fly(world: World) -> None:
    """Move every shell a tick on; those that arrive hit, the others keep their order."""
    shells, numbers = world.shells, world.score
    kept = 0
    for p in range(numbers[score.SHELLS]):
        falls = world.tower_rules[tower_rule.FLIGHT][shells[shell.ROW][p]] == tower_rule.FALLS
        arrived = fall(world, p) if falls else follow(world, p)
        if arrived:
            continue
        if kept != p:
            for column in shells:
                column[kept] = column[p]
        kept += 1
    numbers[score.SHELLS] = kept


def fall(world: World, p: int) -> bool:
    """A shell under gravity, in a height of its own; it bursts where it meets the ground."""
    shells = world.shells
    shells[shell.X][p] += (shells[shell.VX][p] + 128) >> 8
    shells[shell.Y][p] += (shells[shell.VY][p] + 128) >> 8
    shells[shell.Z][p] += shells[shell.VZ][p] >> 8
    shells[shell.VZ][p] -= GRAVITY
    if shells[shell.Z][p] > 0:
        return False
    row, damage, tower = shells[shell.ROW][p], shells[shell.DAMAGE][p], shells[shell.TOWER][p]
    burst(world, shells[shell.X][p], shells[shell.Y][p], row, damage, tower)
    return True


def follow(world: World, p: int) -> bool:
    """A shell after its target, or to where that was last; there it bursts, or hits the one it was meant for."""
    shells, creeps = world.shells, world.creeps
    row, damage, tower = shells[shell.ROW][p], shells[shell.DAMAGE][p], shells[shell.TOWER][p]
    i = index_of(world, shells[shell.TARGET][p])
    if i >= 0:
        shells[shell.TO_X][p] = creeps[creep.X][i]
        shells[shell.TO_Y][p] = creeps[creep.Y][i]
    dx, dy = shells[shell.TO_X][p] - shells[shell.X][p], shells[shell.TO_Y][p] - shells[shell.Y][p]
    speed, apart = world.tower_rules[tower_rule.SPEED][row], dx * dx + dy * dy
    if apart > speed * speed:
        distance = isqrt(apart)
        shells[shell.X][p] += dx * speed // distance
        shells[shell.Y][p] += dy * speed // distance
        return False
    if world.tower_rules[tower_rule.SPLASH][row] > 0:
        burst(world, shells[shell.TO_X][p], shells[shell.TO_Y][p], row, damage, tower)
    elif i >= 0:
        hit(world, i, row, damage, tower)
        tell(world, event.HIT, creeps[creep.X][i], creeps[creep.Y][i], shells[shell.KIND][p], damage)
    return True
