"""What a hit does. Nothing is applied at once: effects are collected, and the last phase applies them."""

from __future__ import annotations

from math import isqrt

from bulwark.sim.layout import creep, creep_rule, event, physics, score, shape, tower_rule
from bulwark.sim.phases.events import emit
from bulwark.sim.world import World


def hit(world: World, i: int, row: int, damage: int, tower: int) -> None:
    """Collect a hit on creep `i` by a tower with rule row `row`: armour absorbs part of the damage, but never all."""
    creeps, rules = world.creeps, world.tower_rules
    armour = world.creep_rules[creep_rule.ARMOUR][creeps[creep.KIND][i]] - rules[tower_rule.PIERCE][row]
    creeps[creep.DAMAGE][i] += max(damage - max(armour, 0), 1)
    creeps[creep.HIT_BY][i] = tower
    if rules[tower_rule.SLOW][row] > 0:
        creeps[creep.NEW_SLOW][i] = max(creeps[creep.NEW_SLOW][i], rules[tower_rule.SLOW][row])
        creeps[creep.NEW_CHILL][i] = max(creeps[creep.NEW_CHILL][i], rules[tower_rule.CHILL][row])


def burst(world: World, x: int, y: int, row: int, damage: int, tower: int) -> None:
    """Hit everything the tower can reach around a position: full damage in the inner half of the radius, half outside; knock back."""
    creeps = world.creeps
    at_x, at_y, kind = creeps[creep.X], creeps[creep.Y], creeps[creep.KIND]
    radius, reaches = world.tower_rules[tower_rule.SPLASH][row], world.tower_rules[tower_rule.REACHES][row]
    knock = world.tower_rules[tower_rule.KNOCK][row]
    layer = world.creep_rules[creep_rule.LAYER]
    across, last = world.shape[shape.BUCKETS], world.shape[shape.ALL_BUCKETS] - 1
    for line in range(max((y - radius) >> 12, 0), min((y + radius) >> 12, last // across) + 1):
        for b in range(
            line * across + max((x - radius) >> 12, 0),
            line * across + min((x + radius) >> 12, across - 1) + 1,
        ):
            i = world.buckets[b]
            while i >= 0:
                dx, dy = at_x[i] - x, at_y[i] - y
                distance_squared = dx * dx + dy * dy
                if distance_squared <= radius * radius and layer[kind[i]] & reaches:
                    hit(
                        world,
                        i,
                        row,
                        damage if distance_squared * 4 <= radius * radius else (damage + 1) >> 1,
                        tower,
                    )
                    if knock > 0:
                        knock_back(world, i, dx, dy, knock)
                i = creeps[creep.NEXT_IN_BUCKET][i]
    emit(world, event.BURST, x, y, row // tower_rule.VARIANTS, radius)


def knock_back(world: World, i: int, dx: int, dy: int, knock: int) -> None:
    """Collect a knockback along (dx, dy), in 1/256 unit per tick for a body of mass 1."""
    creeps = world.creeps
    distance = isqrt(dx * dx + dy * dy) + 1
    percent = world.physics[physics.KNOCK_BACK]
    share = knock * percent // 100 // world.creep_rules[creep_rule.MASS][creeps[creep.KIND][i]]
    creeps[creep.PUSH_X][i] += dx * share // distance
    creeps[creep.PUSH_Y][i] += dy * share // distance


def index_of(world: World, uid: int) -> int:
    """The table row of the creep with this uid, -1 if it is gone. Uids are in ascending order."""
    uids = world.creeps[creep.UID]
    low, high = 0, world.score[score.CREEPS]
    while low < high:
        middle = (low + high) >> 1
        if uids[middle] < uid:
            low = middle + 1
        else:
            high = middle
    return low if low < world.score[score.CREEPS] and uids[low] == uid else -1
