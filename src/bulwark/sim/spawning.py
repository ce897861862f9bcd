"""The first phase: waves begin, and their creeps come in."""

from __future__ import annotations

from bulwark.sim.happening import tell
from bulwark.sim.layout import creep, creep_rule, event, group, score, shape
from bulwark.sim.randomness import hash32
from bulwark.sim.rules import CELL, TOUGHER_PER_WAVE
from bulwark.sim.world import World

_SCATTER = 255  # a power of two less one: how far from the middle of its way in a creep may appear


def spawn(world: World) -> None:
    """Count down to the next wave, and bring in each creep that is due; a full table lets it wait."""
    numbers, groups = world.score, world.groups
    if numbers[score.COUNTDOWN] > 0:
        numbers[score.COUNTDOWN] -= 1
        if numbers[score.COUNTDOWN] == 0:
            begin_wave(world)
    tick = numbers[score.TICK]
    started, spawned, count = groups[group.STARTED], groups[group.SPAWNED], groups[group.COUNT]
    gap, delay = groups[group.GAP], groups[group.DELAY]
    for g in range(len(started)):
        if started[g] < 0 or spawned[g] >= count[g]:
            continue
        due = started[g] + delay[g] + spawned[g] * gap[g]
        if tick >= due and numbers[score.CREEPS] < creep.CAPACITY:
            _bring(world, g)
            spawned[g] += 1


def begin_wave(world: World) -> None:
    """Start the groups of the next wave now."""
    groups = world.groups
    number = world.score[score.WAVE]
    for g in range(len(groups[group.WAVE])):
        if groups[group.WAVE][g] == number:
            groups[group.STARTED][g] = world.score[score.TICK]
    world.score[score.WAVE] = number + 1
    world.score[score.COUNTDOWN] = -1
    tell(world, event.WAVE_BEGAN, world.shape[shape.GOAL_X], world.shape[shape.GOAL_Y], number + 1, 0)


def _bring(world: World, g: int) -> None:
    numbers, creeps = world.score, world.creeps
    kind = world.groups[group.KIND][g]
    cell = world.shape[shape.FIRST_SPAWN + world.groups[group.SPAWN][g]]
    uid = numbers[score.NEXT_UID]
    bits = hash32(numbers[score.SEED], numbers[score.TICK], g)
    full = world.creep_rules[creep_rule.HP][kind] * (100 + TOUGHER_PER_WAVE * world.groups[group.WAVE][g])
    full = max(full * numbers[score.HP_PERCENT] // 10_000, 1)
    i = numbers[score.CREEPS]
    for column in creeps:
        column[i] = 0
    creeps[creep.UID][i] = uid
    creeps[creep.KIND][i] = kind
    creeps[creep.X][i] = cell % world.shape[shape.STRIDE] * CELL + CELL // 2
    creeps[creep.Y][i] = cell // world.shape[shape.STRIDE] * CELL + CELL // 2
    # Scattered, so that those who come one after another do not walk in one line.
    creeps[creep.X][i] += (bits & _SCATTER) - _SCATTER // 2
    creeps[creep.Y][i] += ((bits >> 8) & _SCATTER) - _SCATTER // 2
    creeps[creep.HP][i] = full
    creeps[creep.FULL][i] = full
    numbers[score.NEXT_UID] = uid + 1
    numbers[score.CREEPS] = i + 1
    tell(world, event.SPAWNED, creeps[creep.X][i], creeps[creep.Y][i], kind, uid)
